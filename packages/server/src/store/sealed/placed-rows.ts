import type { JsonMap } from "@crossfoot/kernel";
import type { Queryable } from "../../ports.ts";
import { tokenMark } from "./vault.ts";

/** So many blocks of 8 kB are read at once: 2 MB and what rows keep beside them. */
const blocks = 256;

/** A row, and where it stands. */
export type PlacedRow = readonly [at: string, row: JsonMap];

/** All rows of a table in pieces, with where each stands. What is changed meanwhile may come again. */
export async function* placedPages(
  tx: Queryable,
  table: string,
  where = "true",
): AsyncGenerator<PlacedRow[]> {
  const [size] = await tx.query<{ blocks: number }>(
    "select (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int as blocks",
    [table],
  );
  for (let from = 0; from < (size?.blocks ?? 0); from += blocks) {
    const rows = await tx.query<{ at: string; held: JsonMap }>(
      `select t.ctid::text as at, to_jsonb(t) as held from ${table} t where t.ctid >= $1::tid and t.ctid < ` +
        `$2::tid and ${where}`,
      [`(${from},0)`, `(${from + blocks},0)`],
    );
    if (rows.length > 0) yield rows.map(({ at, held }): PlacedRow => [at, held]);
  }
}

/** Whether a row `t` holds anything sealed, in SQL. */
export const sealedMark: string = `strpos(to_jsonb(t)::text, '"${tokenMark}') > 0`;

/** All rows of a table that hold anything sealed, in pieces. */
export async function* sealedPages(tx: Queryable, table: string): AsyncGenerator<JsonMap[]> {
  for await (const rows of placedPages(tx, table, sealedMark)) yield rows.map(([, row]) => row);
}

/** Writes columns of rows that were read in the same transaction, each where it stands. */
export async function changedRows(
  tx: Queryable,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  rows: readonly PlacedRow[],
): Promise<void> {
  if (rows.length === 0 || columns.length === 0) return;
  const set = columns.map((column) => `${column} = r.${column}`).join(", ");
  await tx.query(
    `update ${table} t set ${set} from (select e ->> 0 as stands_at, (jsonb_populate_record(null::` +
      `${table}, e -> 1)).* from jsonb_array_elements($1::jsonb) e) r where t.ctid = r.stands_at::tid`,
    [JSON.stringify(rows)],
  );
}
