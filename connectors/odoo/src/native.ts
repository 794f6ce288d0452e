import { natives } from "@crossfoot/connector-sdk";
import type { NativeRecord, UnreadableRow } from "@crossfoot/connector-sdk";

/** A JSON map. */
export type JsonMap = NativeRecord["native"];
/** Any JSON value. */
export type Json = JsonMap[string];
/** What is stored of a failure. */
export type FailureRecord = UnreadableRow["failure"];
/**
 * A row as Odoo answered it: nothing is `false` (or empty text), a many2one is `[id, label]`. Rows that were
 * read with it stand under `"name."`.
 */
export type Row = JsonMap;

export const isMap: typeof natives.isMap = natives.isMap;
export const isList: typeof natives.isList = natives.isList;

/** Odoo's integer id from an id of ours, or undefined when the text is none. */
export const odooId: typeof natives.numberOf = natives.numberOf;

/** A field as text; null for `false`, for empty text, and when it was not delivered. */
export function text(row: Row | null | undefined, field: string): string | null {
  const value = row?.[field];
  return typeof value === "string" && value !== "" ? value : null;
}

/** The id that a many2one holds, with its label or without; undefined when it holds none. */
export function refId(row: Row | null | undefined, field: string): number | undefined {
  const value = row?.[field];
  return isList(value) ? odooId(value[0]) : odooId(value);
}

/** The ids of an x2many. */
export function refIds(row: Row | null | undefined, field: string): readonly number[] {
  const value = row?.[field];
  return isList(value) ? value.map(odooId).filter((id) => id !== undefined) : [];
}
