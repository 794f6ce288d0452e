import { describe, expect, it } from "vitest";
import { amountIn, decimalsIn, numberIn, pointedOf } from "./numbers.ts";

describe("a number as it is written", () => {
  it.each([
    ["1234", 1234, "plain"],
    ["1 234 567", 1_234_567, "plain"],
    ["1\u202F234\u202F567", 1_234_567, "plain"],
    ["1’234’567", 1_234_567, "plain"],
    ["1'234.50", 1234.5, "point"],
    ["1,234.50", 1234.5, "point"],
    ["1,234,567", 1_234_567, "point"],
    ["1,23,456.78", 123_456.78, "point"],
    ["1,23,45,678", 12_345_678, "point"],
    ["1234.567", 1234.567, "point"],
    ["0.125", 0.125, "point"],
    [".5", 0.5, "point"],
    ["1.234,50", 1234.5, "comma"],
    ["1.234.567", 1_234_567, "comma"],
    ["1\u00A0234,5", 1234.5, "comma"],
    ["0,000", 0, "comma"],
    ["\u22121\u00A0234,50", -1234.5, "comma"],
    ["1.234,50-", -1234.5, "comma"],
    ["-€ 1.234,50", -1234.5, "comma"],
    ["1 234,50 €", 1234.5, "comma"],
    ["CHF 1’234.50", 1234.5, "point"],
    ["₹1,23,456.78", 123_456.78, "point"],
    ["R$ 1.234,50", 1234.5, "comma"],
    ["US$1,234.50", 1234.5, "point"],
    ["1 234,50 kr", 1234.5, "comma"],
    ["10 %", 10, "plain"],
  ] as const)("%s", (text, value, form) => {
    expect(numberIn(text)).toEqual({ by: { point: value, comma: value }, form });
  });

  it.each([
    ["1.000", 1, 1000],
    ["-1.234", -1.234, -1234],
    ["1,234 EUR", 1234, 1.234],
  ])("%s is %d or %d", (text, point, comma) => {
    expect(numberIn(text)).toEqual({ by: { point, comma }, form: "open" });
    expect([amountIn(text, "point"), amountIn(text, "comma"), amountIn(text, null)]).toEqual([
      ...[point, comma, null],
    ]);
  });

  it.each([
    "",
    "ten",
    "1.2.3",
    "1,23,4",
    "12.34,5",
    "1,2345,678",
    "1.234,567.8",
    "--5",
    "-5-",
    "12 34",
    "1'23",
  ])("“%s” is none", (text) => {
    expect(numberIn(text)).toBeNull();
    expect(amountIn(text, "point")).toBeNull();
  });

  it("decimals that say something are counted by their mark", () => {
    expect([decimalsIn("1.50", "point"), decimalsIn("1.234", "point"), decimalsIn("1.234", "comma")]).toEqual(
      [...[1, 3, 0]],
    );
    expect([decimalsIn("1,234,567", "point"), decimalsIn("1.234,125 kr.", "comma")]).toEqual([0, 3]);
  });

  it("a number is written again without groups, currency and comma, digit for digit", () => {
    expect(pointedOf("-€ 1.234,50", "comma")).toBe("-1234.50");
    expect(pointedOf("12,50-", "comma")).toBe("-12.50");
  });
});
