import type { RecordId, TwinRecord } from "./json.ts";

/** Records in a fixed order, kept by touching what changed; reading costs one pass after a change. */
export interface SortedRecords {
  /** Tells that the record with this id was written or removed. */
  touch(id: RecordId): void;
  /** All records in order. */
  read(): readonly TwinRecord[];
}

/** Makes an index over the records of one object. `load` gives the present record of an id, or undefined. */
export function sortedRecords(
  all: () => readonly TwinRecord[],
  load: (id: RecordId) => TwinRecord | undefined,
  compare: (left: TwinRecord, right: TwinRecord) => number,
): SortedRecords {
  let order: TwinRecord[] | null = null;
  const touched = new Set<RecordId>();
  const settle = (kept: TwinRecord[]): TwinRecord[] => {
    const moved = [...touched]
      .map(load)
      .filter((record) => record !== undefined)
      .toSorted(compare);
    const rest = kept.filter((record) => !touched.has(record.id));
    touched.clear();
    const last = rest.at(-1);
    const first = moved[0];
    if (first === undefined || last === undefined || compare(last, first) <= 0) return rest.concat(moved);
    return rest.concat(moved).toSorted(compare);
  };
  return {
    touch: (id) => {
      if (order !== null) touched.add(id);
    },
    read: () => {
      if (order === null) order = all().toSorted(compare);
      else if (touched.size > 0) order = settle(order);
      return order;
    },
  };
}

/** The index of the first record for which `reached` holds; all later ones must hold too. */
export function firstIndex(records: readonly TwinRecord[], reached: (record: TwinRecord) => boolean): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (reached(records[middle] as TwinRecord)) high = middle;
    else low = middle + 1;
  }
  return low;
}
