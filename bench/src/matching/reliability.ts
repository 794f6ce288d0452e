import type { MatchedPair } from "@crossfoot/matching";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/** Where one band of probability passes into the next. */
const edges = [0.1, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99, 0.999] as const;

/** What was foretold in a band of probability, and what was true. */
export interface ReliabilityBand {
  readonly from: number;
  readonly pairs: number;
  readonly foretold: number;
  readonly seen: number;
}

/** Compares the probabilities of pairs with the truth. */
export class Reliability {
  readonly #pairs = new Float64Array(edges.length);
  readonly #foretold = new Float64Array(edges.length);
  readonly #seen = new Float64Array(edges.length);
  #squares = 0;

  /** Adds the pairs that came out of a set, links and questions. */
  add(pairs: readonly MatchedPair[], { truth }: MatchSet): void {
    for (const { left, right, probability } of pairs) {
      const isTrue = truth.has(pairKey(left, right)) ? 1 : 0;
      const band = Math.max(
        0,
        edges.findLastIndex((edge) => probability >= edge),
      );
      this.#pairs[band] = (this.#pairs[band] ?? 0) + 1;
      this.#foretold[band] = (this.#foretold[band] ?? 0) + probability;
      this.#seen[band] = (this.#seen[band] ?? 0) + isTrue;
      this.#squares += (probability - isTrue) ** 2;
    }
  }

  /** Mean square of what the probabilities missed by (Brier 1950), over links and questions. */
  get brier(): number {
    return (
      this.#squares /
      Math.max(
        1,
        this.#pairs.reduce((sum, each) => sum + each, 0),
      )
    );
  }

  /** The bands from the least likely up; shares from 0 to 1. */
  bands(): readonly ReliabilityBand[] {
    return edges.map((from, at) => {
      const pairs = this.#pairs[at] ?? 0;
      return {
        from,
        pairs,
        foretold: (this.#foretold[at] ?? 0) / Math.max(1, pairs),
        seen: (this.#seen[at] ?? 0) / Math.max(1, pairs),
      };
    });
  }
}
