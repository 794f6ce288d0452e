import { Buffer } from "node:buffer";
import type { Paging } from "@crossfoot/api";
import { Problem } from "./problem.ts";

/** Where a page ends: the list it is of, and the place of its last row. */
export function cursorOf(list: string, place: string): string {
  return Buffer.from(JSON.stringify([list, place]), "utf8").toString("base64url");
}

/** The place after which a page begins; null for the first. Throws a Problem for a cursor of another list. */
export function placeOf(list: string, cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const refused = new Problem("cursor_invalid", "use `next` of a page of this very list as `cursor`");
  let read: unknown;
  try {
    read = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    throw refused;
  }
  if (!Array.isArray(read) || read.length !== 2 || read[0] !== list || typeof read[1] !== "string")
    throw refused;
  return read[1];
}

/** A page of rows that are all there, in the order of their places. */
export function pageOf<Row>(
  rows: readonly Row[],
  at: { readonly list: string; readonly paging: Paging; readonly place: (row: Row) => string },
): { readonly rows: readonly Row[]; readonly next: string | null } {
  const { list, paging, place } = at;
  const after = placeOf(list, paging.cursor);
  const sorted = rows
    .map((row) => ({ row, key: place(row) }))
    .filter(({ key }) => after === null || key > after)
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const page = sorted.slice(0, paging.limit);
  const last = page.at(-1);
  const isMore = sorted.length > page.length && last !== undefined;
  return { rows: page.map(({ row }) => row), next: isMore ? cursorOf(list, last.key) : null };
}
