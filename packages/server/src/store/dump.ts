import { canonicalBytes } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";

/** Every table of a store: plain rows by column, in an order that depends on their content alone. */
export interface Dump {
  readonly [table: string]: readonly JsonMap[];
}

/** Rows in the order of their canonical text. */
export function sortedRows(rows: readonly JsonMap[]): readonly JsonMap[] {
  const keyed = rows.map((row): [string, JsonMap] => [canonicalBytes(row), row]);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, row]) => row);
}

/** Dumps the tables of a SQL store, the version of its schema left out. Reads everything: for tests. */
export async function dumpSql(database: Queryable): Promise<Dump> {
  const columns = await database.query<{ table_name: string; column_name: string; data_type: string }>(
    "select table_name, column_name, data_type from information_schema.columns where table_schema = " +
      "current_schema() and table_name <> 'schema_version' order by table_name, ordinal_position",
  );
  const dump: { [table: string]: readonly JsonMap[] } = {};
  for (const table of new Set(columns.map((column) => column.table_name))) {
    const counted = columns
      .filter((column) => column.table_name === table && column.data_type === "bigint")
      .map((column) => column.column_name);
    const rows = await database.query<JsonMap>(`select * from "${table}"`);
    dump[table] = sortedRows(
      rows.map((row) => {
        const numbers = counted.map((name): [string, JsonMap[string]] => [
          name,
          row[name] === null ? null : Number(row[name]),
        ]);
        return { ...row, ...Object.fromEntries(numbers) };
      }),
    );
  }
  return dump;
}
