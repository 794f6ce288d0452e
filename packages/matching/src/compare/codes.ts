import type { Side } from "../columns/prepare.ts";
import type { Field, Kind } from "../kinds.ts";
import { isCodeLike } from "../normalise/product-code.ts";
import { Frequencies } from "../text/frequency.ts";
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

/** The article and model numbers of one record. */
export interface Codes {
  /** Found anywhere, also written in two parts. */
  readonly all: readonly string[];
  /** Whether its own name or code column carries one, so that another number speaks against it. */
  readonly hasOwn: boolean;
}

interface Found {
  readonly all: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
}

/** A number with its unit ("32gb", "100w") is a size. */
const isSize = (word: string): boolean => /^\d+[a-z]{0,3}$/.test(word) && word.length < 6;

function foundIn(side: Side, fields: readonly Field[], record: number): Found {
  const all = new Set<string>();
  const own = new Set<string>();
  for (const [at, { kind }] of fields.entries()) {
    if (!codeKinds.has(kind)) continue;
    const words = side.values[at]?.[record]?.words ?? [];
    for (const [place, word] of words.entries()) {
      if (isCodeLike(word)) {
        all.add(word);
        if (ownKinds.has(kind) && !isSize(word)) own.add(word);
      }
      const whole = word + (words[place + 1] ?? "");
      if (whole.length <= joinedMax && whole !== word && isCodeLike(whole)) all.add(whole);
    }
  }
  return { all, own };
}

/** The codes of both sides that few records carry. */
export function codesOf(
  left: Side,
  right: Side | null,
  fields: readonly Field[],
): readonly [readonly Codes[], readonly Codes[]] {
  const carriers = new Frequencies();
  const read = (side: Side): readonly Found[] =>
    Array.from({ length: side.count }, (_, record) => {
      const found = foundIn(side, fields, record);
      carriers.add([...found.all]);
      return found;
    });
  const mine = read(left);
  const theirs = right === null ? null : read(right);
  const isRare = (code: string): boolean => carriers.countOf(code) <= carriersMax;
  const rare = ({ all, own }: Found): Codes => ({
    all: [...all].filter(isRare),
    hasOwn: [...own].some(isRare),
  });
  const kept = mine.map(rare);
  return [kept, theirs === null ? kept : theirs.map(rare)];
}

/** The level of two records' codes: shared, one the beginning of the other, different, or 0 for none. */
export function codeLevel(left: Codes, right: Codes): number {
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
