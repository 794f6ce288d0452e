import { describe, expect, test } from "vitest";
import type { PricedDocument, PricedLine } from "./document.ts";
import { explain } from "./explain.ts";
import type { Explanation } from "./explain.ts";
import type { Shown } from "./fit.ts";
import { recompute } from "./recompute.ts";
import { plainRules } from "./rules.ts";
import type { RuleSet } from "./rules.ts";
import { systemRules } from "./systems.ts";

const taxes = { "19": { percent: "19" } };
const line = (key: string, price: string, quantity = "1", more: Partial<PricedLine> = {}): PricedLine => ({
  key,
  quantity,
  price,
  taxes: ["19"],
  ...more,
});
const euro = (lines: readonly PricedLine[]): PricedDocument => ({ currency: "EUR", lines, taxes });
/** What a system with these rules shows, believed to have them or others. */
const side = (document: PricedDocument, rules: RuleSet, believed: RuleSet = rules): Shown => {
  const made = recompute(document, rules);
  if (!made.ok) throw new Error(JSON.stringify(made.why));
  const { net, tax, gross } = made.totals;
  return { document, rules: believed, totals: { net, tax, gross } };
};
const sentences = (found: Explanation): readonly string[] =>
  "sentences" in found ? found.sentences : [found.kind];
const perLine: RuleSet = { ...plainRules, taxRounding: "line" };

describe("a difference of totals is explained by the fewest rules", () => {
  test("tax rounded per line and per document, with the lines that make the cent", () => {
    // The tax of 10.00 is whole; that of 2.45 is 0.4655: twice rounded up alone, 0.9310 together.
    const document = euro([line("1", "10"), line("2", "2.45"), line("3", "10"), line("4", "2.45")]);
    const found = explain(side(document, perLine), side(document, plainRules));
    expect(found).toMatchObject({ kind: "explained", doubts: [] });
    expect(sentences(found)).toEqual([
      "tax rounded per line in the CRM, tax rounded once per tax in the ERP: " +
        "tax -0.01 and gross -0.01 in the ERP; lines 2 and 4",
    ]);
  });
  test("rules that make no difference on this document are not named", () => {
    const document = euro([line("1", "10")]);
    const found = explain(side(document, systemRules.tryton), side(document, systemRules.odoo_19_globally));
    expect(found).toMatchObject({ kind: "explained", changes: [] });
  });
  test("two rules that each move a cent are both named, and their effects are the whole", () => {
    const document = euro([line("1", "16.005"), line("2", "0.125"), line("3", "1.005")]);
    const [a, b] = [side(document, systemRules.tryton), side(document, systemRules.odoo_17_per_line)];
    const found = explain(a, b);
    if (found.kind !== "explained") throw new Error(found.kind);
    const sum = found.changes.reduce(
      (all, { effect }) => all + Math.round(100 * Number(effect.gross ?? 0)),
      0,
    );
    expect(sum).toBe(Math.round(100 * (Number(b.totals.gross) - Number(a.totals.gross))));
    expect(found.sentences).toEqual([
      "tax rounded once per tax in the CRM, tax rounded per line in the ERP: " +
        "tax -0.01 and gross -0.01 in the ERP; lines 1, 2 and 3",
      "a half goes to the even digit in the CRM, a half goes away from zero in the ERP: " +
        "net 0.03 and gross 0.03 in the ERP; lines 1, 2 and 3",
    ]);
  });
  test("a rule that cannot stand without another goes together with it or after it", () => {
    const document = euro([line("1", "12.12", "12.12"), line("2", "12.12", "12.12")]);
    const found = explain(side(document, plainRules), side(document, systemRules.odoo_19_globally));
    expect(sentences(found)).toEqual([
      "tax on rounded lines in the CRM, tax on lines before rounding in the ERP, and " +
        "rounded lines summed in the CRM, lines summed before rounding in the ERP: " +
        "net 0.01 and gross 0.01 in the ERP; lines 1 and 2",
    ]);
  });
});

describe("a side that does not follow its rules", () => {
  test("is fitted with one other rule, and the rule is told", () => {
    const document = euro(["1", "2", "3"].map((key) => line(key, "0.33", "3")));
    const erp = side(document, perLine, plainRules);
    const found = explain(side(document, plainRules), erp, { a: "CRM", b: "ERP" });
    expect(found).toMatchObject({ kind: "explained", rules: { b: { taxRounding: "line" } } });
    expect(sentences(found)[0]).toContain(
      "tax rounded once per tax in the CRM, tax rounded per line in the ERP",
    );
  });
  test("is unexplained when no two rules do, and what is left is told", () => {
    const document = euro([line("1", "100")]);
    const typed = { document, rules: plainRules, totals: { net: "100", tax: "18.5", gross: "118.5" } };
    const found = explain(side(document, plainRules), typed);
    expect(found).toMatchObject({
      kind: "unexplained",
      sides: ["b"],
      left: { b: { tax: "-0.5", gross: "-0.5" } },
    });
  });
});

describe("totals that are no numbers", () => {
  test.each(["abc", "", "1,5", "NaN", "1e400"])("%j is refused by its side, and never thrown", (gross) => {
    const document = euro([line("1", "100")]);
    const right = side(document, plainRules);
    const wrong = { ...right, totals: { ...right.totals, gross } };
    const why = { ok: false, refused: "document", why: { fault: "number_unreadable", at: null } };
    expect(explain(right, wrong)).toEqual({ kind: "refused", side: "b", why });
    expect(explain(wrong, right)).toEqual({ kind: "refused", side: "a", why });
  });
});

describe("documents that differ", () => {
  test("each line, tax and discount that differs is told with its part", () => {
    const a = euro([line("1", "10"), line("2", "5")]);
    const b: PricedDocument = {
      ...euro([line("1", "10", "2"), line("3", "1")]),
      taxes: { "19": { percent: "20" } },
      discounts: [{ kind: "percent", value: "10" }],
    };
    const found = explain(side(a, plainRules), side(b, plainRules));
    expect(sentences(found)).toEqual([
      "another rate of tax 19 in the ERP than in the CRM: tax 0.15 and gross 0.15 in the ERP; lines 1 and 2",
      "line 1 has another quantity in the ERP than in the CRM: net 10, tax 2 and gross 12 in the ERP; line 1",
      "line 2 on one side only: net -5, tax -1 and gross -6 in the ERP; line 2",
      "line 3 on one side only: net 1, tax 0.2 and gross 1.2 in the ERP; line 3",
      "other discounts in the ERP than in the CRM: " +
        "net -2.1, tax -0.42 and gross -2.52 in the ERP; lines 1 and 3",
    ]);
  });
  test("currencies are never mixed, and what cannot be recomputed is refused by side", () => {
    const one = side(euro([line("1", "10")]), plainRules);
    const dollars = { ...one, document: { ...one.document, currency: "USD" } };
    expect(explain(one, dollars).kind).toBe("other_currency");
    const broken = { ...one, rules: { ...plainRules, sum: "of_exact" } as const };
    expect(explain(one, broken)).toMatchObject({ kind: "refused", side: "b", why: { why: { rule: "sum" } } });
  });
});
