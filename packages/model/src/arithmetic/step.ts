import { Big } from "big.js";
import { attempt, effectOf } from "./amounts.ts";
import type { AmountName } from "./amounts.ts";
import { amountStep } from "./check-rules.ts";
import type { PricedDocument, Totals } from "./document.ts";
import type { RuleName, RuleSet } from "./rules.ts";

/** A rate into the company's currency, and the business date it is taken for; null where none is known. */
export interface RateUsed {
  readonly rate: string;
  readonly date: string | null;
}

/** What differs between the sides: a rule, or a part of the document. */
export type Cause =
  | {
      readonly kind: "rule";
      readonly rule: RuleName;
      readonly a: RuleSet[RuleName];
      readonly b: RuleSet[RuleName];
    }
  | { readonly kind: "line"; readonly key: string; readonly fields: readonly string[] }
  | { readonly kind: "tax"; readonly code: string }
  /** The rates that each side's document gives, by the rule that says which date chooses. */
  | { readonly kind: "rate"; readonly a: RateUsed | null; readonly b: RateUsed | null }
  | { readonly kind: "head"; readonly field: "discounts" | "deposits" | "isCredit" | "order of lines" };

/** A part of the difference with what makes it. Several causes where none of them goes alone. */
export interface Change {
  readonly causes: readonly Cause[];
  /** By how much each amount is more on side b for it. */
  readonly effect: { readonly [name in AmountName]?: string };
  /** Keys of the lines in which it shows. */
  readonly lines: readonly string[];
}

/** A document under rules on the way from side a to side b. */
export interface Place {
  readonly document: PricedDocument;
  readonly rules: RuleSet;
}

/** A place with its totals. */
interface Reckoned extends Place {
  readonly totals: Totals;
}

/** Keys of lines whose amounts differ. */
function differingLines(from: Totals, to: Totals): readonly string[] {
  const before = new Map(from.lines.map((line) => [line.key, line]));
  const after = new Map(to.lines.map((line) => [line.key, line]));
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => {
    const [a, b] = [before.get(key), after.get(key)];
    return a?.net !== b?.net || a?.tax !== b?.tax;
  });
}

/** Lines of a document with tax rounded per line, and the same a million times finer. */
function roundedAndFine(place: Place): { readonly rounded: Totals; readonly fine: Totals } | undefined {
  const { document } = place;
  const rules: RuleSet = { ...place.rules, taxRounding: "line", taxBase: "exact", sum: "of_rounded" };
  const step = amountStep(rules, document.currency).div(1e6).toFixed();
  const rounded = attempt(document, rules);
  const fine = attempt(document, {
    ...rules,
    steps: { [document.currency]: step },
    taxStep: null,
    cash: null,
  });
  return rounded === undefined || fine === undefined ? undefined : { rounded, fine };
}

/**
 * Lines whose own rounding goes the way of the difference, when it comes from where tax or the sum is
 * rounded.
 */
function lossyLines(place: Place, amount: "net" | "tax", way: number): readonly string[] {
  const found = roundedAndFine(place);
  if (found === undefined || way === 0) return [];
  const fine = new Map(found.fine.lines.map((line) => [line.key, line[amount]]));
  return found.rounded.lines
    .filter((line) =>
      new Big(line[amount])
        .minus(fine.get(line.key) ?? "0")
        .times(way)
        .gt(0),
    )
    .map(({ key }) => key);
}

/** Rules that say where something is rounded. */
const placeRules: readonly RuleName[] = ["taxRounding", "sum"];
const perLine: readonly unknown[] = ["line", "running", "of_rounded"];

/** Lines in which a step shows. */
function linesOf(causes: readonly Cause[], from: Reckoned, to: Reckoned): readonly string[] {
  const [before, after] = [from.totals, to.totals];
  const placed = causes.filter((cause) => cause.kind === "rule" && placeRules.includes(cause.rule));
  const only = placed.length === 1 ? placed[0] : undefined;
  if (only?.kind === "rule") {
    const amount = only.rule === "sum" ? "net" : "tax";
    const more = Number(effectOf(before, after)[amount] ?? "0");
    if (perLine.includes(only.a) !== perLine.includes(only.b))
      return perLine.includes(only.a) ? lossyLines(from, amount, -more) : lossyLines(to, amount, more);
  }
  return differingLines(before, after);
}

/** One step of the way with its effect; undefined when one end cannot be recomputed. */
export function stepBetween(causes: readonly Cause[], from: Place, to: Place): Change | undefined {
  const [before, after] = [attempt(from.document, from.rules), attempt(to.document, to.rules)];
  if (before === undefined || after === undefined) return undefined;
  const lines = linesOf(causes, { ...from, totals: before }, { ...to, totals: after });
  return { causes, effect: effectOf(before, after), lines };
}
