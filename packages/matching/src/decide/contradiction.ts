import { saysNothing } from "../columns/vocabulary.ts";
import { alignNames } from "../compare/align-names.ts";
import { acrossEnds } from "../compare/codes.ts";
import type { Ends } from "../compare/codes.ts";
import { nameLevel } from "../compare/compare.ts";
import { areVariants } from "../compare/variants.ts";
import type { Kind, MatchedEntity } from "../kinds.ts";
import { editsBetween } from "../text/closeness.ts";
import type { Compared } from "../weigh/levels.ts";

/** A pair of records. */
interface Pair {
  readonly left: number;
  readonly right: number;
}

/** How the two names of one field speak against each other. */
type Against = (left: readonly string[], right: readonly string[]) => boolean;

/** What is one person's own. */
const ownKinds: ReadonlySet<Kind> = new Set(["date", "code", "tax", "mail"]);
/** So much of one's own that differs parts two people, whatever their names. */
const ownEnough = 2;
/** Slips in it. */
const ownSlips = 1;
/** Up to this level two given names are two. */
const otherGivenMax = 2;

/** A beginning of a word so long is its abbreviation. */
const abbreviationMin = 3;

/** Both carry a word, longer than an initial, that the other has in no spelling and not cut short. */
function haveOtherWords(left: readonly string[], right: readonly string[], isPerson: boolean): boolean {
  const aligned = alignNames(left, right, { isPerson, worth: () => 1 });
  const [mine, theirs] = [left.join(""), right.join("")];
  const isOther = (word: string, whole: string, others: readonly string[]): boolean =>
    word.length > 1 && !whole.includes(word) && !others.some((other) => areCutShort(word, other));
  return (
    aligned.left.some((word) => isOther(word, theirs, aligned.right)) &&
    aligned.right.some((word) => isOther(word, mine, aligned.left))
  );
}

const areCutShort = (left: string, right: string): boolean =>
  Math.min(left.length, right.length) >= abbreviationMin &&
  (left.startsWith(right) || right.startsWith(left));

const isPeople = (entity: MatchedEntity): boolean => entity === "contacts" || entity === "users";

function againstOf(kind: Kind, entity: MatchedEntity): Against | null {
  if (kind === "person" && isPeople(entity)) return (left, right) => haveOtherWords(left, right, true);
  return kind === "name" && !isPeople(entity) ? areVariants : null;
}

/**
 * Finds what no agreement of the other fields makes up for: another given name at one address, another
 * number, size or colour in one name. Such a pair is a question for a person.
 */
export class Contradictions {
  readonly #compared: Compared;
  readonly #fields: readonly { readonly at: number; readonly against: Against }[];
  readonly #given: number;
  #isHousehold = false;
  readonly #family: number;

  constructor(compared: Compared) {
    this.#compared = compared;
    const { fields, entity } = compared;
    this.#fields = fields.flatMap(({ kind }, at) => {
      const against = againstOf(kind, entity);
      return against === null ? [] : [{ at, against }];
    });
    this.#given = isPeople(entity) ? fields.findIndex(({ kind }) => kind === "given") : -1;
    this.#family = fields.findIndex(({ kind }) => kind === "family");
  }

  /** Whether given names are compared at all. */
  get hasGiven(): boolean {
    return this.#given >= 0;
  }

  /** Whether the names of a pair contradict each other, and nothing that is one person's own outweighs it. */
  in(pair: Pair): boolean {
    const isOther = this.#fields.some(({ at, against }) => {
      const [mine, theirs] = this.#words(at, pair);
      return mine.length > 0 && theirs.length > 0 && against(mine, theirs);
    });
    if (!isPeople(this.#compared.entity)) return isOther;
    const others = this.#othersOfOwn(pair);
    if (others >= ownEnough) return true;
    return (isOther || this.areOtherGiven(pair)) && (others > 0 || (this.#isHousehold && others === 0));
  }

  /** Told that members of one household stand in each of the tables, a given name that differs parts two. */
  expectHouseholds(): void {
    this.#isHousehold = true;
  }

  /** Whether a word of one name stands in the place of a word of the other, as of two houses of one owner. */
  hasOtherWords(pair: Pair): boolean {
    const { fields, entity } = this.#compared;
    return fields.some(({ kind }, at) => {
      if (kind !== "name" || (entity !== "accounts" && entity !== "warehouses")) return false;
      const [mine, theirs] = this.#words(at, pair);
      return haveOtherWords(mine, theirs, false);
    });
  }

  /** Whether two records have given names that differ and are not in each other's column. */
  areOtherGiven(pair: Pair, ends: Ends = acrossEnds): boolean {
    const [given, other] = this.#keys(this.#given, pair, ends);
    if (given === "" || other === "" || nameLevel(given, other) > otherGivenMax) return false;
    const [family, name] = this.#keys(this.#family, pair, ends);
    return !isAlike(given, name) && !isAlike(family, other) && !haveWordInCommon(given, other);
  }

  /**
   * How many birthdays, numbers and mailboxes are there on both sides and differ; -1 where one agrees. Where
   * there are none, a given name that differs is no proof: people have several, and clerks err.
   */
  #othersOfOwn(pair: Pair): number {
    let others = 0;
    for (const [at, { kind }] of this.#compared.fields.entries()) {
      if (!ownKinds.has(kind)) continue;
      const [mine, theirs] = this.#keys(at, pair);
      if (mine === "" || theirs === "") continue;
      if (editsBetween(mine, theirs, ownSlips) <= ownSlips) return -1;
      others++;
    }
    return others;
  }

  #ids(at: number, { left, right }: Pair, ends: Ends): readonly [number, number] {
    const [mine, theirs] = ends.map((end) => this.#compared[end] ?? this.#compared.left);
    return [mine?.values[at]?.[left] ?? saysNothing, theirs?.values[at]?.[right] ?? saysNothing];
  }

  #keys(at: number, pair: Pair, ends: Ends = acrossEnds): readonly [string, string] {
    const values = this.#compared.vocabulary.fields[at];
    const keyOf = (id: number): string => (id === saysNothing ? "" : (values?.keyOf(id) ?? ""));
    const [mine, theirs] = this.#ids(at, pair, ends);
    return [keyOf(mine), keyOf(theirs)];
  }

  #words(at: number, pair: Pair): readonly [readonly string[], readonly string[]] {
    const values = this.#compared.vocabulary.fields[at];
    const textsOf = (id: number): readonly string[] =>
      id === saysNothing ? [] : (values?.textsOf(id) ?? []);
    const [mine, theirs] = this.#ids(at, pair, acrossEnds);
    return [textsOf(mine), textsOf(theirs)];
  }
}

/** Written in the other's column. */
const isAlike = (left: string, right: string): boolean =>
  left !== "" && right !== "" && nameLevel(left, right) > 3;

const haveWordInCommon = (left: string, right: string): boolean =>
  left.split(" ").some((word) => word.length > 1 && right.split(" ").includes(word));
