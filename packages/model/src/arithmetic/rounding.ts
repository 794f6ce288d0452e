import { Big } from "big.js";
import { over, fractionOf, times } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";

/**
 * How a number between two steps is rounded. `half_up`: to the nearer, a half towards plus infinity.
 * `half_away`: a half away from zero, as merchants round. `half_even`: a half to the even step. `down`:
 * towards zero. `up`: away from zero.
 */
export type RoundingMode = "half_up" | "half_away" | "half_even" | "down" | "up";

/** All modes. */
export const roundingModes: readonly RoundingMode[] = ["half_away", "half_even", "half_up", "down", "up"];

/** Whether the number is moved one step away from zero after its rest was cut off. */
function isMoved(
  whole: Big,
  rest: { readonly twice: Big; readonly sign: number; readonly unit: Big },
  mode: RoundingMode,
): boolean {
  if (rest.sign === 0 || mode === "down") return false;
  if (mode === "up") return true;
  if (!rest.twice.eq(rest.unit)) return rest.twice.gt(rest.unit);
  if (mode === "half_up") return rest.sign > 0;
  return mode === "half_away" || !whole.mod(2).eq(0);
}

/**
 * The fraction as a whole number of steps, in the mode. Exact: nothing is rounded before. The step is over
 * 0.
 */
export function roundTo(value: Fraction, step: Big, mode: RoundingMode): Big {
  const unit = value.below.times(step);
  const left = value.above.mod(unit);
  const whole = value.above.minus(left).div(unit);
  const sign = left.gt(0) ? 1 : left.lt(0) ? -1 : 0;
  const moved = isMoved(whole, { twice: left.abs().times(2), sign, unit }, mode);
  return (moved ? whole.plus(sign) : whole).times(step);
}

/** Rounded to so many decimals; unchanged when `digits` is null. */
export function roundDigits(value: Fraction, digits: number | null, mode: RoundingMode): Fraction {
  return digits === null ? value : fractionOf(roundTo(value, stepOf(digits), mode));
}

/** The step of so many decimals: 2 gives 0.01. */
export const stepOf = (digits: number): Big => new Big(`1e-${digits}`);

/** Plain text of a decimal: no exponent, no zeros at the end, no negative zero. */
export const textOf = (value: Big): string => (value.eq(0) ? "0" : value.toFixed());

/** A part of an amount: `value` times `part` over `whole`; nothing of nothing. */
export const partOf = (value: Fraction, part: Fraction, whole: Fraction): Fraction =>
  whole.above.eq(0) ? fractionOf("0") : over(times(value, part), whole);
