import type { Rounding } from "./mapping-decimal.ts";

/** Decimal arithmetic by digits: amounts and quantities never pass through binary floating point. */

interface Digits {
  readonly units: bigint;
  /** Number of decimals of `units`. */
  readonly scale: number;
}

const form = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

function parse(text: string): Digits | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return undefined;
  const units = BigInt(`${whole}${fraction}`) * (sign === "-" ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  return scale >= 0 ? { units, scale } : { units: units * 10n ** BigInt(-scale), scale: 0 };
}

function of(text: string): Digits {
  const digits = parse(text);
  if (digits === undefined) throw new TypeError("expected a decimal number");
  return digits;
}

function print({ units, scale }: Digits): string {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function align(a: Digits, b: Digits): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale);
  return [a.units * 10n ** BigInt(scale - a.scale), b.units * 10n ** BigInt(scale - b.scale), scale];
}

/** Shortest plain form of a decimal text (no exponent, no trailing zeros), or undefined when it is none. */
export function normal(text: string): string | undefined {
  const digits = parse(text);
  return digits === undefined ? undefined : print(digits);
}

/** Sum of two decimals. Throws a TypeError when one of them is none. */
export function add(a: string, b: string): string {
  const [left, right, scale] = align(of(a), of(b));
  return print({ units: left + right, scale });
}

/** Difference of two decimals. Throws a TypeError when one of them is none. */
export const subtract = (a: string, b: string): string => add(a, multiply(b, "-1"));

/** Product of two decimals, exact. */
export function multiply(a: string, b: string): string {
  const [left, right] = [of(a), of(b)];
  return print({ units: left.units * right.units, scale: left.scale + right.scale });
}

/** How many decimals are kept, and where a half goes: to the even neighbour when nothing is said. */
export interface Precision {
  readonly decimals: number;
  readonly rounding?: Rounding | undefined;
}

/** Quotient of two decimals, rounded. The divisor is not zero. */
export function divide(a: string, b: string, { decimals, rounding }: Precision): string {
  const [left, right] = align(of(a), of(b));
  const guard = decimals + 30;
  // Enough digits that a quotient that only looks like a half is not taken for one.
  const units = (left * 10n ** BigInt(guard)) / right;
  const isExact = (left * 10n ** BigInt(guard)) % right === 0n;
  const nudged = isExact ? units : units * 10n + (units < 0n ? -1n : 1n);
  return round(print({ units: nudged, scale: isExact ? guard : guard + 1 }), { decimals, rounding });
}

/** Negative when a is less than b, zero when equal, positive when more. */
export function compare(a: string, b: string): number {
  const [left, right] = align(of(a), of(b));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Sum of a list; zero for none. */
export const total = (amounts: readonly string[]): string => amounts.reduce(add, "0");

/** Rounded to so many decimals, by digits. */
export function round(text: string, { decimals, rounding = "halfEven" }: Precision): string {
  const { units, scale } = of(text);
  if (scale <= decimals) return print({ units, scale });
  const step = 10n ** BigInt(scale - decimals);
  const size = units < 0n ? -units : units;
  const [whole, rest] = [size / step, size % step];
  const isHalfUp = rest * 2n === step && (rounding === "halfUp" || whole % 2n === 1n);
  const isUp = rest * 2n > step || isHalfUp;
  const rounded = whole + (isUp ? 1n : 0n);
  return print({ units: units < 0n ? -rounded : rounded, scale: decimals });
}

/**
 * A binary float as a system answers it, without the noise beyond its fifteenth digit, rounded. Throws a
 * TypeError when it is not finite.
 */
export function ofFloat(value: number, precision: Precision): string {
  const text = normal(value.toPrecision(15));
  if (text === undefined) throw new TypeError("expected a finite number");
  return round(text, precision);
}

/**
 * Parts rounded to so many decimals that add up to `sum` exactly: each is rounded down, and what is left goes
 * to those that lost most, the first of equals. Undefined when the sum is further away than one unit per part
 * explains.
 */
export function allocate(
  exact: readonly string[],
  sum: string,
  decimals: number,
): readonly string[] | undefined {
  const unit = print({ units: 1n, scale: decimals });
  const parts = exact.map((amount) => floor(amount, decimals));
  const left = of(subtract(sum, total(parts)));
  if (left.scale > decimals) return undefined;
  const rest = left.units * 10n ** BigInt(decimals - left.scale);
  const count = rest < 0n ? -rest : rest;
  if (count > BigInt(exact.length)) return undefined;
  const order = exact.map((amount, at) => ({ at, lost: subtract(amount, parts[at] ?? "0") }));
  const sign = rest < 0n ? -1 : 1;
  order.sort((a, b) => (compare(b.lost, a.lost) === 0 ? a.at - b.at : sign * compare(b.lost, a.lost)));
  const moved = new Set(order.slice(0, Number(count)).map(({ at }) => at));
  return parts.map((part, at) =>
    moved.has(at) ? (sign > 0 ? add(part, unit) : subtract(part, unit)) : part,
  );
}

function floor(text: string, decimals: number): string {
  const { units, scale } = of(text);
  if (scale <= decimals) return print({ units, scale });
  const step = 10n ** BigInt(scale - decimals);
  const down = units / step - (units < 0n && units % step !== 0n ? 1n : 0n);
  return print({ units: down, scale: decimals });
}
