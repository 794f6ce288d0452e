import { describe, expect, it } from "vitest";
import { matchTables } from "../match.ts";
import type { MatchedPair } from "../match.ts";
import { tableOf } from "../testing/tables.ts";

/** Given names that are near in pairs, each of which several families have. */
const near = "Joan John Paul Paula Christian Christina Marian Marion Ann Boris Julia Julian".split(" ");
const shared = "j.johnson@acme.com|+44 20 8999 1234|Acme Foods";

/** People of other families; `givens` are had in turn. */
const crowdOf = (givens: readonly string[]): readonly string[] =>
  Array.from({ length: Math.max(70, givens.length) }, (_, at) => {
    const given = givens[at % givens.length] ?? "";
    const mail = `${given}.family${at}@firm${at}.com`.toLowerCase();
    return `${given}|Family${at}|${mail}|+44 20 7${100 + at} 2${at}33|Firm${at} Foods`;
  });

interface Asked {
  readonly givens: readonly string[];
  readonly pair: readonly [string, string];
  readonly isWhole: boolean;
}

function bandOf({ givens, pair, isWhole }: Asked): MatchedPair | undefined {
  const own = pair.map((given) => `${given}|Johnson|${shared}`);
  const rows = [...crowdOf(givens), ...own].map((row) => (isWhole ? row.replace("|", " ") : row));
  const names = isWhole ? "name" : "first name|last name";
  const left = tableOf(`${names}|email|phone|company`, rows);
  const { pairs } = matchTables({ entity: "contacts", left, right: null, fields: null });
  return pairs.find((each) => each.left === rows.length - 2 && each.right === rows.length - 1);
}

describe.each([false, true])("two of one mailbox and phone, name in one column: %j", (isWhole) => {
  it.each([
    ["Joan", "John"],
    ["Paul", "Paula"],
    ["Christian", "Christina"],
    ["Marian", "Marion"],
    ["Julia", "Julian"],
  ])("%s and %s, whom several families have, are a question that says why", (...pair) => {
    const found = bandOf({ givens: near, pair, isWhole });
    expect(found?.band).toBe("review");
    expect(found?.against).toEqual(["a given name is another"]);
  });

  it.each([
    ["Jon", "John", near],
    ["Eric", "Erik", [...near, "Eric", "Erik"]],
    ["Jhon", "John", near],
    ["Pau.", "Paul", [...near, "Pau."]],
    ["Chris.", "Christina", [...near, "Chris."]],
    ["Julia", "Julian", near.filter((each) => each !== "Julia")],
    ["Juli.", "Julian", [...near, "Juli."]],
    ["Joan", "John", near.filter((each) => each !== "Joan")],
  ] as const)("%s and %s, a nickname, a spelling, a slip or a beginning, are one", (one, other, givens) => {
    expect(bandOf({ givens, pair: [one, other], isWhole })?.band).toBe("link");
  });

  it("a slip that many make is no name: it is rare beside the name", () => {
    const many = Array.from({ length: 200 }, () => "John");
    const found = bandOf({ givens: [...many, "Jhon", "Jhon"], pair: ["Jhon", "John"], isWhole });
    expect(found?.band).toBe("link");
  });
});

it("across two files Joan and John of one phone are a question, and the others are linked", () => {
  const columns = "first name|last name|email|phone|company";
  const crowd = crowdOf(near);
  const { pairs } = matchTables({
    ...{ entity: "contacts", fields: null },
    left: tableOf(columns, [...crowd, `Joan|Johnson|${shared}`]),
    right: tableOf(columns, [...crowd, `John|Johnson|${shared}`]),
  });
  expect(pairs.find(({ left, right }) => left === 70 && right === 70)?.band).toBe("review");
  expect(pairs.filter(({ band }) => band === "link")).toHaveLength(70);
});
