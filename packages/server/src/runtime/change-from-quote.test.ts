import type { Line, LinkId, Value } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { linesWanted } from "./change-from-quote.ts";
import type { OrderLine } from "./change-rights.ts";

interface Said {
  readonly product?: string;
  readonly quantity: string;
  readonly price: string;
  readonly net?: string;
  readonly discount?: string;
}

const money = (amount: string): Value => ({ amount, currency: "EUR" });

function line(key: string, { product = "bolt", quantity, price, net, discount }: Said): Line {
  const fields = {
    product: { link: product as LinkId },
    quantity: { value: quantity, unit: "pcs" },
    unitPrice: money(price),
    ...(net === undefined ? {} : { net: money(net) }),
    ...(discount === undefined ? {} : { discountPercent: discount }),
  };
  return { key, fields };
}
const ordered = (key: string, said: Said): OrderLine => ({ ...line(key, said), nativeId: key });

describe("prices of a quote and of its order", () => {
  test("are the same where the order shows what is left after the discount of the line", () => {
    const quote = [line("q1", { quantity: "4", price: "12.5", discount: "5" })];
    const order = [ordered("L1", { quantity: "6", price: "11.875" })];
    const wish = { lines: [{ line: "L1", quantity: "4" }], add: [] };
    expect(linesWanted(quote, { lines: order, freight: null })).toEqual(wish);
    const before = [ordered("L1", { quantity: "6", price: "12.5" })];
    expect(linesWanted(quote, { lines: before, freight: null })).toEqual(wish);
  });

  test("that differ are refused, with a discount or without one", () => {
    const order = [ordered("L1", { quantity: "6", price: "11.87" })];
    for (const discount of [undefined, "5"]) {
      const said = { quantity: "4", price: "12.5", ...(discount === undefined ? {} : { discount }) };
      expect(() => linesWanted([line("q1", said)], { lines: order, freight: null })).toThrow("another price");
    }
  });
});

describe("freight that the ERP has as a line of the order", () => {
  const goods = ordered("L1", { quantity: "6", price: "2", net: "12" });
  const freight = ordered("L2", { product: "freight", quantity: "1", price: "7.9", net: "7.90" });
  const nut = ordered("L3", { product: "nut", quantity: "1", price: "7.9", net: "7.9" });
  const quote = [line("q1", { quantity: "4", price: "2" })];
  const goneBy = (lines: readonly OrderLine[], amount: string | null): readonly string[] =>
    linesWanted(quote, { lines, freight: amount })
      .lines.filter(({ quantity }) => quantity === "0")
      .map((each) => each.line);

  test("stays, although no quote has such a line", () => {
    expect(goneBy([goods, freight], "7.9")).toEqual([]);
  });

  test("is told from goods by its amount; without freight every other line goes away", () => {
    expect(goneBy([goods, freight], null)).toEqual(["L2"]);
    expect(goneBy([goods, freight], "0")).toEqual(["L2"]);
    expect(goneBy([goods, freight], "5")).toEqual(["L2"]);
  });

  test("that could be either of two lines is not guessed", () => {
    expect(() => goneBy([goods, freight, nut], "7.9")).toThrow("freight");
  });
});
