import type { Json, JsonMap } from "@crossfoot/kernel";
import { isMap } from "./dialect.ts";
import type { Rounding } from "./profile.ts";

/** Decimals that products of quantities and prices are worked out with. */
const workDigits = 8;

/** A decimal text as a whole number of 10^-digits; null when it is none. */
function scaled(text: Json | undefined, digits: number): bigint | null {
  if (typeof text !== "string" || !/^-?\d+(\.\d+)?$/.test(text)) return null;
  const [whole = "0", fraction = ""] = text.replace("-", "").split(".");
  const value = BigInt(whole + fraction.slice(0, digits).padEnd(digits, "0"));
  return text.startsWith("-") ? -value : value;
}

function textOf(value: bigint, digits: number): string {
  const all = String(value < 0n ? -value : value).padStart(digits + 1, "0");
  const sign = value < 0n ? "-" : "";
  return digits === 0 ? sign + all : `${sign}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

/** `value` of 10^-from as a whole number of 10^-to, rounded away from what does not fit. */
function rounded(
  value: bigint,
  at: { readonly from: number; readonly to: number },
  mode: Rounding["mode"],
): bigint {
  const unit = 10n ** BigInt(at.from - at.to);
  const size = value < 0n ? -value : value;
  const [whole, rest] = [size / unit, size % unit];
  const isUp =
    mode === "half_up"
      ? rest * 2n >= unit
      : mode === "half_even" && (rest * 2n > unit || (rest * 2n === unit && whole % 2n === 1n));
  const result = isUp ? whole + 1n : whole;
  return value < 0n ? -result : result;
}

/** Decimals that amounts of a currency have. */
const digitsOf = (currency: Json | undefined): number => (currency === "JPY" ? 0 : 2);

/** Per cent of tax on everything. */
const taxPercent = 19n;

/** Totals of a document as one system rounds them: by line or over all, this way or that (fault D3). */
export function totalsOf(
  document: JsonMap,
  rounding: Rounding,
): { readonly net: string; readonly tax: string; readonly gross: string } {
  const digits = digitsOf(document["currency"]);
  const lines = Array.isArray(document["lines"]) ? document["lines"] : [];
  const exact = lines.map((line: Json) => lineNet(line));
  const to = (value: bigint, from: number): bigint => rounded(value, { from, to: digits }, rounding.mode);
  const sum = (values: readonly bigint[]): bigint => values.reduce((all, each) => all + each, 0n);
  const isByLine = rounding.scope === "line";
  const net = isByLine ? sum(exact.map((each) => to(each, workDigits))) : to(sum(exact), workDigits);
  const taxOf = (value: bigint): bigint => to(value * taxPercent, digits + 2);
  const tax = isByLine ? sum(exact.map((each) => taxOf(to(each, workDigits)))) : taxOf(net);
  return { net: textOf(net, digits), tax: textOf(tax, digits), gross: textOf(net + tax, digits) };
}

function lineNet(line: Json): bigint {
  if (!isMap(line)) return 0n;
  const { quantity, unitPrice } = line;
  const half = workDigits / 2;
  const count = scaled(isMap(quantity) ? quantity["value"] : undefined, half) ?? 0n;
  return count * (scaled(isMap(unitPrice) ? unitPrice["amount"] : undefined, half) ?? 0n);
}

/** A sum of amounts of one currency; what is no amount counts as nothing. */
export function summed(amounts: readonly Json[], currency: Json | undefined): string {
  const digits = digitsOf(currency);
  return textOf(
    amounts.reduce<bigint>((all, each) => all + (scaled(each, digits) ?? 0n), 0n),
    digits,
  );
}

/** An amount with its sign turned. */
export const negated = (amount: string): string =>
  /^-?0*(\.0*)?$/.test(amount) ? amount : amount.startsWith("-") ? amount.slice(1) : `-${amount}`;

/** So many of `of` parts of a quantity, cut to whole pieces of 10^-1; the last part gets the rest. */
export function partOf(quantity: string, part: { readonly nth: number; readonly of: number }): string {
  const all = scaled(quantity, 1) ?? 0n;
  const each = all / BigInt(part.of);
  return textOf(part.nth === part.of ? all - each * BigInt(part.of - 1) : each, 1);
}
