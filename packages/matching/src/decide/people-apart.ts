import { acrossEnds } from "../compare/codes.ts";
import type { Ends } from "../compare/codes.ts";
import { nameLevel } from "../compare/compare.ts";
import type { Kind } from "../kinds.ts";
import { editsBetween } from "../text/closeness.ts";
import type { Compared } from "../weigh/levels.ts";
import { KnownGiven } from "./known-given.ts";
import { isSpelledAfter } from "./mailboxes.ts";
import { areOutrightOthers, haveOtherWords } from "./other-words.ts";
import type { Pair } from "./record-texts.ts";
import { RecordTexts } from "./record-texts.ts";

/** What is one person's own. */
const ownKinds: ReadonlySet<Kind> = new Set(["date", "code", "tax", "mail"]);
/** So much of one's own that differs parts two people, whatever their names. */
const ownEnough = 2;
/** Slips in it. */
const ownSlips = 1;
/** What people of one house or firm share. */
const sharedKinds: ReadonlySet<Kind> = new Set(["mail", "phone"]);
/** What tells where somebody works or lives. */
const elsewhereKinds: ReadonlySet<Kind> = new Set(["employer", "mail", "phone", "street", "postcode"]);
/** So much of it that differs, while none agrees, makes a namesake; an employer is enough. */
const elsewhereMin = 2;
/** Up to this level two given names are two. */
const otherGivenMax = 2;

/** Written in the other's column. */
const isAlike = (left: string, right: string): boolean =>
  left !== "" && right !== "" && nameLevel(left, right) > 3;

const haveWordInCommon = (left: string, right: string): boolean =>
  left.split(" ").some((word) => word.length > 1 && right.split(" ").includes(word));

const wordsIn = (text: string): readonly string[] => text.split(" ").filter((word) => word !== "");

/** Tells where two records are two people although much of what they say agrees. */
export class PeopleApart {
  readonly #texts: RecordTexts;
  readonly #compared: Compared;
  readonly #known: KnownGiven;
  readonly #given: number;
  readonly #family: number;
  readonly #names: readonly number[];
  readonly #mails: readonly number[];
  readonly #employers: readonly number[];
  readonly #streets: readonly number[];
  #isHousehold = false;

  constructor(compared: Compared) {
    this.#texts = new RecordTexts(compared);
    this.#compared = compared;
    this.#known = new KnownGiven(compared);
    this.#given = compared.fields.findIndex(({ kind }) => kind === "given");
    this.#family = compared.fields.findIndex(({ kind }) => kind === "family");
    this.#names = this.#texts.fieldsOf("person");
    this.#mails = this.#texts.fieldsOf("mail");
    this.#employers = this.#texts.fieldsOf("employer");
    this.#streets = this.#texts.fieldsOf("street");
  }

  /** Whether given names are compared at all. */
  get hasGiven(): boolean {
    return this.#given >= 0;
  }

  /** Told that members of one household stand in each of the tables, a name that differs parts two. */
  expectHouseholds(): void {
    this.#isHousehold = true;
  }

  /**
   * Why a pair is two people, in words, or null: another given name or birthday with one mailbox or phone,
   * which families and small firms share; two mailboxes of one house, one name elsewhere, names that have
   * nothing in common, or another given or family name where something of their own differs, where they are
   * colleagues, or where the tables hold households. Nothing of the latter where a birthday, a number or a
   * mailbox of their own agrees.
   */
  reasonOf(pair: Pair): string | null {
    const together = this.#reasonTogether(pair);
    if (together !== null) return together;
    const others = this.#othersOfOwn(pair);
    if (others >= ownEnough) return "two of their own (birthday, number, mailbox) differ";
    if (others < 0) return null;
    if (this.#haveOtherBoxes(pair)) return "two mailboxes of one house";
    if (this.#areElsewhere(pair)) return "nothing but the name agrees";
    const isTold = others > 0 || this.#isHousehold || this.#areBoth(this.#employers, pair);
    // Who share a home are told by the given name alone; clerks err in names, and people have several.
    if (this.#areAtHome(pair)) return isTold && this.haveOtherGiven(pair) ? otherName : null;
    const [mine, theirs] = this.#nameWords(pair);
    if (areOutrightOthers(mine, theirs, true)) return "the names have nothing in common";
    return isTold && haveOtherWords(mine, theirs, true) ? otherName : null;
  }

  /**
   * Whether a pair is two people so surely that no cluster may hold both. At home, in a table that holds no
   * households, one person may stand twice with two given names and two birthdays that were typed wrongly.
   */
  areTwo(pair: Pair): boolean {
    if (this.#reasonTogether(pair) !== null) return true;
    return (this.#isHousehold || !this.#areAtHome(pair)) && this.reasonOf(pair) !== null;
  }

  /**
   * Whether a pair is two people whose names have nothing in common: colleagues, and no question for
   * anybody.
   */
  areStrangers(pair: Pair): boolean {
    return this.areTwo(pair) && areOutrightOthers(...this.#nameWords(pair), true);
  }

  /**
   * Why two who share a mailbox or a phone are two, whatever else they share, or null: another given name
   * that is written out (Jane and John, twins), or another birthday (father and son).
   */
  #reasonTogether(pair: Pair): string | null {
    if (!this.#shareContact(pair)) return null;
    if (this.#contradictGiven(pair)) return otherGiven;
    return this.#haveOtherBirthday(pair) ? "the birthday is another" : null;
  }

  #shareContact(pair: Pair): boolean {
    return this.#compared.fields.some(({ kind }, at) => {
      if (!sharedKinds.has(kind)) return false;
      const [mine, theirs] = this.#texts.keys(at, pair);
      return mine !== "" && mine === theirs;
    });
  }

  /** Whether given names that are written out are two: no nickname, initial, slip or other spelling. */
  #contradictGiven(pair: Pair): boolean {
    const [given, other] = this.#texts.keys(this.#given, pair);
    if (given !== "" && other !== "") {
      if (this.#areCrossed(pair)) return false;
      return this.#areOtherNames(wordsIn(given), wordsIn(other));
    }
    return this.#areOtherNames(...this.#nameWords(pair));
  }

  /** Whether names are others, or begin with two given names that are written nearly alike. */
  #areOtherNames(mine: readonly string[], theirs: readonly string[]): boolean {
    if (haveOtherWords(mine, theirs, true)) return true;
    if (mine.join("") === theirs.join("")) return false;
    const [one = "", other = ""] = [mine[0], theirs[0]];
    return !mine.includes(other) && !theirs.includes(one) && this.#known.areTwo(one, other);
  }

  /** Whether both tell birthdays that differ in more than a slip, and no number of their own agrees. */
  #haveOtherBirthday(pair: Pair): boolean {
    let isOther = false;
    for (const [at, { kind }] of this.#compared.fields.entries()) {
      if (kind === "mail" || !ownKinds.has(kind)) continue;
      const [mine, theirs] = this.#texts.keys(at, pair);
      if (mine === "" || theirs === "") continue;
      if (editsBetween(mine, theirs, ownSlips) <= ownSlips) return false;
      if (kind === "date") isOther = true;
    }
    return isOther;
  }

  /** Whether both tell where they live and none of them where both work. */
  #areAtHome(pair: Pair): boolean {
    return this.#areBoth(this.#streets, pair) && !this.#areBoth(this.#employers, pair);
  }

  /** Whether another given name, or another word of a whole name, stands against one. */
  haveOtherGiven(pair: Pair): boolean {
    return (
      this.areOtherGiven(pair) ||
      this.#names.some((at) => {
        const [mine, theirs] = this.#texts.words(at, pair);
        return mine.length > 0 && theirs.length > 0 && haveOtherWords(mine, theirs, true);
      })
    );
  }

  /**
   * Whether one name stands at another employer, mailbox, phone and address: a namesake, or somebody moved.
   */
  #areElsewhere(pair: Pair): boolean {
    let differing = 0;
    for (const [at, { kind }] of this.#compared.fields.entries()) {
      if (!elsewhereKinds.has(kind)) continue;
      const [mine, theirs] = this.#texts
        .keys(at, pair)
        .map((key) => (kind === "mail" ? hostOf(key) : key)) as [string, string];
      if (mine === "" || theirs === "") continue;
      if (mine === theirs || (kind === "employer" && this.#areOneEmployer(at, pair))) return false;
      if (kind !== "street" && kind !== "postcode") differing += kind === "employer" ? elsewhereMin : 1;
    }
    return differing >= elsewhereMin;
  }

  #areOneEmployer(at: number, pair: Pair): boolean {
    const [mine, theirs] = this.#texts.words(at, pair);
    return !areOutrightOthers(mine, theirs, false) && !haveOtherWords(mine, theirs, false);
  }

  /** Whether two records have given names that differ and are not in each other's column. */
  areOtherGiven(pair: Pair, ends: Ends = acrossEnds): boolean {
    const [given, other] = this.#texts.keys(this.#given, pair, ends);
    if (given === "" || other === "" || nameLevel(given, other) > otherGivenMax) return false;
    return !this.#areCrossed(pair, ends) && !haveWordInCommon(given, other);
  }

  /** Whether a given name stands as the family name of the other; not "John" as "Johnson" of two Johnsons. */
  #areCrossed(pair: Pair, ends: Ends = acrossEnds): boolean {
    const [given, other] = this.#texts.keys(this.#given, pair, ends);
    const [family, name] = this.#texts.keys(this.#family, pair, ends);
    return family !== name && (isAlike(given, name) || isAlike(family, other));
  }

  /**
   * How many birthdays, numbers and mailboxes are there on both sides and differ; -1 where one agrees. Where
   * there are none, a given name that differs is no proof: people have several, and clerks err.
   */
  #othersOfOwn(pair: Pair): number {
    let others = 0;
    for (const [at, { kind }] of this.#compared.fields.entries()) {
      if (!ownKinds.has(kind)) continue;
      const [mine, theirs] = this.#texts.keys(at, pair);
      if (mine === "" || theirs === "") continue;
      // One letter makes another mailbox of a house.
      if (kind === "mail" && mine !== theirs && hostOf(mine) !== "" && hostOf(mine) === hostOf(theirs)) {
        if (!this.#areOneBox(at, pair)) others++;
        continue;
      }
      // "company2.com" is no slip of "company3.com".
      const isSlip = kind !== "mail" || digitsOf(mine) === digitsOf(theirs);
      if (isSlip && editsBetween(mine, theirs, ownSlips) <= ownSlips) return -1;
      others++;
    }
    return others;
  }

  /** Whether they have two mailboxes of one host that are not two spellings of both names. */
  #haveOtherBoxes(pair: Pair): boolean {
    return this.#mails.some((at) => {
      const [mine, theirs] = this.#texts.keys(at, pair);
      if (mine === theirs || hostOf(mine) === "" || hostOf(mine) !== hostOf(theirs)) return false;
      return !this.#areOneBox(at, pair);
    });
  }

  #areOneBox(at: number, pair: Pair): boolean {
    const [mine, theirs] = this.#texts.keys(at, pair);
    const [names, otherNames] = this.#nameWords(pair);
    return isSpelledAfter(localOf(mine), otherNames) && isSpelledAfter(localOf(theirs), names);
  }

  /** Whether both say something in one of these fields. */
  #areBoth(fields: readonly number[], pair: Pair): boolean {
    return fields.some((at) => this.#texts.keys(at, pair).every((key) => key !== ""));
  }

  /** All words of both names, whatever column they stand in. */
  #nameWords(pair: Pair): readonly [readonly string[], readonly string[]] {
    const mine: string[] = [];
    const theirs: string[] = [];
    for (const at of [this.#given, this.#family]) {
      const [one, other] = this.#texts.keys(at, pair);
      mine.push(...wordsIn(one));
      theirs.push(...wordsIn(other));
    }
    for (const at of this.#names) {
      const [one, other] = this.#texts.words(at, pair);
      mine.push(...one);
      theirs.push(...other);
    }
    return [mine, theirs];
  }
}

const otherGiven = "a given name is another";
const otherName = "a given or family name is another";
const digitsOf = (text: string): string => text.replaceAll(/\D/g, "");
const hostOf = (mail: string): string => mail.slice(mail.indexOf("@") + 1);
const localOf = (mail: string): string => mail.slice(0, mail.indexOf("@"));
