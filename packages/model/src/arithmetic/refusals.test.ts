import { describe, expect, test } from "vitest";
import { maxLines } from "./check-document.ts";
import { refuseRules } from "./check-rules.ts";
import type { PricedDocument, PricedLine } from "./document.ts";
import { recompute } from "./recompute.ts";
import { plainRules } from "./rules.ts";
import type { RuleSet } from "./rules.ts";
import { systemRules } from "./systems.ts";

const refused = (rules: object): string | undefined => refuseRules({ ...plainRules, ...rules })?.rule;

describe("a rule set that cannot exist is refused with the rule", () => {
  test.each<[string, object]>([
    ["prices", { prices: "both" }],
    ["mode", { mode: "sideways" }],
    ["priceDigits", { priceDigits: -1 }],
    ["quantityDigits", { quantityDigits: 2.5 }],
    ["steps", { steps: { EUR: "0" } }],
    ["steps", { steps: { XYZ: "0.01" } }],
    ["taxStep", { taxStep: "-0.01" }],
    ["cash", { cash: { steps: { EUR: "0.005" }, mode: "half_away" } }],
    ["cash", { cash: { steps: { EUR: "0.05" }, mode: "any" } }],
    ["lineDiscount", { lineDiscount: "price" }],
    ["sum", { sum: "of_exact" }],
    ["documentDiscountWhen", { documentDiscountWhen: "after_tax", documentDiscount: "each_line" }],
    ["freeGoods", { freeGoods: "taxed", prices: "gross" }],
    ["taxIncluded", { prices: "gross", taxIncluded: "net_rounded", taxRounding: "document" }],
    ["taxRonding", { taxRonding: "line" }],
    ["mode", { mode: undefined }],
    ["steps", { steps: null }],
    ["cash", { cash: { mode: "down" } }],
    ["taxStep", { taxStep: 0.01 }],
    ["cash", { cash: { steps: { CHF: 0.05 }, mode: "half_away" } }],
    ["steps", { steps: { CHF: 5 } }],
    ["taxSigns", { prices: "gross", taxIncluded: "net_rounded", taxSigns: "apart" }],
  ])("%s: %o", (rule, rules) => {
    expect(refused(rules)).toBe(rule);
  });
  test.each([null, undefined, [], "plain", 7])("%o is no rule set", (rules) => {
    expect(refuseRules(rules as unknown as RuleSet)?.rule).toBe("rules");
    expect(recompute({ currency: "EUR", lines: [] }, rules as unknown as RuleSet).ok).toBe(false);
  });
  test.each<[unknown, string]>([
    [null, ""],
    [undefined, ""],
    [[], ""],
    ["EUR", ""],
    [{ currency: "EUR" }, "lines"],
    [{ lines: [] }, "currency"],
    [{ currency: "EUR", lines: {} }, "lines"],
    [{ currency: "EUR", lines: [null] }, "lines[0]"],
    [{ currency: "EUR", lines: [{ key: "1", quantity: 2, price: "1" }] }, "lines[0].quantity"],
    [{ currency: "EUR", lines: [{ key: "1", quantity: "2" }] }, "lines[0].price"],
    [{ currency: "EUR", lines: [], taxes: { vat: null } }, "taxes.vat"],
    [{ currency: "EUR", lines: [], discounts: [{ kind: "percent" }] }, "discounts[0].value"],
    [{ currency: "EUR", lines: [], deposits: [{ key: "d" }] }, "deposits[0].amount"],
    [{ currency: "EUR", lines: [], exchange: { currency: "USD" } }, "exchange.rates"],
  ])("%j is no document: at %s", (document, at) => {
    const refused = recompute(document as PricedDocument, plainRules);
    expect(refused).toEqual({ ok: false, refused: "document", why: { fault: "not_a_document", at } });
  });
  test("a step of tax that is no multiple of the step of amounts is refused for that currency", () => {
    const rules: RuleSet = { ...plainRules, taxStep: "0.01" };
    expect(recompute({ currency: "JPY", lines: [] }, rules)).toMatchObject({ why: { rule: "taxStep" } });
    expect(recompute({ currency: "KWD", lines: [] }, rules).ok).toBe(true);
  });
  test("the rules of every system can exist", () => {
    expect(Object.values(systemRules).map(refuseRules)).toEqual(Object.values(systemRules).map(() => null));
  });
});

describe("a document that cannot be recomputed is refused with its fault", () => {
  const one: PricedLine = { key: "1", quantity: "1", price: "1" };
  const euro = { currency: "EUR", lines: [one] };
  test.each<[string, string | null, PricedDocument]>([
    ["currency_unknown", null, { currency: "EURO", lines: [] }],
    ["too_many_lines", null, { currency: "EUR", lines: Array.from({ length: maxLines + 1 }, () => one) }],
    ["key_twice", "1", { currency: "EUR", lines: [one, one] }],
    ["number_unreadable", "1", { currency: "EUR", lines: [{ ...one, price: "1,5" }] }],
    ["number_unreadable", "t", { ...euro, taxes: { t: { percent: "NaN" } } }],
    ["price_per_not_positive", "1", { currency: "EUR", lines: [{ ...one, pricePer: "0" }] }],
    ["tax_unknown", "1", { currency: "EUR", lines: [{ ...one, taxes: ["t"] }] }],
    ["tax_unknown", "1", { currency: "EUR", lines: [{ ...one, taxes: ["constructor"] }], taxes: {} }],
    [
      "tax_twice",
      "1",
      { currency: "EUR", lines: [{ ...one, taxes: ["t", "t"] }], taxes: { t: { percent: "19" } } },
    ],
    [
      "discount_without_lines",
      null,
      { currency: "EUR", lines: [], discounts: [{ kind: "amount", value: "1" }] },
    ],
    [
      "date_unreadable",
      "2026-1-5",
      { ...euro, exchange: { currency: "USD", rates: [{ from: "2026-1-5", rate: "1" }] } },
    ],
    [
      "tax_circle",
      "a",
      { ...euro, taxes: { a: { percent: "1", on: ["b"] }, b: { percent: "1", on: ["a"] } } },
    ],
    ["unit_unknown", "1", { currency: "EUR", lines: [{ ...one, unit: "crate", priceUnit: "pcs" }] }],
    ["other_category", "1", { currency: "EUR", lines: [{ ...one, unit: "kg", priceUnit: "pcs" }] }],
    [
      "amount_discount_of_a_part",
      "1",
      {
        currency: "EUR",
        lines: [{ ...one, invoicedBefore: "1", discounts: [{ kind: "amount", value: "1" }] }],
      },
    ],
    ["date_missing", "document", { ...euro, exchange: { currency: "USD", rates: [] } }],
    [
      "rate_missing",
      "2026-01-01",
      {
        ...euro,
        dates: { document: "2026-01-01" },
        exchange: { currency: "USD", rates: [{ from: "2026-01-02", rate: "1" }] },
      },
    ],
    [
      "tax_not_containable",
      "1",
      { currency: "EUR", lines: [{ ...one, taxes: ["t"] }], taxes: { t: { percent: "-100" } } },
    ],
  ])("%s at %s", (fault, at, document) => {
    expect(recompute(document, plainRules)).toMatchObject({ ok: false, why: { fault, at } });
  });
});
