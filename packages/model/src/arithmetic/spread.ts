import type { Big } from "big.js";
import type { Discount } from "./document.ts";
import { fractionOf, minus, over, plus, times, zero } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";
import { sumShown, takenBy } from "./line.ts";
import type { LineRules, ValuedLine } from "./line.ts";
import { partOf, roundTo } from "./rounding.ts";

/** How a rounded total is shared out over what makes it up. */
export type Sharing = "own" | "carried" | "last" | "biggest";

/** The place of the biggest part; of equal ones the first. */
function biggestOf(parts: readonly Fraction[]): number {
  let best = 0;
  for (const [at, { above, below }] of parts.entries()) {
    const most = parts[best] ?? zero;
    if (above.abs().times(most.below).gt(most.above.abs().times(below))) best = at;
  }
  return best;
}

/**
 * Shares of a rounded total. `own`: each part rounded alone, whatever the sum. `carried`: each share is what
 * the sum so far gained. `last`, `biggest`: rounded alone, and one part bears the rest.
 */
export function shareOut(
  parts: readonly Fraction[],
  total: Big,
  how: { readonly sharing: Sharing; readonly round: (value: Fraction) => Big },
): readonly Big[] {
  if (how.sharing === "carried") {
    let exact = zero;
    let given = total.times(0);
    return parts.map((part, at) => {
      exact = plus(exact, part);
      const upTo = at === parts.length - 1 ? total : how.round(exact);
      const share = upTo.minus(given);
      given = upTo;
      return share;
    });
  }
  const shares = parts.map(how.round);
  if (how.sharing === "own") return shares;
  const rest = shares.reduce((left, share) => left.minus(share), total);
  const bearer = how.sharing === "last" ? parts.length - 1 : biggestOf(parts);
  return shares.map((share, at) => (at === bearer ? share.plus(rest) : share));
}

/** The document's discount in its currency, rounded. */
export function documentDiscount(
  discounts: readonly Discount[],
  amount: Fraction,
  { rules, step }: LineRules,
): Big {
  const round = (value: Fraction): Fraction => fractionOf(roundTo(value, step, rules.mode));
  const taken = takenBy(discounts, { amount, quantity: fractionOf("1") }, { rules, each: round });
  return roundTo(taken, step, rules.mode);
}

function eachLine(
  lines: readonly ValuedLine[],
  discounts: readonly Discount[],
  { rules, step }: LineRules,
): readonly ValuedLine[] {
  return lines.map((line) => {
    const from = { amount: line.exact, quantity: line.quantity };
    const exact = minus(line.exact, takenBy(discounts, from, { rules, each: (value) => value }));
    return { ...line, exact, shown: roundTo(exact, step, rules.mode) };
  });
}

/** Takes the document's discounts from its lines. */
export function spreadDiscounts(
  lines: readonly ValuedLine[],
  discounts: readonly Discount[],
  how: LineRules,
): readonly ValuedLine[] {
  if (discounts.length === 0) return lines;
  const { rules, step } = how;
  const isPercent = discounts.every(({ kind }) => kind === "percent");
  if (rules.documentDiscount === "each_line" && isPercent) return eachLine(lines, discounts, how);
  const sum = sumShown(lines);
  const taken = documentDiscount(discounts, sum, how);
  // A gift bears no part of a discount.
  const bearers = lines.filter(({ shown }) => !shown.eq(0));
  const all = bearers.length === 0 ? lines : bearers;
  const parts = all.map(({ shown }) => partOf(fractionOf(taken), fractionOf(shown), sum));
  const round = (value: Fraction): Big => roundTo(value, step, rules.mode);
  const sharing = rules.documentDiscount === "sum_last" ? "last" : "carried";
  const shares = new Map(shareOut(parts, taken, { sharing, round }).map((share, at) => [all[at], share]));
  return lines.map((line) => {
    const share = shares.get(line);
    if (share === undefined) return line;
    // Where the lines come to nothing there is no proportion, and the share is what it is.
    const exact = sum.above.eq(0)
      ? minus(line.exact, fractionOf(share))
      : over(times(line.exact, minus(sum, fractionOf(taken))), sum);
    return { ...line, shown: line.shown.minus(share), exact };
  });
}
