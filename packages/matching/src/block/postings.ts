import type { Side } from "../columns/vocabulary.ts";
import { NumberList } from "../text/number-list.ts";
import type { FeatureReader } from "./features.ts";

/** The features of every record that can bring a pair about, record after record. */
export interface FeatureList {
  /** Where the features of a record begin; one longer than the records. */
  readonly starts: Int32Array;
  readonly features: Int32Array;
  /** Length of the record as a vector of the worth of all its features. */
  readonly norms: Float32Array;
}

/** Where each feature occurs. */
export interface Postings {
  readonly starts: Int32Array;
  readonly records: Int32Array;
}

/** In how many records of a side each feature occurs. */
export function spreadsOf(side: Side, reader: FeatureReader): Int32Array {
  const spreads = new Int32Array(reader.count);
  for (let record = 0; record < side.count; record++) {
    reader.read(side, record);
    for (let at = 0; at < reader.length; at++) {
      const feature = reader.features[at] ?? 0;
      spreads[feature] = (spreads[feature] ?? 0) + 1;
    }
  }
  return spreads;
}

/** Which features are looked at, and what each is worth. */
export interface Weighed {
  readonly isKept: Uint8Array;
  readonly worth: Float32Array;
}

/** The features of a side that are kept; all of them count for the lengths. */
export function listOf(side: Side, reader: FeatureReader, { isKept, worth }: Weighed): FeatureList {
  const starts = new Int32Array(side.count + 1);
  const norms = new Float32Array(side.count);
  const all = new NumberList();
  for (let record = 0; record < side.count; record++) {
    reader.read(side, record);
    let sum = 0;
    for (let at = 0; at < reader.length; at++) {
      const feature = reader.features[at] ?? 0;
      sum += (worth[feature] ?? 0) ** 2;
      if (isKept[feature] === 1) all.push(feature);
    }
    norms[record] = Math.sqrt(sum);
    starts[record + 1] = all.length;
  }
  return { starts, features: all.view(), norms };
}

/** The records of a list by feature; `count` features. */
export function postingsOf(list: FeatureList, count: number): Postings {
  const starts = new Int32Array(count + 1);
  for (const feature of list.features) starts[feature + 1] = (starts[feature + 1] ?? 0) + 1;
  for (let at = 0; at < count; at++) starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0);
  const next = starts.slice();
  const records = new Int32Array(list.features.length);
  for (let record = 0; record + 1 < list.starts.length; record++)
    for (let at = list.starts[record] ?? 0; at < (list.starts[record + 1] ?? 0); at++) {
      const feature = list.features[at] ?? 0;
      const place = next[feature] ?? 0;
      records[place] = record;
      next[feature] = place + 1;
    }
  return { starts, records };
}
