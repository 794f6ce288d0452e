import { expect, test } from "vitest";
import { computeDocument, type PricedDocument } from "./arithmetic.ts";

function document(
  lines: readonly (readonly [string, string | null])[],
  more: Partial<PricedDocument> = {},
): PricedDocument {
  return {
    lines: lines.map(([quantity, price]) => ({ quantity, price, discountPercent: null, taxRate: "19" })),
    headerDiscountPercent: null,
    freight: null,
    freightTaxRate: "19",
    decimals: 2,
    ...more,
  };
}

const cents = document([
  ["1", "0.13"],
  ["1", "0.13"],
  ["1", "0.13"],
]);

test("tax per line and per document may be a cent apart", () => {
  expect(computeDocument(cents, { taxScope: "line", rounding: "half-up" })).toMatchObject({
    net: "0.39",
    tax: "0.06",
  });
  expect(computeDocument(cents, { taxScope: "document", rounding: "half-up" })).toMatchObject({
    tax: "0.07",
  });
});

test("halves go up or to the even digit, as set", () => {
  const half = document([["1", "2.125"]]);
  expect(computeDocument(half, { taxScope: "line", rounding: "half-up" }).net).toBe("2.13");
  expect(computeDocument(half, { taxScope: "line", rounding: "half-even" }).net).toBe("2.12");
});

test("header discount is taken per line, and freight has its own tax", () => {
  const { lines, net, tax, gross } = computeDocument(
    document(
      [
        ["3", "9.99"],
        ["1", "0.05"],
      ],
      { headerDiscountPercent: "10", freight: "5.00" },
    ),
    { taxScope: "document", rounding: "half-up" },
  );
  expect(lines.map((line) => line.net)).toEqual(["29.97", "0.05"]);
  expect([net, tax, gross]).toEqual(["32.01", "6.08", "38.09"]);
});

test("the minor unit is that of the currency", () => {
  const settings = { taxScope: "document", rounding: "half-up" } as const;
  expect(computeDocument(document([["1", "99.5"]], { decimals: 0 }), settings)).toMatchObject({
    net: "100",
    tax: "19",
  });
  expect(computeDocument(document([["1", "1.0005"]], { decimals: 3 }), settings)).toMatchObject({
    net: "1.001",
  });
});

test("a missing price leaves the document without totals, never with a 0", () => {
  const { lines, net, gross } = computeDocument(
    document([
      ["1", "1"],
      ["1", null],
    ]),
    {
      taxScope: "line",
      rounding: "half-up",
    },
  );
  expect([lines[0]?.net, lines[1]?.net, net, gross]).toEqual(["1.00", null, null, null]);
});

test("an unknown tax leaves tax and gross open, and the net stands", () => {
  const open = { ...cents, lines: cents.lines.map((line) => ({ ...line, taxRate: null })) };
  expect(computeDocument(open, { taxScope: "document", rounding: "half-up" })).toMatchObject({
    net: "0.39",
    tax: null,
    gross: null,
  });
});
