import { isCodeLike } from "../normalise/product-code.ts";
import { jaroWinkler } from "./closeness.ts";
import type { TextPool } from "./text-pool.ts";

/** Below this closeness two words have nothing to do with each other. */
const closeWordsMin = 0.85;
/** Pairs of words whose closeness is kept. */
const keptMax = 1 << 13;

function bitsIn(mask: number): number {
  let left = mask - ((mask >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** What is known of every word of a pool, so that most pairs of words are told apart without reading them. */
export class WordFacts {
  readonly words: TextPool;
  readonly #masks: Int32Array;
  readonly #lengths: Uint16Array;
  /** 1: has a digit, 2: looks like the number of an article. */
  readonly #flags: Uint8Array;
  readonly #keptLeft: Int32Array = new Int32Array(keptMax).fill(-1);
  readonly #keptRight: Int32Array = new Int32Array(keptMax);
  readonly #kept: Float64Array = new Float64Array(keptMax);

  constructor(words: TextPool) {
    this.words = words;
    this.#masks = new Int32Array(words.count);
    this.#lengths = new Uint16Array(words.count);
    this.#flags = new Uint8Array(words.count);
    for (let word = 0; word < words.count; word++) this.#look(word);
  }

  #look(word: number): void {
    const length = this.words.lengthOf(word);
    let mask = 0;
    let hasDigit = false;
    for (let at = 0; at < length; at++) {
      const byte = this.words.byteAt(word, at);
      const isDigit = byte < 97;
      if (isDigit) hasDigit = true;
      mask |= 1 << (isDigit ? 26 + (byte % 6) : byte - 97);
    }
    this.#masks[word] = mask;
    this.#lengths[word] = Math.min(length, 0xffff);
    if (hasDigit) this.#flags[word] = isCodeLike(this.words.textOf(word)) ? 3 : 1;
  }

  /** How many letters a word has. */
  lengthOf(word: number): number {
    return this.#lengths[word] ?? 0;
  }

  /** Whether a digit stands in it. */
  hasDigit(word: number): boolean {
    return (this.#flags[word] ?? 0) !== 0;
  }

  /** The number of different letters of two sets. */
  static apart(left: number, right: number): number {
    return bitsIn(left ^ right);
  }

  /** Letters, as bits: two letters of one bit may differ, two letters of two bits do. */
  maskOf(word: number): number {
    return this.#masks[word] ?? 0;
  }

  /** Whether two words may lie so few edits apart; never denies it wrongly. */
  mayBeEdits(left: number, right: number, edits: number): boolean {
    if (Math.abs(this.lengthOf(left) - this.lengthOf(right)) > edits) return false;
    return bitsIn(this.maskOf(left) ^ this.maskOf(right)) <= 2 * edits;
  }

  /** Whether the Jaro-Winkler closeness of two words may reach this; never denies it wrongly. */
  mayBeClose(left: number, right: number, least: number): boolean {
    const [mine, theirs] = [this.maskOf(left), this.maskOf(right)];
    const [long, other] = [this.lengthOf(left), this.lengthOf(right)];
    const met = Math.min(long - bitsIn(mine & ~theirs), other - bitsIn(theirs & ~mine));
    if (met <= 0) return false;
    const jaro = (met / long + met / other + 1) / 3;
    if (jaro + 0.4 * (1 - jaro) < least) return false;
    let prefix = 0;
    while (
      prefix < 4 &&
      prefix < long &&
      this.words.byteAt(left, prefix) === this.words.byteAt(right, prefix)
    )
      prefix++;
    return jaro + prefix * 0.1 * (1 - jaro) >= least;
  }

  /** How close two words of a text are, 0 to 1; symmetric. */
  closenessOf(left: number, right: number): number {
    if (left === right) return 1;
    if (this.lengthOf(left) === 1 || this.lengthOf(right) === 1)
      return this.words.byteAt(left, 0) === this.words.byteAt(right, 0) && this.words.byteAt(left, 0) >= 97
        ? 0.6
        : 0;
    if (this.#flags[left] === 3 || this.#flags[right] === 3) return this.#codeCloseness(left, right);
    if (!this.mayBeClose(left, right, closeWordsMin)) return 0;
    return this.#keptCloseness(left, right);
  }

  #keptCloseness(left: number, right: number): number {
    const [one, other] = left < right ? [left, right] : [right, left];
    const place = (Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)) >>> 19;
    if (this.#keptLeft[place] === one && this.#keptRight[place] === other) return this.#kept[place] ?? 0;
    const close = jaroWinkler(this.words.textOf(one), this.words.textOf(other));
    const told = close < closeWordsMin ? 0 : close * close;
    this.#keptLeft[place] = one;
    this.#keptRight[place] = other;
    this.#kept[place] = told;
    return told;
  }

  /** Codes are near only where one begins with nearly all of the other (colour or country at the end). */
  #codeCloseness(left: number, right: number): number {
    if (!this.hasDigit(left) || !this.hasDigit(right)) return 0;
    const isShorter = this.lengthOf(left) <= this.lengthOf(right);
    const [short, long] = isShorter ? [left, right] : [right, left];
    if (this.lengthOf(short) < 4 || this.lengthOf(short) / this.lengthOf(long) <= 0.55) return 0;
    if (bitsIn(this.maskOf(short) & ~this.maskOf(long)) > 0) return 0;
    const [begin, whole] = [this.words.textOf(short), this.words.textOf(long)];
    return whole.startsWith(begin) || whole.endsWith(begin) ? 0.85 : 0;
  }
}
