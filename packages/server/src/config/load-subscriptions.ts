import { entityNames, eventKinds, isEntityName, nearestName } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { partsOf } from "./connection-hooks.ts";
import type { keyRoles } from "./key-roles.ts";
import type { ServerSource } from "./load-server.ts";
import type { SubscriptionSettings } from "./project.ts";
import { readSecret, secretForm } from "./secret-reference.ts";

/** Longest and shortest key, bytes. */
const keyBytes = { min: 24, max: 64 };

/**
 * The key in a secret as Standard Webhooks writes it (spec/standard-webhooks.md, "Signature scheme": `whsec_`
 * and 24 to 64 random bytes in base64); null for anything else.
 */
export function webhookKey(secret: string): Uint8Array | null {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (base64 === undefined) return null;
  const key = Buffer.from(base64, "base64");
  const isWhole = key.toString("base64").replace(/=+$/, "") === base64.replace(/=+$/, "");
  return isWhole && key.length >= keyBytes.min && key.length <= keyBytes.max ? new Uint8Array(key) : null;
}

/** Loads whom events are told to. */
export function loadSubscriptions(
  source: ServerSource,
  names: readonly string[],
): readonly SubscriptionSettings[] {
  return names.flatMap((name) => loadOne(source, name) ?? []);
}

function loadOne(source: ServerSource, name: string): SubscriptionSettings | null {
  const { settings } = source;
  const of = (key: string): unknown => settings.get(`subscriptions.${name}.${key}`)?.value;
  const note = (key: string, message: string): void => source.note(["subscriptions", name, key], message);
  const url = of("url");
  // That it is missing was told.
  if (typeof url !== "string") return null;
  const { protocol, hostname } = new URL(url);
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
  if (protocol === "http:" && !isHere && of("plainHttp") !== true)
    note("url", "begins with https://; or say `plainHttp: on`");
  const kinds = listOf(of("kinds"), eventKinds, (message) => note("kinds", message));
  const entities = listOf(of("entities"), entityNames, (message) => note("entities", message));
  const secrets = secretsOf(source, name);
  return {
    ...{ name, url, kinds, role: of("role") as (typeof keyRoles)[number] },
    entities: entities === null ? null : entities.filter((each): each is EntityName => isEntityName(each)),
    attemptsMax: Number(of("attempts")),
    timeoutMs: Number(of("timeoutSeconds")) * 1_000,
    isPrivateAllowed: of("privateAddresses") === true,
    secrets: () => secrets,
    keys: () => secrets.flatMap((secret) => webhookKey(secret) ?? []),
  };
}

/** The secrets, the one in use first. */
function secretsOf(source: ServerSource, name: string): readonly string[] {
  if (!source.needsSecrets) return [];
  return (["secret", "nextSecret"] as const).flatMap((key) => {
    const path = ["subscriptions", name, key];
    const form = secretForm(source.settings.get(path.join("."))?.value);
    if (form === undefined) return [];
    const read = readSecret(form, source);
    const isKey = read.ok && webhookKey(read.secret) !== null;
    if (isKey) return [read.secret];
    source.note(
      path,
      read.ok ? "is kept in another form than `whsec_` and 24 to 64 bytes in base64" : read.problem,
    );
    return [];
  });
}

/** Names with commas between; null for all. */
function listOf(
  text: unknown,
  known: readonly string[],
  note: (message: string) => void,
): readonly string[] | null {
  const names = partsOf(text);
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    note(`there is no \`${name}\`${nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`}`);
  }
  return names.length === 0 ? null : names;
}
