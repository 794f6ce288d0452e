import { compare, divide, multiply, round, subtract } from "./decimal.ts";
import { text } from "./native.ts";
import type { Row } from "./native.ts";

/** Decimals of a unit price in Tryton 6.0, and of a discount rate in the module `sale_discount`. */
export const priceDigits = 4;
const rateDigits = 4;

/** The net price of a gross price less a discount in percent, rounded as Tryton rounds unit prices. */
export function netPrice(gross: string, percent: string): string {
  const share = subtract("1", multiply(percent, "0.01"));
  return round(multiply(gross, share), priceDigits);
}

/** Discount in percent of two discounts, one after the other. */
export function combined(first: string, second: string): string {
  const left = multiply(subtract("100", first), subtract("100", second));
  return subtract("100", multiply(left, "0.01"));
}

/** The discount in percent that Tryton shows for these two prices; zero for a gross price of zero. */
export function shownPercent(gross: string, net: string): string {
  if (compare(gross, "0") === 0) return "0";
  return multiply(subtract("1", divide(net, gross, rateDigits)), "100");
}

/** The gross price and the discount of a line that say exactly what its net price says; else null. */
function split(line: Row): { readonly gross: string; readonly percent: string } | null {
  const [gross, rate, net] = [
    text(line, "base_price"),
    text(line, "discount_rate"),
    text(line, "unit_price"),
  ];
  if (gross === null || rate === null || net === null || compare(rate, "0") <= 0) return null;
  const percent = multiply(round(rate, rateDigits), "100");
  return compare(netPrice(gross, percent), net) === 0 ? { gross, percent } : null;
}

/**
 * Price of a quote line before its discount; the net price where Tryton keeps no discount, or somebody
 * changed it.
 */
export const grossOf = (line: Row): string | null => split(line)?.gross ?? text(line, "unit_price");

/** Discount of a quote line in percent; null without one. */
export const discountOf = (line: Row): string | null => split(line)?.percent ?? null;
