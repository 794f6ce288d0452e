import type { FeatureList, Postings } from "./postings.ts";

/** Pairs a record proposes by itself. */
export const proposedMax = 12;
/**
 * Postings looked at for one record, the rarest features first: what keeps the work in proportion
 * to the records.
 */
export const postingsMax = 6000;

/** What the records of a side propose: so many places for each, the most alike first, -1 for none. */
export interface Proposals {
  /** Places of one record. */
  readonly places: number;
  readonly mates: Int32Array;
  readonly likeness: Float32Array;
}

/** Another side, to be searched. */
export interface Searched {
  readonly postings: Postings;
  readonly norms: Float32Array;
  readonly worth: Float32Array;
  /** The side that asks is the one that is searched: a record is not its own mate. */
  readonly isSelf: boolean;
  /** Mates a record proposes at most. */
  readonly places: number;
  /** Every so-many-th record proposes; 1 for all. */
  readonly every: number;
}

/** Finds the mates of a record by the features they share. */
class Search {
  readonly #searched: Searched;
  readonly #sums: Float32Array;
  readonly #touched: Int32Array;
  readonly #features: number[] = [];
  #touchedCount = 0;

  constructor(searched: Searched) {
    this.#searched = searched;
    this.#sums = new Float32Array(searched.norms.length);
    this.#touched = new Int32Array(searched.norms.length);
  }

  /** Adds up what the record shares with each of the others, by its rarest features. */
  meet(list: FeatureList, record: number): void {
    const { starts, records } = this.#searched.postings;
    const { worth } = this.#searched;
    const count = this.#order(list, record);
    const sums = this.#sums;
    const touched = this.#touched;
    let met = 0;
    let looked = 0;
    for (let at = 0; at < count; at++) {
      const feature = this.#features[at] ?? 0;
      const start = starts[feature] ?? 0;
      const end = starts[feature + 1] ?? 0;
      looked += end - start;
      if (looked > postingsMax && met > 0) break;
      const gain = (worth[feature] ?? 0) ** 2;
      for (let place = start; place < end; place++) {
        const other = records[place] ?? 0;
        const before = sums[other] ?? 0;
        if (before === 0) touched[met++] = other;
        sums[other] = before + gain;
      }
    }
    this.#touchedCount = met;
  }

  /** Puts the features of a record in order, the rarest first; returns how many. */
  #order(list: FeatureList, record: number): number {
    const { starts } = this.#searched.postings;
    const first = list.starts[record] ?? 0;
    const count = (list.starts[record + 1] ?? 0) - first;
    const spread = (feature: number): number => (starts[feature + 1] ?? 0) - (starts[feature] ?? 0);
    for (let at = 0; at < count; at++) {
      const feature = list.features[first + at] ?? 0;
      const mine = spread(feature);
      let place = at;
      for (; place > 0; place--) {
        const before = this.#features[place - 1] ?? 0;
        const theirs = spread(before);
        if (theirs < mine || (theirs === mine && before < feature)) break;
        this.#features[place] = before;
      }
      this.#features[place] = feature;
    }
    return count;
  }

  /** Puts the records met last that are most like this one into its places, and forgets them. */
  take(record: number, norm: number, into: Proposals): void {
    const { norms, isSelf } = this.#searched;
    const { mates, likeness, places } = into;
    const base = record * places;
    let count = 0;
    let least = 0;
    for (let at = 0; at < this.#touchedCount; at++) {
      const other = this.#touched[at] ?? 0;
      const alike = Math.fround((this.#sums[other] ?? 0) / Math.max(1e-6, norm * (norms[other] ?? 0)));
      this.#sums[other] = 0;
      if ((isSelf && other === record) || (count === places && alike < least)) continue;
      let place = count;
      for (; place > 0; place--) {
        const before = likeness[base + place - 1] ?? 0;
        if (before > alike || (before === alike && (mates[base + place - 1] ?? 0) < other)) break;
        if (place === places) continue;
        likeness[base + place] = before;
        mates[base + place] = mates[base + place - 1] ?? -1;
      }
      if (place >= places) continue;
      likeness[base + place] = alike;
      mates[base + place] = other;
      if (count < places) count++;
      least = likeness[base + count - 1] ?? 0;
    }
  }
}

/** What every record of a list proposes to the side that is searched. */
export function proposalsOf(list: FeatureList, searched: Searched): Proposals {
  const records = list.norms.length;
  const { places, every } = searched;
  const proposals = {
    places,
    mates: new Int32Array(records * places).fill(-1),
    likeness: new Float32Array(records * places),
  };
  const search = new Search(searched);
  for (let record = 0; record < records; record += every) {
    search.meet(list, record);
    search.take(record, list.norms[record] ?? 0, proposals);
  }
  return proposals;
}
