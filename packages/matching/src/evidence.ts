import { equalLevel } from "./compare/compare.ts";
import { namingKinds } from "./kinds.ts";
import type { Matching } from "./match.ts";

/** What one field says about a pair. */
export interface Evidence {
  readonly field: string;
  /** In words, without the values. */
  readonly says: string;
  /** Natural logarithm of the ratio: above 0 for one and the same, below 0 against. */
  readonly weight: number;
  /** A name, mailbox or number that is told on both sides and differs. */
  readonly isNamedOther: boolean;
}

const words = [
  "says nothing on one side",
  "differs",
  "differs, with a little in common",
  "has something in common",
  "is alike in part",
  "is alike",
  "is nearly equal",
  "is equal",
] as const;

/** Up to this level two values differ. */
const differMax = 2;

/**
 * What each field says about a candidate: a name, mailbox or number that differs first, then what else names
 * the record, then the rest, the strongest of each first. Fields that say nothing come last.
 */
export function evidenceOf(matching: Matching, candidate: number): readonly Evidence[] {
  return matching.measures
    .map((measure, at) => {
      const level = measure.levels[candidate] ?? 0;
      const rarity = measure.rarity[candidate] ?? 0;
      const isRare = level === equalLevel && rarity > 1;
      const isCommon = level === equalLevel && rarity < -1;
      const suffix = isRare ? ", and rare" : isCommon ? ", and common" : "";
      const weight = (matching.weights.byMeasure[at]?.[level] ?? 0) + rarity / 2;
      const isNaming = level > 0 && namingKinds.has(measure.kind);
      const rank = isNaming ? (level <= differMax ? 0 : 1) : 2;
      return { field: measure.name, says: `${words[level] ?? words[0]}${suffix}`, weight, rank };
    })
    .toSorted((one, other) => one.rank - other.rank || Math.abs(other.weight) - Math.abs(one.weight))
    .map(({ field, says, weight, rank }) => ({ field, says, weight, isNamedOther: rank === 0 }));
}

/** Evidence told of a pair at most; more of it decides nothing. */
const toldMax = 6;

/** The evidence in words: all that names the records and differs, and of the rest as much as is read. */
export function evidenceWords(matching: Matching, candidate: number): readonly string[] {
  const telling = evidenceOf(matching, candidate).filter(({ weight }) => weight !== 0);
  const others = telling.filter(({ isNamedOther }) => isNamedOther).length;
  return telling.slice(0, Math.max(toldMax, others)).map(({ field, says }) => `${field} ${says}`);
}
