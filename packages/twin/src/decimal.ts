import Big from "big.js";

/** How halves are rounded. */
export type Rounding = "half-up" | "half-even";

const CURRENCY_DECIMALS: Readonly<Record<string, number>> = {
  EUR: 2,
  USD: 2,
  GBP: 2,
  CHF: 2,
  JPY: 0,
  KWD: 3,
};

/** The currencies both systems know. */
export const CURRENCIES: readonly string[] = Object.keys(CURRENCY_DECIMALS);

/** The decimals of a currency's minor unit, or null for an unknown currency. */
export function currencyDecimals(currency: string): number | null {
  return CURRENCY_DECIMALS[currency] ?? null;
}

/** The text as a decimal, or null unless it is a plain number: no exponent, no leading zeros, no blanks. */
export function parseDecimal(text: string): Big | null {
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,8})?$/.test(text) ? new Big(text) : null;
}

/** The number of decimals that the value needs. */
export function decimalsOf(value: Big): number {
  return Math.max(0, value.c.length - 1 - value.e);
}

/** Rounds to a number of decimals. */
export function roundTo(value: Big, decimals: number, rounding: Rounding): Big {
  return value.round(decimals, rounding === "half-up" ? Big.roundHalfUp : Big.roundHalfEven);
}

/** Fixed form with exactly that many decimals; never prints a negative zero. */
export function fixed(value: Big, decimals: number): string {
  return value.eq(0) ? new Big(0).toFixed(decimals) : value.toFixed(decimals);
}

/** Shortest form with at least that many decimals, without an exponent. */
export function shortest(value: Big, leastDecimals = 0): string {
  return fixed(value, Math.max(leastDecimals, decimalsOf(value)));
}

/** The sum of decimal texts. */
export function sum(values: readonly (string | Big)[]): Big {
  return values.reduce<Big>((total, value) => total.plus(value), new Big(0));
}

/** A decimal of the text; for values that were checked when they were stored. */
export function big(text: string | number): Big {
  return new Big(text);
}

export type { Big };
