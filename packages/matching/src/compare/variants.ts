import { colourOf } from "../normalise/colours.ts";

/** A number so long that both names carry tells the article, unless a longer one differs. */
const tellingMin = 5;
/** Numbers of one shape that differ in no more signs than this stand in one series. */
const seriesMax = 2;
/** A number found inside the other name, written together, has at least so many signs. */
const insideMin = 3;

/** A number that is put together from its parts has at least so many signs. */
const joinedMin = 5;

const romans = new Map("i ii iii iv v vi vii viii ix x".split(" ").map((word, at) => [word, at + 1]));

const hasDigit = (word: string): boolean => /\d/.test(word);

/** Words that tell one of a series: numbers, and Roman ones. */
const isNumber = (word: string): boolean => hasDigit(word) || romans.has(word);

/** The shape of a number: digits where digits are, and the letters themselves. */
const shapeOf = (word: string): string => word.replaceAll(/\d/g, "9");

function differing(left: string, right: string): number {
  let count = 0;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) count++;
  return count;
}

/**
 * Whether two numbers that differ are two of one series: "4gb" and "8gb", "hf10" and "hf100", "mx700" and
 * "mx720". Other letters alone are spellings and colours of one article; digits alone are too often other
 * things.
 */
export function areOfOneSeries(left: string, right: string): boolean {
  if (left === right) return false;
  if (romans.has(left) && romans.has(right)) return true;
  const [mine, theirs] = [sizeOf(left), sizeOf(right)];
  if (mine !== null && theirs !== null && mine === theirs) return true;
  if (areOtherModels(left, right)) return true;
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  if (short.length < long.length)
    return (
      short.length >= insideMin &&
      /[a-z].*\d$/.test(short) &&
      long.startsWith(short) &&
      /^\d(?!\d)/.test(long.slice(short.length))
    );
  if (left.length < insideMin || shapeOf(left) !== shapeOf(right)) return false;
  const count = differing(left, right);
  return count <= seriesMax && count * 2 <= left.length;
}

/** A model: letters, its number, and letters of colour, land or finish ("yht390bk"). */
const modelShape = /^([a-z]{2,})(\d{2,})[a-z]*$/;

/** Whether two article numbers have one beginning in letters, and another number of as many digits. */
function areOtherModels(left: string, right: string): boolean {
  const [, mine, number = ""] = modelShape.exec(left) ?? [];
  const [, theirs, other = ""] = modelShape.exec(right) ?? [];
  if (mine === undefined || mine !== theirs || number === other || number.length !== other.length)
    return false;
  return differing(number, other) <= seriesMax;
}

/** The unit of a size ("8gb"), else null. */
const sizeOf = (word: string): string | null => /^\d+([a-z]{1,4})$/.exec(word)?.[1] ?? null;

/** Whether a number stands in a text, and not inside a longer number. */
function isWithin(word: string, whole: string): boolean {
  for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) {
    const isCutBefore = /^\d/.test(word) && /\d/.test(whole[at - 1] ?? "");
    const isCutAfter = /\d$/.test(word) && /\d/.test(whole[at + word.length] ?? "");
    if (!isCutBefore && !isCutAfter) return true;
  }
  return false;
}

/** Numbers of a name that the other does not carry, also not written together with its neighbours. */
function unmet(words: readonly string[], others: readonly string[]): readonly string[] {
  const whole = others.join("");
  return [...new Set(words)].filter(
    (word) =>
      isNumber(word) &&
      !others.includes(word) &&
      !(word.length >= insideMin && hasDigit(word) && isWithin(word, whole)),
  );
}

/** The colours that words name. */
function coloursOf(words: readonly string[]): ReadonlySet<number> {
  return new Set(words.flatMap((word) => colourOf(word) ?? []));
}

/** A name so many times as long as the other describes: its colours are those of parts. */
const describingMin = 2;

/** Each name has one colour, and it is another. */
function haveOtherColour(left: readonly string[], right: readonly string[]): boolean {
  const [mine, theirs] = [coloursOf(left), coloursOf(right)];
  const [few, many] = [left.length, right.length].toSorted((a, b) => a - b) as [number, number];
  if (mine.size !== 1 || theirs.size !== 1 || many >= describingMin * few) return false;
  return ![...mine].some((colour) => theirs.has(colour));
}

/** Neighbouring words written together that make a number, two or three of them. */
function joined(words: readonly string[]): readonly string[] {
  return words.flatMap((word, at) =>
    [1, 2].flatMap((more) => {
      if (at + more >= words.length) return [];
      const whole = [word, ...words.slice(at + 1, at + 1 + more)].join("");
      return whole.length >= joinedMin && hasDigit(whole) ? [whole] : [];
    }),
  );
}

/** One of the numbers that the other name has not is, written apart there, the next one of its series. */
function haveNextJoined(ours: readonly string[], others: readonly string[]): boolean {
  const long = ours.filter((word) => word.length >= joinedMin);
  if (long.length === 0) return false;
  return joined(others).some((whole) =>
    long.some((word) =>
      word.length === whole.length ? areOfOneSeries(word, whole) : areOtherModels(word, whole),
    ),
  );
}

/** Two names have another number each, and no more of them, as short as that of a part or a version. */
function haveOneOther(ours: readonly string[], others: readonly string[]): boolean {
  const [mine = "", theirs = ""] = [ours[0], others[0]];
  const isShort = (word: string): boolean => /^\d{1,4}$/.test(word);
  return (
    ours.length === 1 &&
    others.length === 1 &&
    mine.length === theirs.length &&
    isShort(mine) &&
    isShort(theirs)
  );
}

/** Signs of the longest number that both names carry, 0 where none is long enough to tell the article. */
function toldBy(left: readonly string[], right: readonly string[]): number {
  const isTelling = (word: string): boolean =>
    word.length >= tellingMin && /\d.*[a-z]|[a-z].*\d|\d{6}/.test(word) && right.includes(word);
  return left.reduce((longest, word) => Math.max(longest, isTelling(word) ? word.length : 0), 0);
}

/**
 * Whether two names are two of one series by a single number, size, pack, edition or colour, though much else
 * agrees: each carries one that the other has not. Words folded. Symmetric. Never throws.
 */
export function areVariants(left: readonly string[], right: readonly string[]): boolean {
  if (haveOtherColour(left, right)) return true;
  const told = toldBy(left, right);
  const ours = unmet(left, right).filter((word) => word.length > told);
  const others = unmet(right, left).filter((word) => word.length > told);
  return (
    haveOneOther(ours, others) ||
    ours.some((word) => others.some((other) => areOfOneSeries(word, other))) ||
    haveNextJoined(ours, right) ||
    haveNextJoined(others, left)
  );
}
