import type { Side } from "../columns/vocabulary.ts";
import type { Weights } from "../weigh/estimate.ts";
import type { Compared, Comparer } from "../weigh/levels.ts";
import type { Weighing } from "../weigh/weighing.ts";
import { againstKin, cautionOf, lookAlikeOdds } from "./caution.ts";
import { Contradictions } from "./contradiction.ts";
import { isNamed } from "./guard.ts";
import { kinOf } from "./kin.ts";
import type { Kin } from "./kin.ts";

/** Below this the records are apart; from here to the bar of a link a person decides. */
export const reviewMin = 0.1;

/** What a pair came to. */
export interface Judged {
  readonly probability: number;
  readonly band: "link" | "review";
  /** Of a question: what speaks against the pair however well the rest agrees, in words without values. */
  readonly against: readonly string[];
}

/** What is known of all pairs before one is judged. */
export interface Known {
  readonly comparer: Comparer;
  readonly weighing: Weighing;
  readonly probability: Float64Array;
  /** The pairs that the records were given, one each. */
  readonly taken: readonly number[];
}

/** A pair from here on counts as shared; below it namesakes would, of whom any may be the one. */
const sharedMin = 0.7;
/** Records of a side that tell whether its table holds households. */
const sampleMax = 20_000;
/** From this share of records on that share all but the given name with another of their table. */
const householdMin = 0.01;
/**
 * Links between names of which a word stands in the place of another may be as many as this part of all, for
 * if every one of them were of two houses of one owner, precision would hold. More of them are questions.
 */
const otherWordsMax = 0.04;

type Across = Compared & { readonly right: Side };

/** Whether one of the tables holds people who agree in all but their given names. */
function haveHouseholds(
  kin: readonly [left: Kin, right: Kin],
  contradictions: Contradictions,
  { priorLogOdds }: Weights,
): boolean {
  return (["left", "right"] as const).some((end, side) => {
    const { evidence, mates } = kin[side] ?? kin[0];
    let asked = 0;
    let related = 0;
    for (const [left, right] of mates.entries()) {
      if (right < 0) continue;
      asked++;
      const isNear = (evidence[left] ?? 0) + priorLogOdds > 0;
      if (isNear && contradictions.areOtherGiven({ left, right }, [end, end])) related++;
    }
    return related > householdMin * asked;
  });
}

/** Whether what names a pair speaks for it, and nothing in it contradicts. */
function speakerOf(
  sides: Across,
  { candidates, measures, weights }: Weighing,
  contradictions: Contradictions,
): (pair: number, isCautious: boolean) => boolean {
  const { entity } = sides;
  return (pair, isCautious) =>
    isNamed(measures, { weights, entity, pair, isCautious }) &&
    !contradictions.in({ left: candidates.left[pair] ?? 0, right: candidates.right[pair] ?? 0 });
}

/** Judges each pair that the records of two tables were given: whether it is linked without a person. */
export function judgeOf(sides: Across, known: Known): (pair: number) => Judged {
  const { comparer, weighing, probability, taken } = known;
  const { candidates, weights, logOdds } = weighing;
  const contradictions = new Contradictions(sides);
  const isSpoken = speakerOf(sides, weighing, contradictions);
  const pairOf = (pair: number): { readonly left: number; readonly right: number } => ({
    left: candidates.left[pair] ?? 0,
    right: candidates.right[pair] ?? 0,
  });
  let [shared, worded] = [0, 0];
  for (const pair of taken) {
    const told = probability[pair] ?? 0;
    if (told < sharedMin || !isSpoken(pair, false)) continue;
    shared += told;
    if (contradictions.hasOtherWords(pairOf(pair))) worded += told;
  }
  const areWordsAsked = worded > otherWordsMax * shared;
  const counts = [sides.left.count, sides.right.count] as const;
  const { linkMin, isCautious } = cautionOf(shared, Math.max(...counts));
  const every = isCautious ? 1 : Math.ceil(Math.max(...counts) / sampleMax);
  const ask = (end: "left" | "right"): Kin => kinOf(comparer, sides, { end, weights, every });
  const kin = isCautious || contradictions.hasGiven ? ([ask("left"), ask("right")] as const) : null;
  if (kin !== null && haveHouseholds(kin, contradictions, weights)) contradictions.expectHouseholds();
  const odds = lookAlikeOdds(shared, counts);
  return (pair) => {
    const standing = {
      ...pairOf(pair),
      evidence: (logOdds[pair] ?? 0) - weights.priorLogOdds,
      probability: probability[pair] ?? 0,
    };
    const told = kin === null || !isCautious ? standing.probability : againstKin(standing, kin, odds);
    const isSure =
      told >= linkMin &&
      isSpoken(pair, isCautious) &&
      !((isCautious || areWordsAsked) && contradictions.hasOtherWords(standing));
    if (isSure) return { probability: told, band: "link", against: [] };
    const against = contradictions.reasonsOf(standing);
    return { probability: Math.max(reviewMin, Math.min(told, linkMin)), band: "review", against };
  };
}
