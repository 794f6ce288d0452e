import { areFormsApart } from "../normalise/forms-apart.ts";
import { editsBetween } from "../text/closeness.ts";
import type { Compared } from "../weigh/levels.ts";
import { areOutrightOthers, haveOtherWords } from "./other-words.ts";
import type { Pair } from "./record-texts.ts";
import { RecordTexts } from "./record-texts.ts";

/** Slips in a tax id. */
const slips = 1;

/** Tells where two records are two companies although much of what they say agrees. */
export class CompaniesApart {
  readonly #texts: RecordTexts;
  readonly #names: readonly number[];
  readonly #taxes: readonly number[];

  constructor(compared: Compared) {
    this.#texts = new RecordTexts(compared);
    this.#names = this.#texts.fieldsOf("name");
    this.#taxes = this.#texts.fieldsOf("tax");
  }

  /**
   * Why a pair is two companies, in words, or null: other legal forms, or names that have nothing in common.
   * One tax id outweighs both.
   */
  reasonOf(pair: Pair): string | null {
    for (const at of this.#taxes) {
      const [mine, theirs] = this.#texts.keys(at, pair);
      if (mine === "" || theirs === "") continue;
      if (editsBetween(mine, theirs, slips) <= slips) return null;
    }
    if (areFormsApart(...this.#texts.forms(pair))) return "the legal forms differ";
    return this.#haveNames(pair, areOutrightOthers) ? "the names have nothing in common" : null;
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
