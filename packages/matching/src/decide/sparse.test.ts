import { expect, it } from "vitest";
import { matchTables } from "../match.ts";
import type { Matching } from "../match.ts";
import type { MatchedEntity } from "../kinds.ts";
import { companies, tableOf } from "../testing/tables.ts";
import { cautionOf } from "./caution.ts";

const linked = (matching: Matching): readonly string[] =>
  matching.pairs.filter(({ band }) => band === "link").map(({ left, right }) => `${left}-${right}`);

interface Tables {
  readonly columns: string;
  readonly left: readonly string[];
  readonly right: readonly string[];
}

function match(entity: MatchedEntity, { columns, left, right }: Tables): Matching {
  const tables = { left: tableOf(columns, left), right: tableOf(columns, right) };
  return matchTables({ entity, ...tables, fields: null });
}

const written = companies(80).rows.map((row) => row.join("|"));
const columns = "name|street|city|phone";

it("the fewer records have a partner, the higher is the bar of a link", () => {
  const bars = [0, 10, 40, 100].map((shared) => cautionOf(shared, 100).linkMin);
  expect(bars).toEqual(bars.toSorted((one, other) => other - one));
  expect(bars.at(-1)).toBe(0.52);
  expect(bars[0]).toBeGreaterThan(0.95);
});

it("where few have a partner, another word in the name is a question although all else agrees", () => {
  const [left, right] = ["Restaurant", "Cafe"].map(
    (kind) => `${kind} Orchid|500 Tower Place|Leeds|+44 20 8999 1234`,
  );
  const sparse = match("accounts", {
    columns,
    left: [...written.slice(0, 40), left ?? ""],
    right: [...written.slice(40), right ?? ""],
  });
  expect(linked(sparse)).toEqual([]);
  expect(sparse.pairs.map((pair) => `${pair.left}-${pair.right}`)).toContain("40-40");
});

const cameras = Array.from(
  { length: 40 },
  (_, at) => `Orion Camera ${String.fromCharCode(65 + (at % 26))}X${300 + at * 7}`,
);

it("an article is not linked to the next of its series, though nothing else is near", () => {
  const pairs = match("products", {
    columns: "name|price",
    left: [...cameras.map((name) => `${name}|100`), "Delta Memory Card 4GB High Speed|12"],
    right: [...cameras.map((name) => `${name}|100`), "Delta Memory Card 8GB High Speed|12"],
  });
  expect(linked(pairs)).not.toContain("40-40");
  expect(linked(pairs)).toHaveLength(40);
});

const street = (at: number): string => `${at + 3} Mill Lane|Leeds|LS${at} 4AB`;
const people = Array.from({ length: 40 }, (_, at) => {
  const given = ["Ann", "Robert", "Clara", "Dennis"][at % 4] ?? "";
  return `${given}|Family${at}|${street(at)}|19${40 + at}-03-1${at % 9}`;
});
const personColumns = "given name|surname|street|city|postcode|date of birth";

it("another given name and birthday at one address is another person of the household", () => {
  const matching = match("contacts", {
    columns: personColumns,
    left: [...people, `Ann|Miller|${street(77)}|1950-01-02`],
    right: [...people, `Boris|Miller|${street(77)}|1981-11-23`],
  });
  expect(linked(matching)).not.toContain("40-40");
  expect(linked(matching)).toHaveLength(40);
});

it("another given name with the same birthday is one person who has two", () => {
  const matching = match("contacts", {
    columns: personColumns,
    left: [...people, `Ann|Miller|${street(77)}|1950-01-02`],
    right: [...people, `Ruth|Miller|${street(77)}|1950-01-02`],
  });
  expect(linked(matching)).toContain("40-40");
});

it("where a table holds households, another given name is a question without any birthday", () => {
  const cut = (person: string): string => person.split("|").slice(0, 5).join("|");
  const families = people
    .slice(0, 20)
    .map((person, at) => cut(person.replace(/^\w+/, at % 2 === 0 ? "Olga" : "Walter")));
  const tables = (more: readonly string[]): Tables => ({
    columns: "given name|surname|street|city|postcode",
    left: [...people.map(cut), ...more, `Ann|Miller|${street(77)}`],
    right: [...people.map(cut), `Boris|Miller|${street(77)}`],
  });
  const matching = match("contacts", tables(families));
  expect(linked(matching)).not.toContain("60-40");
  expect(linked(matching)).toHaveLength(40);
  expect(linked(match("contacts", tables([])))).toContain("40-40");
});
