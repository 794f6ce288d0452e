import type { ConnectorError, NativeRecord, Session } from "@crossfoot/connector-sdk";

/** A JSON map, as the SDK's ports carry it. */
export type JsonMap = Session["options"];
/** Any JSON value. */
export type Json = JsonMap[string];
/** The id a system gave to one of its records. */
export type ExternalId = NativeRecord["id"];
/** What was seen of a record. */
export type ObservationKind = NativeRecord["kind"];
/** A failure by the recovery it needs. */
export type Failure = ConnectorError["failure"];

/** True for a JSON map (not null, not a list). */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** Own value of a key, so that `constructor` or `__proto__` in an answer never reaches a prototype. */
export function own(map: JsonMap, key: string): Json | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A scalar as text; null, absent, maps and lists have none. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return undefined;
}

/** An id as a system gives it, as text: non-empty text or a number; anything else is none. */
export function idOf(value: Json | undefined): ExternalId | undefined {
  if (typeof value === "boolean") return undefined;
  const text = textOf(value);
  return text === undefined || text === "" ? undefined : (text as ExternalId);
}
