import type { Side } from "../columns/prepare.ts";
import type { Field } from "../kinds.ts";
import { FeatureNumbers, featuresOf } from "./features.ts";
import type { FeatureList } from "./features.ts";

/** Pairs that one record may take part in, whoever proposed them. */
const candidatesMax = 25;
/** Pairs a record proposes by itself. */
const proposedMax = 12;
/**
 * Postings looked at for one record, the rarest features first: what keeps the work in proportion
 * to the records.
 */
const postingsMax = 6000;

/** Pairs worth comparing. For one table `left < right` are both its records. */
export interface Candidates {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Likeness of the whole records by the features looked at, 0 to 1. */
  readonly likeness: Float32Array;
}

/** Where each feature occurs, and what it is worth. */
interface Index {
  readonly starts: Int32Array;
  readonly records: Int32Array;
  readonly worth: Float32Array;
  readonly norms: Float32Array;
}

function indexOf(list: FeatureList, count: number, worth: Float32Array): Index {
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
  return { starts, records, worth, norms: normsOf(list, worth) };
}

function normsOf(list: FeatureList, worth: Float32Array): Float32Array {
  const norms = new Float32Array(list.starts.length - 1);
  for (let record = 0; record < norms.length; record++) {
    let sum = 0;
    for (let at = list.starts[record] ?? 0; at < (list.starts[record + 1] ?? 0); at++)
      sum += (worth[list.features[at] ?? 0] ?? 0) ** 2;
    norms[record] = Math.sqrt(sum);
  }
  return norms;
}

/** Rarity of every feature over both sides. */
function worthOf(lists: readonly FeatureList[], count: number): Float32Array {
  const seen = new Int32Array(count);
  let records = 0;
  for (const list of lists) {
    records += list.starts.length - 1;
    for (const feature of list.features) seen[feature] = (seen[feature] ?? 0) + 1;
  }
  return Float32Array.from(seen, (times) => Math.log(1 + records / Math.max(1, times)));
}

/** The pairs a side proposes to the other. */
class Proposer {
  readonly #index: Index;
  readonly #sums: Float32Array;
  readonly #isSelf: boolean;

  constructor(index: Index, isSelf: boolean) {
    this.#index = index;
    this.#sums = new Float32Array(index.norms.length);
    this.#isSelf = isSelf;
  }

  /** The records most like this one, best first. */
  mates(list: FeatureList, record: number, norm: number): readonly (readonly [number, number])[] {
    const { starts, records, worth, norms } = this.#index;
    const mine = [...list.features.subarray(list.starts[record], list.starts[record + 1])];
    const spread = (feature: number): number => (starts[feature + 1] ?? 0) - (starts[feature] ?? 0);
    mine.sort((one, other) => spread(one) - spread(other) || one - other);
    const touched: number[] = [];
    let looked = 0;
    for (const feature of mine) {
      looked += spread(feature);
      if (looked > postingsMax && touched.length > 0) break;
      const gain = (worth[feature] ?? 0) ** 2;
      for (let at = starts[feature] ?? 0; at < (starts[feature + 1] ?? 0); at++) {
        const other = records[at] ?? 0;
        const before = this.#sums[other] ?? 0;
        if (before === 0) touched.push(other);
        this.#sums[other] = before + gain;
      }
    }
    const best: (readonly [number, number])[] = [];
    for (const other of touched) {
      const likeness = (this.#sums[other] ?? 0) / Math.max(1e-6, norm * (norms[other] ?? 0));
      this.#sums[other] = 0;
      if (this.#isSelf && other === record) continue;
      keepBest(best, [other, likeness]);
    }
    return best;
  }
}

function keepBest(best: (readonly [number, number])[], each: readonly [number, number]): void {
  const last = best.at(-1);
  if (best.length >= proposedMax && last !== undefined && !isAhead(each, last)) return;
  let at = best.length;
  for (let before = best[at - 1]; before !== undefined && isAhead(each, before); before = best[at - 1]) at--;
  best.splice(at, 0, each);
  if (best.length > proposedMax) best.pop();
}

function isAhead(one: readonly [number, number], other: readonly [number, number]): boolean {
  return one[1] > other[1] || (one[1] === other[1] && one[0] < other[0]);
}

type Proposal = readonly [left: number, right: number, likeness: number];

/** Keeps the most alike pairs so that no record takes part in more than `candidatesMax`. */
function bounded(proposals: Proposal[], counts: readonly [number, number], isSelf: boolean): Candidates {
  proposals.sort((one, other) => other[2] - one[2] || one[0] - other[0] || one[1] - other[1]);
  const lefts = new Uint8Array(counts[0]);
  const rights = isSelf ? lefts : new Uint8Array(counts[1]);
  const kept = proposals.filter(([left, right]) => {
    if ((lefts[left] ?? 0) >= candidatesMax || (rights[right] ?? 0) >= candidatesMax) return false;
    lefts[left] = (lefts[left] ?? 0) + 1;
    rights[right] = (rights[right] ?? 0) + 1;
    return true;
  });
  return {
    left: Int32Array.from(kept, ([left]) => left),
    right: Int32Array.from(kept, ([, right]) => right),
    likeness: Float32Array.from(kept, ([, , likeness]) => likeness),
  };
}

/**
 * Proposes pairs by an inverted index over the rarest words and runs of letters, from each side to
 * the other;
 * never all pairs. `right` null: within one table. Same input, same pairs. Never throws.
 */
export function proposeCandidates(left: Side, right: Side | null, fields: readonly Field[]): Candidates {
  const numbers = new FeatureNumbers();
  const mine = featuresOf(left, fields, numbers);
  const theirs = right === null ? mine : featuresOf(right, fields, numbers);
  const worth = worthOf(right === null ? [mine] : [mine, theirs], numbers.count);
  const mineIndex = indexOf(mine, numbers.count, worth);
  const theirIndex = right === null ? mineIndex : indexOf(theirs, numbers.count, worth);
  const proposals: Proposal[] = [];
  const known = new Set<number>();
  const rightCount = right?.count ?? left.count;
  const keep = (one: number, other: number, likeness: number): void => {
    const key = one * rightCount + other;
    if (known.has(key)) return;
    known.add(key);
    proposals.push([one, other, likeness]);
  };
  const forth = new Proposer(theirIndex, right === null);
  for (let record = 0; record < left.count; record++)
    for (const [other, likeness] of forth.mates(mine, record, mineIndex.norms[record] ?? 0))
      if (right === null) keep(Math.min(record, other), Math.max(record, other), likeness);
      else keep(record, other, likeness);
  if (right !== null) {
    const back = new Proposer(mineIndex, false);
    for (let record = 0; record < right.count; record++)
      for (const [other, likeness] of back.mates(theirs, record, theirIndex.norms[record] ?? 0))
        keep(other, record, likeness);
  }
  return bounded(proposals, [left.count, rightCount], right === null);
}
