import type { Side } from "../columns/prepare.ts";
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
  "street",
  "place",
  "mail",
  "code",
  "date",
]);
/** Kinds that say too little, or the same of too many, to propose a pair. */
const silentKinds: ReadonlySet<Kind> = new Set(["number", "category", "house", "ignored"]);
/** Features kept of one record; longer texts add nothing to a proposal. */
const featuresMax = 160;

/** Words and runs of letters of every record as numbers, record after record. */
export interface FeatureList {
  /** Where the features of a record begin; one longer than the records. */
  readonly starts: Int32Array;
  readonly features: Int32Array;
}

/** Numbers features in the order they come; shared by both sides. */
export class FeatureNumbers {
  readonly #numbers = new Map<string, number>();

  /** The number of a feature, given at its first coming. */
  of(feature: string): number {
    const known = this.#numbers.get(feature);
    if (known !== undefined) return known;
    const next = this.#numbers.size;
    this.#numbers.set(feature, next);
    return next;
  }

  /** How many features there are. */
  get count(): number {
    return this.#numbers.size;
  }
}

/** The features of all records of a side. Fields do not matter: swapped columns still meet. */
export function featuresOf(side: Side, fields: readonly Field[], numbers: FeatureNumbers): FeatureList {
  const starts = new Int32Array(side.count + 1);
  const all: number[] = [];
  for (let record = 0; record < side.count; record++) {
    const mine = new Set<number>();
    for (const [at, field] of fields.entries()) {
      const value = side.values[at]?.[record] ?? null;
      if (value === null || silentKinds.has(field.kind) || mine.size > featuresMax) continue;
      if (value.words.length === 0) mine.add(numbers.of(value.key));
      for (const word of value.words) {
        mine.add(numbers.of(word));
        if (brokenKinds.has(field.kind)) addRuns(word, mine, numbers);
      }
    }
    all.push(...mine);
    starts[record + 1] = all.length;
  }
  return { starts, features: Int32Array.from(all) };
}

function addRuns(word: string, into: Set<number>, numbers: FeatureNumbers): void {
  if (word.length < 4) return;
  const edged = `^${word}$`;
  for (let at = 0; at + 3 <= edged.length; at++) into.add(numbers.of(`~${edged.slice(at, at + 3)}`));
}
