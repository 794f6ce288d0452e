import type { Candidates } from "../block/candidates.ts";
import { decided } from "./decisions.ts";

/** What a pair that was never proposed weighs against a join, log odds: blocking saw nothing in common. */
const unseenLogOdds = -4;
/** Evidence of one pair counts to this at most, so that one sure pair does not carry a crowd. */
const evidenceMax = 8;
/** Most pairs looked at for one join; larger clusters are judged by this many of their pairs. */
const lookedMax = 400;

/** What is to be joined. */
export interface Clustering {
  readonly candidates: Candidates;
  readonly logOdds: Float64Array;
  readonly count: number;
  /** Whether two records are surely two: no cluster holds both, unless a person said so. */
  readonly areTwo?: (left: number, right: number) => boolean;
}

/**
 * Joins records to clusters, the surest pair first, and only while the mean evidence between the
 * two clusters
 * holds (above 0). So a chain of likely pairs does not become one lump. `count` records; returns
 * the clusters
 * with two records or more, each in rising order. Deterministic.
 */
export function clusterGuarded({
  candidates,
  logOdds,
  count,
  areTwo = () => false,
}: Clustering): readonly (readonly number[])[] {
  const evidence = new Map<number, number>();
  for (let pair = 0; pair < logOdds.length; pair++)
    evidence.set((candidates.left[pair] ?? 0) * count + (candidates.right[pair] ?? 0), logOdds[pair] ?? 0);
  const home = Int32Array.from({ length: count }, (_, record) => record);
  const members = new Map<number, readonly number[]>();
  const membersOf = (cluster: number): readonly number[] => members.get(cluster) ?? [cluster];
  const order = Array.from(logOdds.keys())
    .filter((pair) => (logOdds[pair] ?? 0) > 0)
    .toSorted((one, other) => (logOdds[other] ?? 0) - (logOdds[one] ?? 0) || one - other);
  for (const pair of order) {
    const left = home[candidates.left[pair] ?? 0] ?? 0;
    const right = home[candidates.right[pair] ?? 0] ?? 0;
    if (left === right) continue;
    const [mine, theirs] = [membersOf(left), membersOf(right)];
    const of = (one: number, other: number): number =>
      evidence.get(Math.min(one, other) * count + Math.max(one, other)) ?? unseenLogOdds;
    const mean = meanEvidence(mine, theirs, of);
    const isTold = (logOdds[pair] ?? 0) >= decided && mean > -Infinity;
    if (!isTold && (mean <= 0 || holdTwo(mine, theirs, areTwo))) continue;
    for (const record of theirs) home[record] = left;
    members.set(left, [...mine, ...theirs]);
    members.delete(right);
  }
  return [...members.values()].map((each) => each.toSorted((one, other) => one - other));
}

/** Whether a record of one cluster and a record of the other are surely two. */
function holdTwo(
  mine: readonly number[],
  theirs: readonly number[],
  areTwo: (left: number, right: number) => boolean,
): boolean {
  let looked = 0;
  for (const one of mine)
    for (const other of theirs) {
      if (looked++ >= lookedMax) return false;
      if (areTwo(one, other)) return true;
    }
  return false;
}

/** Minus infinity where a person parted one of the pairs that are looked at. */
function meanEvidence(
  mine: readonly number[],
  theirs: readonly number[],
  of: (one: number, other: number) => number,
): number {
  let sum = 0;
  let looked = 0;
  for (const one of mine)
    for (const other of theirs) {
      if (looked >= lookedMax) break;
      const found = of(one, other);
      if (found <= -decided) return -Infinity;
      sum += Math.max(-evidenceMax, Math.min(evidenceMax, found));
      looked++;
    }
  return sum / looked;
}
