import { msOf, odooInstant } from "./dates.ts";
import { refusal } from "./failures.ts";
import { odooId } from "./native.ts";

/** Where a reading stands: after which id, and up to which stamp it looks (an instant of Odoo). */
export interface Place {
  readonly after: number;
  readonly until: string | null;
}

/** How far the clocks of Odoo's program and of its database may be apart; part of the declared commit lag. */
export const clockMarginMs = 30_000;

/**
 * The place after a page. The first page fixes the upper bound of its reading: what is written while the
 * later pages are read is left to the next reading, so that no stamp that was seen lies after a change that
 * was not.
 */
export function placeAfter(
  place: Place,
  page: { readonly last: number; readonly at: number | null },
): string {
  const { last, at } = page;
  const until = place.until ?? (at === null ? null : odooInstant(at + clockMarginMs));
  return until === null ? String(last) : `${last}~${until.replace(" ", "T")}`;
}

/** The place that a cursor names; the beginning for null. */
export function placeOf(cursor: string | null): Place {
  if (cursor === null) return { after: 0, until: null };
  const [last, bound] = cursor.split("~");
  const after = odooId(last);
  const until = bound === undefined ? null : bound.replace("T", " ");
  if (after !== undefined && (until === null || msOf(until) !== undefined)) return { after, until };
  throw refusal("cursor_unreadable", "the cursor is none of this connector");
}
