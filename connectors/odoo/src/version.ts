import { createHash } from "node:crypto";
import { isoOf } from "./dates.ts";
import { refId, stable, text } from "./native.ts";
import type { Json, Row } from "./native.ts";

/** Fields that a stamp is read from. */
export const stampFields: readonly string[] = ["write_date", "write_uid"];

/**
 * The version of a record: a digest of what it shows. Odoo's stamps are whole seconds, do not move with every
 * change of a part, and move without one (an invoice moves the stamps of the customer and all its addresses).
 */
export function versionOf(shown: { readonly [name: string]: Json }): string {
  return createHash("sha256").update(stable(shown)).digest("hex").slice(0, 32);
}

/** The row that was written last; the first of equals. */
function latestOf(rows: readonly Row[]): Row | undefined {
  let latest: Row | undefined;
  for (const row of rows) {
    const stamp = text(row, "write_date");
    if (stamp !== null && (latest === undefined || stamp > (text(latest, "write_date") ?? ""))) latest = row;
  }
  return latest;
}

/** When the last of the rows was written (ISO, UTC), and by which user. */
export function lastWrite(rows: readonly Row[]): {
  readonly at: string | null;
  readonly user: number | undefined;
} {
  const latest = latestOf(rows);
  return { at: isoOf(text(latest, "write_date")), user: refId(latest, "write_uid") };
}
