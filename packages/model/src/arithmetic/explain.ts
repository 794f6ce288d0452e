import { attempt, effectOf, isSameTotals } from "./amounts.ts";
import type { AmountName, GivenTotals } from "./amounts.ts";
import { isNumber } from "./check-document.ts";
import type { DocumentFault } from "./check-document.ts";
import { withRates } from "./company-rate.ts";
import type { PricedDocument } from "./document.ts";
import { misshapenAt } from "./document-shape.ts";
import { documentSteps } from "./document-steps.ts";
import { changesMax, fitRules } from "./fit.ts";
import type { Shown } from "./fit.ts";
import { amountsText, phraseOf, sentenceOf } from "./phrases.ts";
import type { SideNames } from "./phrases.ts";
import { refuse } from "./recompute.ts";
import { differingRules, neutral } from "./relevance.ts";
import type { Recomputed } from "./recompute.ts";
import { ruleSteps } from "./rule-steps.ts";
import type { RuleSet } from "./rules.ts";
import type { Change } from "./step.ts";

/** One of the two sides. */
export type SideName = "a" | "b";

/** Why two totals differ. */
export type Explanation =
  | {
      readonly kind: "explained";
      /** Their effects add up to the difference, to the last step of the currency. */
      readonly changes: readonly Change[];
      /** Rules under which each side's document gives its totals: `recompute` confirms both. */
      readonly rules: { readonly a: RuleSet; readonly b: RuleSet };
      /** Each side's document with the rate that its company totals follow from, where these are compared. */
      readonly documents: { readonly a: PricedDocument; readonly b: PricedDocument };
      /** One per change. */
      readonly sentences: readonly string[];
      /** Where a side's totals follow from other rules than it is believed to have: which, in words. */
      readonly doubts: readonly string[];
    }
  | {
      readonly kind: "unexplained";
      /** Sides whose totals do not follow from their lines. */
      readonly sides: readonly SideName[];
      /** What each such side shows beyond what its rules give. */
      readonly left: { readonly [side in SideName]?: { readonly [name in AmountName]?: string } };
      readonly sentences: readonly string[];
    }
  | { readonly kind: "other_currency" }
  | { readonly kind: "refused"; readonly side: SideName; readonly why: Exclude<Recomputed, { ok: true }> };

function unexplained(sides: readonly [SideName, Shown][], names: SideNames): Explanation {
  const left = Object.fromEntries(
    sides.map(([side, { document, rules, totals }]) => [
      side,
      effectOf(attempt(document, rules) ?? totals, totals),
    ]),
  );
  const sentences = sides.map(
    ([side]) =>
      `the totals in the ${names[side]} do not follow from its lines under its rules, ` +
      `nor with ${changesMax} of them changed: ${amountsText(left[side] ?? {})} is left`,
  );
  return { kind: "unexplained", sides: sides.map(([side]) => side), left, sentences };
}

type Refusal = Extract<Explanation, { kind: "refused" }>;

const refusedFor = (fault: DocumentFault, at: string | null = null): Refusal["why"] => ({
  ok: false,
  refused: "document",
  why: { fault, at },
});

const sidesOf = (a: Shown, b: Shown): readonly [SideName, Shown][] => [
  ["a", a],
  ["b", b],
];

function isReadable({ net, tax, gross, payable, company }: GivenTotals): boolean {
  const amounts = [net, tax, gross, payable, company?.net, company?.tax, company?.gross, company?.rate];
  return amounts.every(isNumber) && (company?.rate === undefined || Number(company.rate) > 0);
}

function refusal(a: Shown, b: Shown): Explanation | null {
  for (const [side, { document, rules }] of sidesOf(a, b)) {
    const why = refuse(document, rules);
    if (why !== null && !why.ok) return { kind: "refused", side, why };
  }
  return null;
}

/** The rules to walk from: without idle ones, as long as the side's totals stay what they are. */
function startOf(side: Shown, rules: RuleSet, documents: readonly PricedDocument[]): RuleSet {
  const plain = neutral(rules, documents);
  const made = attempt(side.document, plain);
  return made !== undefined && isSameTotals(made, side.totals) ? plain : rules;
}

/** Rules that had to be otherwise than believed. */
function doubtsOf(
  { rules }: Shown,
  to: { readonly document: PricedDocument; readonly fitted: RuleSet; readonly name: string },
): readonly string[] {
  const { document, fitted, name } = to;
  return differingRules(rules, fitted, document).map(
    (rule) => `the totals in the ${name} follow from its lines only with ${phraseOf(rule, fitted[rule])}`,
  );
}

/**
 * Explains the difference of two documents' totals: the fewest differences of rules, and the differences of
 * the documents themselves, that account for every step of the currency; or says that none do. What is
 * explained recomputes to both totals exactly. Totals in the company's currency are held to the same where
 * both sides show them: by the rate a side shows, else by its document's table and dates. Never throws.
 * Cost: up to some hundred recomputations where a side's totals do not follow from its rules.
 */
export function explain(first: Shown, second: Shown, names: SideNames = { a: "CRM", b: "ERP" }): Explanation {
  for (const [side, { document }] of sidesOf(first, second)) {
    const at = misshapenAt(document);
    if (at !== null) return { kind: "refused", side, why: refusedFor("not_a_document", at) };
  }
  if (first.document.currency !== second.document.currency) return { kind: "other_currency" };
  for (const [side, { totals }] of sidesOf(first, second))
    if (!isReadable(totals)) return { kind: "refused", side, why: refusedFor("number_unreadable") };
  const rated = withRates(first, second);
  if (!rated.ok) return { kind: "refused", side: rated.side, why: refusedFor("rate_missing") };
  const { a, b } = rated;
  const refused = refusal(a, b);
  if (refused !== null) return refused;
  const rulesA = fitRules(a, b.rules);
  const rulesB = fitRules(b, rulesA ?? a.rules);
  if (rulesA === undefined || rulesB === undefined) {
    const misfits: [SideName, Shown][] = [];
    if (rulesA === undefined) misfits.push(["a", a]);
    if (rulesB === undefined) misfits.push(["b", b]);
    return unexplained(misfits, names);
  }
  const found = { a: rulesA, b: rulesB };
  const both = [a.document, b.document];
  const rules = { a: startOf(a, rulesA, both), b: startOf(b, rulesB, both) };
  // The way goes over b's document under a's rules; where these do not go together, over a's under b's.
  const isOverB = attempt(b.document, rules.a) !== undefined;
  const middle = isOverB ? b : { ...a, totals: attempt(a.document, rules.b) ?? a.totals };
  const byRules = ruleSteps(middle.document, middle.totals, rules);
  const byDocument = documentSteps(a.document, b.document, isOverB ? rules.a : rules.b);
  if (byRules === undefined)
    return unexplained(
      [
        ["a", a],
        ["b", b],
      ],
      names,
    );
  const changes = isOverB ? [...byDocument, ...byRules] : [...byRules, ...byDocument];
  const sentences = changes.map((each) => sentenceOf(each, names));
  const doubts = [
    ...doubtsOf(first, { document: a.document, fitted: rulesA, name: names.a }),
    ...doubtsOf(second, { document: b.document, fitted: rulesB, name: names.b }),
  ];
  return {
    kind: "explained",
    changes,
    rules: found,
    documents: { a: a.document, b: b.document },
    sentences,
    doubts,
  };
}
