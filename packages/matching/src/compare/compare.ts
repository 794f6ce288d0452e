import type { Prepared, Side } from "../columns/prepare.ts";
import type { Field, Kind, MatchedEntity } from "../kinds.ts";
import { isNickname } from "../normalise/nicknames.ts";
import { editsBetween, jaroWinkler } from "../text/closeness.ts";
import { companyLikeness, personLikeness, sameNameMin } from "./names.ts";
import { Frequencies } from "../text/frequency.ts";
import { overlapOf } from "../text/word-overlap.ts";

/** Levels of agreement; 0 is "one side says nothing". */
const levelCount = 8;
/** The level of equal values. */
export const equalLevel: number = levelCount - 1;
/** A likeness of whole names from here on is a slip of writing at most. */
const slipLikeness = 0.9;
/** Where a likeness passes from one level to the next: level 1 below the first, up to equal. */
const steps = [0.15, 0.3, 0.45, 0.62, 0.8] as const;

/** The level of a likeness between 0 and 1 that is not equality. */
function levelOf(likeness: number): number {
  let level = 1;
  for (const step of steps) if (likeness >= step) level++;
  return level;
}

/** Compares the values of one field. */
export type Compare = (left: Prepared, right: Prepared) => number;

function textCompare(worth: Frequencies): Compare {
  return (left, right) => {
    if (left.key === right.key) return equalLevel;
    if (left.key.replaceAll(" ", "") === right.key.replaceAll(" ", "")) return equalLevel;
    return levelOf(overlapOf(left.words, right.words, worth).cosine);
  };
}

/** The level of a likeness of whole names; below the first it says nothing that the words do not. */
function nameLevelOf(likeness: number): number {
  if (likeness >= slipLikeness) return 6;
  return likeness >= sameNameMin ? 5 : 0;
}

function companyCompare(worth: Frequencies): Compare {
  const byWords = textCompare(worth);
  const worthOf = (word: string): number => worth.worthOf(word);
  return (left, right) => {
    const level = byWords(left, right);
    return level >= 6
      ? level
      : Math.max(level, nameLevelOf(companyLikeness(left.words, right.words, worthOf)));
  };
}

function personCompare(worth: Frequencies): Compare {
  const byWords = textCompare(worth);
  return (left, right) => {
    const level = byWords(left, right);
    return level >= 6 ? level : Math.max(level, nameLevelOf(personLikeness(left.words, right.words)));
  };
}

function longTextCompare(worth: Frequencies): Compare {
  return (left, right) => {
    if (left.key === right.key) return equalLevel;
    const { cosine, contained } = overlapOf(left.words, right.words, worth);
    return levelOf((cosine + contained) / 2);
  };
}

const shortCompare: Compare = (left, right) => {
  if (left.key === right.key) return equalLevel;
  const longest = Math.max(left.key.length, right.key.length);
  const edits = editsBetween(left.key, right.key, 2);
  if (edits === 1 && longest >= 4) return 6;
  if (edits === 2 && longest >= 5) return 5;
  const close = jaroWinkler(left.key, right.key);
  return close >= 0.9 ? 4 : close >= 0.8 ? 3 : close >= 0.65 ? 2 : 1;
};

const givenCompare: Compare = (left, right) => {
  if (left.key === right.key) return equalLevel;
  if (isNickname(left.key, right.key)) return 6;
  const isInitial = left.key.length === 1 || right.key.length === 1;
  if (isInitial) return left.key[0] === right.key[0] ? 5 : 1;
  return shortCompare(left, right);
};

/** The level of two parts of a personal name. */
export const nameLevel: Compare = (left, right) => givenCompare(left, right);

const mailCompare: Compare = (left, right) => {
  if (left.key === right.key) return left.key.startsWith("@") ? 5 : equalLevel;
  const [mine = "", host = ""] = left.key.split("@");
  const [theirs = "", otherHost = ""] = right.key.split("@");
  if (host !== "" && host === otherHost) return mine !== "" && editsBetween(mine, theirs, 1) <= 1 ? 6 : 4;
  if (mine.length > 3 && mine === theirs) return 5;
  return mine !== "" && jaroWinkler(mine, theirs) > 0.9 ? 3 : 1;
};

const numberCompare: Compare = (left, right) => {
  if (left.key === right.key) return equalLevel;
  const [mine, theirs] = [left.number ?? 0, right.number ?? 0];
  const apart = Math.abs(mine - theirs) / Math.max(Math.abs(mine), Math.abs(theirs));
  return apart < 0.001 ? 6 : apart < 0.05 ? 5 : apart < 0.15 ? 4 : apart < 0.3 ? 3 : apart < 0.5 ? 2 : 1;
};

/** Numbers without unit where equal neighbours mean nothing, as years: compared as signs. */
const exactKinds: ReadonlySet<Kind> = new Set([
  "code",
  "house",
  "postcode",
  "phone",
  "date",
  "tax",
  "web",
  "family",
]);

/** The comparison that fits a field; `worth` is the rarity of words in this field. */
export function comparisonOf(kind: Kind, worth: Frequencies, entity: MatchedEntity): Compare {
  if (kind === "person") return personCompare(worth);
  if (kind === "name" && entity === "accounts") return companyCompare(worth);
  if (kind === "given") return givenCompare;
  if (exactKinds.has(kind)) return shortCompare;
  if (kind === "mail") return mailCompare;
  if (kind === "number") return numberCompare;
  return kind === "text" ? longTextCompare(worth) : textCompare(worth);
}

/** Rarity of the words of each field over both sides. */
export function frequenciesOf(
  left: Side,
  right: Side | null,
  fields: readonly Field[],
): readonly Frequencies[] {
  return fields.map((_, at) => {
    const worth = new Frequencies();
    for (const side of right === null ? [left] : [left, right])
      for (const value of side.values[at] ?? []) if (value !== null) worth.add(value.words);
    return worth;
  });
}
