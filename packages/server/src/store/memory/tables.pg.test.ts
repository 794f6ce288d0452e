import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../../testing.ts";
import { createStore } from "../store.ts";
import type { Table } from "./table.ts";
import { createTables } from "./tables.ts";
import { migrated } from "../testing/migrated.ts";

type AnyTable = Table<{ readonly [column: string]: unknown }, string>;

/** What the memory store's tables say of themselves, a line each. */
function linesOf({ spec }: AnyTable): readonly string[] {
  const { name, key, checks = {}, links = [], plans = [], unique = {} } = spec;
  return [
    ...(key.includes("nr") ? [] : [`${name} key ${key.join(", ")}`]),
    ...Object.entries(checks).map(
      ([column, values]) => `${name}.${column} in ${[...(values ?? [])].join(", ")}`,
    ),
    ...links.map((column) => `${name}.${column} of link`),
    ...plans.map((column) => `${name}.${column} of plan`),
    ...Object.keys(unique).map((index) => `${name} unique ${index}`),
    ...(spec.instants ?? []).map((column) => `${name}.${column} is an instant`),
  ];
}

const constraints = (type: "p" | "c" | "f"): string =>
  "pg_constraint c join pg_class t on t.oid = c.conrelid and t.relnamespace = 'public'::regnamespace " +
  `and c.contype = '${type}'`;
const firstColumn = "join pg_attribute a on a.attrelid = t.oid and a.attnum = c.conkey[1]";

/** The same of the tables that the migrations make. */
const ofSql = [
  "select t.relname || ' key ' || (select string_agg(a.attname, ', ' order by k.nr) from " +
    "unnest(c.conkey) with ordinality k(attnum, nr) join pg_attribute a on a.attrelid = t.oid and " +
    `a.attnum = k.attnum) as line from ${constraints("p")}`,
  "select t.relname || '.' || a.attname || ' in ' || (select string_agg(m[1], ', ' order by nr) from " +
    "regexp_matches(pg_get_constraintdef(c.oid), '''([^'']*)''', 'g') with ordinality q(m, nr)) from " +
    `${constraints("c")} ${firstColumn} where pg_get_constraintdef(c.oid) like '%''%'`,
  "select t.relname || '.' || a.attname || ' of ' || f.relname from " +
    `${constraints("f")} ${firstColumn} join pg_class f on f.oid = c.confrelid`,
  "select t.relname || ' unique ' || i.relname from pg_index x join pg_class i on i.oid = " +
    "x.indexrelid join pg_class t on t.oid = x.indrelid and t.relnamespace = 'public'::regnamespace " +
    "where x.indisunique and not x.indisprimary",
  "select table_name || '.' || column_name || ' is an instant' from information_schema.columns where " +
    "table_schema = 'public' and data_type = 'timestamp with time zone'",
].join(" union all ");

forEachHome(vitest, ["embedded"], (home) => {
  test("keys, checks, references and instants are those of the migrations", async () => {
    const database = await home.open(migrated);
    const entropy = { digest: (text: string) => text, uuid: () => "u" };
    await createStore({ database, entropy, clock: { now: () => 0, monotonic: () => 0 } }).migrate();
    const rows = await database.query<{ line: string }>(ofSql);
    const tables = Object.values(createTables([])) as unknown as readonly AnyTable[];
    // A store in memory has no schema to bring forward, and nothing that is sealed.
    const isBeside = (line: string): boolean => /^(?:schema_version|data_key|sealing)\b/.test(line);
    const expected = rows.map(({ line }) => line).filter((line) => !isBeside(line));
    expect(expected.length).toBeGreaterThan(60);
    expect(tables.flatMap(linesOf).toSorted()).toEqual(expected.toSorted());
  });
});
