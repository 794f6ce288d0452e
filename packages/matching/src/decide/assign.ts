import type { Candidates } from "../block/candidates.ts";

/**
 * Gives each record at most one partner: the surest pair first, equal ones by their likeness. Returns the
 * candidates
 * taken, in the order they were taken.
 */
export function assignOneToOne(candidates: Candidates, score: Float64Array): readonly number[] {
  const { left, right, likeness } = candidates;
  const order = Int32Array.from(left.keys()).toSorted(
    (one, other) =>
      (score[other] ?? 0) - (score[one] ?? 0) || (likeness[other] ?? 0) - (likeness[one] ?? 0) || one - other,
  );
  const lefts = new Set<number>();
  const rights = new Set<number>();
  const taken: number[] = [];
  for (const pair of order) {
    const [one, other] = [left[pair] ?? 0, right[pair] ?? 0];
    if (lefts.has(one) || rights.has(other)) continue;
    lefts.add(one);
    rights.add(other);
    taken.push(pair);
  }
  return taken;
}
