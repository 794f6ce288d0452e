import type { Big } from "big.js";
import { commonUnits } from "../unit.ts";
import type { Discount, PricedLine } from "./document.ts";
import { fractionOf, minus, over, plus, sumOf, times, zero } from "./fraction.ts";
import type { Fraction } from "./fraction.ts";
import { roundDigits, roundTo } from "./rounding.ts";
import type { RuleSet } from "./rules.ts";

/** A line with what it costs, before tax is told apart. Amounts contain tax when prices do. */
export interface ValuedLine {
  readonly key: string;
  readonly taxes: readonly string[];
  readonly quantity: Fraction;
  /** Amount as the line shows it. */
  readonly shown: Big;
  /** Amount before its rounding. */
  readonly exact: Fraction;
  /** What tax is taken from, where that is not the amount: the worth of a gift. */
  readonly worth: Fraction | null;
}

const hundred = fractionOf("100");

/** Rules with the step of the document's currency. */
export interface LineRules {
  readonly rules: RuleSet;
  readonly step: Big;
}

/** Factor from the line's unit to the unit that its price is for. */
function factorOf(line: PricedLine): Fraction {
  if (line.priceUnit === undefined || line.priceUnit === line.unit) return fractionOf("1");
  const [of, per] = [commonUnits[line.unit ?? ""], commonUnits[line.priceUnit]];
  return over(fractionOf(of?.factor ?? "1"), fractionOf(per?.factor ?? "1"));
}

/** Price of one unit of the quantity, and the quantity, as the rules round them. */
function priceAndQuantity(
  line: PricedLine,
  { quantityDigits, priceDigits, pricePer, unitConversion, mode }: RuleSet,
): { readonly price: Fraction; readonly quantity: Fraction } {
  const per = fractionOf(line.pricePer ?? "1");
  const given = fractionOf(line.price);
  const priced =
    pricePer === "kept"
      ? over(roundDigits(given, priceDigits, mode), per)
      : roundDigits(over(given, per), priceDigits, mode);
  const quantity = roundDigits(fractionOf(line.quantity), quantityDigits, mode);
  if (line.priceUnit === undefined || line.priceUnit === line.unit) return { price: priced, quantity };
  const factor = factorOf(line);
  return unitConversion === "price"
    ? { price: roundDigits(times(priced, factor), priceDigits, mode), quantity }
    : { price: priced, quantity: roundDigits(times(quantity, factor), quantityDigits, mode) };
}

const rank = { percent_first: "percent", amount_first: "amount" } as const;

/** Discounts in the order in which the rules take them. */
function ordered(discounts: readonly Discount[], { discountOrder }: RuleSet): readonly Discount[] {
  if (discountOrder === "as_given") return discounts;
  const first = rank[discountOrder];
  return [
    ...discounts.filter(({ kind }) => kind === first),
    ...discounts.filter(({ kind }) => kind !== first),
  ];
}

/** What the discounts take from an amount, one after the other, each rounded by `each`. */
export function takenBy(
  discounts: readonly Discount[],
  from: { readonly amount: Fraction; readonly quantity: Fraction },
  how: { readonly rules: RuleSet; readonly each: (value: Fraction) => Fraction },
): Fraction {
  let left = from.amount;
  for (const discount of ordered(discounts, how.rules)) {
    const value = fractionOf(discount.value);
    const base = how.rules.discountChain === "chained" ? left : from.amount;
    const taken =
      discount.kind === "percent"
        ? over(times(base, value), hundred)
        : discount.per === "unit"
          ? times(value, from.quantity)
          : value;
    left = minus(left, how.each(taken));
  }
  return minus(from.amount, left);
}

/** The amount of a line before its last rounding. */
function exactAmount(line: PricedLine, { rules, step }: LineRules): { amount: Fraction; quantity: Fraction } {
  const { price, quantity } = priceAndQuantity(line, rules);
  const discounts = line.discounts ?? [];
  const whole = times(price, quantity);
  if (rules.lineDiscount === "amount") {
    const round = (value: Fraction): Fraction => fractionOf(roundTo(value, step, rules.mode));
    const amount = round(whole);
    return {
      amount: minus(amount, takenBy(discounts, { amount, quantity }, { rules, each: round })),
      quantity,
    };
  }
  const taken = takenBy(discounts, { amount: whole, quantity }, { rules, each: (value) => value });
  const left = minus(whole, taken);
  if (rules.lineDiscount === "once" || quantity.above.eq(0)) return { amount: left, quantity };
  const net = roundDigits(over(left, quantity), rules.priceDigits, rules.mode);
  return { amount: times(net, quantity), quantity };
}

/** Values a line: quantity by price less its discounts, rounded as the rules say. */
export function valueLine(line: PricedLine, how: LineRules): ValuedLine {
  const { amount, quantity } = exactAmount(line, how);
  const head = { key: line.key, taxes: line.taxes ?? [], quantity };
  if (line.isFree !== true) {
    return { ...head, exact: amount, shown: roundTo(amount, how.step, how.rules.mode), worth: null };
  }
  const shown = roundTo(amount, how.step, how.rules.mode);
  const worth =
    how.rules.freeGoods === "untaxed" ? zero : how.rules.taxBase === "rounded" ? fractionOf(shown) : amount;
  return { ...head, quantity: worth === zero ? zero : quantity, exact: zero, shown: shown.times(0), worth };
}

/** Sum of lines as they show. */
export const sumShown = (lines: readonly ValuedLine[]): Fraction =>
  sumOf(lines.map(({ shown }) => fractionOf(shown)));

/** Sum of lines before they are rounded. */
export const sumExact = (lines: readonly ValuedLine[]): Fraction =>
  lines.reduce((sum, { exact }) => plus(sum, exact), zero);
