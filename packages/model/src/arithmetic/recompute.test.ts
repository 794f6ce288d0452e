import { describe, expect, test } from "vitest";
import type { Discount, PricedDocument, PricedLine } from "./document.ts";
import { recompute } from "./recompute.ts";
import { plainRules } from "./rules.ts";
import type { RuleSet } from "./rules.ts";
import { systemRules } from "./systems.ts";

const taxes = { "19": { percent: "19" }, "7": { percent: "7" } };
const line = (key: string, quantity: string, price: string, more: Partial<PricedLine> = {}): PricedLine => ({
  key,
  quantity,
  price,
  taxes: ["19"],
  ...more,
});
const percent = (value: string): readonly Discount[] => [{ kind: "percent", value }];
const euro = (lines: readonly PricedLine[], more: Partial<PricedDocument> = {}): PricedDocument => ({
  currency: "EUR",
  lines,
  taxes,
  ...more,
});
const totals = (document: PricedDocument, rules: Partial<RuleSet> = {}) => {
  const made = recompute(document, { ...plainRules, ...rules });
  if (!made.ok) throw new Error(JSON.stringify(made.why));
  return made.totals;
};
const heads = (document: PricedDocument, rules: Partial<RuleSet> = {}) => {
  const { net, tax, gross } = totals(document, rules);
  return `${net} + ${tax} = ${gross}`;
};

describe("what real systems answered is recomputed", () => {
  const mixed = euro([
    line("1", "16", "348.35", { discounts: percent("4") }),
    line("2", "1", "0.125"),
    line("3", "1", "1.005"),
    line("4", "0.333", "9.99", { discounts: percent("33.33") }),
  ]);
  test("Odoo 19 sums lines before it rounds them when it rounds per tax", () => {
    expect(heads(mixed, systemRules.odoo_19_per_line)).toBe("5354 + 1017.26 = 6371.26");
    expect(heads(mixed, systemRules.odoo_19_globally)).toBe("5353.98 + 1017.26 = 6371.24");
  });
  test("three lines of 3 x 0.33 have a cent more tax per line than per tax", () => {
    const three = euro(["1", "2", "3"].map((key) => line(key, "3", "0.33")));
    expect(heads(three, systemRules.odoo_17_per_line)).toBe("2.97 + 0.57 = 3.54");
    expect(heads(three, systemRules.odoo_17_globally)).toBe("2.97 + 0.56 = 3.53");
  });
  test("tax is taken out of gross prices per line or per tax, and the gross is the same", () => {
    const three = euro(["1", "2", "3"].map((key) => line(key, "1", "69.99")));
    expect(heads(three, { ...systemRules.odoo_19_per_line, prices: "gross" })).toBe(
      "176.46 + 33.51 = 209.97",
    );
    expect(heads(three, { ...systemRules.odoo_19_globally, prices: "gross" })).toBe(
      "176.45 + 33.52 = 209.97",
    );
  });
  test("yen have no decimals", () => {
    const yen = { ...euro([line("1", "3", "33.5")]), currency: "JPY" };
    expect(heads(yen, systemRules.odoo_19_globally)).toBe("101 + 19 = 120");
  });
  test("a group condition of S/4HANA puts the rest of the tax on one line", () => {
    const two = euro([line("1", "1", "4.19", { taxes: ["20"] }), line("2", "1", "8.38", { taxes: ["20"] })], {
      taxes: { "20": { percent: "20" } },
    });
    const made = totals(two, systemRules.s4hana_group_condition);
    expect([made.tax, ...made.lines.map(({ tax }) => tax)]).toEqual(["2.51", "0.84", "1.67"]);
  });
  test("Business Central multiplies a price with every decimal that is stored", () => {
    const one = euro([line("1", "4", "49.7536", { taxes: [] })]);
    expect(totals(one, systemRules.business_central).net).toBe("199.01");
  });
  test("Dataverse takes a discount per line or per unit", () => {
    const amount = (per: object) => [{ kind: "amount", value: "10", ...per }] as readonly Discount[];
    const sold = (per: object) => euro([line("1", "200", "100", { taxes: [], discounts: amount(per) })]);
    expect(totals(sold({}), systemRules.dataverse).net).toBe("19990");
    expect(totals(sold({ per: "unit" }), systemRules.dataverse).net).toBe("18000");
  });
});

describe("each rule", () => {
  test("a price per 100 is kept, or divided and rounded", () => {
    const screws = euro([line("1", "250", "4.99", { pricePer: "100", taxes: [] })]);
    expect(totals(screws).net).toBe("12.48");
    expect(totals(screws, { pricePer: "divided", priceDigits: 2 }).net).toBe("12.5");
  });
  test("a price for a dozen converts the quantity, or the price", () => {
    const eggs = euro([line("1", "30", "3.5", { unit: "pcs", priceUnit: "dz", taxes: [] })]);
    expect(totals(eggs).net).toBe("8.75");
    expect(totals(eggs, { unitConversion: "price", priceDigits: 2 }).net).toBe("8.7");
  });
  test("discounts are chained or summed, percentages before amounts or after", () => {
    const discounts = [...percent("10"), ...percent("5")];
    const chained = euro([line("1", "1", "100", { taxes: [], discounts })]);
    expect([totals(chained).net, totals(chained, { discountChain: "summed" }).net]).toEqual(["85.5", "85"]);
    const mixed: readonly Discount[] = [...percent("10"), { kind: "amount", value: "20" }];
    const both = euro([line("1", "1", "100", { taxes: [], discounts: mixed })]);
    expect(totals(both).net).toBe("70");
    expect(totals(both, { discountOrder: "amount_first" }).net).toBe("72");
  });
  test("a document's discount is shared out without losing a cent", () => {
    const three = euro(
      ["1", "2", "3"].map((key) => line(key, "1", "10", { taxes: [] })),
      { discounts: [{ kind: "amount", value: "1" }] },
    );
    for (const documentDiscount of ["sum_last", "sum_carried"] as const) {
      const made = totals(three, { documentDiscount });
      expect(made.net).toBe("29");
      expect(made.lines.map(({ net }) => Number(net)).reduce((a, b) => a + b)).toBeCloseTo(29, 9);
    }
  });
  test("a discount is not lost where lines come to nothing, and a gift bears no part of it", () => {
    const off = { discounts: [{ kind: "amount", value: "1" }] } as const;
    const nothing = euro([line("1", "1", "10", { taxes: [] }), line("2", "-1", "10", { taxes: [] })], off);
    expect(totals(nothing).net).toBe("-1");
    const three = ["1", "2", "3"].map((key) => line(key, "1", "10", { taxes: [] }));
    const gift = euro([...three, line("4", "1", "5", { taxes: [], isFree: true })], off);
    expect(totals(gift, { documentDiscount: "sum_last" }).lines.map(({ net }) => net)).toEqual([
      "9.67",
      "9.67",
      "9.66",
      "0",
    ]);
  });
  test("a discount after tax leaves the tax as it was", () => {
    const one = euro([line("1", "1", "100")], { discounts: percent("10") });
    expect(heads(one)).toBe("90 + 17.1 = 107.1");
    expect(heads(one, { documentDiscountWhen: "after_tax" })).toBe("100 + 19 = 107.1");
  });
  test("a compound tax is taken from the tax below it too", () => {
    const made = totals(
      euro([line("1", "1", "100", { taxes: ["gst", "pst"] })], {
        taxes: { gst: { percent: "5" }, pst: { percent: "10", on: ["gst"] } },
      }),
    );
    expect(made.taxes.map(({ amount }) => amount)).toEqual(["5", "10.5"]);
  });
  test("of gross prices several taxes are taken out together", () => {
    const made = totals(
      euro([line("1", "2", "57.75", { taxes: ["gst", "pst"] })], {
        taxes: { gst: { percent: "5" }, pst: { percent: "10", on: ["gst"] } },
      }),
      { prices: "gross" },
    );
    expect([made.net, made.tax, made.gross]).toEqual(["100", "15.5", "115.5"]);
  });
  test("an amount per unit is a tax like another", () => {
    const bottle = { bottle: { perUnit: "0.25" } };
    expect(heads(euro([line("1", "6", "1.5", { taxes: ["bottle"] })], { taxes: bottle }))).toBe(
      "9 + 1.5 = 10.5",
    );
  });
  test("lines below zero are a group of their own, whose rest is carried to the others", () => {
    const tens = { "10": { percent: "10" } };
    const two = euro([line("1", "1", "0.25", { taxes: ["10"] }), line("2", "-1", "0.3", { taxes: ["10"] })], {
      taxes: tens,
    });
    // Together -0.005, away from zero -0.01. Apart: -0.03 without a rest, then 0.025 is 0.03.
    expect([totals(two).tax, totals(two, { taxSigns: "apart" }).tax]).toEqual(["-0.01", "0"]);
    const carried = euro([line("1", "1", "10.05"), line("2", "-1", "0.03")]);
    // -0.0057 is -0.01 with a rest of 0.0043; 1.9095 + 0.0043 is 1.91, and 1.91 - 0.01 is 1.90.
    expect(totals(carried, { taxSigns: "apart" }).tax).toBe("1.9");
  });
  test("tax by the running sum rounds a half by what was before", () => {
    const eighth = (key: string): PricedLine => line(key, "1", "1.25", { taxes: ["10"] });
    const two = euro([line("0", "1", "0.1", { taxes: ["10"] }), eighth("1")], {
      taxes: { "10": { percent: "10" } },
    });
    // 0.01, then 0.01 + 0.125 = 0.135: to the even 0.14; alone 0.125 is 0.12.
    expect(totals(two, { mode: "half_even", taxRounding: "running" }).tax).toBe("0.14");
    expect(totals(two, { mode: "half_even", taxRounding: "line" }).tax).toBe("0.13");
  });
  test("coins of five change what is payable and nothing else", () => {
    const francs = { ...euro([line("1", "1", "9.99", { taxes: [] })]), currency: "CHF" };
    const made = totals(francs, { cash: { steps: { CHF: "0.05" }, mode: "half_away" } });
    expect([made.gross, made.cashRounding, made.payable]).toEqual(["9.99", "0.01", "10"]);
  });
  test("a gift costs nothing, and is taxed on its worth only where the rule says so", () => {
    const gift = euro([line("1", "1", "10", { isFree: true }), line("2", "1", "5")]);
    expect(heads(gift)).toBe("5 + 0.95 = 5.95");
    expect(heads(gift, { freeGoods: "taxed" })).toBe("5 + 2.85 = 7.85");
  });
  test("a deposit lowers what is payable, or stands as a line below zero", () => {
    const paid = euro([line("1", "1", "100")], {
      deposits: [{ key: "d", amount: "59.5", taxes: ["19"] }],
    });
    expect([totals(paid).gross, totals(paid).payable]).toEqual(["119", "59.5"]);
    expect(heads(paid, { deposits: "lines" })).toBe("50 + 9.5 = 59.5");
  });
  test("partial invoices of what is due so far add up to the whole order", () => {
    const part = (before: string) => euro([line("1", "1", "0.335", { invoicedBefore: before })]);
    const alone = ["0", "1", "2"].map((before) => totals(part(before)).net);
    const soFar = ["0", "1", "2"].map((before) => totals(part(before), { partial: "so_far" }).net);
    expect([alone, soFar]).toEqual([
      ["0.34", "0.34", "0.34"],
      ["0.34", "0.33", "0.34"],
    ]);
    expect(totals(euro([line("1", "3", "0.335")])).net).toBe("1.01");
  });
  test("a credit note mirrors its invoice, or rounds a half by its sign", () => {
    const back = euro([line("1", "1", "0.125", { taxes: [] })], { isCredit: true });
    expect(totals(back, { mode: "half_up" }).net).toBe("-0.13");
    expect(totals(back, { mode: "half_up", credit: "negative" }).net).toBe("-0.12");
  });
  test("the date chooses the rate; totals are converted apart, or line by line", () => {
    const document = euro([line("1", "1", "0.55", { taxes: [] }), line("2", "1", "0.55", { taxes: [] })], {
      exchange: {
        currency: "USD",
        rates: [
          { from: "2026-01-01", rate: "1.1" },
          { from: "2026-02-01", rate: "1.3" },
        ],
      },
      dates: { document: "2026-01-31", posting: "2026-02-01" },
    });
    expect(totals(document).company).toMatchObject({ rate: "1.1", net: "1.21", gross: "1.21" });
    expect(totals(document, { exchange: "lines" }).company).toMatchObject({ net: "1.22" });
    expect(totals(document, { rateDate: "posting" }).company).toMatchObject({ rate: "1.3", net: "1.43" });
  });
  test("a millionth and a thousand million are exact, in three decimals and over 500 lines", () => {
    const lines = Array.from({ length: 500 }, (_, at) =>
      line(String(at), at % 2 === 0 ? "1000000000" : "0.000001", "999999.999"),
    );
    const made = totals({ ...euro(lines), currency: "KWD" }, { taxRounding: "line" });
    // 250 x 999999999000000 + 250 x round(0.999999999); tax of each 1.0 is 0.19.
    expect([made.net, made.tax]).toEqual(["249999999750000250", "47499999952500047.5"]);
  });
});
