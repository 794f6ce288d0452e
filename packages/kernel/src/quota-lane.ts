import { lanes } from "./quota.ts";
import type { Lane, LaneShares } from "./quota.ts";

/** Turns that a lane has coming to it, because others went first while it waited. */
export type Owed = { readonly [lane in Lane]?: number };

/**
 * What is owed after `count` turns were given to one lane: each lane that waits has its share of them coming
 * to it, and the one that had them had that many less.
 */
export function oweLanes(
  owed: Owed,
  floors: LaneShares,
  turn: { readonly lane: Lane; readonly count: number; readonly waiting: readonly Lane[] },
): Owed {
  const next: { [lane in Lane]?: number } = {};
  // A lane that wants nothing has nothing coming to it; the one whose turn it was may come back at once.
  for (const lane of lanes.filter((each) => each === turn.lane || turn.waiting.includes(each))) {
    const had = lane === turn.lane ? turn.count : 0;
    next[lane] = Math.max(0, (owed[lane] ?? 0) + turn.count * floors[lane] - had);
  }
  return next;
}

/**
 * Which of the waiting lanes has the next turn: the first one that is owed a whole turn, else the first in
 * order. So each lane gets at least its share while it waits. Null when nobody waits.
 */
export function pickLane(waiting: readonly Lane[], owed: Owed): Lane | null {
  const inOrder = lanes.filter((lane) => waiting.includes(lane));
  return inOrder.find((lane) => (owed[lane] ?? 0) >= 1) ?? inOrder[0] ?? null;
}
