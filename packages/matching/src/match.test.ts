import { expect, it } from "vitest";
import { evidenceOf, evidenceWords } from "./evidence.ts";
import { matchTables } from "./match.ts";
import type { Matching } from "./match.ts";
import type { Table } from "./kinds.ts";
import { companies, tableOf } from "./testing/tables.ts";

function accounts(left: Table, right: Table | null): Matching {
  return matchTables({ entity: "accounts", left, right, fields: null });
}

const linked = (matching: Matching): readonly string[] =>
  matching.pairs.filter(({ band }) => band === "link").map(({ left, right }) => `${left}-${right}`);

const written = companies(60);
/** The same companies as another system writes them, in another order. */
const rewritten: Table = {
  columns: ["Company", "Address", "Town", "Telephone"],
  rows: written.rows
    .map(([name = "", street = "", city = "", phone = ""]) => [
      name.toUpperCase().replace(" LTD", " Limited"),
      street.replace("Street", "St.").replace("Road", "Rd"),
      city,
      phone.replace("+44 20", "020"),
    ])
    .toReversed(),
};

it("two tables with other headers, spellings and order are linked whole and rightly", () => {
  const expected = written.rows.map((_, at) => `${at}-${59 - at}`);
  expect([...linked(accounts(written, rewritten))].toSorted()).toEqual(expected.toSorted());
});

it("the same input gives the same output", () => {
  expect(accounts(written, rewritten)).toEqual(accounts(written, rewritten));
});

it("tables that share nobody are not linked by force", () => {
  const half: Table = { columns: written.columns, rows: written.rows.slice(0, 30) };
  const rest: Table = { columns: written.columns, rows: written.rows.slice(30) };
  expect(linked(accounts(half, rest))).toEqual([]);
});

it("another organisation at the same address and phone is a question, not a link", () => {
  const extra = (name: string): readonly string[] => [name, "500 Tower Place", "Leeds", "+44 20 8999 1234"];
  const left = { columns: written.columns, rows: [...written.rows, extra("Orchid Dentistry")] };
  const right = { columns: written.columns, rows: [...written.rows, extra("Zenith Plumbing")] };
  const matching = accounts(left, right);
  expect(linked(matching)).not.toContain("60-60");
  expect(linked(matching)).toHaveLength(60);
});

it.each(["", "n/a", "-", "unknown"])("rows that only share %j are never linked", (blank) => {
  const row = [blank, blank, "", "000-000"];
  const matching = accounts(
    { columns: written.columns, rows: [...written.rows, row] },
    { columns: written.columns, rows: [...written.rows, row] },
  );
  expect(matching.pairs.some(({ left, right }) => left === 60 || right === 60)).toBe(false);
});

it("people who share a desk's mailbox and nothing else are not linked", () => {
  const people = written.rows.map((_, at) => `Person${at} Family${at}|person${at}@acme${at}.de`);
  const left = tableOf("name|email", [...people, "Ann Lee|info@acme.com"]);
  const right = tableOf("name|email", [...people, "Robert Braun|info@acme.com"]);
  const pairs = linked(matchTables({ entity: "contacts", left, right, fields: null }));
  expect(pairs).not.toContain("60-60");
});

it("no record takes part in more than 25 candidates, however alike all are", () => {
  const rows = Array.from({ length: 300 }, (_, at) => `Acme Trading ${at % 90}|1 High Street|Leeds`);
  const table = tableOf("name|street|city", rows);
  const { candidates } = accounts(table, table);
  for (const ends of [candidates.left, candidates.right]) {
    const counts = new Map<number, number>();
    for (const end of ends) counts.set(end, (counts.get(end) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(25);
  }
});

it("within one table duplicates become one cluster and the rest stays apart", () => {
  const rows = [...written.rows, ...rewritten.rows.slice(0, 10)];
  const pairs = linked(accounts({ columns: written.columns, rows }, null));
  expect([...pairs].toSorted()).toEqual(
    Array.from({ length: 10 }, (_, at) => `${59 - at}-${60 + at}`).toSorted(),
  );
});

it("a hundred equal rows are one cluster with all their pairs", () => {
  const copy = ["Orchid Dentistry Ltd", "500 Tower Place", "Leeds", "+44 20 8999 1234"];
  const copies = Array.from({ length: 100 }, () => copy);
  const pairs = linked(accounts({ columns: written.columns, rows: [...written.rows, ...copies] }, null));
  expect(pairs).toHaveLength((100 * 99) / 2);
});

it("the evidence names the fields in words and never their values", () => {
  const matching = accounts(written, rewritten);
  const candidate = matching.pairs[0]?.candidate ?? -1;
  const evidence = evidenceOf(matching, candidate);
  expect(evidence.map(({ field }) => field)).toEqual(
    expect.arrayContaining(["name", "street", "city", "phone"]),
  );
  expect(evidence[0]?.weight).toBeGreaterThan(0);
  expect(JSON.stringify(evidence)).not.toMatch(/Acorn|High Street|Leeds/i);
});

it("tells all names, mailboxes and ids that differ, however many, and of the rest six in all", () => {
  const measureOf = (name: string, kind: "mail" | "street"): Matching["measures"][number] => {
    return { name, kind, levels: Uint8Array.of(1), rarity: Float32Array.of(0) };
  };
  const words = (mails: number, streets: number): readonly string[] => {
    const measures = [
      ...Array.from({ length: streets }, (_, at) => measureOf(`street ${at}`, "street")),
      ...Array.from({ length: mails }, (_, at) => measureOf(`mail ${at}`, "mail")),
    ];
    const weights = { priorLogOdds: 0, byMeasure: measures.map(() => [0, -2]) };
    return evidenceWords({ ...accounts(written, null), measures, weights } as unknown as Matching, 0);
  };
  expect(words(9, 2)).toEqual(Array.from({ length: 9 }, (_, at) => `mail ${at} differs`));
  expect(words(2, 9)).toHaveLength(6);
  expect(words(2, 9).slice(0, 2)).toEqual(["mail 0 differs", "mail 1 differs"]);
});

it("empty tables match nothing", () => {
  const empty = tableOf("name|street", []);
  expect(accounts(empty, empty).pairs).toEqual([]);
  expect(accounts(empty, null).pairs).toEqual([]);
  expect(accounts(written, empty).pairs).toEqual([]);
});

it("of two partners that are equally good none is linked", () => {
  const twin = "Orchid Dentistry Ltd|500 Tower Place|Leeds|+44 20 8999 1234";
  const left = tableOf("name|street|city|phone", [...written.rows.map((row) => row.join("|")), twin]);
  const right = tableOf("name|street|city|phone", [...written.rows.map((row) => row.join("|")), twin, twin]);
  expect(linked(accounts(left, right)).filter((pair) => pair.startsWith("60-"))).toEqual([]);
});

it("warehouses are told apart by their numbers, however near these are written", () => {
  const rows = Array.from({ length: 9 }, (_, at) => `WH0${at + 1}|Store ${at + 1}|1 Dock Road|Leeds`);
  const other = Array.from({ length: 9 }, (_, at) => `WH${at + 1}|Store ${at + 1}|1 Dock Rd|LEEDS`);
  const left = tableOf("code|name|street|city", rows);
  const right = tableOf("code|name|street|city", other.toReversed());
  const pairs = linked(matchTables({ entity: "warehouses", left, right, fields: null }));
  expect(pairs.toSorted()).toEqual(rows.map((_, at) => `${at}-${8 - at}`));
});

it("users are linked by their own mailbox and name, never by a desk's mailbox", () => {
  const left = tableOf("name|email", [
    "Ann Lee|ann.lee@acme.com",
    "Bob Braun|b@acme.com",
    "Eva Fox|info@acme.com",
  ]);
  const right = tableOf("full name|mail", [
    "Lee, Ann|ANN.LEE@acme.com",
    "Robert Braun|b@acme.com",
    "Max Roe|info@acme.com",
  ]);
  const pairs = linked(matchTables({ entity: "users", left, right, fields: null }));
  expect(pairs.toSorted()).toEqual(["0-0", "1-1"]);
});

it("one name at another street, postcode and phone is a question: it may be a branch or a namesake", () => {
  const columns = "name|street|postcode|phone";
  const rows = written.rows.map(
    ([name, street, , phone], at) => `${name}|${street}|${10_000 + at * 91}|${phone}`,
  );
  const left = tableOf(columns, [...rows, "Orchid Dentistry Ltd|500 Tower Place|77001|+44 20 8999 1234"]);
  const right = tableOf(columns, [...rows, "Orchid Dentistry Ltd|9 Quay Walk|31556|+44 161 555 8080"]);
  const { pairs } = accounts(left, right);
  expect(pairs.find((pair) => pair.left === 60)?.band).not.toBe("link");
  expect(pairs.filter(({ band }) => band === "link")).toHaveLength(60);
});
