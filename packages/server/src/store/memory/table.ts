import { MemoryRefusal } from "./refusal.ts";

/** What a table holds to, as its SQL counterpart does. */
export interface TableSpec<Row, Index extends string> {
  readonly name: string;
  /** Columns of the primary key; `nr` where the SQL table has none. */
  readonly key: readonly (keyof Row & string)[];
  /** Columns with a check constraint, and the values it allows. */
  readonly checks?: { readonly [column in keyof Row & string]?: readonly string[] };
  /** Columns that refer to a link. */
  readonly links?: readonly (keyof Row & string)[];
  /** Columns that refer to a plan. */
  readonly plans?: readonly (keyof Row & string)[];
  /** Unique indices beside the primary key: constraint name, key of a row, null for rows outside. */
  readonly unique?: { readonly [constraint: string]: (row: Row) => string | null };
  /** Look-ups: key of a row, null for rows outside. */
  readonly indices: { readonly [index in Index]: (row: Row) => string | null };
  /** Columns of the type timestamptz: milliseconds here. */
  readonly instants?: readonly (keyof Row & string)[];
}

/** Joins the parts of a key; no part holds a null byte, since no text of PostgreSQL does. */
export const keyOf = (...parts: readonly string[]): string => parts.join("\u0000");

/** How to go back to where a commit began. */
export type Undo = (() => void)[];

/** Whether a row is there, for columns that refer to it. */
export type IsThere = (table: "link" | "plan", id: string) => boolean;

type Grouped<Row> = Map<string, Map<string, Row>>;

/**
 * Rows by primary key, with look-ups. Rows are frozen and replaced, never changed, so that whoever holds one
 * holds what was committed. Every change leaves its way back in `undo`.
 */
export class Table<Row extends object, Index extends string = never> {
  readonly spec: TableSpec<Row, Index>;
  readonly #undo: Undo;
  readonly #isThere: IsThere;
  readonly #rows = new Map<string, Row>();
  readonly #groups: readonly (readonly [(row: Row) => string | null, Grouped<Row>])[];
  readonly #byIndex = new Map<string, Grouped<Row>>();
  readonly #checks: readonly (readonly [string, readonly string[] | undefined])[];
  readonly #references: readonly (readonly ["link" | "plan", keyof Row & string])[];
  readonly #unique: readonly (readonly [string, (row: Row) => string | null])[];
  #watcher: ((before: Row | undefined, after: Row | undefined) => void) | null = null;

  constructor(spec: TableSpec<Row, Index>, undo: Undo, isThere: IsThere) {
    this.spec = spec;
    this.#undo = undo;
    this.#isThere = isThere;
    const { checks = {}, links = [], plans = [], unique = {} } = spec;
    this.#checks = Object.entries<readonly string[] | undefined>(checks);
    this.#references = [
      ...links.map((each) => ["link", each] as const),
      ...plans.map((each) => ["plan", each] as const),
    ];
    this.#unique = Object.entries(unique);
    const keys = Object.entries<(row: Row) => string | null>({ ...spec.indices, ...spec.unique });
    this.#groups = keys.map(([name, key]) => {
      const group: Grouped<Row> = new Map();
      this.#byIndex.set(name, group);
      return [key, group];
    });
  }

  /** Tells `watcher` of every row that comes, changes or goes, as a trigger would. */
  watch(watcher: (before: Row | undefined, after: Row | undefined) => void): void {
    this.#watcher = watcher;
  }

  keyOf(row: Row): string {
    let key = "";
    for (const [at, column] of this.spec.key.entries())
      key = at === 0 ? String(row[column]) : keyOf(key, String(row[column]));
    return key;
  }

  get(...key: readonly string[]): Row | undefined {
    return this.#rows.get(keyOf(...key));
  }

  all(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** Rows of one key of a look-up, in the order in which they came. */
  by(index: Index, ...key: readonly string[]): readonly Row[] {
    return [
      ...(this.#byIndex
        .get(index)
        ?.get(keyOf(...key))
        ?.values() ?? []),
    ];
  }

  /** Adds a row. Throws 23505 when its key is taken. */
  insert(row: Row): Row {
    if (this.#rows.has(this.keyOf(row))) throw this.#taken(`${this.spec.name}_pkey`);
    return this.#put(row, undefined);
  }

  /** Replaces columns of a row that is there. Throws 23505 when the key it moves to is taken. */
  change(row: Row, columns: Partial<Row>): Row {
    const next = { ...row, ...columns };
    if (this.keyOf(next) === this.keyOf(row)) return this.#put(next, row);
    this.remove(row);
    return this.insert(next);
  }

  remove(row: Row): void {
    const key = this.keyOf(row);
    this.#undo.push(() => this.#place(key, undefined, row));
    this.#place(key, row, undefined);
    this.#watcher?.(row, undefined);
  }

  /** Takes these rows instead of all there are, without looking at them. */
  replaceAll(rows: readonly Row[]): void {
    this.#rows.clear();
    for (const [, group] of this.#groups) group.clear();
    for (const row of rows) this.#place(this.keyOf(row), undefined, row);
  }

  #put(row: Row, before: Row | undefined): Row {
    this.#check(row, before);
    const key = this.keyOf(row);
    this.#undo.push(() => this.#place(key, row, before));
    this.#place(key, before, Object.freeze(row));
    this.#watcher?.(before, row);
    return row;
  }

  #check(row: Row, before: Row | undefined): void {
    const { name } = this.spec;
    for (const [column, allowed] of this.#checks) {
      const value = row[column as keyof Row] as string | null;
      if (value === null || allowed === undefined || allowed.includes(value)) continue;
      const constraint = `${name}_${column}_check`;
      const message = `new row for relation "${name}" violates check constraint "${constraint}"`;
      throw new MemoryRefusal({ code: "23514", constraint, message });
    }
    for (const [table, column] of this.#references) {
      const id = row[column] as string | null;
      if (id === null || (before !== undefined && before[column] === id) || this.#isThere(table, id))
        continue;
      const constraint = `${name}_${column}_fkey`;
      const message = `insert or update on table "${name}" violates foreign key constraint "${constraint}"`;
      throw new MemoryRefusal({ code: "23503", constraint, message });
    }
    for (const [constraint, key] of this.#unique) {
      const at = key(row);
      const holders = at === null ? undefined : this.#byIndex.get(constraint)?.get(at);
      if (holders === undefined) continue;
      const own = this.keyOf(row);
      for (const holder of holders.keys()) if (holder !== own) throw this.#taken(constraint);
    }
  }

  #taken(constraint: string): MemoryRefusal {
    const message = `duplicate key value violates unique constraint "${constraint}"`;
    return new MemoryRefusal({ code: "23505", constraint, message });
  }

  #place(key: string, before: Row | undefined, after: Row | undefined): void {
    if (after === undefined) this.#rows.delete(key);
    else this.#rows.set(key, after);
    for (const [keyOfRow, group] of this.#groups) {
      const from = before === undefined ? null : keyOfRow(before);
      const to = after === undefined ? null : keyOfRow(after);
      if (from !== null && from !== to) leave(group, from, key);
      if (to !== null && after !== undefined) enter(group, { at: to, key, row: after });
    }
  }
}

function leave<Row>(group: Grouped<Row>, at: string, key: string): void {
  const members = group.get(at);
  members?.delete(key);
  if (members?.size === 0) group.delete(at);
}

function enter<Row>(
  group: Grouped<Row>,
  member: { readonly at: string; readonly key: string; readonly row: Row },
): void {
  const members = group.get(member.at);
  if (members === undefined) group.set(member.at, new Map([[member.key, member.row]]));
  else members.set(member.key, member.row);
}
