import { Big } from "big.js";
import type { Fields } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { explainCents, rateOf } from "./explained-cent.ts";

const euro = (amount: string) => ({ amount, currency: "EUR" });
const line = (key: string, quantity: string, price: string) => ({
  key,
  fields: {
    product: { link: `l-${key}` },
    quantity: { value: quantity, unit: "pcs" },
    unitPrice: euro(price),
  },
});
/** Three lines of 33.33 at 19 %: 6.33 each makes 18.99, of 99.99 it is 19.00. */
const lines = [line("1", "1", "33.33"), line("2", "1", "33.33"), line("3", "1", "33.33")];
const shown = (tax: string, gross: string, more: Fields = {}): Fields => ({
  lines,
  net: euro("99.99"),
  tax: euro(tax),
  gross: euro(gross),
  ...more,
});
const systems = { crm: "other", erp: "tryton" };

describe("cents that rules account for", () => {
  test("tax rounded per line in one system and per document in the other is told in words", () => {
    const found = explainCents({ crm: shown("18.99", "118.98"), erp: shown("19", "118.99"), systems });
    expect(found?.join(" ")).toMatch(/tax/);
  });
  test("a cent that no rule gives is not explained", () => {
    expect(explainCents({ crm: shown("18.97", "118.96"), erp: shown("19", "118.99"), systems })).toBe(null);
  });
  test("another price or quantity is no matter of rounding", () => {
    const other = shown("19", "118.99", { lines: [...lines.slice(0, 2), line("3", "2", "33.33")] });
    expect(explainCents({ crm: shown("18.99", "118.98"), erp: other, systems })).toBe(null);
  });
  test("another currency, no lines or no totals: nothing is explained", () => {
    const yen = { lines, ...Object.fromEntries(["net", "tax", "gross"].map((each) => [each, null])) };
    expect(explainCents({ crm: yen, erp: shown("19", "118.99"), systems })).toBe(null);
    expect(explainCents({ crm: { gross: euro("1") }, erp: shown("19", "118.99"), systems })).toBe(null);
  });
});

describe("the rate of a tax", () => {
  const slack = new Big("0.01");
  test("is the one that amounts leave", () => {
    expect(rateOf("100", "19", slack)).toBe("19");
    expect(rateOf("1000", "55", slack)).toBe("5.5");
  });
  test("is not guessed where amounts leave several, or none", () => {
    expect(rateOf("0.50", "0.10", slack)).toBe(null);
    expect(rateOf("0", "0", slack)).toBe(null);
    expect(rateOf("100", "80", slack)).toBe(null);
  });
});
