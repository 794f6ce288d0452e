import { describe, expect, it } from "vitest";
import type { Table } from "../kinds.ts";
import { matchTables } from "../match.ts";
import type { Matching } from "../match.ts";
import { companies, tableOf } from "../testing/tables.ts";
import { questionsOf } from "./ask.ts";
import type { Decision } from "./decisions.ts";

const left = companies(40);
const right: Table = { columns: left.columns, rows: left.rows.toReversed() };

function decided(sides: { left: Table; right: Table | null }, decisions: readonly Decision[]): Matching {
  return matchTables({ entity: "accounts", ...sides, fields: null, decisions });
}

const linked = ({ pairs }: Matching): readonly string[] =>
  pairs.filter(({ band }) => band === "link").map((pair) => `${pair.left}-${pair.right}`);

describe("across two tables", () => {
  it("what a person parted is neither linked nor asked again", () => {
    const { pairs } = decided({ left, right }, [{ left: 3, right: 36, isSame: false }]);
    expect(pairs.some((pair) => pair.left === 3 && pair.right === 36)).toBe(false);
  });

  it("what a person joined is linked though nothing speaks for it, and to nobody else", () => {
    const pairs = linked(decided({ left, right }, [{ left: 3, right: 0, isSame: true }]));
    expect(pairs).toContain("3-0");
    expect(pairs).not.toContain("3-36");
    expect(pairs).not.toContain("39-0");
  });
});

describe("within one table", () => {
  const doubles: Table = { columns: left.columns, rows: [...left.rows, ...left.rows.slice(0, 2)] };

  it("what a person parted is in no cluster together", () => {
    expect(linked(decided({ left: doubles, right: null }, []))).toEqual(["0-40", "1-41"]);
    const told = [{ left: 0, right: 40, isSame: false }];
    expect(linked(decided({ left: doubles, right: null }, told))).toEqual(["1-41"]);
  });

  it("what a person joined is a cluster", () => {
    const told = [{ left: 7, right: 20, isSame: true }];
    expect(linked(decided({ left: doubles, right: null }, told))).toContain("7-20");
  });

  it("a pair that was parted stays parted where a third record is both", () => {
    const rows = [...left.rows.slice(0, 1), ...left.rows.slice(0, 1), ...left.rows.slice(0, 1)];
    const table: Table = { columns: left.columns, rows: [...left.rows.slice(1), ...rows] };
    const pairs = linked(decided({ left: table, right: null }, [{ left: 39, right: 40, isSame: false }]));
    expect(pairs).not.toContain("39-40");
  });
});

it("answers about some pairs decide pairs of the same kind that nobody asked about", () => {
  const names = Array.from({ length: 60 }, (_, at) => `Firm${at}x Trade`);
  const mine = tableOf(
    "name|city",
    names.map((name, at) => `${name}|${at % 2 === 0 ? "Leeds" : "York"}`),
  );
  const theirs = tableOf(
    "name|city",
    names.map((name) => `${name.replace("x ", "y ")}|Leeds`),
  );
  const plain = decided({ left: mine, right: theirs }, []);
  const told = Array.from({ length: 20 }, (_, at) => ({ left: at, right: at, isSame: true }));
  const taught = decided({ left: mine, right: theirs }, told);
  const sure = ({ pairs }: Matching): number =>
    pairs
      .filter((pair) => pair.left >= 20 && pair.left === pair.right)
      .reduce((sum, { probability }) => sum + probability, 0);
  expect(sure(taught)).toBeGreaterThanOrEqual(sure(plain));
});

it("the questions begin with the most doubtful pair and leave out what was answered", () => {
  const twin = "Orchid Dentistry Ltd|500 Tower Place|Leeds|+44 20 8999 1234";
  const rows = left.rows.map((row) => row.join("|"));
  const matching = decided(
    {
      left: tableOf("name|street|city|phone", [...rows, twin]),
      right: tableOf("name|street|city|phone", [...rows, twin, twin]),
    },
    [],
  );
  const [first = -1] = questionsOf(matching, () => false);
  expect(matching.pairs[first]?.left).toBe(40);
  const right = matching.pairs[first]?.right;
  const next = questionsOf(matching, (one, other) => one === 40 && other === right);
  expect(next).not.toContain(first);
});
