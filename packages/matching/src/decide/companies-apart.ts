import { areFormsApart } from "../normalise/forms-apart.ts";
import { editsBetween } from "../text/closeness.ts";
import type { Compared } from "../weigh/levels.ts";
import { areOutrightOthers, hasMoreWords, haveOtherWords } from "./other-words.ts";
import type { Pair } from "./record-texts.ts";
import { RecordTexts } from "./record-texts.ts";

/** Slips in a tax id. */
const slips = 1;

/** What is said of two houses of one owner. */
export const otherWord = "a word of one name stands in the place of another";
const moreWords = "one name has a word more, and nothing else is one";

/** Tells where two records are two companies although much of what they say agrees. */
export class CompaniesApart {
  readonly #texts: RecordTexts;
  readonly #names: readonly number[];
  readonly #taxes: readonly number[];
  readonly #domains: readonly number[];
  readonly #shared: readonly number[];
  readonly #streets: readonly number[];

  constructor(compared: Compared) {
    this.#texts = new RecordTexts(compared);
    this.#names = this.#texts.fieldsOf("name");
    this.#taxes = this.#texts.fieldsOf("tax");
    this.#streets = this.#texts.fieldsOf("street");
    this.#domains = [...this.#texts.fieldsOf("mail"), ...this.#texts.fieldsOf("web")];
    this.#shared = [...this.#domains, ...this.#texts.fieldsOf("phone")];
  }

  /**
   * Why a pair is two companies, in words, or null: other legal forms, names that have nothing in common, or
   * another word in the name with one mailbox or web domain, which sisters share ("Acme Holdings", "Acme
   * Trading"), or a word more in one name ("Acme", "Acme Holdings") where no mailbox, web domain,
   * phone or street is one. One tax id outweighs all of them.
   */
  reasonOf(pair: Pair): string | null {
    if (this.#haveOneTaxId(pair)) return null;
    if (areFormsApart(...this.#texts.forms(pair))) return "the legal forms differ";
    if (this.#haveNames(pair, areOutrightOthers)) return "the names have nothing in common";
    if (this.#shareDomain(pair) && this.hasOtherWords(pair)) return otherWord;
    return this.#shareNothing(pair) && this.#haveNames(pair, hasMoreWords) ? moreWords : null;
  }

  /**
   * Whether a pair is two companies whose names have nothing in common, and that have no tax id, street,
   * mailbox, web domain or phone in common: neighbours of one town, and no question for anybody.
   */
  areStrangers(pair: Pair): boolean {
    return this.#haveNames(pair, areOutrightOthers) && !this.#haveOneTaxId(pair) && this.#shareNothing(pair);
  }

  /** Whether the tax ids of a pair are one, or one but for a slip. */
  #haveOneTaxId(pair: Pair): boolean {
    return this.#taxes.some((at) => {
      const [mine, theirs] = this.#texts.keys(at, pair);
      return mine !== "" && theirs !== "" && editsBetween(mine, theirs, slips) <= slips;
    });
  }

  /** Whether no street, mailbox, web domain or phone is one; a street may have a word more. */
  #shareNothing(pair: Pair): boolean {
    const isOne = (at: number): boolean => {
      const [mine, theirs] = this.#texts.keys(at, pair);
      return mine !== "" && mine === theirs;
    };
    const areOneStreet = (at: number): boolean => {
      const [few, many] = this.#texts.words(at, pair).toSorted((one, other) => one.length - other.length);
      return (
        few !== undefined && few.some((word) => /\d/.test(word)) && few.every((word) => many?.includes(word))
      );
    };
    return !this.#shared.some(isOne) && !this.#streets.some(areOneStreet);
  }

  #shareDomain(pair: Pair): boolean {
    return this.#domains.some((at) => {
      const [mine, theirs] = this.#texts.keys(at, pair);
      return mine !== "" && mine === theirs;
    });
  }

  /** Whether a word of one name stands in the place of a word of the other, as of two houses of one owner. */
  hasOtherWords(pair: Pair): boolean {
    return this.#haveNames(pair, haveOtherWords);
  }

  #haveNames(pair: Pair, against: typeof haveOtherWords): boolean {
    return this.#names.some((at) => {
      const [one, other] = this.#texts.ids(at, pair);
      if (one === other) return false;
      const [mine, theirs] = this.#texts.words(at, pair);
      return mine.length > 0 && theirs.length > 0 && against(mine, theirs, false);
    });
  }
}
