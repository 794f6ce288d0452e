import type { Ends } from "../compare/codes.ts";
import { areVariants } from "../compare/variants.ts";
import type { MatchedEntity } from "../kinds.ts";
import type { Compared } from "../weigh/levels.ts";
import { CompaniesApart, otherWord } from "./companies-apart.ts";
import { PeopleApart } from "./people-apart.ts";
import type { Pair } from "./record-texts.ts";
import { RecordTexts } from "./record-texts.ts";

const arePeople = (entity: MatchedEntity): boolean => entity === "contacts" || entity === "users";

/**
 * Finds what no agreement of the other fields makes up for: another given name at one address, another legal
 * form, another number, size or colour in one name. Such a pair is a question for a person. Pure; never
 * throws.
 */
export class Contradictions {
  readonly #texts: RecordTexts;
  readonly #names: readonly number[];
  readonly #people: PeopleApart | null;
  readonly #companies: CompaniesApart | null;
  readonly #isLegal: boolean;

  constructor(compared: Compared) {
    const { entity } = compared;
    this.#texts = new RecordTexts(compared);
    this.#people = arePeople(entity) ? new PeopleApart(compared) : null;
    this.#names = this.#people === null ? this.#texts.fieldsOf("name") : [];
    this.#companies = entity === "accounts" || entity === "warehouses" ? new CompaniesApart(compared) : null;
    this.#isLegal = entity === "accounts";
  }

  /** Whether given names are compared at all. */
  get hasGiven(): boolean {
    return this.#people?.hasGiven === true;
  }

  /** Whether the records of a pair contradict each other, and nothing that is their own outweighs it. */
  in(pair: Pair): boolean {
    return this.#reasonOf(pair) !== null;
  }

  /** What makes a pair a question however well the rest agrees, in words without values; none for most. */
  reasonsOf(pair: Pair): readonly string[] {
    const reason = this.#reasonOf(pair);
    if (reason !== null) return [reason];
    return this.hasOtherWords(pair) ? [otherWord] : [];
  }

  #reasonOf(pair: Pair): string | null {
    if (this.#people !== null) return this.#people.reasonOf(pair);
    const reason = this.#isLegal ? (this.#companies?.reasonOf(pair) ?? null) : null;
    return reason ?? (this.#areVariants(pair) ? "a number, size or colour in the name is another" : null);
  }

  /** Whether the records of a pair are two so surely that no cluster may hold both. */
  areTwo(pair: Pair): boolean {
    if (this.#people !== null) return this.#people.areTwo(pair);
    return this.in(pair) || this.hasOtherWords(pair);
  }

  /** Whether a pair is two people, or two companies of one town, whose names have nothing in common. */
  areStrangers(pair: Pair): boolean {
    if (this.#people !== null) return this.#people.areStrangers(pair);
    return this.#isLegal && this.#companies?.areStrangers(pair) === true;
  }

  /** Told that members of one household stand in each of the tables, a name that differs parts two. */
  expectHouseholds(): void {
    this.#people?.expectHouseholds();
  }

  /** Whether a word of one name stands in the place of a word of the other, as of two houses of one owner. */
  hasOtherWords(pair: Pair): boolean {
    return this.#companies?.hasOtherWords(pair) === true;
  }

  /** Whether the given names of two people differ, which parts them only where more is known. */
  haveOtherGiven(pair: Pair): boolean {
    return this.#people?.haveOtherGiven(pair) === true;
  }

  /** Whether two records have given names that differ and are not in each other's column. */
  areOtherGiven(pair: Pair, ends: Ends): boolean {
    return this.#people?.areOtherGiven(pair, ends) === true;
  }

  #areVariants(pair: Pair): boolean {
    return this.#names.some((at) => {
      const [mine, theirs] = this.#texts.words(at, pair);
      return mine.length > 0 && theirs.length > 0 && areVariants(mine, theirs);
    });
  }
}
