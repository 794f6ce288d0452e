/** What every Database owes its callers, whichever its home. */
import { beforeEach, describe, expect, it } from "vitest";
import type { Database } from "../../ports.ts";
import type { TestHome } from "./homes.ts";
import { refusalOf } from "./refusal.ts";
import { transactionsSuite } from "./transactions-suite.ts";

function valuesSuite(database: () => Database): void {
  it("each column type has one JavaScript form", async () => {
    const [row] = await database().query(
      `select 1::int2 as int2, 2::int4 as int4, 9007199254740993::int8 as int8, 1.50::numeric as numeric,
        'a'::text as text, true as yes, false as no, null::text as nothing, 0.5::float8 as float8,
        '{"a": [1, null, "x"]}'::jsonb as jsonb, '[]'::json as json, '\\x00ff'::bytea as bytea,
        '2026-01-31 09:00:00.123456+01'::timestamptz as instant, '2026-01-31 08:00:00Z'::timestamptz as whole,
        'infinity'::timestamptz as ever, '2026-01-31'::date as date, count(*) as count,
        '6f1f7fb4-7d6b-4a52-8e45-7a3a4f3a0c11'::uuid as uuid from (values (1)) v`,
    );
    expect(row).toEqual({
      int2: 1,
      int4: 2,
      int8: "9007199254740993",
      numeric: "1.50",
      text: "a",
      yes: true,
      no: false,
      nothing: null,
      float8: 0.5,
      jsonb: { a: [1, null, "x"] },
      json: [],
      bytea: Uint8Array.of(0, 255),
      instant: "2026-01-31T08:00:00.123456Z",
      whole: "2026-01-31T08:00:00Z",
      ever: "infinity",
      date: "2026-01-31",
      count: "1",
      uuid: "6f1f7fb4-7d6b-4a52-8e45-7a3a4f3a0c11",
    });
  });

  it("arrays of every type are lists, with their nulls, quotes and dimensions", async () => {
    const [row] = await database().query(
      String.raw`select array['a,b', 'c"d', 'e\f', '{g}', '', 'NULL', null, ' h '] as texts,
        array[1, null]::int8[] as longs, array[1, 2]::int4[] as ints, array[true, false] as flags,
        array['{"a": 1}', 'null']::jsonb[] as documents, array[array[1, 2], array[3, 4]] as grid,
        '{}'::text[] as none, array['2026-01-31 08:00Z'::timestamptz] as instants`,
    );
    expect(row).toEqual({
      texts: ["a,b", 'c"d', String.raw`e\f`, "{g}", "", "NULL", null, " h "],
      longs: ["1", null],
      ints: [1, 2],
      flags: [true, false],
      documents: [{ a: 1 }, null],
      grid: [
        [1, 2],
        [3, 4],
      ],
      none: [],
      instants: ["2026-01-31T08:00:00Z"],
    });
  });
}

function parametersSuite(database: () => Database): void {
  it("each parameter arrives as it was given", async () => {
    const text = "ü – 漢字 – 🦀 – \u202Eabc – e\u0301 – \\ ' \" $1";
    const at = new Date("2026-01-31T08:00:00.120Z");
    const [row] = await database().query(
      `select $1::text as text, $2::int8 as long, $3::int4 as int, $4::bool as flag, $5::timestamptz as at,
        $6::bytea as bytes, $7::jsonb as document, $8::text as nothing, $9::numeric as amount,
        $10::float8 as ratio`,
      [text, 2n ** 60n, -7, true, at, Uint8Array.of(1, 254), { a: [text], b: null }, undefined, "0.10", 0.1],
    );
    expect(row).toEqual({
      text,
      long: "1152921504606846976",
      int: -7,
      flag: true,
      at: "2026-01-31T08:00:00.12Z",
      bytes: Uint8Array.of(1, 254),
      document: { a: [text], b: null },
      nothing: null,
      amount: "0.10",
      ratio: 0.1,
    });
  });

  it("lists unnest side by side; rows travel as one JSON text", async () => {
    const texts = ['a"b', String.raw`c\d`, null, "{e,f}", ""];
    const documents = [{ k: "v" }, [1, [2]], null, { q: '"' }, {}];
    const rows = await database().query(
      "select * from unnest($1::text[], $2::jsonb[], $3::bigint[], $4::bool[]) as r(t, j, n, b)",
      [texts, documents, [1n, 2, "3", null, 5], [true, false, null, true, false]],
    );
    expect(rows.map((row) => row["t"])).toEqual(texts);
    expect(rows.map((row) => row["j"])).toEqual(documents);
    expect(rows.map((row) => row["n"])).toEqual(["1", "2", "3", null, "5"]);
    const records = [
      { id: 1, name: 'x"y', tags: ["a"], extra: null },
      { id: 2, name: null, tags: [], extra: { deep: [1] } },
    ];
    const back = await database().query(
      "select * from jsonb_to_recordset($1::jsonb) as r(id int, name text, tags jsonb, extra jsonb)",
      [JSON.stringify(records)],
    );
    expect(back).toEqual(records);
  });

  it("a value that no column can hold is refused before it is sent", async () => {
    for (const value of [() => 1, Symbol("x"), { n: 1n }, new Date(Number.NaN)]) {
      expect(await refusalOf(database().query("select $1::text", [value]))).toMatchObject({ code: "22023" });
    }
  });
}

function errorsSuite(database: () => Database): void {
  it("a violated constraint is named, its values are not", async () => {
    await database().script(
      "create table account (id int primary key, name text constraint named check (name <> ''))",
    );
    await database().query("insert into account values (1, 'Secret Ltd')");
    const twice = await refusalOf(database().query("insert into account values ($1, $2)", [1, "Secret Ltd"]));
    expect(twice).toMatchObject({
      code: "23505",
      constraint: "account_pkey",
      table: "account",
      isRetryable: false,
    });
    const unnamed = await refusalOf(database().query("insert into account values (2, '')"));
    expect(unnamed).toMatchObject({ code: "23514", constraint: "named", isUnknownOutcome: false });
    const number = await refusalOf(database().query("select $1::int", ["Secret Ltd"]));
    expect(number.code).toBe("22P02");
    const document = await refusalOf(database().query("select $1::jsonb", ["Secret Ltd"]));
    const range = await refusalOf(database().query("select $1::int", ["98765432109"]));
    const date = await refusalOf(database().query("select $1::date", ["2026-02-31"]));
    for (const error of [twice, number, document, range, date]) {
      expect(JSON.stringify([error.message, error.statement])).not.toMatch(/Secret|98765432109|2026-02-31/);
    }
    expect(await refusalOf(database().query("select nowhere"))).toMatchObject({ code: "42703" });
  });

  it("a statement is one statement, and may be empty", async () => {
    expect(await refusalOf(database().query("select 1; select 2"))).toMatchObject({ code: "42601" });
    expect(await database().query("-- nothing")).toEqual([]);
    expect(await database().query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("a script runs whole or not at all, and leaves no transaction behind", async () => {
    await database().script("create table a (n int); insert into a values (1); insert into a values (2);");
    const failed = await refusalOf(database().script("insert into a values (3); insert into a values ('x')"));
    expect(failed.code).toBe("22P02");
    const inside = await refusalOf(
      database().script("begin; insert into a values (4); select nowhere; commit;"),
    );
    expect(inside.code).toBe("42703");
    expect(await refusalOf(database().script("begin; insert into a values (5)"))).toMatchObject({
      code: "25001",
    });
    expect(await refusalOf(database().query("begin"))).toMatchObject({ code: "25001" });
    await database().script("begin; insert into a values (6); commit;");
    expect(await database().query("select n from a order by n")).toEqual([{ n: 1 }, { n: 2 }, { n: 6 }]);
  });
}

/** Registers the tests. */
export function databaseSuite(home: TestHome): void {
  let opened: Database;
  beforeEach(async () => {
    opened = await home.open();
  });
  const database = (): Database => opened;
  describe("values", () => {
    valuesSuite(database);
  });
  describe("parameters", () => {
    parametersSuite(database);
  });
  describe("errors", () => {
    errorsSuite(database);
  });
  describe("transactions", () => {
    transactionsSuite(database);
  });
}
