/** Decimal arithmetic of the checks, by digits and apart from that of the connectors. */
import { normalDecimal } from "@crossfoot/kernel";

/** Decimals that are kept; more than any amount or quantity has. */
const scale = 24;

function unitsOf(decimal: string): bigint {
  const [whole = "0", fraction = ""] = decimal.replace("-", "").split(".");
  const units = BigInt(`${whole}${fraction.padEnd(scale, "0").slice(0, scale)}`);
  return decimal.startsWith("-") ? -units : units;
}

function textOf(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const text = `${units < 0n ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return normalDecimal(text) ?? text;
}

/** Sum of decimals; zero for none. */
export const sum = (decimals: readonly string[]): string =>
  textOf(decimals.reduce((total, each) => total + unitsOf(each), 0n));

/** `a - b`. */
export const less = (a: string, b: string): string => textOf(unitsOf(a) - unitsOf(b));

/** Negative when a is less than b, zero when equal, positive when more. */
export function compare(a: string, b: string): number {
  const difference = unitsOf(a) - unitsOf(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** True for a decimal in the one form that two equal decimals share. */
export const isNormal = (text: string): boolean => normalDecimal(text) === text;
