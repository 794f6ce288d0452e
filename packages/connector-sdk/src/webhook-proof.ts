import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Delivery, DeliveryFault } from "./ports.ts";
import type { SignatureRule, StampRule, WebhookRule } from "./webhook-rule.ts";

const toleranceDefaultMs = 300_000;

/** A secret with the name that an operator knows it by; the name may be counted and shown. */
export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** What a delivery is compared with, and the tokens that it shows (undefined: one is missing). */
export interface Presented {
  readonly signature: readonly NamedSecret[];
  readonly token: readonly NamedSecret[];
  readonly tokens: readonly (string | undefined)[];
}

/** Whether a delivery is proved: by which secret, or why not. */
export type Proved =
  | { readonly ok: true; readonly secret: string | null }
  | { readonly ok: false; readonly fault: DeliveryFault; readonly reason: string };

const forged = (reason: string): Proved => ({ ok: false, fault: "forged", reason });
const stale = (reason: string): Proved => ({ ok: false, fault: "stale", reason });

/**
 * Proves a delivery by everything that its rule asks for: certificate, token, signature, then the time of the
 * sender, so that only who could sign is ever called late. Names what is wrong, never a secret or a
 * signature; compares in a time that does not depend on where two values differ, and tries every secret. A
 * secret without text proves nothing. Pure; never throws.
 */
export function proveDelivery(rule: WebhookRule, delivery: Delivery, presented: Presented): Proved {
  const { certificate, token, signature, timestamp } = rule;
  if (certificate !== true && token === undefined && signature === undefined)
    return forged("nothing proves it");
  if (certificate === true && !delivery.hasCertificate)
    return forged("no trusted proxy showed the client certificate that the connection names");
  let secret: string | null = null;
  if (token !== undefined) {
    const fitting = tokenSecret(presented.token, presented.tokens);
    if (fitting === undefined) return forged("the token is missing or wrong");
    secret = fitting;
  }
  const stamp = timestamp === undefined ? undefined : delivery.headers[timestamp.header.toLowerCase()];
  if (signature !== undefined) {
    const fitting = signingSecret(signature, { delivery, stamp, secrets: presented.signature });
    if (fitting === undefined) return forged("the signature is missing or wrong");
    secret = fitting;
  }
  return timestamp === undefined
    ? { ok: true, secret }
    : (untimely(timestamp, stamp, delivery.receivedAt) ?? { ok: true, secret });
}

/** One secret fits every token that is shown, and at least one is. */
function tokenSecret(
  secrets: readonly NamedSecret[],
  tokens: readonly (string | undefined)[],
): string | undefined {
  if (tokens.length === 0) return undefined;
  return fittingOf(secrets, ({ value }) => {
    const fits = tokens.map((token) => isSame(Buffer.from(token ?? ""), Buffer.from(value)));
    return !fits.includes(false);
  });
}

function signingSecret(
  rule: SignatureRule,
  given: {
    readonly delivery: Delivery;
    readonly stamp: string | undefined;
    readonly secrets: readonly NamedSecret[];
  },
): string | undefined {
  const shown = shownSignature(rule, given.delivery.headers[rule.header.toLowerCase()]);
  const signed = signedBytes(rule, given.delivery, given.stamp);
  if (shown === undefined || shown.length === 0 || signed === undefined) return undefined;
  return fittingOf(given.secrets, ({ value }) =>
    isSame(
      shown,
      createHmac(rule.algorithm ?? "sha256", value)
        .update(signed)
        .digest(),
    ),
  );
}

/** Every secret is tried, so that the time taken does not tell which one fitted. */
function fittingOf(
  secrets: readonly NamedSecret[],
  fits: (secret: NamedSecret) => boolean,
): string | undefined {
  let found: string | undefined;
  for (const secret of secrets) {
    const isFitting = secret.value !== "" && fits(secret);
    if (isFitting) found ??= secret.name;
  }
  return found;
}

const variable = /\$\$\{|\$\{([A-Za-z]\w*)\}/g;

/** What the sender signed, byte by byte; undefined when a part of it is missing. */
function signedBytes(
  rule: SignatureRule,
  delivery: Delivery,
  stamp: string | undefined,
): Uint8Array | undefined {
  const { signs } = rule;
  if (signs === undefined) return delivery.body;
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const match of signs.matchAll(variable)) {
    parts.push(Buffer.from(signs.slice(from, match.index), "utf8"));
    const value = match[1] === undefined ? "${" : valueOf(match[1], { rule, delivery, stamp });
    if (value === undefined) return undefined;
    parts.push(typeof value === "string" ? Buffer.from(value, "utf8") : value);
    from = match.index + match[0].length;
  }
  parts.push(Buffer.from(signs.slice(from), "utf8"));
  return Buffer.concat(parts);
}

function valueOf(
  name: string,
  at: { readonly rule: SignatureRule; readonly delivery: Delivery; readonly stamp: string | undefined },
): string | Uint8Array | undefined {
  const { rule, delivery, stamp } = at;
  if (name === "body") return delivery.body;
  if (name === "timestamp") return stamp;
  if (name === "method") return delivery.method;
  return name === "url" ? decoded(delivery.url, rule.decodes ?? "") : undefined;
}

/** The address with the percent escapes of these characters decoded, and of no others. */
function decoded(url: string, characters: string): string {
  return url.replaceAll(/%([0-9A-Fa-f]{2})/g, (escape, code: string) => {
    const character = String.fromCodePoint(Number.parseInt(code, 16));
    return characters.includes(character) ? character : escape;
  });
}

function shownSignature(rule: SignatureRule, header: string | undefined): Buffer | undefined {
  let text = header?.trim();
  if (text === undefined) return undefined;
  if (rule.unwrap === "base64") text = Buffer.from(text, "base64").toString("latin1");
  if (rule.after !== undefined) {
    const from = text.lastIndexOf(rule.after);
    if (from < 0) return undefined;
    text = text.slice(from + rule.after.length);
  }
  if (rule.prefix !== undefined) {
    if (!text.startsWith(rule.prefix)) return undefined;
    text = text.slice(rule.prefix.length);
  }
  if ((rule.encoding ?? "hex") === "base64") return Buffer.from(text, "base64");
  return /^(?:[0-9a-f]{2})+$/i.test(text) ? Buffer.from(text, "hex") : undefined;
}

function untimely(rule: StampRule, text: string | undefined, receivedAt: number): Proved | undefined {
  if (text === undefined || text.trim() === "") return stale("the time of the delivery is missing");
  const form = rule.form ?? "epoch";
  const ms = form === "iso" ? Date.parse(text) : Number(text) * (form === "epoch" ? 1000 : 1);
  if (!Number.isFinite(ms)) return stale("the time of the delivery cannot be read");
  const isClose = Math.abs(receivedAt - ms) <= (rule.toleranceMs ?? toleranceDefaultMs);
  return isClose ? undefined : stale("too old or too early");
}

/** Compares in a time that does not depend on where the two differ, nor on how long they are. */
function isSame(a: Uint8Array, b: Uint8Array): boolean {
  const digest = (bytes: Uint8Array): Buffer => createHash("sha256").update(bytes).digest();
  return timingSafeEqual(digest(a), digest(b));
}
