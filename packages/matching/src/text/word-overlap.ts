import type { WordFacts } from "./word-facts.ts";

/** How two word lists overlap, each word weighed by its rarity. */
export interface Overlap {
  /** Cosine of the weighed words, 0 to 1. */
  readonly cosine: number;
  /** Weight met, over the weight of the lighter side, 0 to 1. */
  readonly contained: number;
}

/** Words of one side that were not met yet; -1 stands where one was. */
class OpenWords {
  readonly words: number[] = [];
  readonly worth: number[] = [];
  count = 0;
  square = 0;

  read(words: readonly number[], worthOf: (word: number) => number): void {
    this.count = 0;
    this.square = 0;
    for (const word of words) {
      let at = 0;
      while (at < this.count && this.words[at] !== word) at++;
      if (at < this.count) continue;
      const worth = worthOf(word);
      this.words[at] = word;
      this.worth[at] = worth;
      this.square += worth * worth;
      this.count++;
    }
  }
}

/** A pair of near words. */
interface Near {
  readonly mine: number;
  readonly theirs: number;
  readonly worth: number;
}

/** Compares lists of words of one pool. */
export class WordOverlap {
  readonly #facts: WordFacts;
  readonly #mine = new OpenWords();
  readonly #theirs = new OpenWords();

  constructor(facts: WordFacts) {
    this.#facts = facts;
  }

  /** Overlap of two word lists; symmetric. Never throws. */
  of(left: readonly number[], right: readonly number[], worthOf: (word: number) => number): Overlap {
    const [mine, theirs] = [this.#mine, this.#theirs];
    mine.read(left, worthOf);
    theirs.read(right, worthOf);
    if (mine.square === 0 || theirs.square === 0) return { cosine: 0, contained: 0 };
    let met = 0;
    for (let at = 0; at < mine.count; at++) {
      const word = mine.words[at] ?? -1;
      for (let place = 0; place < theirs.count; place++) {
        if (theirs.words[place] !== word) continue;
        met += (mine.worth[at] ?? 0) ** 2;
        mine.words[at] = -1;
        theirs.words[place] = -1;
        break;
      }
    }
    met += this.#takeJoined(mine, theirs) + this.#takeJoined(theirs, mine) + this.#metByNearness();
    return {
      cosine: Math.min(1, met / Math.sqrt(mine.square * theirs.square)),
      contained: Math.min(1, met / Math.min(mine.square, theirs.square)),
    };
  }

  /** Takes words that were written apart on one side and together on the other ("ps lx350h", "pslx350h"). */
  #takeJoined(long: OpenWords, joined: OpenWords): number {
    let met = 0;
    for (let at = 0; at + 1 < long.count; at++) {
      const [first, second] = [long.words[at] ?? -1, long.words[at + 1] ?? -1];
      if (first < 0 || second < 0) continue;
      const length = this.#facts.lengthOf(first) + this.#facts.lengthOf(second);
      if (length < 4) continue;
      for (let place = 0; place < joined.count; place++) {
        const whole = joined.words[place] ?? -1;
        if (whole < 0 || this.#facts.lengthOf(whole) !== length || !this.#isJoined(first, second, whole))
          continue;
        met += (joined.worth[place] ?? 0) * Math.hypot(long.worth[at] ?? 0, long.worth[at + 1] ?? 0);
        long.words[at] = -1;
        long.words[at + 1] = -1;
        joined.words[place] = -1;
        break;
      }
    }
    return met;
  }

  #isJoined(first: number, second: number, whole: number): boolean {
    const { words } = this.#facts;
    const cut = this.#facts.lengthOf(first);
    for (let at = 0; at < this.#facts.lengthOf(whole); at++) {
      const byte = at < cut ? words.byteAt(first, at) : words.byteAt(second, at - cut);
      if (words.byteAt(whole, at) !== byte) return false;
    }
    return true;
  }

  #metByNearness(): number {
    const [mine, theirs] = [this.#mine, this.#theirs];
    let near: Near[] | null = null;
    for (let at = 0; at < mine.count; at++) {
      const word = mine.words[at] ?? -1;
      if (word < 0) continue;
      for (let other = 0; other < theirs.count; other++) {
        const mate = theirs.words[other] ?? -1;
        if (mate < 0) continue;
        const close = this.#facts.closenessOf(word, mate);
        if (close === 0) continue;
        near ??= [];
        near.push({
          mine: at,
          theirs: other,
          worth: close * (mine.worth[at] ?? 0) * (theirs.worth[other] ?? 0),
        });
      }
    }
    if (near === null) return 0;
    near.sort((one, other) => other.worth - one.worth);
    let met = 0;
    for (const each of near) {
      if ((mine.words[each.mine] ?? -1) < 0 || (theirs.words[each.theirs] ?? -1) < 0) continue;
      mine.words[each.mine] = -1;
      theirs.words[each.theirs] = -1;
      met += each.worth;
    }
    return met;
  }
}
