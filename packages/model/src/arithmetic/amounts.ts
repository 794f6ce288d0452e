import { Big } from "big.js";
import type { PricedDocument, Totals } from "./document.ts";
import { isRated, refuse, refuseRulesFor, totalsOf } from "./recompute.ts";
import type { RuleSet } from "./rules.ts";
import { textOf } from "./rounding.ts";

/** Totals in the currency of the company, as a system shows them. Decimal text. */
export interface CompanyTotals {
  /** ISO 4217. */
  readonly currency: string;
  /** Absent where the system shows none. */
  readonly net?: string;
  readonly tax?: string;
  readonly gross: string;
  /** Units of the company's currency for one of the document's, where the system shows it. */
  readonly rate?: string;
  /** Business date that the rate is of, `yyyy-mm-dd`, where the system shows it. */
  readonly date?: string;
}

/** Totals that a system shows; `payable` where it shows one. Decimal text in the document's currency. */
export interface GivenTotals {
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly payable?: string;
  /** Compared where both sides show totals in one and the same company currency. */
  readonly company?: CompanyTotals | null;
}

/** Names of the amounts that are compared; those that begin with `company` are in the company's currency. */
export type AmountName = "net" | "tax" | "gross" | "payable" | "companyNet" | "companyTax" | "companyGross";

/** Amounts by name; what a side does not show is undefined. */
const amountsOf = ({
  net,
  tax,
  gross,
  payable,
  company,
}: GivenTotals): readonly (readonly [AmountName, string | undefined])[] => [
  ["net", net],
  ["tax", tax],
  ["gross", gross],
  ["payable", payable],
  ["companyNet", company?.net],
  ["companyTax", company?.tax],
  ["companyGross", company?.gross],
];

/** By how much each amount is more in `to` than in `from`, of what both show. Equal ones are left out. */
export function effectOf(from: GivenTotals, to: GivenTotals): { readonly [name in AmountName]?: string } {
  const before = new Map(amountsOf(from));
  return Object.fromEntries(
    amountsOf(to).flatMap(([name, amount]) => {
      const start = before.get(name);
      if (start === undefined || amount === undefined) return [];
      const more = new Big(amount).minus(start);
      return more.eq(0) ? [] : [[name, textOf(more)]];
    }),
  );
}

/** Whether totals say the same in what both give, the rate into the company's currency included. */
export function isSameTotals(a: GivenTotals, b: GivenTotals): boolean {
  const [mine, theirs] = [a.company?.rate, b.company?.rate];
  if (mine !== undefined && theirs !== undefined && !new Big(mine).eq(theirs)) return false;
  return Object.keys(effectOf(a, b)).length === 0;
}

/** Totals of a document that was checked before under rules that may be none; then undefined. */
export const underRules = (document: PricedDocument, rules: RuleSet): Totals | undefined =>
  refuseRulesFor(document, rules) === null && isRated(document, rules)
    ? totalsOf(document, rules)
    : undefined;

/** Totals, or undefined where document and rules do not go together. */
export const attempt = (document: PricedDocument, rules: RuleSet): Totals | undefined =>
  refuse(document, rules) === null ? totalsOf(document, rules) : undefined;
