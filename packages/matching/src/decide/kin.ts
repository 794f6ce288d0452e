import { proposeKin } from "../block/candidates.ts";
import type { Candidates } from "../block/candidates.ts";
import { logOddsOf } from "../weigh/estimate.ts";
import type { Weights } from "../weigh/estimate.ts";
import type { Compared, Comparer } from "../weigh/levels.ts";

/** Records of its own side that a record is compared with, the most alike. */
const kinMax = 4;
/** Pairs compared at a time. */
const chunkMax = 100_000;

/** What is known of each record of a side and the one of its own side that is most like it. */
export interface Kin {
  /** Natural logarithm of the ratio without prior; minus infinity for none, or where it was not asked. */
  readonly evidence: Float32Array;
  /** That record; -1 for none. */
  readonly mates: Int32Array;
}

/** What is asked about a side. */
interface Asked {
  readonly end: "left" | "right";
  readonly weights: Weights;
  /** Every so-many-th record is asked; 1 for all. */
  readonly every: number;
}

/**
 * For the records of a side the one of its own side that is most like it. Two records of one table are two
 * things but for its duplicates: so much do different things look alike here (Elias and Gygi 2007 count
 * decoys so). Deterministic; never throws.
 */
export function kinOf(comparer: Comparer, sides: Compared, { end, weights, every }: Asked): Kin {
  const side = end === "left" ? sides.left : (sides.right ?? sides.left);
  const { mates } = proposeKin(side, sides, { places: kinMax, every });
  const kin = {
    evidence: new Float32Array(side.count).fill(-Infinity),
    mates: new Int32Array(side.count).fill(-1),
  };
  const chunk = { left: new Int32Array(chunkMax), right: new Int32Array(chunkMax) };
  let length = 0;
  const weighChunk = (): void => {
    const pairs: Candidates = {
      left: chunk.left.subarray(0, length),
      right: chunk.right.subarray(0, length),
      likeness: new Float32Array(length),
    };
    const measures = comparer.measures(pairs, [end, end]);
    const logOdds = logOddsOf({ ...weights, priorLogOdds: 0 }, measures, length);
    for (let pair = 0; pair < length; pair++) {
      const record = pairs.left[pair] ?? 0;
      const told = logOdds[pair] ?? 0;
      if (told <= (kin.evidence[record] ?? 0)) continue;
      kin.evidence[record] = told;
      kin.mates[record] = pairs.right[pair] ?? -1;
    }
    length = 0;
  };
  for (let place = 0; place < mates.length; place++) {
    const mate = mates[place] ?? -1;
    if (mate < 0) continue;
    chunk.left[length] = Math.floor(place / kinMax);
    chunk.right[length++] = mate;
    if (length === chunkMax) weighChunk();
  }
  weighChunk();
  return kin;
}
