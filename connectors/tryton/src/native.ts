import type { NativeRecord, ReadRequest, UnreadableRow } from "@crossfoot/connector-sdk";

/** A JSON map. */
export type JsonMap = NativeRecord["native"];
/** Any JSON value. */
export type Json = JsonMap[string];
/** Id of a record as the runtime holds it. */
export type ExternalId = NativeRecord["id"];
/** Name of an entity. */
export type EntityName = ReadRequest["entity"];
/** What is stored of a failure. */
export type FailureRecord = UnreadableRow["failure"];
/** A row as Tryton answered it, in plain JSON; sub-rows stand under `"name."`. */
export type Row = JsonMap;

/** Brands an id; ours are the decimal text of Tryton's integers, or `product:warehouse`. */
export const externalId = (text: string): ExternalId => text as ExternalId;

/** True for a JSON map. */
export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** True for a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The maps of a list; anything else in it is left out. */
export const mapsOf = (value: Json | undefined): readonly JsonMap[] =>
  isList(value) ? value.filter(isMap) : [];

/** A field as text, or null when it is null, empty or was not delivered. Numbers are ids here. */
export function text(row: Row | null, field: string): string | null {
  const value = row?.[field];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A scalar as text, empty for anything else. */
export const scalar = (value: Json | undefined): string =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";

/** The id of a row as text. */
export const keyOf = (row: Row): string => scalar(row["id"]);

/** A truth value; SQLite answers 1 and 0. */
export const flag = (row: Row, field: string): boolean => row[field] === true || row[field] === 1;

/** The joined row of a many2one asked for with dotted fields, or null. */
export function one(row: Row | null, field: string): Row | null {
  const value = row?.[`${field}.`];
  return isMap(value) ? value : null;
}

/** The joined rows of an x2many asked for with dotted fields. */
export const many = (row: Row | null, field: string): readonly Row[] => mapsOf(row?.[`${field}.`]);

/** Tryton's integer id from an id of ours, or undefined when the text is none. */
export function trytonId(id: Json | undefined): number | undefined {
  const number =
    typeof id === "number"
      ? id
      : typeof id === "string" && /^[1-9]\d{0,14}$/.test(id)
        ? Number(id)
        : Number.NaN;
  return Number.isSafeInteger(number) && number > 0 ? number : undefined;
}

/** True for null, empty text and blanks only. */
export const isBlank = (value: Json | undefined): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "");

/** Equal JSON values, whatever the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return stable(a ?? null) === stable(b ?? null);
}

/** JSON text with sorted keys. */
export function stable(value: Json): string {
  if (isList(value)) return `[${value.map(stable).join(",")}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = Object.keys(value).toSorted();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${stable(value[key] ?? null)}`).join(",")}}`;
}
