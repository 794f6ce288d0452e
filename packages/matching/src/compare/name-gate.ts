import type { FieldValues } from "../columns/vocabulary.ts";
import { hasNicknames } from "../normalise/nicknames.ts";
import { soundOf } from "../text/sound.ts";
import { TextPool } from "../text/text-pool.ts";
import { WordFacts } from "../text/word-facts.ts";
import { wordCloseness } from "./align-names.ts";

/** Edits of whole names that are looked at, and of words, and of the sounds of words. */
const editsMax = 2;
const soundEditsMax = 1;
/** From this closeness two words are taken for slips of each other whatever their length. */
const slipCloseness = 0.93;

/** What a gate stands before. */
interface Guarded {
  readonly values: FieldValues;
  readonly facts: WordFacts;
  readonly of: "companies" | "people";
}

/**
 * Tells most pairs of names apart at little cost: those whose likeness (`companyLikeness`, `personLikeness`)
 * cannot reach `sameNameMin`. For that the words of one of them have to be in the other, or the whole has to
 * be written or to sound nearly the same, or one is the initials of the other. Never denies wrongly.
 */
export class NameGate {
  readonly #values: FieldValues;
  readonly #facts: WordFacts;
  readonly #isPerson: boolean;
  readonly #sounds: TextPool = new TextPool();
  readonly #soundOfWord: Int32Array;
  readonly #soundOfValue: Int32Array;
  readonly #soundFacts: WordFacts;
  readonly #mine: number[] = [];
  readonly #theirs: number[] = [];

  constructor({ values, facts, of }: Guarded) {
    this.#values = values;
    this.#facts = facts;
    this.#isPerson = of === "people";
    this.#soundOfWord = new Int32Array(facts.words.count).fill(-1);
    this.#soundOfValue = new Int32Array(this.#isPerson ? values.count : 0);
    for (let id = 0; id < values.count; id++) this.#hear(id);
    this.#soundFacts = new WordFacts(this.#sounds);
  }

  #hear(id: number): void {
    this.#values.readWords(id, this.#mine);
    for (const word of this.#mine)
      if ((this.#soundOfWord[word] ?? -1) < 0)
        this.#soundOfWord[word] = this.#sounds.idOf(soundOf(this.#facts.words.textOf(word)));
    if (this.#isPerson)
      this.#soundOfValue[id] = this.#sounds.idOf(soundOf(this.#values.textsOf(id).join("")));
  }

  /** Whether two values of the field may be one name. */
  mayBeOne(left: number, right: number): boolean {
    if (this.#isPerson && this.#soundOfValue[left] === this.#soundOfValue[right]) return true;
    const [mine, theirs] = [this.#mine, this.#theirs];
    this.#values.readWords(left, mine);
    this.#values.readWords(right, theirs);
    if (mine.length === 0 || theirs.length === 0) return false;
    const [few, many] = mine.length <= theirs.length ? [mine, theirs] : [theirs, mine];
    const isShort = !this.#isPerson && few.length === 1 && many.length >= 3;
    if (isShort && this.#facts.lengthOf(few[0] ?? 0) === many.length) return true;
    if (this.#mayBeWritten(mine, theirs)) return true;
    for (const word of few) {
      let isMet = false;
      for (const other of many)
        if (this.#mayMeet(word, other)) {
          isMet = true;
          break;
        }
      if (!isMet) return false;
    }
    return true;
  }

  #mayBeWritten(mine: readonly number[], theirs: readonly number[]): boolean {
    let [length, mask, otherMask] = [0, 0, 0];
    for (const word of mine) {
      length += this.#facts.lengthOf(word);
      mask |= this.#facts.maskOf(word);
    }
    for (const word of theirs) {
      length -= this.#facts.lengthOf(word);
      otherMask |= this.#facts.maskOf(word);
    }
    return Math.abs(length) <= editsMax && WordFacts.apart(mask, otherMask) <= 2 * editsMax;
  }

  #mayMeet(left: number, right: number): boolean {
    if (left === right) return true;
    const facts = this.#facts;
    if (facts.lengthOf(left) === 1 || facts.lengthOf(right) === 1)
      return this.#isPerson && facts.words.byteAt(left, 0) === facts.words.byteAt(right, 0);
    const [sound, otherSound] = [this.#soundOfWord[left] ?? -1, this.#soundOfWord[right] ?? -1];
    if (sound === otherSound) return true;
    const mayBe =
      facts.mayBeEdits(left, right, editsMax) ||
      this.#soundFacts.mayBeEdits(sound, otherSound, soundEditsMax) ||
      facts.mayBeClose(left, right, slipCloseness) ||
      (this.#isPerson && hasNicknames(facts.words.textOf(left)));
    if (!mayBe) return false;
    return wordCloseness(facts.words.textOf(left), facts.words.textOf(right), this.#isPerson) > 0;
  }
}
