import { jaroWinkler } from "./closeness.ts";
import { isCodeLike } from "../normalise/product-code.ts";
import type { Frequencies } from "./frequency.ts";

/** Below this closeness two words have nothing to do with each other. */
const closeWordsMin = 0.85;

/** How two word lists overlap, each word weighed by its rarity. */
export interface Overlap {
  /** Cosine of the weighed words, 0 to 1. */
  readonly cosine: number;
  /** Weight met, over the weight of the lighter side, 0 to 1. */
  readonly contained: number;
}

function closenessOf(left: string, right: string): number {
  if (left === right) return 1;
  const isShort = left.length === 1 || right.length === 1;
  if (isShort) return left[0] === right[0] && /[a-z]/.test(left.slice(0, 1)) ? 0.6 : 0;
  if (isCodeLike(left) || isCodeLike(right)) return codeCloseness(left, right);
  const close = jaroWinkler(left, right);
  return close < closeWordsMin ? 0 : close * close;
}

/** Codes are near only where one begins with nearly all of the other (colour or country at the end). */
function codeCloseness(left: string, right: string): number {
  const [short, long] = left.length <= right.length ? [left, right] : [right, left];
  if (short.length < 4 || !/\d/.test(short) || !/\d/.test(long)) return 0;
  if (long.startsWith(short) || long.endsWith(short)) return short.length / long.length > 0.55 ? 0.85 : 0;
  return 0;
}

interface Open {
  readonly word: string;
  readonly worth: number;
}

/** Takes words that were written apart on one side and together on the other ("ps lx350h", "pslx350h"). */
function takeJoined(long: (Open | null)[], joined: (Open | null)[]): number {
  let met = 0;
  for (let at = 0; at + 1 < long.length; at++) {
    const first = long[at];
    const second = long[at + 1];
    if (first === null || first === undefined || second === null || second === undefined) continue;
    const whole = first.word + second.word;
    if (whole.length < 4) continue;
    const found = joined.findIndex((each) => each?.word === whole);
    const taken = joined[found];
    if (taken === null || taken === undefined) continue;
    met += taken.worth * Math.hypot(first.worth, second.worth);
    long[at] = null;
    long[at + 1] = null;
    joined[found] = null;
  }
  return met;
}

/** Overlap of two word lists; symmetric. Never throws. */
export function overlapOf(left: readonly string[], right: readonly string[], worth: Frequencies): Overlap {
  const open = (words: readonly string[]): (Open | null)[] =>
    [...new Set(words)].map((word) => ({ word, worth: worth.worthOf(word) }));
  const mine = open(left);
  const theirs = open(right);
  const square = (words: readonly (Open | null)[]): number =>
    words.reduce((sum, each) => sum + (each?.worth ?? 0) ** 2, 0);
  const mineAll = square(mine);
  const theirsAll = square(theirs);
  if (mineAll === 0 || theirsAll === 0) return { cosine: 0, contained: 0 };
  let met = 0;
  const places = new Map(theirs.map((each, at) => [each?.word ?? "", at]));
  for (let at = 0; at < mine.length; at++) {
    const word = mine[at];
    const place = places.get(word?.word ?? "");
    if (word === null || word === undefined || place === undefined) continue;
    met += word.worth * word.worth;
    mine[at] = null;
    theirs[place] = null;
  }
  met += takeJoined(mine, theirs) + takeJoined(theirs, mine) + metByNearness(mine, theirs);
  return {
    cosine: Math.min(1, met / Math.sqrt(mineAll * theirsAll)),
    contained: Math.min(1, met / Math.min(mineAll, theirsAll)),
  };
}

function metByNearness(mine: readonly (Open | null)[], theirs: readonly (Open | null)[]): number {
  const near: { readonly mine: number; readonly theirs: number; readonly worth: number }[] = [];
  for (const [at, word] of mine.entries()) {
    if (word === null) continue;
    for (const [other, mate] of theirs.entries()) {
      if (mate === null) continue;
      const close = closenessOf(word.word, mate.word);
      if (close > 0) near.push({ mine: at, theirs: other, worth: close * word.worth * mate.worth });
    }
  }
  const isMineTaken = new Set<number>();
  const isTheirsTaken = new Set<number>();
  let met = 0;
  for (const each of near.toSorted((one, other) => other.worth - one.worth)) {
    if (isMineTaken.has(each.mine) || isTheirsTaken.has(each.theirs)) continue;
    isMineTaken.add(each.mine);
    isTheirsTaken.add(each.theirs);
    met += each.worth;
  }
  return met;
}
