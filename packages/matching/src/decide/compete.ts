import type { Candidates } from "../block/candidates.ts";

/** Odds are kept inside these bounds, natural logarithm. */
const sure = 25;
/** Rounds of messages; they settle in fewer on records with some rivals. */
const rounds = 12;

/** Odds from their logarithm, kept finite. */
const oddsOf = (logOdds: number): number => Math.exp(Math.max(-sure, Math.min(sure, logOdds)));

/** Puts the sum of what its candidates say into every record's place. */
function sum(ends: Int32Array, messages: Float64Array, into: Float64Array): void {
  into.fill(0);
  for (let pair = 0; pair < ends.length; pair++) {
    const end = ends[pair] ?? 0;
    into[end] = (into[end] ?? 0) + (messages[pair] ?? 0);
  }
}

function countOf(ends: Int32Array): number {
  let most = 0;
  for (const end of ends) if (end >= most) most = end + 1;
  return most;
}

/**
 * Probabilities where each record has at most one partner: marginals of the matching in which every
 * pair weighs
 * its odds, by belief propagation (exact where candidates form no circle). A rival that is surely
 * another's does
 * not count. Deterministic; never throws.
 */
export function competingProbabilities(candidates: Candidates, logOdds: Float64Array): Float64Array {
  const { left, right } = candidates;
  const atLeft = new Float64Array(countOf(left));
  const atRight = new Float64Array(countOf(right));
  const odds = logOdds.map(oddsOf);
  const fromLeft = odds.slice();
  const fromRight = odds.slice();
  for (let round = 0; round <= rounds; round++) {
    sum(left, fromRight, atLeft);
    sum(right, fromLeft, atRight);
    for (let pair = 0; pair < odds.length; pair++) {
      const value = odds[pair] ?? 0;
      const [mine, theirs] = [fromLeft[pair] ?? 0, fromRight[pair] ?? 0];
      const rivals = 1 + Math.max(0, (atLeft[left[pair] ?? 0] ?? 0) - theirs);
      const others = 1 + Math.max(0, (atRight[right[pair] ?? 0] ?? 0) - mine);
      if (round === rounds) odds[pair] = value / (value + rivals * others);
      else {
        fromLeft[pair] = Math.sqrt((mine * value) / rivals);
        fromRight[pair] = Math.sqrt((theirs * value) / others);
      }
    }
  }
  return odds;
}

/** Probabilities where a record may have any number of partners. */
export function freeProbabilities(logOdds: Float64Array): Float64Array {
  return logOdds.map((each) => {
    const odds = oddsOf(each);
    return odds / (1 + odds);
  });
}
