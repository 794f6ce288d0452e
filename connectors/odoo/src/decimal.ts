import { decimals } from "@crossfoot/connector-sdk";
import type { Row } from "./native.ts";

export const add: typeof decimals.add = decimals.add;
export const subtract: typeof decimals.subtract = decimals.subtract;
export const multiply: typeof decimals.multiply = decimals.multiply;
export const compare: typeof decimals.compare = decimals.compare;
export const total: typeof decimals.total = decimals.total;
export const normal: typeof decimals.normal = decimals.normal;

/** Rounded as Odoo rounds: halves go up, away from zero. */
export const round = (text: string, places: number): string =>
  decimals.round(text, { decimals: places, rounding: "halfUp" });

/** Quotient, rounded as Odoo rounds. The divisor is not zero. */
export const divide = (a: string, b: string, places: number): string =>
  decimals.divide(a, b, { decimals: places, rounding: "halfUp" });

/** Digits of a number that Odoo keeps without a limit: more than a price has, less than a float's noise. */
const openPlaces = 6;

/**
 * A field that Odoo answers as a binary float, as decimal text without its noise; null when it is none.
 * Without `places` the field has no limit of its own.
 */
export function decimalOf(row: Row | null | undefined, field: string, places: number | null): string | null {
  const value = row?.[field];
  if (typeof value !== "number" || !Number.isFinite(value)) return null;
  return decimals.ofFloat(value, { decimals: places ?? openPlaces, rounding: "halfUp" });
}
