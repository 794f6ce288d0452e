import type { FieldValues, Vocabulary } from "../columns/vocabulary.ts";
import type { Kind, MatchedEntity } from "../kinds.ts";
import { isNickname } from "../normalise/nicknames.ts";
import { editsBetween, jaroWinkler } from "../text/closeness.ts";
import { WordFacts } from "../text/word-facts.ts";
import { WordOverlap } from "../text/word-overlap.ts";
import { NameGate } from "./name-gate.ts";
import { companyLikeness, personLikeness, sameNameMin } from "./names.ts";
import { worthOfWords } from "./worth.ts";

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

/** Compares two values of one field by their numbers. */
export type Compare = (left: number, right: number) => number;

/** What the comparison of all fields works with. */
export interface Desk {
  readonly vocabulary: Vocabulary;
  readonly facts: WordFacts;
  readonly overlap: WordOverlap;
  readonly entity: MatchedEntity;
}

/** A desk for a vocabulary that is complete. */
export function deskOf(vocabulary: Vocabulary, entity: MatchedEntity): Desk {
  const facts = new WordFacts(vocabulary.words);
  return { vocabulary, facts, overlap: new WordOverlap(facts), entity };
}

/** A field that is compared: its values, and the rarity of words in it. */
interface Compared extends Desk {
  readonly values: FieldValues;
  readonly worthOf: (word: number) => number;
}

function textCompare({ values, overlap, worthOf }: Compared, isLong: boolean): Compare {
  const mine: number[] = [];
  const theirs: number[] = [];
  return (left, right) => {
    if (left === right || (!isLong && values.isSameWritten(left, right))) return equalLevel;
    values.readWords(left, mine);
    values.readWords(right, theirs);
    const { cosine, contained } = overlap.of(mine, theirs, worthOf);
    return levelOf(isLong ? (cosine + contained) / 2 : cosine);
  };
}

/** The level of a likeness of whole names; below the first it says nothing that the words do not. */
function nameLevelOf(likeness: number): number {
  if (likeness >= slipLikeness) return 6;
  return likeness >= sameNameMin ? 5 : 0;
}

function nameCompare(compared: Compared, of: "companies" | "people"): Compare {
  const { values, worthOf, vocabulary } = compared;
  const byWords = textCompare(compared, false);
  const gate = new NameGate({ values, facts: compared.facts, of });
  const worth = (word: string): number => worthOf(vocabulary.words.idOf(word));
  return (left, right) => {
    const level = byWords(left, right);
    if (level >= 6 || !gate.mayBeOne(left, right)) return level;
    const [mine, theirs] = [values.textsOf(left), values.textsOf(right)];
    const likeness = of === "people" ? personLikeness(mine, theirs) : companyLikeness(mine, theirs, worth);
    return Math.max(level, nameLevelOf(likeness));
  };
}

/** The level of two short texts. */
function shortLevel(left: string, right: string): number {
  if (left === right) return equalLevel;
  const longest = Math.max(left.length, right.length);
  const edits = editsBetween(left, right, 2);
  if (edits === 1 && longest >= 4) return 6;
  if (edits === 2 && longest >= 5) return 5;
  const close = jaroWinkler(left, right);
  return close >= 0.9 ? 4 : close >= 0.8 ? 3 : close >= 0.65 ? 2 : 1;
}

/** The level of two parts of a personal name. */
export function nameLevel(left: string, right: string): number {
  if (left === right) return equalLevel;
  if (isNickname(left, right)) return 6;
  const isInitial = left.length === 1 || right.length === 1;
  if (isInitial) return left[0] === right[0] ? 5 : 1;
  return shortLevel(left, right);
}

function mailLevel(left: string, right: string): number {
  if (left === right) return left.startsWith("@") ? 5 : equalLevel;
  const [mine = "", host = ""] = left.split("@");
  const [theirs = "", otherHost = ""] = right.split("@");
  if (host !== "" && host === otherHost) return mine !== "" && editsBetween(mine, theirs, 1) <= 1 ? 6 : 4;
  if (mine.length > 3 && mine === theirs) return 5;
  return mine !== "" && jaroWinkler(mine, theirs) > 0.9 ? 3 : 1;
}

function numberLevel(left: string, right: string): number {
  if (left === right) return equalLevel;
  const [mine, theirs] = [Number(left), Number(right)];
  const apart = Math.abs(mine - theirs) / Math.max(Math.abs(mine), Math.abs(theirs));
  return apart < 0.001 ? 6 : apart < 0.05 ? 5 : apart < 0.15 ? 4 : apart < 0.3 ? 3 : apart < 0.5 ? 2 : 1;
}

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

/** Short codes that count up ("WH1", "WH2"): the next one is another, however near it is written. */
function countedLevel(left: string, right: string): number {
  if (left === right) return equalLevel;
  const plain = (code: string): string => code.replaceAll(/0+(?=\d)/g, "");
  return plain(left) === plain(right) ? 6 : 1;
}

/** What means the same is equal, and all else is another: "ie" is no slip of "it". */
const meaningLevel = (left: string, right: string): number => (left === right ? equalLevel : 1);

function levelsOfKeys(kind: Kind, entity: MatchedEntity): ((left: string, right: string) => number) | null {
  if (kind === "code" && (entity === "warehouses" || entity === "users")) return countedLevel;
  if (kind === "country" || kind === "unit") return meaningLevel;
  if (kind === "given") return nameLevel;
  if (exactKinds.has(kind)) return shortLevel;
  if (kind === "mail") return mailLevel;
  return kind === "number" ? numberLevel : null;
}

/** The comparison that fits a field; `counts` is how often each of its values occurs. */
export function comparisonOf(values: FieldValues, counts: Int32Array, desk: Desk): Compare {
  const { kind } = values;
  const byKeys = levelsOfKeys(kind, desk.entity);
  if (byKeys !== null)
    return (left, right) =>
      left === right && kind !== "mail" ? equalLevel : byKeys(values.keyOf(left), values.keyOf(right));
  const compared = { ...desk, values, worthOf: worthOfWords(values, counts, desk.vocabulary.words.count) };
  if (kind === "person") return nameCompare(compared, "people");
  if (kind === "employer") return nameCompare(compared, "companies");
  if (kind === "name" && (desk.entity === "accounts" || desk.entity === "warehouses"))
    return nameCompare(compared, "companies");
  return textCompare(compared, kind === "text");
}
