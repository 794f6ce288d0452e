import { canonicalBytes } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";

/** Every table of a store: plain rows by column, in an order that depends on their content alone. */
export interface Dump {
  readonly [table: string]: readonly JsonMap[];
}

/** Tables of which only the different rows count: how often a mark was set is the store's affair. */
export const setNames: ReadonlySet<string> = new Set(["proof_due"]);

/** Rows in the order of their canonical text, which comes with each. */
export function inDumpOrder(rows: readonly (readonly [text: string, row: JsonMap])[]): readonly JsonMap[] {
  return rows.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/**
 * Dumps the tables of a SQL store, the version of its schema and its keys left out. Reads everything: for
 * tests.
 */
export async function dumpSql(database: Queryable): Promise<Dump> {
  const columns = await database.query<{ table_name: string; column_name: string; data_type: string }>(
    "select table_name, column_name, data_type from information_schema.columns where table_schema = " +
      "current_schema() and table_name not in ('schema_version', 'data_key', 'sealing') order by " +
      "table_name, ordinal_position",
  );
  const dump: { [table: string]: readonly JsonMap[] } = {};
  for (const table of new Set(columns.map((column) => column.table_name))) {
    const counted = columns
      .filter((column) => column.table_name === table && column.data_type === "bigint")
      .map((column) => column.column_name);
    const of = setNames.has(table) ? "distinct link_id" : "*";
    const rows = await database.query<JsonMap>(`select ${of} from "${table}"`);
    dump[table] = inDumpOrder(
      rows.map((row): [string, JsonMap] => {
        const numbers = counted
          .filter((name) => name in row)
          .map((name): [string, JsonMap[string]] => [name, row[name] === null ? null : Number(row[name])]);
        const plain = { ...row, ...Object.fromEntries(numbers) };
        return [canonicalBytes(plain), plain];
      }),
    );
  }
  return dump;
}
