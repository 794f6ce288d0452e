import { keyRoles, routes, scopes } from "@crossfoot/api";
import type { KeyRole } from "@crossfoot/api";
import { nearestName } from "@crossfoot/model";
import { readDuration } from "../config/duration.ts";
import { makeKey } from "../runtime/api-key.ts";
import type { MadeKey } from "../runtime/api-key.ts";
import type { KeyRow } from "../store/port.ts";
import type { Add } from "./add.ts";
import { withEngine } from "./context.ts";
import type { Context } from "./context.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";

interface KeyFlags {
  readonly name?: string;
  readonly role?: string;
  readonly scopes?: readonly string[];
  readonly expires?: string;
  readonly overlap?: string;
}

/** How long a rotated key goes on when nobody says, ms. */
const overlapMsUsual = 24 * 3_600_000;

const actions = ["list", "create", "revoke", "rotate"] as const;

/** Adds the command for keys of the HTTP API. */
export function addKeys(add: Add): void {
  add("keys", "keys of the HTTP API: list, create, revoke, rotate", (command, act) => {
    command
      .argument("[action]", actions.join(", "), "list")
      .argument("[key]", "the public part of a key, such as cf_0a1b2c3d4e5f, for revoke and rotate")
      .option("--name <name>", "create: what the key is for")
      .option("--role <role>", `create: ${keyRoles.join(", ")}`)
      .option("--scopes <scopes...>", "create: only these scopes of the role, such as records:read")
      .option("--expires <time>", "create: how long it is good, such as 90d; without it until it is revoked")
      .option("--overlap <time>", "rotate: how long the old key goes on; 1d without it");
    act((context, [action, key]) =>
      keysCommand(context, {
        action: String(action),
        key: typeof key === "string" ? key : null,
        flags: command.opts<KeyFlags & Record<string, unknown>>(),
      }),
    );
  });
}

interface Asked {
  readonly action: string;
  readonly key: string | null;
  readonly flags: KeyFlags;
}

async function keysCommand(context: Context, asked: Asked): Promise<ExitCode> {
  const { action, flags } = asked;
  switch (action) {
    case "list":
      return listKeys(context);
    case "create":
      return createKey(context, flags);
    case "revoke":
      return revokeKey(context, idOf(asked.key));
    case "rotate":
      return rotateKey(context, idOf(asked.key), flags);
    default:
      throw badInput(`keys can be asked to ${actions.join(", ")}; not to \`${action}\``);
  }
}

/** The id in `cf_<id>`. A whole key is refused: it does not belong on a command line. */
function idOf(text: string | null): string {
  const [, id] = /^cf_([a-z0-9]{12})$/.exec(text ?? "") ?? [];
  if (id === undefined)
    throw badInput("name the public part of the key alone, such as cf_0a1b2c3d4e5f; `keys list` shows it");
  return id;
}

async function listKeys(context: Context): Promise<ExitCode> {
  const keys = await withEngine(context, (engine) => engine.access().listKeys());
  const shown = keys.map(({ secretHash: _kept, id, ...row }) => ({ key: `cf_${id}`, ...row }));
  context.print({ keys: shown }, () =>
    keys.length === 0 ? "There are no keys." : tableOf(keys, context.room),
  );
  return exitCodes.done;
}

function stateOf({ isLive, revokedAt, expiresAt, replacedBy }: KeyRow): string {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  if (!isLive) return `expired ${expiresAt ?? ""}`;
  const until = expiresAt === null ? "good" : `good until ${expiresAt}`;
  return replacedBy === null ? until : `${until}, replaced by cf_${replacedBy}`;
}

const tableOf = (keys: readonly KeyRow[], room: number): string =>
  renderTable(
    [
      { title: "key" },
      { title: "name", least: 10 },
      { title: "role" },
      { title: "last used" },
      { title: "state" },
      { title: "scopes", least: 10 },
    ],
    keys.map((key) => [
      `cf_${key.id}`,
      key.name,
      key.role,
      key.usedAt ?? "never",
      stateOf(key),
      key.scopes.join(" "),
    ]),
    room,
  );

/** Scopes that lead a role anywhere. */
const scopesOf = (role: KeyRole): readonly string[] =>
  scopes.filter((scope) => routes.some((route) => route.scope === scope && route.roles.includes(role)));

function wantedScopes(role: KeyRole, asked: readonly string[] | undefined): readonly string[] {
  const own = scopesOf(role);
  if (asked === undefined) return own;
  const names = asked.flatMap((text) => text.split(",")).filter((name) => name !== "");
  for (const name of names) {
    if (own.includes(name)) continue;
    const nearest = nearestName(name, own);
    const hint = nearest === undefined ? "" : ` (did you mean \`${nearest}\`?)`;
    throw badInput(`\`${name}\` is no scope of the role ${role}${hint}; they are ${own.join(", ")}`);
  }
  return [...new Set(names)];
}

function spanOf(flag: string, text: string): number {
  const ms = readDuration(text);
  if (ms === undefined) throw badInput(`--${flag} is a duration with its unit, such as 12h or 90d`);
  return ms;
}

async function createKey(context: Context, flags: KeyFlags): Promise<ExitCode> {
  const { name = "", expires } = flags;
  const role = keyRoles.find((each) => each === flags.role);
  if (name.trim() === "" || name.length > 100)
    throw badInput("--name says what the key is for, in 100 characters");
  if (role === undefined) throw badInput(`--role is one of ${keyRoles.join(", ")}`);
  const made = makeKey({
    ...{ name, role, scopes: wantedScopes(role, flags.scopes), by: context.deps.user },
    expiresInMs: expires === undefined ? null : spanOf("expires", expires),
  });
  await withEngine(context, (engine) => engine.access().saveKey(made.draft));
  return tellMade(context, made, null);
}

/** The one time that the whole key is shown. */
function tellMade(context: Context, { draft, token }: MadeKey, replaces: string | null): ExitCode {
  const { id, name, role, scopes: own } = draft;
  const document = { key: `cf_${id}`, token, name, role, scopes: own, replaces };
  context.print(document, () =>
    [
      token,
      "",
      `This is the key \`${name}\` (${role}), shown this once: only its hash is kept.`,
      `It goes into the header \`Authorization: Bearer cf_...\`; scopes: ${own.join(", ")}.`,
      ...(replaces === null
        ? []
        : [`The key cf_${replaces} goes on for a while: \`crossfoot keys\` says until when.`]),
    ].join("\n"),
  );
  return exitCodes.done;
}

async function revokeKey(context: Context, id: string): Promise<ExitCode> {
  const isRevoked = await withEngine(context, (engine) => engine.access().revokeKey(id, context.deps.user));
  if (!isRevoked) throw badInput(`there is no key cf_${id}, or it was revoked before`);
  context.print(
    { key: `cf_${id}`, revoked: true },
    () => `The key cf_${id} is good for nothing from now on.`,
  );
  return exitCodes.done;
}

async function rotateKey(context: Context, id: string, flags: KeyFlags): Promise<ExitCode> {
  const { overlap } = flags;
  const overlapMs = overlap === undefined ? overlapMsUsual : spanOf("overlap", overlap);
  const made = await withEngine(context, async (engine) => {
    const old = await engine.access().findKey(id);
    if (old === null || !old.isLive) throw badInput(`there is no key cf_${id} that is good`);
    const { name, role, scopes: own, createdAt, expiresAt } = old;
    // The new key is good for as long as the old one was made for.
    const lifeMs = expiresAt === null ? null : Date.parse(expiresAt) - Date.parse(createdAt);
    const next = makeKey({ name, role, scopes: own, by: context.deps.user, expiresInMs: lifeMs });
    const isRotated = await engine.access().rotateKey(id, next.draft, overlapMs);
    if (!isRotated) throw badInput(`there is no key cf_${id} that is good`);
    return next;
  });
  return tellMade(context, made, id);
}
