import { fold } from "../text/fold.ts";

/** Values of a list of words; a column with more is no such list. */
const wordsMax = 60;
/** So often two values must stand on the same records, and in so large a share, to be taken for one. */
const seenMin = 3;
const shareMin = 0.6;

/** What values of one column are called in the column of the other side. */
export interface ValueMap {
  /** The other side's word for a value; null where it has none. Undefined: this is no list of words. */
  readonly of: (value: string) => string | null | undefined;
}

/**
 * Learns which value of one side is which of the other: the same word, or the one that stands on most of the
 * linked records. `pairs` are the values of linked records; `mine` and `theirs` all values. Never throws.
 */
export function learnValues(
  pairs: readonly (readonly [mine: string, theirs: string])[],
  mine: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): ValueMap {
  if (mine.size > wordsMax || theirs.size > wordsMax || theirs.size === 0) return { of: () => undefined };
  const byFold = new Map([...theirs].map((each) => [fold(each), each]));
  const counts = new Map<string, Map<string, number>>();
  for (const [one, other] of pairs) {
    if (one === "" || other === "") continue;
    const seen = counts.get(one) ?? new Map<string, number>();
    counts.set(one, seen.set(other, (seen.get(other) ?? 0) + 1));
  }
  return {
    of: (value) => {
      const same = byFold.get(fold(value));
      if (same !== undefined) return same;
      const seen = [...(counts.get(value) ?? [])].toSorted(([, one], [, other]) => other - one);
      const total = seen.reduce((sum, [, count]) => sum + count, 0);
      const [best] = seen;
      if (best === undefined || best[1] < seenMin || best[1] / total < shareMin) return null;
      return best[0];
    },
  };
}
