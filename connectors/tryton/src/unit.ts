import { compare, divide, multiply, normal, ofFloat } from "./decimal.ts";
import { refusal } from "./failures.ts";
import type { Row } from "./native.ts";

/** Decimals of factors and rates in Tryton 6.0, and of a quantity that was brought into another unit. */
const factorDigits = 12;

/** Fields of a unit, with its path in front, that quantities are converted by. */
export const unitFields = (prefix: string): readonly string[] =>
  ["symbol", "digits", "factor", "rate"].map((field) => `${prefix}${field}`);

const part = (unit: Row | null, field: "factor" | "rate"): string => {
  const value = unit?.[field];
  return typeof value === "number" && value > 0 ? ofFloat(value, factorDigits) : "1";
};

/** Whether the factor says more exactly than the rate what the unit is, as Tryton itself decides it. */
const isByFactor = (unit: Row | null): boolean => part(unit, "factor").length <= part(unit, "rate").length;

/**
 * A quantity in another unit of the same category, by the exact one of factor and rate: 2 dozen are 24
 * pieces.
 */
export function converted(quantity: string, from: Row | null, to: Row | null): string {
  const base = isByFactor(from)
    ? multiply(quantity, part(from, "factor"))
    : divide(quantity, part(from, "rate"), factorDigits);
  return isByFactor(to) ? divide(base, part(to, "factor"), factorDigits) : multiply(base, part(to, "rate"));
}

/** A quantity as decimal text in normal form that this unit can count; refused when it cannot. */
export function quantityIn(quantity: string, unit: Row | null): string {
  const digits = Number(unit?.["digits"] ?? 2);
  const text = normal(quantity);
  if (text === undefined) throw refusal("quantity_unreadable", "a quantity is no decimal number");
  const [, fraction = ""] = text.split(".");
  if (fraction.length > digits)
    throw refusal("too_precise", `a quantity has more than the ${digits} decimals of its unit`);
  if (compare(String(Number(text)), text) !== 0)
    throw refusal("quantity_unreadable", "a quantity is no number that Tryton can hold");
  return text;
}
