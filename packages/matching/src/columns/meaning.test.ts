import { describe, expect, it } from "vitest";
import { evidenceOf } from "../evidence.ts";
import { matchTables } from "../match.ts";
import type { MatchedEntity } from "../kinds.ts";
import { tableOf } from "../testing/tables.ts";
import { fieldsOf } from "./align.ts";
import { kindOf } from "./recognise.ts";

const firms = "Orchid Beacon Comet Dynamo Ember Falcon Garnet Harbour Ivory Juniper Kestrel Lantern".split(
  " ",
);
const trades = "Foods Steel Paints Tools Glass Paper".split(" ");
const ownForms = ["DE", "FR", "AT", "IT", "NL"];
const otherForms = ["Germany", "Frankreich", "AUT", "Italie", "Holland"];
const nameAt = (at: number): string =>
  `${firms[at % 12] ?? ""} ${trades[(at * 5 + Math.floor(at / 12)) % 6] ?? ""}`;

interface Asked {
  readonly entity: MatchedEntity;
  readonly left: string;
  readonly right: string;
  readonly mine: readonly string[];
  readonly theirs: readonly string[];
}

function matched({ entity, left, right, mine, theirs }: Asked) {
  const matching = matchTables({
    ...{ entity, left: tableOf(left, mine), right: tableOf(right, theirs), fields: null },
  });
  const { candidates } = matching;
  const evidence = (one: number, other: number, field: string) => {
    const at = candidates.left.findIndex((each, place) => each === one && candidates.right[place] === other);
    return evidenceOf(matching, at).find((each) => each.field === field);
  };
  return { ...matching, evidence };
}

const accounts = (land: (at: number) => string): Asked => ({
  ...{ entity: "accounts", left: "Firma|Land", right: "company|country code" },
  mine: Array.from({ length: 40 }, (_, at) => `${nameAt(at)}|${ownForms[at % 5] ?? ""}`),
  theirs: Array.from({ length: 40 }, (_, at) => `${nameAt(at)}|${land(at)}`),
});
const agreeing = (at: number): string => otherForms[at % 5] ?? "";

describe("countries of two tables are compared by meaning", () => {
  it("a code and names in any language are equal, and pairs with them are linked", () => {
    const { fields, pairs, evidence } = matched(accounts(agreeing));
    expect(fields.map(({ kind }) => kind)).toEqual(["name", "country"]);
    for (const at of [0, 1, 2, 3, 4]) expect(evidence(at, at, "Land")?.says).toMatch(/^is equal/);
    expect(pairs.filter(({ band, left, right }) => band === "link" && left === right)).toHaveLength(40);
  });

  it("another country speaks against one name, and the more likely where most agree", () => {
    const { evidence, pairs } = matched(accounts((at) => (at === 7 ? "Polska" : agreeing(at))));
    expect(evidence(7, 7, "Land")?.says).toBe("differs");
    expect(evidence(7, 7, "Land")?.weight).toBeLessThan(-1);
    expect(evidence(8, 8, "Land")?.weight).toBeGreaterThan(0);
    const probabilityOf = (at: number): number =>
      pairs.find(({ left, right }) => left === at && right === at)?.probability ?? 0;
    expect(probabilityOf(7)).toBeLessThan(probabilityOf(8));
  });

  it.each(["Germny", "ZZ", "EN", "n/a", ""])(
    "%j means nothing, and speaks neither for nor against",
    (land) => {
      const { evidence } = matched(accounts((at) => (at === 7 ? land : agreeing(at))));
      expect(evidence(7, 7, "Land")).toMatchObject({ says: "says nothing on one side", weight: 0 });
    },
  );

  it("one country and nothing else in common is no link and no question", () => {
    const asked = accounts(agreeing);
    const theirs = asked.theirs.map((row, at) => row.replace(/^[^|]*/, `Zeppelin Nordlicht ${at}`));
    expect(matched({ ...asked, theirs }).pairs).toEqual([]);
  });
});

describe("units of two tables are compared by meaning", () => {
  const own = ["Stk", "kg", "m2", "EA", "l"];
  const products = (unit: (at: number) => string): Asked => ({
    ...{ entity: "products", left: "name|Einheit", right: "product name|unit of measure" },
    mine: Array.from({ length: 40 }, (_, at) => `${nameAt(at)} A${100 + 7 * at}|${own[at % 5] ?? ""}`),
    theirs: Array.from({ length: 40 }, (_, at) => `${nameAt(at)} A${100 + 7 * at}|${unit(at)}`),
  });
  const same = (at: number): string => ["C62", "Kilogramm", "MTK", "Stück", "LTR"][at % 5] ?? "";

  it("codes and names of one unit are equal", () => {
    const { fields, evidence } = matched(products(same));
    expect(fields.map(({ kind }) => kind)).toEqual(["name", "unit"]);
    for (const at of [0, 1, 2, 3, 4]) expect(evidence(at, at, "Einheit")?.says).toMatch(/^is equal/);
  });

  it.each([
    [1, "g"],
    [2, "m"],
    [4, "ml"],
  ])("of a family the unit in row %d is another than %s", (row, unit) => {
    const { evidence } = matched(products((at) => (at === row ? unit : same(at))));
    expect(evidence(row, row, "Einheit")?.says).toBe("differs");
    expect(evidence(row, row, "Einheit")?.weight).toBeLessThan(0);
  });
});

describe("columns of countries and units", () => {
  it.each([
    ["Land", ["DE", "FR"], "country"],
    ["BillingCountry", ["Germany", "Italie"], "country"],
    ["Country/Region Code", ["DEU", "ITA"], "country"],
    ["Land", ["Bayern", "Hessen"], "place"],
    ["k4", ["DE", "FR", "IT", "DE"], "country"],
    ["k4", ["de", "en", "it", "fr"], "name"],
    ["Mengeneinheit", ["Stk", "kg"], "unit"],
    ["Base UoM", ["PCE", "KGM"], "unit"],
    ["Unit", ["12", "14b"], "name"],
    ["unit price", ["12.50", "13"], "number"],
  ])("%j with %j is read as %s", (header, values, kind) => {
    expect(kindOf(tableOf(header, values), 0, "accounts")).toBe(kind);
  });

  it("of two columns of countries each meets the one that means the same", () => {
    const left = tableOf("billing land|shipping land", ["DE|FR", "AT|IT", "DE|FR"]);
    const right = tableOf("ship country|bill country", ["France|Germany", "Italy|Austria", "France|Germany"]);
    const pairs = fieldsOf({ left, right }, "accounts").map((field) => [field.left, field.right]);
    expect(pairs).toEqual([
      [0, 1],
      [1, 0],
    ]);
  });
});
