import { saysNothing } from "../columns/vocabulary.ts";
import type { Side } from "../columns/vocabulary.ts";

/** Copies of one record that stay apart, so that the estimation sees what equal records look like. */
const copiesKept = 3;

/** A side whose surplus copies were taken out. */
export interface Collapsed {
  readonly side: Side;
  /** The record of the whole side that each kept record is. */
  readonly origin: Int32Array;
  /** Records taken out, by the first record of the whole side that they equal. */
  readonly copies: ReadonlyMap<number, readonly number[]>;
}

/** First record of the same values and how often they came, by values; a chain of records for each hash. */
class SameRecords {
  readonly #side: Side;
  readonly #slots: Int32Array;
  readonly times: Int32Array;

  constructor(side: Side) {
    this.#side = side;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, side.count * 2)))).fill(-1);
    this.times = new Int32Array(side.count);
  }

  /** The first record that equals this one, or itself; -1 for a record that says nothing. */
  firstOf(record: number): number {
    let hash = 0;
    let saysAny = false;
    for (const values of [...this.#side.values, this.#side.forms]) {
      const id = values[record] ?? saysNothing;
      if (id !== saysNothing) saysAny = true;
      hash = Math.imul(hash ^ id, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    if (!saysAny) return -1;
    for (let slot = hash; ; slot++) {
      const place = slot & (this.#slots.length - 1);
      const first = this.#slots[place] ?? -1;
      if (first < 0) this.#slots[place] = record;
      if (first < 0) return record;
      const { values, forms } = this.#side;
      if (forms[first] === forms[record] && values.every((each) => each[first] === each[record]))
        return first;
    }
  }
}

/**
 * Takes out records that equal others in every field, beyond a few of each: a thousand equal rows
 * would fill
 * every record's candidates with themselves. Records that say nothing are never copies of each other.
 */
export function collapseCopies(side: Side): Collapsed {
  const same = new SameRecords(side);
  const origin: number[] = [];
  const copies = new Map<number, number[]>();
  for (let record = 0; record < side.count; record++) {
    const first = same.firstOf(record);
    const times = first < 0 ? 0 : (same.times[first] ?? 0);
    if (first >= 0) same.times[first] = times + 1;
    if (times < copiesKept) {
      origin.push(record);
      continue;
    }
    const taken = copies.get(first);
    if (taken === undefined) copies.set(first, [record]);
    else taken.push(record);
  }
  if (copies.size === 0) return { side, origin: Int32Array.from(origin), copies };
  const values = side.values.map((column) =>
    Int32Array.from(origin, (record) => column[record] ?? saysNothing),
  );
  const forms = Int32Array.from(origin, (record) => side.forms[record] ?? saysNothing);
  return { side: { count: origin.length, values, forms }, origin: Int32Array.from(origin), copies };
}
