import { natives } from "@crossfoot/connector-sdk";
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

export const isMap: typeof natives.isMap = natives.isMap;
export const isList: typeof natives.isList = natives.isList;
export const mapsOf: typeof natives.mapsOf = natives.mapsOf;
export const scalar: typeof natives.scalar = natives.scalar;
export const isBlank: typeof natives.isBlank = natives.isBlank;
export const isSame: typeof natives.isSame = natives.isSame;
export const stable: typeof natives.stable = natives.stable;

/** Tryton's integer id from an id of ours, or undefined when the text is none. */
export const trytonId: typeof natives.numberOf = natives.numberOf;

/** A field as text, or null when it is null, empty or was not delivered. Numbers are ids here. */
export function text(row: Row | null, field: string): string | null {
  const value = row?.[field];
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}

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
