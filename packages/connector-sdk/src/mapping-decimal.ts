import { normalDecimal } from "@crossfoot/kernel";

/** How a decimal is rounded: a half goes away from zero, or to the even neighbour. */
export type Rounding = "halfUp" | "halfEven";

/** Number of decimals of a decimal in normal form. */
export function decimalsOf(decimal: string): number {
  const point = decimal.indexOf(".");
  return point === -1 ? 0 : decimal.length - point - 1;
}

/**
 * A decimal in normal form, rounded to so many decimals; exact, by digits, symmetric about zero. A decimal
 * that has no more decimals is returned as it is.
 */
export function roundDecimal(decimal: string, digits: number, rounding: Rounding): string {
  if (decimalsOf(decimal) <= digits) return decimal;
  const sign = decimal.startsWith("-") ? "-" : "";
  const [whole = "0", fraction = ""] = decimal.slice(sign.length).split(".");
  const dropped = fraction.slice(digits);
  let kept = BigInt(whole + fraction.slice(0, digits));
  const isHalf = /^50*$/.test(dropped);
  const goesUp = isHalf && rounding === "halfEven" ? kept % 2n === 1n : dropped >= "5";
  if (goesUp) kept += 1n;
  const text = kept.toString().padStart(digits + 1, "0");
  const point = text.length - digits;
  const rounded = digits === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  return normalDecimal(sign + rounded) ?? decimal;
}

/** The JSON number that is exactly this decimal in its shortest form, or undefined when there is none. */
export function decimalAsNumber(decimal: string): number | undefined {
  const number = Number(decimal);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return undefined;
  return normalDecimal(String(number)) === decimal ? number : undefined;
}

/**
 * Normal form of a decimal given as JSON number, by its shortest form; undefined for whole numbers beyond
 * 2^53, whose last digits are lost by then.
 */
export function decimalOfNumber(number: number): string | undefined {
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return undefined;
  return normalDecimal(String(number));
}
