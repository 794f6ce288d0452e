/** An entry of a list as it is compared. */
export interface ComparedEntry {
  /** What it is, whole: two of the same are the same entry. */
  readonly content: string;
  /** Its list; entries of two lists are never one. */
  readonly list: string;
  /** What it is known by although it changed, such as a department; null: its words tell. */
  readonly key: string | null;
  /** Its words, for an entry without a key. */
  readonly words: string;
}

/** Places of one entry in two lists; null where it is not there. */
export interface EntryPair {
  readonly was: number | null;
  readonly is: number | null;
}

type Places = readonly (readonly [was: number, is: number])[];

/**
 * Pairs the entries of two lists, in the order in which one reads them: equal ones first (longest common
 * subsequence, each repetition an entry of its own), then, between those, changed ones by their key, or by
 * having half of their words in common. What was removed stands before what was added. Each place is in one
 * pair. Never throws.
 */
export function pairedEntries(
  before: readonly ComparedEntry[],
  after: readonly ComparedEntry[],
): readonly EntryPair[] {
  const same = common(
    before.map(({ content }) => content),
    after.map(({ content }) => content),
  );
  const pairs: EntryPair[] = [];
  let [was, is] = [0, 0];
  for (const [nextWas, nextIs] of [...same, [before.length, after.length] as const]) {
    pairs.push(...pairedGap({ before, after }, { was: [was, nextWas], is: [is, nextIs] }));
    if (nextWas < before.length) pairs.push({ was: nextWas, is: nextIs });
    [was, is] = [nextWas + 1, nextIs + 1];
  }
  return pairs;
}

/** What changed between two entries that are the same in both lists. */
function pairedGap(
  { before, after }: { readonly before: readonly ComparedEntry[]; readonly after: readonly ComparedEntry[] },
  gap: { readonly was: readonly [number, number]; readonly is: readonly [number, number] },
): readonly EntryPair[] {
  const pairs: EntryPair[] = [];
  let [was, is] = [gap.was[0], gap.is[0]];
  const removed = (until: number): void => {
    for (; was < until; was += 1) pairs.push({ was, is: null });
  };
  const added = (until: number): void => {
    for (; is < until; is += 1) pairs.push({ was: null, is });
  };
  for (let at = was; at < gap.was[1]; at += 1) {
    const one = before[at];
    let found = is;
    while (found < gap.is[1] && !isChanged(one, after[found])) found += 1;
    if (found === gap.is[1]) continue;
    removed(at);
    added(found);
    pairs.push({ was: at, is: found });
    [was, is] = [at + 1, found + 1];
  }
  removed(gap.was[1]);
  added(gap.is[1]);
  return pairs;
}

function isChanged(one: ComparedEntry | undefined, other: ComparedEntry | undefined): boolean {
  if (one === undefined || other === undefined || one.list !== other.list) return false;
  if (one.key !== null || other.key !== null) return one.key === other.key;
  const [a, b] = [one, other].map(({ words }) => new Set(words.split(/\s+/)));
  if (a === undefined || b === undefined) return false;
  return 2 * [...a].filter((word) => b.has(word)).length >= Math.max(a.size, b.size);
}

/**
 * The longest row of equal entries that rises in both lists. The n-th repetition of an entry is its own
 * entry, so that this is a longest increasing subsequence (Fredman 1975, On computing the length of longest
 * increasing subsequences).
 */
function common(before: readonly string[], after: readonly string[]): Places {
  const placeOf = new Map(numbered(after).map((name, at) => [name, at]));
  const met = numbered(before).flatMap((name, was): Places => {
    const is = placeOf.get(name);
    return is === undefined ? [] : [[was, is]];
  });
  /** Of the rows of each length, the place in `met` of the one that ends lowest. */
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [at, [, is]] of met.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((met[ends[middle] ?? 0]?.[1] ?? 0) < is) low = middle + 1;
      else high = middle;
    }
    previous[at] = ends[low - 1] ?? -1;
    ends[low] = at;
  }
  const row: (readonly [number, number])[] = [];
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) row.push(met[at] ?? [0, 0]);
  return row.toReversed();
}

/** Names of entries in which each repetition has its number. */
function numbered(contents: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return contents.map((content) => {
    const count = (counts.get(content) ?? 0) + 1;
    counts.set(content, count);
    return `${count}\n${content}`;
  });
}
