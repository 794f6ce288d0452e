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
/**
 * A row as Odoo answered it: nothing is `false` (or empty text), a many2one is `[id, label]`. Rows that were
 * read with it stand under `"name."`.
 */
export type Row = JsonMap;

/** Brands an id; ours are the decimal text of Odoo's integers, or `product:warehouse`. */
export const externalId = (text: string): ExternalId => text as ExternalId;

export const isMap: typeof natives.isMap = natives.isMap;
export const isList: typeof natives.isList = natives.isList;
export const mapsOf: typeof natives.mapsOf = natives.mapsOf;
export const scalar: typeof natives.scalar = natives.scalar;
export const isBlank: typeof natives.isBlank = natives.isBlank;
export const isSame: typeof natives.isSame = natives.isSame;
export const stable: typeof natives.stable = natives.stable;

/** Odoo's integer id from an id of ours, or undefined when the text is none. */
export const odooId: typeof natives.numberOf = natives.numberOf;

/** A field as text; null for `false`, for empty text, and when it was not delivered. */
export function text(row: Row | null | undefined, field: string): string | null {
  const value = row?.[field];
  return typeof value === "string" && value !== "" ? value : null;
}

/** A truth value. */
export const flag = (row: Row | null | undefined, field: string): boolean => row?.[field] === true;

/** The id of a row. */
export const idOf = (row: Row): number => odooId(row["id"]) ?? 0;

/** The id of a row as text. */
export const keyOf = (row: Row): string => scalar(row["id"]);

/** The id that a many2one holds, with its label or without; undefined when it holds none. */
export function refId(row: Row | null | undefined, field: string): number | undefined {
  const value = row?.[field];
  return isList(value) ? odooId(value[0]) : odooId(value);
}

/** The id that a many2one holds as text, or null. */
export function refKey(row: Row | null | undefined, field: string): string | null {
  const id = refId(row, field);
  return id === undefined ? null : String(id);
}

/** The label that a many2one was answered with, or null. */
export function refLabel(row: Row | null | undefined, field: string): string | null {
  const value = row?.[field];
  const label = isList(value) ? value[1] : undefined;
  return typeof label === "string" && label !== "" ? label : null;
}

/** The ids of an x2many. */
export function refIds(row: Row | null | undefined, field: string): readonly number[] {
  const value = row?.[field];
  return isList(value) ? value.map(odooId).filter((id) => id !== undefined) : [];
}

/** The rows of an x2many that were read with the record, in the order of their ids. */
export const many = (row: Row | null | undefined, field: string): readonly Row[] =>
  mapsOf(row?.[`${field}.`]);

/** The row of a many2one that was read with the record, or null. */
export function one(row: Row | null | undefined, field: string): Row | null {
  const value = row?.[`${field}.`];
  return isMap(value) ? value : null;
}
