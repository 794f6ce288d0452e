import { valueAt, type Json, type RecordId, type TwinRecord } from "./json.ts";
import { sortedRecords, type SortedRecords } from "./sorted.ts";

/** The order of two records of one object. */
type Compare = (left: TwinRecord, right: TwinRecord) => number;

/** The two orders in which a system lists records. */
export interface Orders {
  readonly byId: Compare;
  /** By change stamp, then by id. */
  readonly byStamp: Compare;
}

interface Indexes {
  readonly id: SortedRecords;
  readonly stamp: SortedRecords;
  readonly fields: Map<string, Map<Json, Set<RecordId>>>;
}

function addTo(index: Map<Json, Set<RecordId>>, value: Json, id: RecordId): void {
  const ids = index.get(value);
  if (ids) ids.add(id);
  else index.set(value, new Set([id]));
}

/** The records of one system with the indexes that lists and searches need, made when first asked for. */
export class Shelf {
  readonly #records: () => Record<string, Record<string, TwinRecord>>;
  readonly #orders: Orders;
  readonly #indexes = new Map<string, Indexes>();

  constructor(records: () => Record<string, Record<string, TwinRecord>>, orders: Orders) {
    this.#records = records;
    this.#orders = orders;
  }

  #table(name: string): Record<string, TwinRecord> {
    return (this.#records()[name] ??= {});
  }

  #indexesOf(name: string): Indexes {
    const known = this.#indexes.get(name);
    if (known) return known;
    const all = (): TwinRecord[] => Object.values(this.#table(name));
    const load = (id: RecordId): TwinRecord | undefined => this.get(name, id);
    const made: Indexes = {
      id: sortedRecords(all, load, this.#orders.byId),
      stamp: sortedRecords(all, load, this.#orders.byStamp),
      fields: new Map(),
    };
    this.#indexes.set(name, made);
    return made;
  }

  get(name: string, id: RecordId): TwinRecord | undefined {
    const table = this.#table(name);
    return Object.hasOwn(table, String(id)) ? table[String(id)] : undefined;
  }

  /** Stores a record, or removes it with null. */
  put(name: string, id: RecordId, record: TwinRecord | null): void {
    const index = this.#indexesOf(name);
    const held = this.get(name, id);
    for (const [path, values] of index.fields) {
      if (held) values.get(valueAt(held, path) ?? null)?.delete(id);
      if (record) addTo(values, valueAt(record, path) ?? null, id);
    }
    if (record) this.#table(name)[String(id)] = record;
    else delete this.#table(name)[String(id)];
    index.id.touch(id);
    index.stamp.touch(id);
  }

  /** All records in an order. */
  sorted(name: string, order: "id" | "stamp"): readonly TwinRecord[] {
    return this.#indexesOf(name)[order].read();
  }

  /** Ids of the records whose value at the path is one of the scalars given. */
  idsWhere(name: string, path: string, values: readonly Json[]): Set<RecordId> {
    const { fields } = this.#indexesOf(name);
    let index = fields.get(path);
    if (!index) {
      index = new Map<Json, Set<RecordId>>();
      for (const record of Object.values(this.#table(name)))
        addTo(index, valueAt(record, path) ?? null, record.id);
      fields.set(path, index);
    }
    const ids = new Set<RecordId>();
    for (const value of values) for (const id of index.get(value) ?? []) ids.add(id);
    return ids;
  }

  /** Forgets all indexes, after the records were replaced as a whole. */
  reset(): void {
    this.#indexes.clear();
  }
}
