import { readFileSync } from "node:fs";
import { join } from "node:path";
import { explain, plainRules } from "@crossfoot/model";
import type { CompanyTotals, GivenTotals, PricedDocument, RuleSet, Shown } from "@crossfoot/model";
import { describe, expect, test } from "vitest";
import { faultsOf } from "./judge.ts";
import { randomCompanyPair } from "./random-pair.ts";

interface Side {
  readonly rules?: Partial<RuleSet>;
  readonly totals?: GivenTotals;
  readonly company: CompanyTotals;
}

/** A document in two systems that hold the company's currency differently, worked by hand. */
interface Worked {
  readonly name: string;
  readonly document: PricedDocument;
  readonly totals: GivenTotals;
  readonly a: Side;
  readonly b: Side;
  readonly sentences: readonly string[];
}

const path = join(import.meta.dirname, "company-rates.json");
const { documents } = JSON.parse(readFileSync(path, "utf8")) as { readonly documents: readonly Worked[] };

const sideOf = ({ document, totals }: Worked, side: Side): Shown => ({
  document,
  rules: { ...plainRules, ...side.rules },
  totals: { ...(side.totals ?? totals), company: side.company },
});
const sides = (worked: Worked): readonly [Shown, Shown] => [
  sideOf(worked, worked.a),
  sideOf(worked, worked.b),
];
const first = documents[0];
if (first === undefined) throw new Error("no document");

describe("totals in the company's currency", () => {
  test.each(documents.map((each) => [each.name, each] as const))("%s", (_name, worked) => {
    const [a, b] = sides(worked);
    const found = explain(a, b);
    expect(found).toMatchObject({ kind: "explained", sentences: worked.sentences, doubts: [] });
    expect(faultsOf(found, a, b)).toEqual([]);
  });
  test("that a rule other than the believed one gives are explained with a doubt", () => {
    const [a, b] = sides(first);
    const found = explain(a, { ...b, rules: plainRules });
    expect(found).toMatchObject({
      kind: "explained",
      sentences: first.sentences,
      doubts: ["the totals in the ERP follow from its lines only with the rate of the posting date"],
    });
  });
  test("that no rate gives are unexplained, with what is left", () => {
    const [a, b] = sides(first);
    const company = { currency: "USD", net: "110", tax: "20.9", gross: "130.88" };
    const found = explain(a, { ...b, totals: { ...b.totals, company } });
    const left = { b: { companyGross: "-0.02" } };
    expect(found).toMatchObject({ kind: "unexplained", sides: ["b"], left });
  });
  test("with amounts by the table and another rate shown beside them are held to the rate shown", () => {
    const [a, b] = sides(first);
    const company = { currency: "USD", net: "110", tax: "20.9", gross: "130.9", rate: "1.2" };
    expect(explain(a, { ...b, totals: { ...b.totals, company } })).toMatchObject({
      kind: "unexplained",
      left: { b: { companyNet: "-10" } },
    });
  });
  test("of companies with other currencies, or of one side only, are not compared", () => {
    const [a, b] = sides(first);
    const franc = { ...b.totals, company: { currency: "CHF", net: "95", tax: "18.05", gross: "113.05" } };
    expect(explain(a, { ...b, totals: franc })).toMatchObject({ kind: "explained", changes: [] });
    const { company: _, ...none } = b.totals;
    expect(explain(a, { ...b, totals: none })).toMatchObject({ kind: "explained", changes: [] });
  });
  test("do not make two documents of two currencies one", () => {
    const [a, b] = sides(first);
    const dollars = { ...b, document: { ...b.document, currency: "USD" } };
    expect(explain(a, dollars)).toEqual({ kind: "other_currency" });
  });
  test("without any rate, with a rate of nothing or an unreadable date are refused by their side", () => {
    const [a, b] = sides(first);
    const { exchange: _, ...bare } = b.document;
    const why = (found: ReturnType<typeof explain>): unknown =>
      found.kind === "refused" && found.why.refused === "document"
        ? [found.side, found.why.why.fault]
        : found;
    expect(why(explain(a, { ...b, document: bare }))).toEqual(["b", "rate_missing"]);
    const shown = (more: Partial<CompanyTotals>): Shown => ({
      ...b,
      document: bare,
      totals: { ...b.totals, company: { currency: "USD", net: "1", tax: "1", gross: "1", ...more } },
    });
    for (const rate of ["0", "-1", "x", ""])
      expect(why(explain(shown({ rate }), a))).toEqual(["a", "number_unreadable"]);
    expect(why(explain(a, shown({ rate: "1", date: "2.3.2026" })))).toEqual(["b", "date_unreadable"]);
  });
});

/** Seeds of the property, always the same. */
const seeds = Array.from({ length: 60 }, (_, at) => at + 1);

describe("random pairs with totals in the company's currency", () => {
  test("are explained: both sides' company totals recompute, and the effects are the difference", () => {
    const faults: string[] = [];
    const causes = new Set<string>();
    for (const seed of seeds) {
      const { a, b } = randomCompanyPair(seed);
      const found = explain(a, b);
      faults.push(...faultsOf(found, a, b).map((fault) => `seed ${seed}: ${fault}`));
      if (found.kind !== "explained") faults.push(`seed ${seed}: ${found.kind}`);
      else
        for (const { causes: own } of found.changes)
          for (const cause of own) causes.add(cause.kind === "rule" ? cause.rule : cause.kind);
    }
    expect(faults).toEqual([]);
    expect([...causes]).toEqual(expect.arrayContaining(["rateDate", "exchange", "rate", "mode"]));
  });
  test("a company total that is a cent off is found by the judge", () => {
    const { a, b } = randomCompanyPair(1);
    const found = explain(a, b);
    const { company } = b.totals;
    if (company === undefined || company === null) throw new Error("no company totals");
    const gross = (Number(company.gross) + 1).toFixed(2);
    const turned = { ...b, totals: { ...b.totals, company: { ...company, gross } } };
    expect(faultsOf(found, a, turned)).toContain("side b does not recompute");
  });
});
