import type { Measure } from "./levels.ts";
import { evenOut } from "./even-out.ts";

/** Rounds of expectation and maximisation; the weights stand still well before. */
const roundsMax = 30;
/** How many pairs the frozen beginning counts for, beside the user's own. */
const priorPairs = 30;
/**
 * What levels 1 to 7 are worth before anything was seen, among pairs that are one and among pairs that
 * are not.
 */
const matchShare = [0.04, 0.03, 0.05, 0.08, 0.14, 0.24, 0.42] as const;
const otherShare = [0.4, 0.22, 0.14, 0.1, 0.07, 0.04, 0.03] as const;
/** A weight stays inside these bounds, natural logarithm: no field alone decides. */
const weightMax = 6;

/** Weights of every measure and level, natural logarithm of the ratio; level 0 weighs 0. */
export interface Weights {
  readonly byMeasure: readonly Float64Array[];
  /** Logarithm of the odds that a candidate is a pair, before its fields were looked at. */
  readonly priorLogOdds: number;
}

/** What the estimation works on. */
export interface Estimation {
  readonly measures: readonly Measure[];
  readonly count: number;
  /** Turns log odds of each candidate into probabilities: alone, or in competition for a partner. */
  readonly probabilities: (logOdds: Float64Array) => Float64Array;
  /** Records of each side where partners are exclusive; null where a record may have several. */
  readonly exclusive: readonly [left: number, right: number] | null;
}

/** Records without a partner are taken to be at least this share. */
const aloneMin = 0.1;

/** How far the rarity of an equal value counts. */
const rarityShare = 0.5;

/** Log odds of each candidate under the weights. */
export function logOddsOf(weights: Weights, measures: readonly Measure[], count: number): Float64Array {
  const sums = new Float64Array(count).fill(weights.priorLogOdds);
  for (const [at, { levels, rarity }] of measures.entries()) {
    const byLevel = weights.byMeasure[at];
    if (byLevel === undefined) continue;
    for (let pair = 0; pair < count; pair++)
      sums[pair] = (sums[pair] ?? 0) + (byLevel[levels[pair] ?? 0] ?? 0) + rarityShare * (rarity[pair] ?? 0);
  }
  return sums;
}

function weightsOf(match: Float64Array, other: Float64Array): Float64Array {
  const even = evenOut(match, other);
  return even.map((weight) => Math.max(-weightMax, Math.min(weightMax, weight)));
}

function priorWeights(measures: readonly Measure[]): readonly Float64Array[] {
  const match = Float64Array.of(0, ...matchShare);
  const other = Float64Array.of(0, ...otherShare);
  return measures.map(() => weightsOf(match, other));
}

/** Counts levels among pairs and others by the probabilities, on top of the frozen beginning. */
function counted(measure: Measure, probability: Float64Array): Float64Array {
  const match = Float64Array.of(0, ...matchShare.map((share) => share * priorPairs));
  const other = Float64Array.of(0, ...otherShare.map((share) => share * priorPairs));
  for (let pair = 0; pair < probability.length; pair++) {
    const level = measure.levels[pair] ?? 0;
    if (level === 0) continue;
    const share = probability[pair] ?? 0;
    match[level] = (match[level] ?? 0) + share;
    other[level] = (other[level] ?? 0) + 1 - share;
  }
  const sum = (counts: Float64Array): number => counts.reduce((total, each) => total + each, 0);
  const [matches, others] = [sum(match), sum(other)];
  return weightsOf(
    match.map((each) => each / matches),
    other.map((each) => each / others),
  );
}

/**
 * Estimates the weights from the candidates themselves by expectation maximisation (Fellegi and
 * Sunter 1969;
 * Winkler 1988), from a frozen beginning and without labels. The ratio never falls as agreement rises.
 * Deterministic.
 */
export function estimateWeights(estimation: Estimation): Weights {
  const { measures, count, probabilities } = estimation;
  let weights: Weights = { byMeasure: priorWeights(measures), priorLogOdds: -2 };
  for (let round = 0; round < roundsMax; round++) {
    const probability = probabilities(logOddsOf(weights, measures, count));
    const pairs = probability.reduce((sum, each) => sum + each, 0);
    weights = {
      byMeasure: measures.map((measure) => counted(measure, probability)),
      priorLogOdds: priorOf(pairs, count, estimation.exclusive),
    };
  }
  return weights;
}

/**
 * Log odds that a candidate is a pair. Where partners are exclusive, against both records staying
 * alone: with M
 * pairs between records of which few stay alone, a mate is the likelier the fewer stay alone.
 */
function priorOf(pairs: number, count: number, exclusive: Estimation["exclusive"]): number {
  const share = (pairs + 0.5) / (count + 2);
  if (exclusive === null) return Math.log(share / (1 - share));
  const alone = exclusive.map((records) => Math.max(aloneMin, 1 - pairs / Math.max(1, records)));
  return Math.log(share) - alone.reduce((sum, each) => sum + Math.log(each), 0);
}
