import { expect, test } from "vitest";
import { negated, partOf, summed, totalsOf } from "./amounts.ts";

const line = (count: string, price: string) => ({
  product: "s1",
  quantity: { value: count, unit: "pc" },
  unitPrice: { amount: price, currency: "EUR" },
});

test("systems that round by line and over all come to totals a minor unit apart", () => {
  const document = { currency: "EUR", lines: [line("1", "3.335"), line("1", "3.335"), line("1", "3.335")] };
  const byLine = totalsOf(document, { scope: "line", mode: "half_up" });
  const overAll = totalsOf(document, { scope: "document", mode: "half_up" });
  expect([byLine.net, overAll.net]).toEqual(["10.02", "10.01"]);
});

test("halves go up, to the even digit or nowhere, on both sides of zero", () => {
  const net = (price: string, mode: "half_up" | "half_even" | "down") =>
    totalsOf({ currency: "EUR", lines: [line("1", price)] }, { scope: "document", mode }).net;
  expect([net("7.005", "half_up"), net("7.005", "half_even"), net("7.005", "down")]).toEqual([
    "7.01",
    "7.00",
    "7.00",
  ]);
  expect([net("-7.015", "half_up"), net("-7.015", "half_even"), net("-7.015", "down")]).toEqual([
    "-7.02",
    "-7.02",
    "-7.01",
  ]);
});

test("a currency without minor units has totals without decimals", () => {
  const totals = totalsOf(
    { currency: "JPY", lines: [line("2.5", "121")] },
    { scope: "line", mode: "half_up" },
  );
  expect(totals).toEqual({ net: "303", tax: "58", gross: "361" });
});

test("parts of a quantity add up to the whole of it, and turned amounts to nothing", () => {
  const parts = [1, 2, 3].map((nth) => partOf("2.5", { nth, of: 3 }));
  expect([parts, summed(parts, "EUR")]).toEqual([["0.8", "0.8", "0.9"], "2.50"]);
  expect([negated("2.50"), negated("-1"), negated("0.00"), summed(["2.50", negated("2.50")], "EUR")]).toEqual(
    ["-2.50", "1", "0.00", "0.00"],
  );
});
