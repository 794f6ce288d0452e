import { isSameTotals, underRules } from "./amounts.ts";
import type { GivenTotals } from "./amounts.ts";
import { refuseRules } from "./check-rules.ts";
import type { PricedDocument } from "./document.ts";
import { changed, neutral, otherValues } from "./relevance.ts";
import type { RuleChange } from "./relevance.ts";
import type { RuleSet } from "./rules.ts";

/** What a system showed of a document, and the rules it is believed to have. */
export interface Shown {
  readonly document: PricedDocument;
  readonly totals: GivenTotals;
  readonly rules: RuleSet;
}

/** More changes at once would explain anything, and so nothing. */
export const changesMax = 2;

/** Pairs are not tried on longer documents: that would take minutes. */
const pairLines = 60;

/**
 * The rules by which the totals follow from the document: those believed, or with the fewest rules changed,
 * at most two. The other side's values are tried first. Undefined when there are none.
 */
export function fitRules({ document, totals, rules }: Shown, other: RuleSet): RuleSet | undefined {
  const fits = (changes: readonly RuleChange[]): RuleSet | undefined => {
    const wanted = changed(rules, changes);
    const tried = refuseRules(wanted) === null ? wanted : neutral(wanted, [document]);
    const made = underRules(document, tried);
    return made !== undefined && isSameTotals(made, totals) ? tried : undefined;
  };
  const asBelieved = fits([]);
  if (asBelieved !== undefined) return asBelieved;
  const all = otherValues(document, rules, other);
  for (const change of all) {
    const found = fits([change]);
    if (found !== undefined) return found;
  }
  if (document.lines.length > pairLines) return undefined;
  for (const [at, first] of all.entries()) {
    for (const second of all.slice(at + 1)) {
      if (first.rule === second.rule) continue;
      const found = fits([first, second]);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
