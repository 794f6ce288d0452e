import type { Kin } from "./kin.ts";

/** Above an even chance, and not by rounding: of two partners that are equally good none is linked. */
const linkLeast = 0.52;
/**
 * Where few records have a partner the records that look alike by chance outweigh the pairs, and what two
 * tables share by chance the weights cannot tell: the bar of a link rises from this share downwards.
 */
const sharedEnough = 0.4;
const risesBy = 0.45;
/** How slowly it rises at first. */
const bend = 1.5;
/** From this caution on a link has to hold against look-alikes and against other words in the name. */
const cautiousMin = 0.6;

/** How much stands in the way of a link, by how many records have a partner. */
export interface Caution {
  /** From which probability on a pair is linked. */
  readonly linkMin: number;
  /** So few have a partner that where a pair looks alike the true one is mostly not there to compete. */
  readonly isCautious: boolean;
}

/** The caution for so many expected pairs between so many records of the larger side. */
export function cautionOf(shared: number, records: number): Caution {
  const caution = Math.max(0, 1 - shared / Math.max(1, records) / sharedEnough);
  return { linkMin: linkLeast + risesBy * caution ** bend, isCautious: caution >= cautiousMin };
}

/** A pair as it stands against the records of both sides that are like it. */
export interface Standing {
  readonly left: number;
  readonly right: number;
  /** Natural logarithm of the ratio without prior. */
  readonly evidence: number;
  readonly probability: number;
}

/**
 * The probability of a pair against the chance that its other end is only one more of its look-alikes: the
 * record of its own side that is most like it is another thing and looks as alike. `odds` that a record
 * without partner meets one of its look-alikes on the other side, against having a partner. Never throws.
 */
export function againstKin(
  { left, right, evidence, probability }: Standing,
  kin: readonly [left: Kin, right: Kin],
  odds: number,
): number {
  const nearest = Math.max(kin[0].evidence[left] ?? -Infinity, kin[1].evidence[right] ?? -Infinity);
  return probability / (1 + odds * Math.min(1, Math.exp(nearest - evidence)));
}

/** The odds of `againstKin` for so many expected pairs between so many records of each side. */
export function lookAlikeOdds(shared: number, [left, right]: readonly [number, number]): number {
  const [mine, theirs] = [Math.max(0, left - shared), Math.max(0, right - shared)];
  return (mine * theirs) / Math.max(1, left, right) / Math.max(0.5, shared);
}
