import { Big } from "big.js";
import type { PricedDocument, Totals } from "./document.ts";
import { refuse, refuseRulesFor, totalsOf } from "./recompute.ts";
import type { RuleSet } from "./rules.ts";
import { textOf } from "./rounding.ts";

/** Totals that a system shows; `payable` where it shows one. Decimal text in the document's currency. */
export interface GivenTotals {
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly payable?: string;
}

/** Names of the amounts that are compared. */
export type AmountName = keyof GivenTotals;

/** The amounts that both sides show. */
const amountNames = (a: GivenTotals, b: GivenTotals): readonly AmountName[] =>
  a.payable === undefined || b.payable === undefined
    ? ["net", "tax", "gross"]
    : ["net", "tax", "gross", "payable"];

/** Whether totals say the same in what is given. */
export const isSameTotals = (a: GivenTotals, b: GivenTotals): boolean =>
  amountNames(a, b).every((name) => new Big(a[name] ?? "0").eq(b[name] ?? "0"));

/** By how much each amount is more in `to` than in `from`. Amounts that are equal are left out. */
export function effectOf(from: GivenTotals, to: GivenTotals): { readonly [name in AmountName]?: string } {
  return Object.fromEntries(
    amountNames(from, to).flatMap((name) => {
      const more = new Big(to[name] ?? "0").minus(from[name] ?? "0");
      return more.eq(0) ? [] : [[name, textOf(more)]];
    }),
  );
}

/** Totals of a document that was checked before under rules that may be none; then undefined. */
export const underRules = (document: PricedDocument, rules: RuleSet): Totals | undefined =>
  refuseRulesFor(document, rules) === null ? totalsOf(document, rules) : undefined;

/** Totals, or undefined where document and rules do not go together. */
export const attempt = (document: PricedDocument, rules: RuleSet): Totals | undefined =>
  refuse(document, rules) === null ? totalsOf(document, rules) : undefined;
