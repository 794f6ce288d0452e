import { Big } from "big.js";
import type { Discount, PricedDocument, Totals } from "./document.ts";
import { textOf } from "./rounding.ts";

const turn = (text: string): string => textOf(new Big(text).times(-1));

const turnedDiscount = (discount: Discount): Discount =>
  discount.kind === "amount" && discount.per === undefined
    ? { ...discount, value: turn(discount.value) }
    : discount;

/** The document with its quantities, fixed discounts and deposits below zero. */
export function asNegative(document: PricedDocument): PricedDocument {
  return {
    ...document,
    lines: document.lines.map((line) => ({
      ...line,
      quantity: turn(line.quantity),
      ...(line.invoicedBefore === undefined ? {} : { invoicedBefore: turn(line.invoicedBefore) }),
      discounts: (line.discounts ?? []).map(turnedDiscount),
    })),
    discounts: (document.discounts ?? []).map(turnedDiscount),
    deposits: (document.deposits ?? []).map((each) => ({ ...each, amount: turn(each.amount) })),
  };
}

/** The totals with the other sign. */
export function turnedTotals(totals: Totals): Totals {
  const { company } = totals;
  return {
    net: turn(totals.net),
    tax: turn(totals.tax),
    gross: turn(totals.gross),
    cashRounding: turn(totals.cashRounding),
    payable: turn(totals.payable),
    lines: totals.lines.map(({ key, net, tax }) => ({ key, net: turn(net), tax: turn(tax) })),
    taxes: totals.taxes.map(({ tax, base, amount }) => ({ tax, base: turn(base), amount: turn(amount) })),
    company:
      company === null
        ? null
        : { ...company, net: turn(company.net), tax: turn(company.tax), gross: turn(company.gross) },
  };
}
