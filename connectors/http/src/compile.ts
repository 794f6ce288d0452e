import { webhookForm } from "@crossfoot/connector-sdk";
import type { Auth, Description, EntitySpec, Errors, Limits } from "./language.ts";
import { isMap, own } from "./wire.ts";
import type { Json, JsonMap } from "./wire.ts";

/** A probe that finds nothing proves absence after this, when the description does not say. */
const horizonDefaultMs = 120_000;
/** Overlap read again at each poll, when the description does not say. */
const commitLagDefaultMs = 30_000;

/** `over` laid over `under`: maps key by key, everything else whole; null takes away what `under` says. */
export function overlay(under: Json | undefined, over: Json | undefined): Json | undefined {
  if (over === undefined) return under;
  if (over === null && under !== undefined) return undefined;
  if (!isMap(under) || !isMap(over)) return over;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].flatMap((key) => {
      const value = overlay(own(under, key), own(over, key));
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** What an entity says itself, without the nulls that only take away what `defaults` says. */
export function ownWords(entity: Json, defaults: Json | undefined): Json {
  if (!isMap(entity) || !isMap(defaults)) return entity;
  return Object.fromEntries(
    Object.entries(entity).flatMap(([key, value]) => {
      const below = own(defaults, key);
      return value === null && below !== undefined ? [] : [[key, ownWords(value, below)] as const];
    }),
  );
}

/** Entities of a description as they are after `defaults`. */
export function mergedEntities(description: JsonMap): { readonly [entity: string]: JsonMap } {
  const entities = description["entities"];
  if (!isMap(entities)) return {};
  return Object.fromEntries(
    Object.entries(entities).flatMap(([name, entity]) => {
      const merged = isMap(entity) ? overlay(description["defaults"], entity) : undefined;
      return isMap(merged) ? [[name, merged] as const] : [];
    }),
  );
}

/**
 * What a description says of webhooks, over the vendor's form that it names. A token has one place: where the
 * description says one, that of the form does not count.
 */
export function mergedWebhook(description: JsonMap): JsonMap | undefined {
  const { webhook } = description;
  if (!isMap(webhook)) return undefined;
  const { form } = webhook;
  const under = typeof form === "string" ? webhookForm(form) : undefined;
  const merged = overlay(under as unknown as JsonMap | undefined, webhook);
  if (!isMap(merged)) return undefined;
  const { token } = webhook;
  const hasPlace = isMap(token) && ["header", "query", "path"].some((key) => token[key] !== undefined);
  return hasPlace ? { ...merged, token } : merged;
}

/** The working form of a description that `checkDescription` found no problem in. Pure. */
export function compile(description: JsonMap): Description {
  const clock = isMap(description["clock"]) ? description["clock"] : {};
  return {
    title: description["title"] as string,
    base: (description["base"] ?? "") as string,
    headers: (description["headers"] ?? {}) as JsonMap,
    variables: (description["variables"] ?? {}) as Description["variables"],
    auth: description["auth"] as unknown as Auth,
    tenant: description["tenant"] as unknown as Description["tenant"],
    fields: description["fields"] as unknown as Description["fields"],
    clock: {
      horizonMs: (clock["horizonMs"] ?? horizonDefaultMs) as number,
      commitLagMs: (clock["commitLagMs"] ?? commitLagDefaultMs) as number,
      readLagMs: (clock["readLagMs"] ?? 0) as number,
      granularityMs: clock["granularityMs"] as number | undefined,
    },
    limits: (description["limits"] ?? {}) as Limits,
    errors: (description["errors"] ?? {}) as unknown as Errors,
    webhook: mergedWebhook(description) as unknown as Description["webhook"],
    operations: description["operations"] as unknown as Description["operations"],
    entities: Object.fromEntries(
      Object.entries(mergedEntities(description)).map(([name, entity]) => [name, compileEntity(entity)]),
    ),
    mapping: description["mapping"],
  };
}

function compileEntity(entity: JsonMap): EntitySpec {
  const record = isMap(entity["record"]) ? entity["record"] : {};
  const changes = overlay(entity["list"], entity["changes"]);
  const compiled = {
    ...entity,
    record: { ...record, id: asPath(record["id"] ?? "id"), ...versionOf(record), ...stampOf(record) },
    ...(entity["changes"] === undefined || changes === undefined ? {} : { changes }),
  };
  return compiled as unknown as EntitySpec;
}

const asPath = (value: Json): Json => (typeof value === "string" ? { path: value } : value);

function versionOf(record: JsonMap): JsonMap {
  return record["version"] === undefined ? {} : { version: asPath(record["version"]) };
}

function stampOf(record: JsonMap): JsonMap {
  const stamp = record["modifiedAt"];
  return isMap(stamp) ? { modifiedAt: { form: "iso", ...stamp } } : {};
}
