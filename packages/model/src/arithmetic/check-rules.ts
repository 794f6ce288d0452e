import { Big } from "big.js";
import { isKnownCurrency, minorUnitOf } from "../currency.ts";
import { stepOf } from "./rounding.ts";
import { plainRules, ruleValues } from "./rules.ts";
import type { RuleName, RuleSet } from "./rules.ts";

/** A rule set that cannot exist, with the rule that says so. */
export interface RuleRefusal {
  /** A name of a rule; or the name that no rule has. */
  readonly rule: string;
  readonly text: string;
}

/** Steps finer than this have no currency. */
const decimalsMax = 12;
const decimal = /^-?\d+(\.\d+)?$/;

const digitRules: readonly RuleName[] = ["quantityDigits", "priceDigits"];

function valueRefusal(rules: RuleSet): RuleRefusal | null {
  const unknown = Object.keys(rules).find((name) => !Object.hasOwn(plainRules, name));
  if (unknown !== undefined) return { rule: unknown, text: "is no rule" };
  for (const [name, values] of Object.entries(ruleValues) as [RuleName, readonly unknown[]][]) {
    const value = rules[name];
    if (digitRules.includes(name)) {
      const isCount = typeof value === "number" && Number.isSafeInteger(value);
      if (value === null || (isCount && value >= 0 && value <= decimalsMax)) continue;
      return { rule: name, text: `must be null or a whole number from 0 to ${decimalsMax}` };
    }
    if (!values.includes(value)) return { rule: name, text: `must be one of ${values.join(", ")}` };
  }
  return null;
}

function stepRefusal(rule: RuleName, currency: string, step: unknown): RuleRefusal | null {
  if (!isKnownCurrency(currency)) return { rule, text: `${currency} is no currency` };
  // A number of a file may have lost digits already.
  if (typeof step !== "string") return { rule, text: `the step of ${currency} must be text, such as "0.05"` };
  if (!decimal.test(step) || new Big(step).lte(0))
    return { rule, text: `the step of ${currency} must be over zero` };
  return null;
}

/** The step of amounts of a currency under these rules. */
export const amountStep = (rules: RuleSet, currency: string): Big =>
  new Big(rules.steps[currency] ?? stepOf(minorUnitOf(currency) ?? 2));

const isTable = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Rules from a file may lack what the type demands. */
function shapeRefusal(rules: RuleSet): RuleRefusal | null {
  const { steps, taxStep, cash }: { readonly [rule in RuleName]?: unknown } = rules;
  if (!isTable(steps)) return { rule: "steps", text: "must give steps by currency" };
  if (taxStep !== null && typeof taxStep !== "string")
    return { rule: "taxStep", text: "must be text or null" };
  const isCash = cash === null || (isTable(cash) && isTable((cash as { steps?: unknown }).steps));
  return isCash ? null : { rule: "cash", text: "must give steps by currency and a mode, or be null" };
}

function stepsRefusal(rules: RuleSet): RuleRefusal | null {
  for (const [currency, step] of Object.entries(rules.steps)) {
    const refusal = stepRefusal("steps", currency, step);
    if (refusal !== null) return refusal;
  }
  if (rules.taxStep !== null && (!decimal.test(rules.taxStep) || new Big(rules.taxStep).lte(0)))
    return { rule: "taxStep", text: "must be over zero" };
  if (rules.cash === null) return null;
  if (!ruleValues.mode.includes(rules.cash.mode))
    return { rule: "cash", text: `its mode must be one of ${ruleValues.mode.join(", ")}` };
  for (const [currency, step] of Object.entries(rules.cash.steps)) {
    const refusal = stepRefusal("cash", currency, step);
    if (refusal !== null) return refusal;
    if (!new Big(step).mod(amountStep(rules, currency)).eq(0))
      return { rule: "cash", text: `coins of ${step} ${currency} are no multiple of the step of amounts` };
  }
  return null;
}

/** Rules that contradict each other: the test, the rule to name, and why. */
const contradictions: readonly [(rules: RuleSet) => boolean, RuleName, string][] = [
  [
    ({ lineDiscount, priceDigits }) => lineDiscount === "price" && priceDigits === null,
    "lineDiscount",
    "a price less discount cannot be rounded first when prices are not rounded (priceDigits)",
  ],
  [
    ({ sum, taxBase }) => sum === "of_exact" && taxBase === "rounded",
    "sum",
    "an amount summed before rounding has no tax on rounded lines (taxBase)",
  ],
  [
    ({ documentDiscount, documentDiscountWhen }) =>
      documentDiscountWhen === "after_tax" && documentDiscount === "each_line",
    "documentDiscountWhen",
    "a discount after tax cannot be taken from each line before it is rounded (documentDiscount)",
  ],
  [
    ({ freeGoods, prices }) => freeGoods === "taxed" && prices === "gross",
    "freeGoods",
    "tax on a gift cannot be contained in its price of nothing (prices)",
  ],
  [
    ({ prices, taxIncluded, taxRounding }) =>
      prices === "gross" &&
      taxIncluded === "net_rounded" &&
      (taxRounding === "running" || taxRounding === "document"),
    "taxIncluded",
    "the net can be what is rounded per line or per group of taxes only (taxRounding)",
  ],
  [
    ({ prices, taxIncluded, taxSigns }) =>
      prices === "gross" && taxIncluded === "net_rounded" && taxSigns === "apart",
    "taxSigns",
    "the rest of a rounded tax cannot be carried when the net is what is rounded (taxIncluded)",
  ],
];

/** Why a rule set cannot exist, or null. Never throws. */
export function refuseRules(rules: RuleSet): RuleRefusal | null {
  if (!isTable(rules)) return { rule: "rules", text: "must be a table of rules" };
  const first = valueRefusal(rules) ?? shapeRefusal(rules) ?? stepsRefusal(rules);
  if (first !== null) return first;
  const found = contradictions.find(([isBroken]) => isBroken(rules));
  return found === undefined ? null : { rule: found[1], text: found[2] };
}
