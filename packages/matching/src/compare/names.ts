import { companyNameOf } from "../normalise/legal-forms.ts";
import { editsBetween } from "../text/closeness.ts";
import { fold, wordsOf } from "../text/fold.ts";
import { Frequencies } from "../text/frequency.ts";
import { soundOf } from "../text/sound.ts";
import { alignNames } from "./align-names.ts";

/** From this likeness on two names alone are likely one: a question for a person. */
export const sameNameMin = 0.7;
/** From this likeness on two names alone are taken for one without a person. */
export const sureNameMin = 0.87;

/** Words inside personal names that come and go. */
const particles: ReadonlySet<string> = new Set(
  (
    "al el ul bin ben ibn bint abu von van der den de di da del della dos du la le y e af av zu " +
    "zur ter ten st mr mrs ms dr prof sir haji hajji sheikh mullah"
  ).split(" "),
);
/** What a whole name that differs by a slip, or is written together, is worth. */
const slip = 0.9;
/** Father and son that change places, or one name with two legal forms: a person has to look. */
const doubtful = 0.85;
const patronymics: ReadonlySet<string> = new Set(["bin", "ibn", "ben", "bint"]);
/** Two words in each other's place make another company, however much the rest agrees. */
const swappedMax = 0.5;

/** The words of a personal name that tell it, without particles and titles. */
function personWords(text: string): readonly string[] {
  const words = wordsOf(fold(text));
  const kept = words.filter((word) => !particles.has(word));
  return kept.length > 0 ? kept : words;
}

const lengthOf = (words: readonly string[]): number => words.reduce((sum, word) => sum + word.length, 0);

/**
 * How alike two personal names are, 0 to 1, by their words without particles: order, nicknames,
 * initials, spellings
 * of one sound and slips do not part them; a word too many on both sides does. Symmetric. Never throws.
 */
export function personLikeness(left: readonly string[], right: readonly string[]): number {
  const [mine, theirs] = [left.join(""), right.join("")];
  if (mine === "" || theirs === "") return 0;
  const isShuffled = left.toSorted().join("") === right.toSorted().join("");
  if (mine === theirs || isShuffled) return 1;
  if (soundOf(mine) === soundOf(theirs)) return 0.95;
  const isLong = Math.max(mine.length, theirs.length) >= 8;
  const isTogether = isLong && left.length !== right.length && editsBetween(mine, theirs, 1) <= 1;
  const least = isTogether ? slip : 0;
  const aligned = alignNames(left, right, { isPerson: true, worth: () => 1 });
  if (aligned.count === 0) return least;
  const [few, many] = [aligned.left.length, aligned.right.length].toSorted((a, b) => a - b) as [
    number,
    number,
  ];
  if (few > 0) return Math.max(least, (0.3 * aligned.met) / Math.max(left.length, right.length));
  if (aligned.count === 1 && many > 0) return Math.max(least, 0.4);
  const mean = Math.min(aligned.met / aligned.count, aligned.worst + 0.15);
  const missing = 0.07 * Math.min(3, many) * (aligned.count >= 3 ? 0.5 : 1);
  return Math.max(least, mean - missing);
}

const areInitials = (one: readonly string[], other: readonly string[]): boolean =>
  other.length >= 3 && one.length === 1 && one[0] === other.map((word) => word[0]).join("");

/** What the whole text of two names is worth where only letters differ. */
function writtenLikeness(left: readonly string[], right: readonly string[]): number {
  const edits = editsBetween(left.join(""), right.join(""), 2);
  const longest = Math.max(lengthOf(left), lengthOf(right));
  if (edits <= 1 && longest >= 5) return slip;
  return edits <= 2 && longest >= 12 ? 0.8 : 0;
}

/**
 * How alike two company names are, 0 to 1, by their words without legal forms, each worth its
 * rarity: initials,
 * slips and words written together do not part them, one word in the place of another does.
 * Symmetric. Never throws.
 */
export function companyLikeness(
  left: readonly string[],
  right: readonly string[],
  worth: (word: string) => number,
): number {
  if (left.length === 0 || right.length === 0) return 0;
  if (left.join("") === right.join("")) return 1;
  if (areInitials(left, right) || areInitials(right, left)) return 0.8;
  const aligned = alignNames(left, right, { isPerson: false, worth });
  const lost = [...aligned.left, ...aligned.right].reduce((sum, word) => sum + worth(word), 0);
  const share = aligned.met === 0 ? 0 : aligned.met / (aligned.met + lost / 2);
  const isSwapped = aligned.left.length > 0 && aligned.right.length > 0;
  const byWords = Math.min(isSwapped ? Math.min(share, swappedMax) : share, aligned.worst + 0.1);
  return Math.max(byWords, writtenLikeness(left, right));
}

/** Whether one is the son of whom the other is the father ("Omar bin Ali", "Ali bin Omar"). */
function isTurnedRound(left: string, right: string): boolean {
  const [mine, theirs] = [left, right].map((text) => {
    const words = wordsOf(fold(text));
    const at = words.findIndex((word, place) => place > 0 && patronymics.has(word));
    return at < 0 ? null : { son: words[at - 1] ?? "", father: words[at + 1] ?? "" };
  });
  if (mine === null || mine === undefined || theirs === null || theirs === undefined) return false;
  return mine.son !== mine.father && mine.son === theirs.father && mine.father === theirs.son;
}

/** What tells a company by its name: the words, the letters before them as one word, and the legal forms. */
function companyOf(text: string): { readonly words: readonly string[]; readonly forms: readonly string[] } {
  const { words, forms } = companyNameOf(fold(text));
  const letters = words.findIndex((word) => word.length > 1);
  const first = letters < 0 ? words.length : letters;
  return { words: first < 2 ? words : [words.slice(0, first).join(""), ...words.slice(first)], forms };
}

/**
 * How alike the two names of every pair are, 0 to 1; the rarity of words is that among these names. From
 * `sureNameMin` on two names alone are taken for one, from `sameNameMin` on they are a question. Never
 * throws.
 */
export function nameLikenesses(
  pairs: readonly (readonly [left: string, right: string])[],
  of: "companies" | "people",
): readonly number[] {
  if (of === "people")
    return pairs.map(([left, right]) => {
      const likeness = personLikeness(personWords(left), personWords(right));
      return isTurnedRound(left, right) ? Math.min(doubtful, likeness) : likeness;
    });
  const worth = new Frequencies();
  const names = pairs.map((pair) => pair.map(companyOf) as [Company, Company]);
  for (const pair of names) for (const { words } of pair) worth.add(words);
  return names.map(([left, right]) => {
    const likeness = companyLikeness(left.words, right.words, (word) => worth.worthOf(word));
    const isOtherForm =
      left.forms.length > 0 &&
      right.forms.length > 0 &&
      !left.forms.some((form) => right.forms.includes(form));
    return isOtherForm ? Math.min(doubtful, likeness) : likeness;
  });
}

type Company = ReturnType<typeof companyOf>;
