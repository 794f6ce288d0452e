import fc from "fast-check";
import { expect, test } from "vitest";
import { computeDocument } from "./arithmetic.ts";
import { big, sum } from "./decimal.ts";

const hundredths = (most: number): fc.Arbitrary<string> =>
  fc.integer({ min: 1, max: most }).map((value) => big(value).div(100).toFixed(2));
const line = fc.record({
  quantity: hundredths(100_000),
  price: hundredths(1_000_000),
  discountPercent: fc.option(hundredths(10_000)),
  taxRate: fc.constantFrom("19", "7", "0"),
});
const settings = fc.record({
  taxScope: fc.constantFrom("line", "document"),
  rounding: fc.constantFrom("half-up", "half-even"),
} as const);

test("lines, freight and discount add up to the net, and net and tax to the gross", () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 8 }),
      fc.option(hundredths(10_000)),
      settings,
      (lines, freight, chosen) => {
        const result = computeDocument(
          { lines, headerDiscountPercent: null, freight, freightTaxRate: "19", decimals: 2 },
          chosen,
        );
        const nets = result.lines.map((entry) => entry.net ?? "missing");
        expect(sum([...nets, freight ?? "0"]).toFixed(2)).toBe(result.net);
        expect(sum([result.net ?? "", result.tax ?? ""]).toFixed(2)).toBe(result.gross);
      },
    ),
  );
});

test("tax per line and per document differ by at most half a cent for each rounding", () => {
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), (lines) => {
      const priced = { lines, headerDiscountPercent: null, freight: null, freightTaxRate: null, decimals: 2 };
      const perLine = computeDocument(priced, { taxScope: "line", rounding: "half-up" }).tax ?? "";
      const perDocument = computeDocument(priced, { taxScope: "document", rounding: "half-up" }).tax ?? "";
      expect(
        big(perLine)
          .minus(perDocument)
          .abs()
          .lte(big("0.005").times(lines.length + 3)),
      ).toBe(true);
    }),
  );
});
