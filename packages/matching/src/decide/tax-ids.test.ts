import { expect, it } from "vitest";
import { matchTables } from "../match.ts";
import type { MatchedPair } from "../match.ts";
import { companies } from "../testing/tables.ts";

const columns = "name|street|city|phone|tax id".split("|");
const count = 120;
const [filler, filled] = ["DE111111117", 10];
/** Nine digits, those of two companies in no way alike. */
const idOf = (at: number): string =>
  String(1_000_000_000 + (((at + 1) * 719_393_137) % 1_000_000_007)).slice(-9);

/** Two tables of the same companies with their ids, and one more record each: what became of these two. */
function lastPair(left: string, right: string): MatchedPair | undefined {
  const table = (last: string) => ({
    columns,
    rows: [
      ...companies(count).rows.map((row, at) => [...row, at < filled ? filler : idOf(at)]),
      last.split("|"),
    ],
  });
  const { pairs } = matchTables({
    ...{ entity: "accounts", left: table(left), right: table(right), fields: null },
  });
  expect(pairs.filter(({ band }) => band === "link").length).toBeGreaterThanOrEqual(count);
  return pairs.find((pair) => pair.left === count && pair.right === count);
}

it.each([
  [6, 7],
  [7, 0],
])("an id that %d companies have in both tables each agrees at level %d: more is a filler", (many, level) => {
  const table = {
    columns,
    rows: companies(count).rows.map((row, at) => [...row, at < many ? filler : idOf(at)]),
  };
  const matching = matchTables({ entity: "accounts", left: table, right: table, fields: null });
  const tax = matching.measures.find(({ kind }) => kind === "tax");
  const { left, right } = matching.candidates;
  const own = Array.from(left.keys()).filter((pair) => left[pair] === right[pair]);
  const filled = own.filter((pair) => (left[pair] ?? 0) < many);
  expect(filled).toHaveLength(many);
  expect(new Set(filled.map((pair) => tax?.levels[pair]))).toEqual(new Set([level]));
  expect(tax?.levels[own.at(-1) ?? 0]).toBe(7);
});

it("an id that many companies have makes no one of two namesakes elsewhere", () => {
  const [here, there] = ["1 Mill Lane|Leeds|+44 20 1111222", "99 Queen Street|Truro|+44 161 5550199"];
  const one = lastPair(`Zephyr Quarries Ltd|${here}|${filler}`, `Zephyr Quarries Ltd|${there}|${filler}`);
  expect(one?.band).not.toBe("link");
});

it("an own tax id joins what has moved", () => {
  const [here, there] = ["1 Mill Lane|Leeds|+44 20 1111222", "99 Queen Street|Truro|+44 161 5550199"];
  const own = `Zephyr Quarries Ltd|${here}|817263545`;
  expect(lastPair(own, `Zephyr Quarries Ltd|${there}|817263545`)?.band).toBe("link");
});

it("another tax id and another phone make two of one name a question", () => {
  const own = "Zephyr Quarries Ltd||Leeds|+44 20 1111222|817263545";
  expect(lastPair(own, "Zephyr Quarries Ltd||Leeds|+44 161 5550199|817263554")?.band).toBe("link");
  expect(lastPair(own, "Zephyr Quarries Ltd||Leeds|+44 161 5550199|304958671")?.band).toBe("review");
});

it("the tax id of another company links nothing by itself", () => {
  const own = "Zephyr Quarries Ltd|1 Mill Lane|Leeds|+44 20 1111222|817263545";
  const other = "Opal Umbrella Works Ltd|99 Queen Street|Truro|+44 161 5550199|817263545";
  expect(lastPair(own, other)?.band).not.toBe("link");
});
