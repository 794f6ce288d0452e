import { Big } from "big.js";
import { refuseDocument } from "./check-document.ts";
import type { DocumentRefusal } from "./check-document.ts";
import { amountStep, refuseRules } from "./check-rules.ts";
import type { RuleRefusal } from "./check-rules.ts";
import { asNegative, turnedTotals } from "./credit.ts";
import type { PricedDocument, Totals } from "./document.ts";
import { isContainable } from "./line-tax.ts";
import type { RuleSet } from "./rules.ts";
import { rateOn, settleTotals } from "./settle.ts";
import { workOut } from "./work.ts";

/** Totals of a document; or the rule that cannot be, or the fault of the document. */
export type Recomputed =
  | { readonly ok: true; readonly totals: Totals }
  | { readonly ok: false; readonly refused: "rules"; readonly why: RuleRefusal }
  | { readonly ok: false; readonly refused: "document"; readonly why: DocumentRefusal };

/** Why rules cannot be, for documents of a currency. */
export function refuseRulesFor(document: PricedDocument, rules: RuleSet): Recomputed | null {
  const rule = refuseRules(rules);
  if (rule !== null) return { ok: false, refused: "rules", why: rule };
  const step = amountStep(rules, document.currency);
  if (rules.taxStep !== null && !new Big(rules.taxStep).mod(step).eq(0)) {
    const text = `must be a multiple of the step of amounts, ${step.toFixed()} ${document.currency}`;
    return { ok: false, refused: "rules", why: { rule: "taxStep", text } };
  }
  return null;
}

/** Whether the document has the rate that these rules choose, or needs none. */
export const isRated = ({ exchange, dates }: PricedDocument, rules: RuleSet): boolean =>
  exchange === undefined || rateOn(exchange, dates?.[rules.rateDate] ?? "") !== undefined;

/** What the document asks of these rules that they cannot give. */
function refusePair(document: PricedDocument, rules: RuleSet): Recomputed | null {
  const { taxes = {}, exchange, dates } = document;
  const sets = [...document.lines, ...(document.deposits ?? [])];
  const bad = sets.find((each) => !isContainable(each.taxes ?? [], taxes));
  if (bad !== undefined)
    return { ok: false, refused: "document", why: { fault: "tax_not_containable", at: bad.key } };
  if (exchange === undefined) return null;
  const on = dates?.[rules.rateDate];
  if (on === undefined)
    return { ok: false, refused: "document", why: { fault: "date_missing", at: rules.rateDate } };
  if (rateOn(exchange, on) === undefined)
    return { ok: false, refused: "document", why: { fault: "rate_missing", at: on } };
  return null;
}

/** Why a document has no totals under these rules, or null. */
export function refuse(document: PricedDocument, rules: RuleSet): Recomputed | null {
  const rule = refuseRules(rules);
  if (rule !== null) return { ok: false, refused: "rules", why: rule };
  const fault = refuseDocument(document);
  if (fault !== null) return { ok: false, refused: "document", why: fault };
  return refuseRulesFor(document, rules) ?? refusePair(document, rules);
}

/** Totals of a document that was checked against these rules before. */
export function totalsOf(document: PricedDocument, rules: RuleSet): Totals {
  if (document.isCredit !== true) return settleTotals(document, rules, workOut(document, rules));
  if (rules.credit === "mirrored")
    return turnedTotals(settleTotals(document, rules, workOut(document, rules)));
  const negative = asNegative(document);
  return settleTotals(negative, rules, workOut(negative, rules));
}

/**
 * Recomputes a quote, order or invoice under a rule set: exact decimals and exact quotients, rounded where
 * the rules say and nowhere else. Never throws. Cost: linear in lines.
 *
 * @example
 *   const line = { key: "1", quantity: "3", price: "0.33", taxes: ["19"] };
 *   recompute({ currency: "EUR", lines: [line], taxes: { "19": { percent: "19" } } }, plainRules);
 *   // net 0.99, tax 0.19, gross 1.18
 */
export function recompute(document: PricedDocument, rules: RuleSet): Recomputed {
  return refuse(document, rules) ?? { ok: true, totals: totalsOf(document, rules) };
}
