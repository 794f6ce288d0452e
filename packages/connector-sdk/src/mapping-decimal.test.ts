import { describe, expect, it } from "vitest";
import { decimalAsNumber, decimalOfNumber, decimalsOf, roundDecimal } from "./mapping-decimal.ts";

describe("rounding a decimal", () => {
  it.each([
    ["0.125", 2, "0.13", "0.12"],
    ["0.135", 2, "0.14", "0.14"],
    ["-0.125", 2, "-0.13", "-0.12"],
    ["1.005", 2, "1.01", "1"],
    ["2.5", 0, "3", "2"],
    ["3.5", 0, "4", "4"],
    ["-2.5", 0, "-3", "-2"],
    ["0.5", 0, "1", "0"],
    ["-0.5", 0, "-1", "0"],
    ["0.4999999999999999999999", 0, "0", "0"],
    ["2.5000000000000000000001", 0, "3", "3"],
    ["9.999", 2, "10", "10"],
    ["99999999999999999999.995", 2, "100000000000000000000", "100000000000000000000"],
    ["0.004", 2, "0", "0"],
    ["-0.004", 2, "0", "0"],
    ["12.3", 2, "12.3", "12.3"],
  ])("of %s to %i decimals is %s, and %s to the even neighbour", (given, digits, up, even) => {
    expect(roundDecimal(given, digits, "halfUp")).toBe(up);
    expect(roundDecimal(given, digits, "halfEven")).toBe(even);
  });
});

describe("decimals and JSON numbers", () => {
  it("go by the shortest form, and are refused where a number would say something else", () => {
    expect(decimalAsNumber("0.1")).toBe(0.1);
    expect(decimalAsNumber("-12.5")).toBe(-12.5);
    expect(decimalAsNumber("0.1000000000000000000001")).toBeUndefined();
    expect(decimalAsNumber("9007199254740993")).toBeUndefined();
    expect(decimalOfNumber(1e-7)).toBe("0.0000001");
    expect(decimalOfNumber(-0)).toBe("0");
    expect(decimalOfNumber(9007199254740992)).toBeUndefined();
    expect(decimalOfNumber(1e300)).toBeUndefined();
    expect(decimalsOf("12.345")).toBe(3);
    expect(decimalsOf("12")).toBe(0);
  });
});
