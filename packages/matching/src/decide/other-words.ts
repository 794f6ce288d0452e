import { alignNames } from "../compare/align-names.ts";

/** A beginning of a word so long is its abbreviation. */
const abbreviationMin = 3;

/** A number is never cut short: "Unit 10" is not "Unit 106". */
const areCutShort = (left: string, right: string): boolean =>
  !/\d/.test(left + right) &&
  Math.min(left.length, right.length) >= abbreviationMin &&
  (left.startsWith(right) || right.startsWith(left));

/** One name is the first letters of the other. */
const areInitials = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === 1 && right.length >= 2 && left[0] === right.map((word) => word.charAt(0)).join("");

/**
 * Both carry a word that the other has in no spelling and not cut short; of people an initial too, of
 * companies only longer ones.
 */
export function haveOtherWords(
  left: readonly string[],
  right: readonly string[],
  isPerson: boolean,
): boolean {
  if (areInitials(left, right) || areInitials(right, left)) return false;
  if (left.join("") === right.join("")) return false;
  const aligned = alignNames(left, right, { isPerson, worth: () => 1 });
  // Of companies the rest may be inside of a word that met; of people each word is a name of its own.
  const [mine, theirs] = isPerson
    ? [aligned.left.join(""), aligned.right.join("")]
    : [left.join(""), right.join("")];
  const isOther = (word: string, whole: string, others: readonly string[]): boolean =>
    (isPerson || word.length > 1) &&
    (/\d/.test(word) || !whole.includes(word)) &&
    !others.some((other) => areCutShort(word, other));
  return (
    aligned.left.some((word) => isOther(word, theirs, aligned.right)) &&
    aligned.right.some((word) => isOther(word, mine, aligned.left))
  );
}

/**
 * Two names that share no word in any spelling, nor a beginning, nor initials. Blanks are never outright
 * others.
 */
export function areOutrightOthers(
  left: readonly string[],
  right: readonly string[],
  isPerson: boolean,
): boolean {
  if (left.length === 0 || right.length === 0) return false;
  if (alignNames(left, right, { isPerson, worth: () => 1 }).count > 0) return false;
  if (areInitials(left, right) || areInitials(right, left)) return false;
  const [mine, theirs] = [left.join(""), right.join("")];
  if (mine.includes(theirs) || theirs.includes(mine)) return false;
  return !left.some((word) => right.some((other) => areCutShort(word, other)));
}

/**
 * One name has all words of the other in some spelling, and a word more that stands in none of them: the part
 * of a group, or the whole of it.
 */
export function hasMoreWords(left: readonly string[], right: readonly string[], isPerson: boolean): boolean {
  if (areInitials(left, right) || areInitials(right, left)) return false;
  const aligned = alignNames(left, right, { isPerson, worth: () => 1 });
  const [more, whole] = aligned.left.length > 0 ? [aligned.left, right] : [aligned.right, left];
  if (aligned.count === 0 || Math.min(aligned.left.length, aligned.right.length) > 0) return false;
  const written = whole.join("");
  return more.some((word) => word.length > 2 && !written.includes(word));
}
