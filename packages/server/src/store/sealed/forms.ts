import { isMap } from "@crossfoot/kernel";
import type { FailureRecord, Json, JsonMap } from "@crossfoot/kernel";
import { consolidation } from "../places.ts";
import { ownSubject } from "./vault.ts";
import type { Pen } from "./vault.ts";

/**
 * How values are sealed so that SQL still finds what it looks for: names of fields, nulls and what no form
 * covers stay as they are. Each function is pure, and says of a sealed value what the type says of a plain
 * one: whoever reads it through the vault gets that back.
 */

/** Seals a value whole; null stays. */
export const whole = <T>(pen: Pen, subject: string, value: T): T =>
  value === null || value === undefined ? value : (pen(subject, value as Json) as T);

/** Seals a text; an empty one, which says that nothing is known, stays. */
export const text = (pen: Pen, subject: string, value: string): string =>
  value === "" ? value : pen(subject, value);

/** Seals each entry of a map. */
export function each<T>(pen: Pen, subject: string, map: T): T {
  if (map === null || map === undefined) return map;
  const entries = Object.entries(map).map(([key, value]) => [key, whole(pen, subject, value as Json)]);
  return Object.fromEntries(entries) as T;
}

/** Seals what is in a value, but for names of links: SQL finds by them the writes that name one. */
export function leaves<T>(
  pen: Pen,
  at: { readonly subject: string; readonly isLinkId: (text: string) => boolean },
  value: T,
): T {
  if (value === null || value === undefined) return value;
  if (typeof value === "string" && at.isLinkId(value)) return value;
  if (Array.isArray(value)) return value.map((one: Json) => leaves(pen, at, one)) as T;
  if (!isMap(value as Json)) return whole(pen, at.subject, value);
  const entries = Object.entries(value as JsonMap).map(([key, one]) => [key, leaves(pen, at, one)]);
  return Object.fromEntries(entries) as T;
}

/** Seals what a system said in words. */
export const failed = <T extends FailureRecord | null>(pen: Pen, subject: string, failure: T): T =>
  failure === null ? failure : { ...failure, message: text(pen, subject, failure.message) };

/** Seals match keys, so that equal ones of all links stay equal; the mark of one that is none stays. */
export const matchKeys = (pen: Pen, keys: readonly string[]): readonly string[] =>
  keys.map((key) => (key === consolidation ? key : pen(ownSubject, key)));

/** Seals what is kept of a record that was consolidated, but for what SQL looks for. */
export function consolidatedBody(pen: Pen, body: Json): Json {
  if (!isMap(body)) return whole(pen, ownSubject, body);
  const open = Object.fromEntries(Object.entries(body).filter(([key]) => key === "from" || key === "isBack"));
  return { ...each(pen, ownSubject, body), ...open };
}
