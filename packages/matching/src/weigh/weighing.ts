import { spreadOf } from "../block/candidates.ts";
import type { Candidates, Proposed } from "../block/candidates.ts";
import type { Decisions } from "../decide/decisions.ts";
import { NumberList } from "../text/number-list.ts";
import { estimateWeights, logOddsOf } from "./estimate.ts";
import type { Estimation, Weights } from "./estimate.ts";
import type { Comparer, Measure } from "./levels.ts";

/** Up to so many pairs all teach the weights and are kept; of more, the pairs of some records teach. */
const wholeMax = 300_000;
/** Pairs compared at a time where there are more. */
const chunkMax = 100_000;
/** A pair less likely than this changes no decision, log odds. */
const hopeless = -12;
/** What may become a question, log odds of a probability of .1. */
const askable = -2.2;

/** What the pairs weigh. `candidates` may be fewer than were proposed. */
export interface Weighing {
  readonly candidates: Candidates;
  readonly measures: readonly Measure[];
  readonly weights: Weights;
  readonly logOdds: Float64Array;
  readonly proposed: Proposed;
}

/** How pairs are weighed. */
export interface WeighingRules {
  /** Turns log odds of candidates into probabilities. */
  readonly probabilities: (candidates: Candidates, logOdds: Float64Array) => Float64Array;
  readonly exclusive: Estimation["exclusive"];
  /** What a person said, in the numbers of the candidates. */
  readonly decisions: Decisions;
  /** Of more pairs than can be held, those that matter. */
  readonly survivors: (candidates: Candidates, logOdds: Float32Array) => Int32Array;
}

/** Learns the weights from the candidates and weighs them. Deterministic; never throws. */
export function weigh(comparer: Comparer, candidates: Candidates, rules: WeighingRules): Weighing {
  const count = candidates.left.length;
  const proposed = spreadOf(candidates, rules.exclusive === null);
  if (count <= wholeMax) {
    const measures = comparer.measures(candidates);
    const weights = learned(candidates, measures, rules);
    const logOdds = told(candidates, logOddsOf(weights, measures, count), rules);
    return { candidates, measures, weights, logOdds, proposed };
  }
  const every = Math.ceil(count / wholeMax);
  const sample = picked(candidates, pairsOfEvery(candidates, every, rules.decisions));
  const exclusive =
    rules.exclusive === null ? null : ([rules.exclusive[0] / every, rules.exclusive[1] / every] as const);
  const weights = learned(sample, comparer.measures(sample), { ...rules, exclusive });
  const all = new Float32Array(count);
  for (let start = 0; start < count; start += chunkMax) {
    const chunk = sliceOf(candidates, start, Math.min(count, start + chunkMax));
    const logOdds = logOddsOf(weights, comparer.measures(chunk), chunk.left.length);
    all.set(told(chunk, logOdds, rules), start);
  }
  const kept = picked(candidates, rules.survivors(candidates, all));
  const measures = comparer.measures(kept);
  const logOdds = told(kept, logOddsOf(weights, measures, kept.left.length), rules);
  return { candidates: kept, measures, weights, logOdds, proposed };
}

/** The log odds with what a person said in the place of what the weights say. */
function told(
  { left, right }: Candidates,
  logOdds: Float64Array,
  { decisions }: Pick<WeighingRules, "decisions">,
): Float64Array {
  if (decisions.list.length === 0) return logOdds;
  return logOdds.map((each, pair) =>
    decisions.logOdds({ left: left[pair] ?? 0, right: right[pair] ?? 0 }, each),
  );
}

function learned(candidates: Candidates, measures: readonly Measure[], rules: WeighingRules): Weights {
  return estimateWeights({
    measures,
    count: candidates.left.length,
    probabilities: (logOdds) => rules.probabilities(candidates, told(candidates, logOdds, rules)),
    exclusive: rules.exclusive,
  });
}

/** Pairs that are not hopeless. */
export function likelyPairs(candidates: Candidates, logOdds: Float32Array): Int32Array {
  const kept = new NumberList();
  for (let pair = 0; pair < candidates.left.length; pair++)
    if ((logOdds[pair] ?? 0) > hopeless) kept.push(pair);
  return kept.view();
}

/** All pairs between records that have a likely one: what speaks against a cluster is kept too. */
export function pairsOfLikelyRecords({ left, right }: Candidates, logOdds: Float32Array): Int32Array {
  const likely = new Set<number>();
  for (let pair = 0; pair < left.length; pair++)
    if ((logOdds[pair] ?? 0) > askable) likely.add(left[pair] ?? 0).add(right[pair] ?? 0);
  const kept = new NumberList();
  for (let pair = 0; pair < left.length; pair++)
    if (likely.has(left[pair] ?? 0) && likely.has(right[pair] ?? 0)) kept.push(pair);
  return kept.view();
}

/** All pairs of every so-many-th left record, and of the records a person said something about. */
function pairsOfEvery({ left }: Candidates, every: number, decisions: Decisions): Int32Array {
  const asked = new Set(decisions.list.map((each) => each.left));
  const kept = new NumberList();
  for (let pair = 0; pair < left.length; pair++) {
    const record = left[pair] ?? 0;
    if (record % every === 0 || asked.has(record)) kept.push(pair);
  }
  return kept.view();
}

function picked({ left, right, likeness }: Candidates, pairs: Int32Array): Candidates {
  return {
    left: pairs.map((pair) => left[pair] ?? 0),
    right: pairs.map((pair) => right[pair] ?? 0),
    likeness: Float32Array.from(pairs, (pair) => likeness[pair] ?? 0),
  };
}

function sliceOf({ left, right, likeness }: Candidates, from: number, to: number): Candidates {
  return {
    left: left.subarray(from, to),
    right: right.subarray(from, to),
    likeness: likeness.subarray(from, to),
  };
}
