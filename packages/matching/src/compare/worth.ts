import type { FieldValues } from "../columns/vocabulary.ts";

/** Counts whose worth is kept. */
const keptMax = 4096;

/**
 * The inverse document frequency of every word of a field, above 0; a word never seen counts as seen once.
 * `counts` is how often each value occurs, `words` how many words there are.
 */
export function worthOfWords(
  values: FieldValues,
  counts: Int32Array,
  words: number,
): (word: number) => number {
  const seen = new Int32Array(words);
  const mine: number[] = [];
  let records = 0;
  for (let id = 0; id < values.count; id++) {
    const times = counts[id] ?? 0;
    records += times;
    values.readWords(id, mine);
    for (const [at, word] of mine.entries())
      if (mine.indexOf(word) === at) seen[word] = (seen[word] ?? 0) + times;
  }
  const worth = (times: number): number => Math.log(1 + records / Math.max(1, times));
  const kept = Float64Array.from({ length: keptMax }, (_, times) => worth(times));
  return (word) => {
    const times = seen[word] ?? 0;
    return times < keptMax ? (kept[times] ?? 0) : worth(times);
  };
}
