import { describe, expect, it } from "vitest";
import { add, allocate, compare, divide, multiply, normal, ofFloat, round, total } from "../src/decimal.ts";
import { combined, discountOf, grossOf, netPrice, shownPercent } from "../src/discount.ts";
import { shareTax } from "../src/tax.ts";

describe("decimals", () => {
  it("have one form per value, whatever the scale or exponent", () => {
    const forms = ["12.50", "+0012.5", "1.25E1", "125e-1"].map(normal);
    expect(new Set(forms)).toEqual(new Set(["12.5"]));
    expect(["0.000", "-0", "1E3", ".5", "abc", "", "1,5"].map(normal)).toEqual([
      "0",
      "0",
      "1000",
      "0.5",
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("are added and multiplied without binary floating point", () => {
    expect(add("0.1", "0.2")).toBe("0.3");
    expect(multiply("1.15", "3.333")).toBe("3.83295");
    expect(compare("-1.5", "-1.49")).toBeLessThan(0);
  });

  it("are rounded half to even, as Tryton rounds amounts and prices", () => {
    expect(["0.125", "0.135", "-0.125", "2.675", "1.0051"].map((text) => round(text, 2))).toEqual([
      "0.12",
      "0.14",
      "-0.12",
      "2.68",
      "1.01",
    ]);
    expect(divide("1", "8", 2)).toBe("0.12");
    expect(divide("2", "3", 4)).toBe("0.6667");
    expect(divide("1", "800000000000000000000000000000000001", 2)).toBe("0");
  });

  it("of a binary float are its shortest text within the unit's digits", () => {
    expect([0.1 + 0.2, 2.5, 120, 1e-7, 1.005].map((value) => ofFloat(value, 3))).toEqual([
      "0.3",
      "2.5",
      "120",
      "0",
      "1.005",
    ]);
  });

  it("shared out add up to the sum exactly", () => {
    expect(allocate(["0.333", "0.333", "0.334"], "1", 2)).toEqual(["0.33", "0.33", "0.34"]);
    expect(allocate(["0.0048", "0.0049"], "0", 2)).toEqual(["0", "0"]);
    expect(allocate(["-1.005", "2.005"], "1", 2)).toEqual(["-1", "2"]);
    expect(allocate(["1", "1"], "5", 2)).toBeUndefined();
    const parts = allocate(["0.111", "0.222", "0.333", "0.444"], "1.11", 2) ?? [];
    expect(total(parts)).toBe("1.11");
  });
});

describe("tax per line", () => {
  const taxes = [{ type: "percentage", rate: "0.20", amount: null, "childs.": [] }];
  const line = (id: number, price: string, quantity: number, more: object = {}): never =>
    ({ id, unit_price: price, quantity, "taxes.": taxes, ...more }) as never;

  it("is the line's share of the document's tax, and the shares are the whole of it", () => {
    const lines = [line(1, "3.33", 1), line(2, "3.33", 1), line(3, "3.34", 1)];
    expect([...shareTax(lines, "2", 2)]).toEqual([
      ["1", "0.67"],
      ["2", "0.66"],
      ["3", "0.67"],
    ]);
  });

  it("is not told when the rates do not explain the document's tax", () => {
    expect(shareTax([line(1, "10", 1)], "7.5", 2).size).toBe(0);
    const odd = line(1, "10", 1, {
      "taxes.": [{ type: "formula", rate: null, amount: null, "childs.": [] }],
    });
    expect(shareTax([odd], "2", 2).size).toBe(0);
    expect(shareTax([line(1, "10", 1)], null, 2).size).toBe(0);
  });

  it("counts the rates of a group's children, and fixed amounts per piece", () => {
    const group = {
      type: "none",
      rate: null,
      amount: null,
      "childs.": [taxes[0], { type: "fixed", rate: null, amount: "0.5" }],
    };
    expect([...shareTax([line(1, "10", 2, { "taxes.": [group] })], "5", 2)]).toEqual([["1", "5"]]);
  });
});

describe("discounts", () => {
  it("one after the other are combined, and the price is rounded to four digits", () => {
    expect(combined("5", "3")).toBe("7.85");
    expect(netPrice("100", "7.85")).toBe("92.15");
    expect(netPrice("0.03", "12.5")).toBe("0.0262");
  });

  it("are told apart from the price only while both say exactly the net price", () => {
    const line = { base_price: "100", discount_rate: "0.125", unit_price: "87.5" };
    expect([grossOf(line), discountOf(line)]).toEqual(["100", "12.5"]);
    const edited = { ...line, unit_price: "80" };
    expect([grossOf(edited), discountOf(edited)]).toEqual(["80", null]);
    expect([grossOf({ unit_price: "80" }), discountOf({ unit_price: "80" })]).toEqual(["80", null]);
  });

  it("that Tryton would show as another percentage are known beforehand", () => {
    expect(shownPercent("100", "87.5")).toBe("12.5");
    expect(shownPercent("0.03", "0.0262")).not.toBe("12.5");
    expect(shownPercent("0", "0")).toBe("0");
  });
});
