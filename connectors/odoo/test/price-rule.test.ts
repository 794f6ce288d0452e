import { describe, expect, it } from "vitest";
import { breaksOf, priceIn, rulesByProduct } from "../src/price-rule.ts";
import type { At, PriceList, Priced } from "../src/price-rule.ts";

type Rule = Parameters<typeof rulesByProduct>[0][number];

const bolt: Priced = { id: 2, template: 20, categories: [1, 5], listPrice: "10", cost: "4" };
const lists = new Map<number, PriceList>();
const at = (more: Partial<At> = {}): At => ({
  lists,
  quantity: "1",
  now: 0,
  places: null,
  depth: 0,
  ...more,
});

/** A list of these rules; all of them hold for everything unless they say otherwise. */
function listOf(id: number, rules: readonly Rule[], rate = "1"): PriceList {
  const whole = rules.map((rule, index) => ({
    id: id * 100 + index,
    applied_on: "3_global",
    base: "list_price",
    ...rule,
  }));
  const list = { id, rate, rulesFor: rulesByProduct(whole) };
  lists.set(id, list);
  return list;
}

const percent = (percent_price: number, more: Rule = {}): Rule => ({
  compute_price: "percentage",
  percent_price,
  ...more,
});
const fixed = (fixed_price: number, more: Rule = {}): Rule => ({
  compute_price: "fixed",
  fixed_price,
  ...more,
});
const formula = (more: Rule): Rule => ({ compute_price: "formula", ...more });

describe("the price of a product in a list", () => {
  it("is that of the most special rule, and of its highest quantity that is reached", () => {
    const list = listOf(1, [
      percent(50),
      fixed(7, { applied_on: "1_product", product_tmpl_id: [20, "T"] }),
      fixed(6, { applied_on: "1_product", product_tmpl_id: [20, "T"], min_quantity: 100 }),
      percent(10, { applied_on: "2_product_category", categ_id: [5, "C"] }),
      fixed(1, { applied_on: "0_product_variant", product_id: [3, "Other"] }),
    ]);
    expect(["1", "99.99", "100", "5000"].map((quantity) => priceIn(list, bolt, at({ quantity })))).toEqual([
      "7",
      "7",
      "6",
      "6",
    ]);
    expect(priceIn(list, { ...bolt, template: 21 }, at())).toBe("9");
    expect(priceIn(list, { ...bolt, template: 21, categories: [1] }, at())).toBe("5");
    expect(priceIn(list, { ...bolt, id: 3 }, at())).toBe("1");
    expect(breaksOf(list, bolt, at())).toEqual(["0", "100"]);
    expect(breaksOf(list, { ...bolt, template: 21 }, at())).toEqual(["0"]);
  });

  it("counts a rule on its days only, by the second", () => {
    const rule = fixed(1, { date_start: "2026-01-01 00:00:00", date_end: "2026-12-31 22:59:59" });
    const list = listOf(2, [percent(0), rule]);
    const on = (iso: string): string | undefined => priceIn(list, bolt, at({ now: Date.parse(iso) }));
    expect([on("2025-12-31T23:59:59Z"), on("2026-01-01T00:00:00Z")]).toEqual(["10", "1"]);
    expect([on("2026-12-31T22:59:59Z"), on("2026-12-31T23:00:00Z")]).toEqual(["1", "10"]);
  });

  it("of a formula is discount, rounding, surcharge, least and most margin, in that order", () => {
    const priced = (more: Rule): string | undefined => priceIn(listOf(3, [formula(more)]), bolt, at());
    expect(priced({ price_discount: 12.5 })).toBe("8.75");
    expect(priced({ price_discount: 12.5, price_round: 0.5 })).toBe("9");
    expect(priced({ price_discount: 12.5, price_round: 0.5, price_surcharge: -0.01 })).toBe("8.99");
    expect(priced({ base: "standard_price", price_discount: -30 })).toBe("5.2");
    expect(priced({ base: "standard_price", price_discount: -30, price_min_margin: 3 })).toBe("7");
    expect(priced({ price_discount: -50, price_max_margin: 2 })).toBe("12");
  });

  it("that rests on another list follows its rules, its breaks and its currency", () => {
    const dollars = listOf(4, [percent(10), percent(20, { min_quantity: 10 })], "1.25");
    const list = listOf(5, [formula({ base: "pricelist", base_pricelist_id: [4, "D"], price_discount: 50 })]);
    expect(priceIn(dollars, bolt, at())).toBe("11.25");
    expect(priceIn(list, bolt, at())).toBe("4.5");
    expect(priceIn(list, bolt, at({ quantity: "10" }))).toBe("4");
    expect(breaksOf(list, bolt, at())).toEqual(["0", "10"]);
  });

  it("is none, and never zero, where lists go in a circle or a currency has no rate", () => {
    listOf(6, [formula({ base: "pricelist", base_pricelist_id: [7, "B"] })]);
    const circle = listOf(7, [formula({ base: "pricelist", base_pricelist_id: [6, "A"] })]);
    const unrated = listOf(8, [percent(10)], "0");
    expect([priceIn(circle, bolt, at()), priceIn(unrated, bolt, at())]).toEqual([undefined, undefined]);
    expect(priceIn(listOf(9, [fixed(3)], "0"), bolt, at())).toBe("3");
    expect(breaksOf(circle, bolt, at())).toEqual(["0"]);
  });
});
