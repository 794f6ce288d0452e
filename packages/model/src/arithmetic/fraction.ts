import { Big } from "big.js";

/**
 * An exact quotient of two decimals, so that a gross price divided by 1.19 loses nothing before the one
 * rounding that a rule asks for. The divisor is over 0.
 */
export interface Fraction {
  readonly above: Big;
  readonly below: Big;
}

const one = new Big(1);

/** Nothing. */
export const zero: Fraction = { above: new Big(0), below: one };

/** The fraction of a decimal text or of a decimal. Throws on a text that is no decimal. */
export const fractionOf = (value: string | Big): Fraction => ({ above: new Big(value), below: one });

/** Sum. Divisors stay small: a divisor that contains the other is kept. */
export function plus(a: Fraction, b: Fraction): Fraction {
  if (a.below.eq(b.below)) return { above: a.above.plus(b.above), below: a.below };
  const [wide, narrow] = a.below.gt(b.below) ? [a, b] : [b, a];
  if (wide.below.mod(narrow.below).eq(0)) {
    const factor = wide.below.div(narrow.below);
    if (factor.times(narrow.below).eq(wide.below))
      return { above: wide.above.plus(narrow.above.times(factor)), below: wide.below };
  }
  return { above: a.above.times(b.below).plus(b.above.times(a.below)), below: a.below.times(b.below) };
}

/** The same with the other sign. */
const negated = (a: Fraction): Fraction => ({ above: a.above.times(-1), below: a.below });

/** Difference. */
export const minus = (a: Fraction, b: Fraction): Fraction => plus(a, negated(b));

/** Product. */
export function times(a: Fraction, b: Fraction): Fraction {
  const below = b.below.eq(one) ? a.below : a.below.eq(one) ? b.below : a.below.times(b.below);
  return { above: a.above.times(b.above), below };
}

/** Quotient. Throws when divided by zero: what may be zero is refused before. */
export function over(a: Fraction, b: Fraction): Fraction {
  if (b.above.eq(0)) throw new Error("a fraction was divided by zero");
  const sign = b.above.lt(0) ? -1 : 1;
  return { above: a.above.times(b.below).times(sign), below: a.below.times(b.above.abs()) };
}

/** Sum of many. */
export const sumOf = (all: readonly Fraction[]): Fraction => all.reduce(plus, zero);

/** -1, 0 or 1. */
export const signOf = (a: Fraction): -1 | 0 | 1 => (a.above.gt(0) ? 1 : a.above.lt(0) ? -1 : 0);
