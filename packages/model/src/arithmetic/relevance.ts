import type { PricedDocument } from "./document.ts";
import { plainRules, ruleValues } from "./rules.ts";
import type { ListedRule, RuleName, RuleSet } from "./rules.ts";

type Test = (document: PricedDocument) => boolean;

const hasTaxes: Test = ({ lines }) => lines.some(({ taxes = [] }) => taxes.length > 0);
const hasDiscounts: Test = (document) => (document.discounts ?? []).length > 0;
const isMany: Test = ({ lines, discounts = [] }) =>
  discounts.length > 1 || lines.some(({ discounts: own = [] }) => own.length > 1);

/**
 * Whether a rule can change what is compared of a document at all. What is not listed always can:
 * so does lineDiscount without any discount, for it says what a line is before it is rounded.
 */
const tests: { readonly [rule in RuleName]?: Test } = {
  prices: hasTaxes,
  quantityDigits: ({ lines }) =>
    lines.some(({ quantity, priceUnit }) => quantity.includes(".") || priceUnit !== undefined),
  pricePer: ({ lines }) => lines.some(({ pricePer }) => pricePer !== undefined),
  unitConversion: ({ lines }) => lines.some(({ priceUnit }) => priceUnit !== undefined),
  discountChain: isMany,
  discountOrder: isMany,
  documentDiscount: hasDiscounts,
  documentDiscountWhen: hasDiscounts,
  taxRounding: hasTaxes,
  taxBase: hasTaxes,
  taxIncluded: hasTaxes,
  taxShares: ({ exchange, lines }) =>
    // Converted line by line, what a line bears of a tax that prices contain is part of the sum.
    exchange !== undefined && lines.some(({ taxes = [] }) => taxes.length > 0),
  taxSigns: ({ lines, isCredit, deposits = [], discounts = [] }) =>
    isCredit === true ||
    // A discount may be more than there is to take it from.
    discounts.length > 0 ||
    lines.some(({ discounts: own = [] }) => own.length > 0) ||
    deposits.length > 0 ||
    lines.some(({ quantity, price }) => quantity.startsWith("-") || price.startsWith("-")),
  freeGoods: ({ lines }) => lines.some(({ isFree }) => isFree === true),
  taxMode: hasTaxes,
  taxStep: hasTaxes,
  credit: ({ isCredit }) => isCredit === true,
  partial: ({ lines }) => lines.some(({ invoicedBefore }) => invoicedBefore !== undefined),
  deposits: ({ deposits = [] }) => deposits.length > 0,
  exchange: ({ exchange }) => exchange !== undefined,
  rateDate: ({ exchange }) => exchange !== undefined,
};

/** Whether a rule can change what is compared of a document. */
const isRelevant = (rule: RuleName, document: PricedDocument): boolean => tests[rule]?.(document) ?? true;

/** For what no tax is taken from, lines before rounding go with every other rule. */
const neutralRules: RuleSet = { ...plainRules, taxBase: "exact" };

/**
 * The rule set with what cannot matter for these documents set to values that contradict nothing, so that
 * rules can be tried one by one. Gives the same amounts in all that is compared.
 */
export function neutral(rules: RuleSet, documents: readonly PricedDocument[]): RuleSet {
  const idle = (Object.keys(rules) as RuleName[]).filter(
    (rule) => !documents.some((document) => isRelevant(rule, document)),
  );
  return changed(
    rules,
    idle.map((rule) => ({ rule, value: neutralRules[rule] })),
  );
}

/** All rules, those that most often part two systems first. */
const byLikelihood: readonly RuleName[] = [
  "rateDate",
  "exchange",
  "taxRounding",
  "prices",
  "sum",
  "taxBase",
  "lineDiscount",
  "documentDiscount",
  "priceDigits",
  "quantityDigits",
  "pricePer",
  "unitConversion",
  "mode",
  "taxMode",
  "discountChain",
  "discountOrder",
  "documentDiscountWhen",
  "taxIncluded",
  "freeGoods",
  "credit",
  "partial",
  "deposits",
  "cash",
  "taxSigns",
  "steps",
  "taxStep",
  "taxShares",
];

/** Whether two rule sets say the same in one rule. */
const isSameRule = (rule: RuleName, a: RuleSet, b: RuleSet): boolean =>
  JSON.stringify(a[rule]) === JSON.stringify(b[rule]);

/** Rules in which two rule sets differ, as far as it can matter for the document. */
export const differingRules = (a: RuleSet, b: RuleSet, document: PricedDocument): readonly RuleName[] =>
  byLikelihood.filter((rule) => !isSameRule(rule, a, b) && isRelevant(rule, document));

/** One change of one rule. */
export interface RuleChange {
  readonly rule: RuleName;
  readonly value: RuleSet[RuleName];
}

const isListed = (rule: RuleName): rule is ListedRule => rule in ruleValues;

/** Other values of each rule that matters: first those of the other side, then all others there are. */
export function otherValues(document: PricedDocument, rules: RuleSet, other: RuleSet): readonly RuleChange[] {
  const first = differingRules(rules, other, document).map((rule) => ({ rule, value: other[rule] }));
  const rest = byLikelihood
    .filter((rule) => isRelevant(rule, document))
    .flatMap((rule) => {
      if (!isListed(rule)) return [];
      const values: readonly RuleSet[RuleName][] = ruleValues[rule];
      return values
        .filter((value) => value !== rules[rule] && value !== other[rule])
        .map((value) => ({ rule, value }));
    });
  return [...first, ...rest];
}

/** The rule set with some rules changed. */
export const changed = (rules: RuleSet, changes: readonly RuleChange[]): RuleSet =>
  Object.assign({}, rules, ...changes.map(({ rule, value }) => ({ [rule]: value }))) as RuleSet;
