import { Big } from "big.js";
import type { GroupValue } from "@crossfoot/kernel";

/**
 * How many of its base a unit is, and what it measures: `{ category: "count", factor: "12" }` for a dozen.
 */
export interface UnitDefinition {
  readonly category: string;
  /** Exact decimal text over 0. */
  readonly factor: string;
  /** Smallest part that the unit is traded in, such as `1` for pieces or `0.001` for kilograms. */
  readonly step: string;
}

/** Units that every company has; a value map brings others under these codes. */
export const commonUnits: { readonly [code: string]: UnitDefinition } = {
  pcs: { category: "count", factor: "1", step: "1" },
  dz: { category: "count", factor: "12", step: "1" },
  kg: { category: "mass", factor: "1", step: "0.001" },
  g: { category: "mass", factor: "0.001", step: "1" },
  t: { category: "mass", factor: "1000", step: "0.001" },
  m: { category: "length", factor: "1", step: "0.001" },
  cm: { category: "length", factor: "0.01", step: "0.1" },
  l: { category: "volume", factor: "1", step: "0.001" },
  h: { category: "time", factor: "1", step: "0.01" },
};

/** Why a quantity cannot be given in another unit. */
export type ConversionRefusal = "unit_unknown" | "other_category" | "not_exact";

/** A quantity in another unit, or why it cannot be given there. */
export type Conversion =
  | { readonly ok: true; readonly quantity: { readonly value: string; readonly unit: string } }
  | { readonly ok: false; readonly refusal: ConversionRefusal };

/**
 * Gives a quantity in another unit by stored factors, exactly. Refused when the result is no whole number
 * of the target's steps, or does not return to its input (INVARIANTS.md I12): 7 pieces are no number of
 * dozens. Never throws.
 */
export function convertQuantity(
  quantity: { readonly value: string; readonly unit: string },
  to: string,
  units: { readonly [code: string]: UnitDefinition } = commonUnits,
): Conversion {
  const from = units[quantity.unit];
  const target = units[to];
  if (from === undefined || target === undefined) return { ok: false, refusal: "unit_unknown" };
  if (from.category !== target.category) return { ok: false, refusal: "other_category" };
  const base = new Big(quantity.value).times(from.factor);
  const steps = base.div(target.factor).div(target.step).round(0, 1);
  const value = steps.times(target.step);
  if (!value.times(target.factor).eq(base)) return { ok: false, refusal: "not_exact" };
  return { ok: true, quantity: { value: value.toFixed(), unit: to } };
}

const textOf = (part: GroupValue[string] | undefined): string => (typeof part === "string" ? part : "");

/**
 * Whether two quantities are the same amount, whatever their units. Unknown units are the same only when
 * equal.
 */
export function isSameQuantity(
  a: GroupValue,
  b: GroupValue,
  units: { readonly [code: string]: UnitDefinition } = commonUnits,
): boolean {
  const [first, second] = [a, b].map((quantity) => ({
    value: textOf(quantity["value"]),
    unit: textOf(quantity["unit"]),
  }));
  if (first === undefined || second === undefined) return false;
  if (first.unit === second.unit) return first.value === second.value;
  const [one, two] = [units[first.unit], units[second.unit]];
  if (one === undefined || two === undefined || one.category !== two.category) return false;
  return new Big(first.value).times(one.factor).eq(new Big(second.value).times(two.factor));
}
