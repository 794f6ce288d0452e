import { describe, expect, it } from "vitest";
import { matchTables } from "../match.ts";
import type { MatchedPair } from "../match.ts";
import { kinfolk, kinships } from "../testing/kinfolk.ts";
import { tableOf } from "../testing/tables.ts";

const cases = kinships.flatMap((kinship) =>
  [false, true].flatMap((isWhole) => [false, true].map((isFirm) => ({ kinship, isWhole, isFirm }))),
);
const seeds = [1, 2, 3];
/** What is linked without a person has to be right so often. */
const precisionMin = 0.95;
/** Of those who stand there twice, so many are still found. */
const recallMin = 0.8;

interface Found {
  readonly links: number;
  readonly right: number;
  readonly truly: number;
}

const counted = (
  pairs: readonly MatchedPair[],
  isOne: (pair: MatchedPair) => boolean,
  truly: number,
): Found => {
  const links = pairs.filter(({ band }) => band === "link");
  return { links: links.length, right: links.filter(isOne).length, truly };
};

function sum(all: readonly Found[]): Found {
  const of = (key: keyof Found): number => all.reduce((total, one) => total + one[key], 0);
  return { links: of("links"), right: of("right"), truly: of("truly") };
}

describe.each(cases)("$kinship with one mailbox, name in one column: $isWhole, a firm: $isFirm", (asked) => {
  it("are no one person within one file", () => {
    const { links, right, truly } = sum(
      seeds.map((seed) => {
        const { table, people } = kinfolk({ ...asked, seed });
        const { pairs } = matchTables({ entity: "contacts", left: table, right: null, fields: null });
        return counted(pairs, (pair) => people[pair.left] === people[pair.right], 20);
      }),
    );
    expect(right / links).toBeGreaterThanOrEqual(precisionMin);
    expect(right / truly).toBeGreaterThanOrEqual(recallMin);
  });

  it("are no one person across two files", () => {
    const { links, right, truly } = sum(
      seeds.map((seed) => {
        const { table, people } = kinfolk({ ...asked, seed });
        // The first of kin stands in one file, the other in the other; who is there twice, in both.
        const isSecond = (at: number): boolean =>
          at > 0 && (people[at] ?? 0) % 1000 === (people[at - 1] ?? 0) % 1000;
        const rowsOf = (isLater: boolean): readonly number[] =>
          people.flatMap((_, at) => (isSecond(at) === isLater ? [at] : []));
        const [mine, theirs] = [rowsOf(false), rowsOf(true)];
        const side = (rows: readonly number[]) => ({
          ...table,
          rows: rows.map((at) => table.rows[at] ?? []),
        });
        const { pairs } = matchTables({
          ...{ entity: "contacts", left: side(mine), right: side(theirs), fields: null },
        });
        const isOne = ({ left, right: other }: MatchedPair): boolean =>
          people[mine[left] ?? -1] === people[theirs[other] ?? -2];
        return counted(pairs, isOne, 20);
      }),
    );
    expect(right / links).toBeGreaterThanOrEqual(precisionMin);
    expect(right / truly).toBeGreaterThanOrEqual(recallMin);
  });
});

const columns = "first name|last name|email|phone|company";
const crowd = Array.from({ length: 40 }, (_, at) => {
  const [given, family] =
    ["Ann", "Boris", "Clara", "Dennis"].map((each) => `${each}|Family${at}`)[at % 4]?.split("|") ?? [];
  return `${given}|${family}|${given}.${family}@firm${at}.com|+44 20 7${at}11 2${at}33|Firm${at} Foods`;
});
const shared = "j.johnson@acme.com|+44 20 8999 1234|Acme Foods";

function bandOf(one: string, other: string): MatchedPair | undefined {
  const rows = [...crowd, `${one}|${shared}`, `${other}|${shared}`];
  const { pairs } = matchTables({
    ...{ entity: "contacts", left: tableOf(columns, rows), right: null, fields: null },
  });
  return pairs.find(({ left, right }) => left === 40 && right === 41);
}

it.each([
  ["Jane|Johnson", "John|Johnson"],
  ["Mark|Johnson", "Mary|Johnson"],
  ["Jane|Johnson", "Juliet|Johnson"],
  ["Paul|Johnson", "Peter|Johnson"],
])("%j and %j with one mailbox, phone and employer are a question that says why", (one, other) => {
  const found = bandOf(one, other);
  expect(found?.band).toBe("review");
  expect(found?.against).toEqual(["a given name is another"]);
});

it.each([
  ["Jon|Johnson", "John|Johnson"],
  ["Kate|Johnson", "Cate|Johnson"],
  ["J.|Johnson", "Jane|Johnson"],
  ["Johnson|Jane", "Jane|Johnson"],
  ["Bob|Johnson", "Robert|Johnson"],
  ["Sergey|Johnson", "Sergej|Johnson"],
  ["Jane Mary|Johnson", "Jane|Johnson"],
  ["Jane|Johnson", "Jane|Miller"],
])("%j and %j with one mailbox, phone and employer are one", (one, other) => {
  expect(bandOf(one, other)?.band).toBe("link");
});

it("an initial that fits two of one mailbox joins neither, and no cluster holds both", () => {
  const rows = [...crowd, `Jane|Johnson|${shared}`, `John|Johnson|${shared}`, `J.|Johnson|${shared}`];
  const { pairs } = matchTables({
    ...{ entity: "contacts", left: tableOf(columns, rows), right: null, fields: null },
  });
  const own = pairs.filter(({ left, right }) => left >= 40 && right >= 40);
  expect(own.map(({ band }) => band)).not.toContain("link");
  expect(own.length).toBeGreaterThanOrEqual(2);
});
