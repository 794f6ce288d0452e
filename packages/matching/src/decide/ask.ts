import type { Matching } from "../match.ts";

/** A pair that is surer than this is not asked about. */
const sureMin = 0.995;

/** How much an answer tells: most where the chances are even, nothing where it is known. */
function doubtOf(probability: number): number {
  const rest = 1 - probability;
  if (probability <= 0 || rest <= 0) return 0;
  return -(probability * Math.log2(probability) + rest * Math.log2(rest));
}

/**
 * The pairs that a person should be asked about, the most useful answer first (uncertainty sampling, Lewis
 * and Gale 1994): the most doubtful ones, and of pairs whose fields agree in the same way the first before
 * the others, for one answer tells about all of them. `isAnswered`: not asked again. Returns places in
 * `pairs`.
 */
export function questionsOf(
  { pairs, measures }: Matching,
  isAnswered: (left: number, right: number) => boolean,
): readonly number[] {
  const doubts = pairs
    .map((pair, at) => ({ pair, at, doubt: doubtOf(pair.probability) }))
    .filter(({ pair }) => pair.probability < sureMin && !isAnswered(pair.left, pair.right))
    .toSorted((one, other) => other.doubt - one.doubt || one.at - other.at);
  const times = new Map<string, number>();
  return doubts
    .map(({ pair, at, doubt }) => {
      const { candidate } = pair;
      const pattern = candidate === null ? "" : measures.map(({ levels }) => levels[candidate] ?? 0).join();
      const asked = (times.get(pattern) ?? 0) + 1;
      times.set(pattern, asked);
      return { at, use: doubt / Math.sqrt(asked) };
    })
    .toSorted((one, other) => other.use - one.use || one.at - other.at)
    .map(({ at }) => at);
}
