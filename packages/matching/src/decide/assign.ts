import type { Candidates } from "../block/candidates.ts";

/**
 * Gives each record at most one partner: the surest pair first, equal ones by position. Returns the
 * candidates
 * taken, in the order they were taken.
 */
export function assignOneToOne(candidates: Candidates, score: Float64Array): readonly number[] {
  const order = Array.from(score.keys()).toSorted(
    (one, other) => (score[other] ?? 0) - (score[one] ?? 0) || one - other,
  );
  const lefts = new Set<number>();
  const rights = new Set<number>();
  return order.filter((pair) => {
    const left = candidates.left[pair] ?? 0;
    const right = candidates.right[pair] ?? 0;
    if (lefts.has(left) || rights.has(right)) return false;
    lefts.add(left);
    rights.add(right);
    return true;
  });
}
