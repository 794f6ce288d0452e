import { saysNothing } from "../columns/vocabulary.ts";
import type { Side, Vocabulary } from "../columns/vocabulary.ts";
import type { Field, Kind } from "../kinds.ts";
import { isCodeLike } from "../normalise/product-code.ts";
import { NumberList } from "../text/number-list.ts";
import { TextPool } from "../text/text-pool.ts";
import { equalLevel } from "./compare.ts";

/** Where model numbers stand; those in a text may belong to another article ("fits the X100"). */
const codeKinds: ReadonlySet<Kind> = new Set(["name", "text", "code"]);
const ownKinds: ReadonlySet<Kind> = new Set(["name", "code"]);
/** A code that more records than this carry is a size or a standard, not an article. */
const carriersMax = 6;
/** A shared beginning shorter than this is chance. */
const sharedBeginMin = 4;
/** A code written in two parts is not longer than this. */
const joinedMax = 14;

/** A number with its unit ("32gb", "100w") is a size. */
const isSize = (word: string): boolean => /^\d+[a-z]{0,3}$/.test(word) && word.length < 6;

/** The article and model numbers of one record. */
interface Codes {
  /** Found anywhere, also written in two parts. */
  readonly all: readonly string[];
  /** Whether its own name or code column carries one, so that another number speaks against it. */
  readonly hasOwn: boolean;
}

/** Codes of every record of a side as numbers, record after record; an own one twice its number and one. */
interface CodeList {
  readonly starts: Int32Array;
  readonly codes: Int32Array;
}

/** What is read of a side's codes. */
interface Read {
  readonly side: Side;
  readonly fields: readonly Field[];
  readonly vocabulary: Vocabulary;
  readonly pool: TextPool;
}

function codesIn({ side, fields, vocabulary, pool }: Read): CodeList {
  const starts = new Int32Array(side.count + 1);
  const all = new NumberList();
  const read = fields.map(({ kind }, at) => ({ kind, at })).filter(({ kind }) => codeKinds.has(kind));
  const found = new Map<number, boolean>();
  for (let record = 0; record < side.count; record++) {
    found.clear();
    for (const { at, kind } of read) {
      const id = side.values[at]?.[record] ?? saysNothing;
      const values = vocabulary.fields[at];
      if (id === saysNothing || values === undefined || !hasDigits(values.keyOf(id))) continue;
      for (const code of codesOfWords(values.textsOf(id), ownKinds.has(kind), pool))
        found.set(code >> 1, (code & 1) === 1 || found.get(code >> 1) === true);
    }
    for (const [code, isOwn] of found) all.push(code * 2 + (isOwn ? 1 : 0));
    starts[record + 1] = all.length;
  }
  return { starts, codes: all.view() };
}

const hasDigits = (text: string): boolean => /\d/.test(text);

/** The codes among words as numbers, each twice and one more where it is the record's own. */
function codesOfWords(words: readonly string[], isOwnKind: boolean, pool: TextPool): readonly number[] {
  const codes: number[] = [];
  for (const [place, word] of words.entries()) {
    if (isCodeLike(word)) codes.push(pool.idOf(word) * 2 + (isOwnKind && !isSize(word) ? 1 : 0));
    const whole = word + (words[place + 1] ?? "");
    if (whole.length <= joinedMax && whole !== word && isCodeLike(whole)) codes.push(pool.idOf(whole) * 2);
  }
  return codes;
}

/** Which side the two records of a pair are of. */
export type Ends = readonly ["left" | "right", "left" | "right"];

/** One record of each side. */
export const acrossEnds: Ends = ["left", "right"];

/** The article numbers of all records that few records carry. */
export class RecordCodes {
  readonly #pool = new TextPool();
  readonly #left: CodeList;
  readonly #right: CodeList;
  readonly #carriers: Int32Array;

  constructor({ left, right, fields, vocabulary }: CodedSides) {
    const read = (side: Side): CodeList => codesIn({ side, fields, vocabulary, pool: this.#pool });
    this.#left = read(left);
    this.#right = right === null ? this.#left : read(right);
    this.#carriers = new Int32Array(this.#pool.count);
    for (const { codes } of right === null ? [this.#left] : [this.#left, this.#right])
      for (const code of codes) this.#carriers[code >> 1] = (this.#carriers[code >> 1] ?? 0) + 1;
  }

  /** The level of the codes of two records of these ends; see `codeLevel`. */
  level(left: number, right: number, ends: Ends = acrossEnds): number {
    const mine = ends[0] === "left" ? this.#left : this.#right;
    const theirs = ends[1] === "left" ? this.#left : this.#right;
    if (mine.starts[left] === mine.starts[left + 1]) return 0;
    if (theirs.starts[right] === theirs.starts[right + 1]) return 0;
    return codeLevel(this.#rare(mine, left), this.#rare(theirs, right));
  }

  #rare({ starts, codes }: CodeList, record: number): Codes {
    const all: string[] = [];
    let hasOwn = false;
    for (let at = starts[record] ?? 0; at < (starts[record + 1] ?? 0); at++) {
      const code = codes[at] ?? 0;
      if ((this.#carriers[code >> 1] ?? 0) > carriersMax) continue;
      all.push(this.#pool.textOf(code >> 1));
      if ((code & 1) === 1) hasOwn = true;
    }
    return { all, hasOwn };
  }
}

/** Sides whose codes are compared. */
interface CodedSides {
  readonly left: Side;
  /** null within one table. */
  readonly right: Side | null;
  readonly fields: readonly Field[];
  readonly vocabulary: Vocabulary;
}

/** The level of two records' codes: shared, one the beginning of the other, different, or 0 for none. */
function codeLevel(left: Codes, right: Codes): number {
  const mine = new Set(left.all);
  let longest = 0;
  for (const code of right.all) if (mine.has(code)) longest = Math.max(longest, code.length);
  if (longest > 0) return longest >= 5 ? equalLevel : 6;
  let begin = 0;
  for (const code of right.all)
    for (const other of left.all) {
      const [short, long] = code.length <= other.length ? [code, other] : [other, code];
      if (short.length < sharedBeginMin || !/\d/.test(short)) continue;
      if (long.startsWith(short) || long.endsWith(short)) begin = Math.max(begin, short.length / long.length);
    }
  if (begin >= 0.75) return 5;
  if (begin >= 0.5) return 3;
  return left.hasOwn && right.hasOwn ? 1 : 0;
}
