import type { Side } from "../columns/prepare.ts";

/** Copies of one record that stay apart, so that the estimation sees what equal records look like. */
const copiesKept = 3;

/** A side whose surplus copies were taken out. */
export interface Collapsed {
  readonly side: Side;
  /** The record of the whole side that each kept record is. */
  readonly origin: Int32Array;
  /** Records taken out, by the kept record that they equal. */
  readonly copies: ReadonlyMap<number, readonly number[]>;
}

/**
 * Takes out records that equal others in every field, beyond a few of each: a thousand equal rows
 * would fill
 * every record's candidates with themselves. Records that say nothing are never copies of each other.
 */
export function collapseCopies(side: Side): Collapsed {
  const seen = new Map<string, number[]>();
  const origin: number[] = [];
  const copies = new Map<number, number[]>();
  for (let record = 0; record < side.count; record++) {
    const keys = side.values.map((values) => values[record]?.key ?? "");
    const key = keys.every((each) => each === "") ? `\u0000${record}` : keys.join("\u0001");
    const kept = seen.get(key);
    const first = kept?.[0];
    if (kept !== undefined && first !== undefined && kept.length >= copiesKept) {
      const taken = copies.get(first);
      if (taken === undefined) copies.set(first, [record]);
      else taken.push(record);
      continue;
    }
    const place = origin.length;
    if (kept === undefined) seen.set(key, [place]);
    else kept.push(place);
    origin.push(record);
  }
  if (copies.size === 0) return { side, origin: Int32Array.from(origin), copies };
  const values = side.values.map((column) => origin.map((record) => column[record] ?? null));
  return { side: { count: origin.length, values }, origin: Int32Array.from(origin), copies };
}
