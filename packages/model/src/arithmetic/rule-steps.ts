import { isSameTotals, underRules } from "./amounts.ts";
import type { GivenTotals } from "./amounts.ts";
import type { PricedDocument } from "./document.ts";
import { changed, differingRules } from "./relevance.ts";
import type { RuleName, RuleSet } from "./rules.ts";
import { stepBetween } from "./step.ts";
import type { Cause, Change } from "./step.ts";

/** Subsets of this many rules are all tried; above, rules are dropped from the whole one by one. */
const exhaustiveMax = 3;

/** Subsets of a size, in the order of the list. */
function* subsets<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [at, first] of all.entries())
    for (const rest of subsets(all.slice(at + 1), size - 1)) yield [first, ...rest];
}

/**
 * The fewest rules of b that, put in the place of a's, give b's totals. All sets of up to three are tried;
 * beyond, no rule can be left out, but fewer others might do. Undefined when not even all of them do.
 */
function fewestRules(
  document: PricedDocument,
  totals: GivenTotals,
  { a, b }: { readonly a: RuleSet; readonly b: RuleSet },
): readonly RuleName[] | undefined {
  const all = differingRules(a, b, document);
  const works = (names: readonly RuleName[]): boolean => {
    const made = underRules(
      document,
      changed(
        a,
        names.map((rule) => ({ rule, value: b[rule] })),
      ),
    );
    return made !== undefined && isSameTotals(made, totals);
  };
  for (let size = 0; size <= Math.min(exhaustiveMax, all.length); size += 1)
    for (const names of subsets(all, size)) if (works(names)) return names;
  if (!works(all)) return undefined;
  let kept = all;
  for (const name of all) {
    const without = kept.filter((each) => each !== name);
    if (works(without)) kept = without;
  }
  return kept;
}

/**
 * The way from the rules of one side to those of the other over one document, by the fewest rules, each
 * step with its effect. Undefined when the rules of b do not give the totals.
 */
export function ruleSteps(
  document: PricedDocument,
  totals: GivenTotals,
  sides: { readonly a: RuleSet; readonly b: RuleSet },
): readonly Change[] | undefined {
  const names = fewestRules(document, totals, sides);
  if (names === undefined) return undefined;
  const steps: Change[] = [];
  let from = sides.a;
  let at = sides.a;
  let causes: Cause[] = [];
  let open = [...names];
  while (open.length > 0) {
    // A rule that cannot stand without another one (sum without taxBase) waits for it, or goes with it.
    const next = open.find((rule) => underRules(document, { ...at, [rule]: sides.b[rule] }) !== undefined);
    const taken = next === undefined ? open : [next];
    at = changed(
      at,
      taken.map((rule) => ({ rule, value: sides.b[rule] })),
    );
    open = open.filter((rule) => !taken.includes(rule));
    for (const rule of taken) causes.push({ kind: "rule", rule, a: sides.a[rule], b: sides.b[rule] });
    const step = stepBetween(causes, { document, rules: from }, { document, rules: at });
    if (step === undefined) return undefined;
    // What has no effect alone is told with the rule that it makes possible.
    if (Object.keys(step.effect).length === 0 && open.length > 0) continue;
    steps.push(step);
    from = at;
    causes = [];
  }
  return steps;
}
