import { saysNothing } from "../columns/vocabulary.ts";
import type { Side, Vocabulary } from "../columns/vocabulary.ts";
import type { Field, Kind } from "../kinds.ts";

/**
 * Kinds whose words are broken into runs of three letters too, so that a typing error does not part
 * records.
 */
const brokenKinds: ReadonlySet<Kind> = new Set([
  "name",
  "person",
  "given",
  "family",
  "employer",
  "street",
  "place",
  "mail",
  "code",
  "date",
]);
/** Kinds that say too little, or the same of too many, to propose a pair. */
const silentKinds: ReadonlySet<Kind> = new Set([
  ...(["number", "category", "house", "unit", "ignored"] as const),
]);
/** Features kept of one record; longer texts add nothing to a proposal. */
const featuresMax = 160;

/** Features that a value of so many words and letters brings to a record that has `before`; an estimate. */
export function featuresOf(
  kind: Kind,
  value: { readonly words: number; readonly letters: number },
  before: number,
): number {
  if (before > featuresMax || silentKinds.has(kind)) return 0;
  return Math.max(1, value.words) + (brokenKinds.has(kind) ? value.letters : 0);
}

/** Signs a run is made of: the edges of a word, letters, digits. */
const signs = 38;
const runCount = signs ** 3;
/** Words shorter than this are not broken. */
const brokenMin = 4;

const signOf = (byte: number): number => (byte >= 97 ? byte - 95 : byte - 20);

/**
 * Numbers the words and runs of three letters of a record. Fields do not matter: swapped columns still meet.
 * Runs come first, then words, then values without words.
 */
export class FeatureReader {
  /** How many features there are. */
  readonly count: number;
  /** The features of the record read last, each once, up to `length`. */
  readonly features: number[] = [];
  length = 0;
  readonly #vocabulary: Vocabulary;
  readonly #loud: readonly { readonly at: number; readonly isBroken: boolean }[];
  /** By feature, which reading met it last. */
  readonly #met: Int32Array;
  #reading = 0;

  constructor(vocabulary: Vocabulary, fields: readonly Field[]) {
    this.#vocabulary = vocabulary;
    this.count = runCount + vocabulary.words.count + vocabulary.marks.count;
    this.#met = new Int32Array(this.count);
    this.#loud = fields
      .map(({ kind }, at) => ({ at, kind, isBroken: brokenKinds.has(kind) }))
      .filter(({ kind }) => !silentKinds.has(kind));
  }

  /** Reads the features of a record. */
  read(side: Side, record: number): void {
    this.#reading++;
    this.length = 0;
    const { words, marks, fields } = this.#vocabulary;
    for (const { at, isBroken } of this.#loud) {
      const id = side.values[at]?.[record] ?? saysNothing;
      const values = fields[at];
      if (id === saysNothing || values === undefined || this.length > featuresMax) continue;
      const mark = values.markOf(id);
      if (mark >= 0 && mark < marks.count) this.#meet(runCount + words.count + mark);
      for (let place = values.startOf(id); place < values.endOf(id); place++) {
        const word = values.wordAt(place);
        this.#meet(runCount + word);
        if (isBroken) this.#meetRuns(word);
      }
    }
  }

  #meet(feature: number): void {
    if (this.#met[feature] === this.#reading) return;
    this.#met[feature] = this.#reading;
    this.features[this.length++] = feature;
  }

  #meetRuns(word: number): void {
    const { words } = this.#vocabulary;
    const length = words.lengthOf(word);
    if (length < brokenMin) return;
    let [first, second] = [0, signOf(words.byteAt(word, 0))];
    for (let at = 1; at <= length; at++) {
      const third = at === length ? 1 : signOf(words.byteAt(word, at));
      this.#meet((first * signs + second) * signs + third);
      first = second;
      second = third;
    }
  }
}
