import type { Candidates } from "../block/candidates.ts";

/** Odds are kept inside these bounds, natural logarithm. */
const sure = 25;
/** Rounds of messages; they settle in fewer on records with some rivals. */
const rounds = 12;

/** Odds from their logarithm, kept finite. */
const oddsOf = (logOdds: number): number => Math.exp(Math.max(-sure, Math.min(sure, logOdds)));

/** For every record, the sum of what its candidates say. */
function sumsOf(ends: Int32Array, messages: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(count);
  for (let pair = 0; pair < ends.length; pair++) {
    const end = ends[pair] ?? 0;
    sums[end] = (sums[end] ?? 0) + (messages[pair] ?? 0);
  }
  return sums;
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
  const lefts = left.reduce((most, each) => Math.max(most, each + 1), 0);
  const rights = right.reduce((most, each) => Math.max(most, each + 1), 0);
  const odds = logOdds.map(oddsOf);
  let fromLeft = odds.slice();
  let fromRight = odds.slice();
  const answer = (sums: Float64Array, ends: Int32Array, heard: Float64Array): Float64Array =>
    odds.map((value, pair) => value / (1 + Math.max(0, (sums[ends[pair] ?? 0] ?? 0) - (heard[pair] ?? 0))));
  for (let round = 0; round < rounds; round++) {
    const toLeft = answer(sumsOf(left, fromRight, lefts), left, fromRight);
    const toRight = answer(sumsOf(right, fromLeft, rights), right, fromLeft);
    fromLeft = fromLeft.map((before, pair) => Math.sqrt(before * (toLeft[pair] ?? 0)));
    fromRight = fromRight.map((before, pair) => Math.sqrt(before * (toRight[pair] ?? 0)));
  }
  const atLeft = sumsOf(left, fromRight, lefts);
  const atRight = sumsOf(right, fromLeft, rights);
  return odds.map((value, pair) => {
    const mine = 1 + Math.max(0, (atLeft[left[pair] ?? 0] ?? 0) - (fromRight[pair] ?? 0));
    const theirs = 1 + Math.max(0, (atRight[right[pair] ?? 0] ?? 0) - (fromLeft[pair] ?? 0));
    return value / (value + mine * theirs);
  });
}

/** Probabilities where a record may have any number of partners. */
export function freeProbabilities(logOdds: Float64Array): Float64Array {
  return logOdds.map((each) => {
    const odds = oddsOf(each);
    return odds / (1 + odds);
  });
}
