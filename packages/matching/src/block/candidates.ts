import type { Side, Vocabulary } from "../columns/vocabulary.ts";
import type { Field } from "../kinds.ts";
import { FeatureReader } from "./features.ts";
import { listOf, postingsOf, spreadsOf } from "./postings.ts";
import type { FeatureList } from "./postings.ts";
import { postingsMax, proposalsOf, proposedMax } from "./proposer.ts";
import type { Proposals, Searched } from "./proposer.ts";

/** Pairs that one record may take part in, whoever proposed them. */
const candidatesMax = 25;

/** Pairs worth comparing, by rising `left`. For one table `left < right` are both its records. */
export interface Candidates {
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Likeness of the whole records by the features looked at, 0 to 1. */
  readonly likeness: Float32Array;
}

/** What blocking proposed; of a large input `candidates` only holds what the weights left likely. */
export interface Proposed {
  readonly pairs: number;
  /** Pairs that the record with the most of them takes part in. */
  readonly most: number;
}

/** How many pairs there are, and how many of one record at most; `isSelf`: both ends are of one side. */
export function spreadOf({ left, right }: Candidates, isSelf: boolean): Proposed {
  let most = 0;
  const count = [left, right].reduce(
    (all, ends) => ends.reduce((big, end) => Math.max(big, end + 1), all),
    0,
  );
  for (const ends of isSelf ? [[left, right]] : [[left], [right]])
    most = degreesOf(ends, count).reduce((big, degree) => Math.max(big, degree), most);
  return { pairs: left.length, most };
}

/** What is blocked. */
export interface Blocked {
  readonly left: Side;
  /** null: within one table. */
  readonly right: Side | null;
  readonly fields: readonly Field[];
  readonly vocabulary: Vocabulary;
}

/** Features that both sides have, and one of them not too often, and their rarity over both. */
function weigh(spreads: readonly Int32Array[], records: number): { isKept: Uint8Array; worth: Float32Array } {
  const [mine = new Int32Array(), theirs = mine] = spreads;
  const isSelf = spreads.length === 1;
  const isKept = new Uint8Array(mine.length);
  const worth = new Float32Array(mine.length);
  for (let feature = 0; feature < mine.length; feature++) {
    const [one, other] = [mine[feature] ?? 0, theirs[feature] ?? 0];
    const seen = isSelf ? one : one + other;
    worth[feature] = Math.log(1 + records / Math.max(1, seen));
    const isShared = isSelf ? one > 1 : one > 0 && other > 0;
    if (isShared && Math.min(one, other) <= postingsMax) isKept[feature] = 1;
  }
  return { isKept, worth };
}

/**
 * Proposes pairs by an inverted index over the rarest words and runs of letters, from each side to
 * the other;
 * never all pairs. `right` null: within one table. Same input, same pairs. Never throws.
 */
export function proposeCandidates({ left, right, fields, vocabulary }: Blocked): Candidates {
  const reader = new FeatureReader(vocabulary, fields);
  const sides = right === null ? [left] : [left, right];
  const spreads = sides.map((side) => spreadsOf(side, reader));
  const { isKept, worth } = weigh(
    spreads,
    sides.reduce((sum, side) => sum + side.count, 0),
  );
  const lists = sides.map((side) => listOf(side, reader, { isKept, worth }));
  const propose = (from: FeatureList, to: FeatureList): Proposals =>
    proposalsOf(from, {
      postings: postingsOf(to, reader.count),
      norms: to.norms,
      worth,
      isSelf: right === null,
      places: proposedMax,
      every: 1,
    });
  const [mine, theirs] = lists;
  if (mine === undefined)
    return { left: new Int32Array(), right: new Int32Array(), likeness: new Float32Array() };
  if (theirs === undefined || right === null) {
    return bounded(united(propose(mine, mine), null), left.count, null);
  }
  return bounded(united(propose(mine, theirs), propose(theirs, mine)), left.count, right.count);
}

/** What every so-many-th record of a side proposes among the others of its own side. Never throws. */
export function proposeKin(
  side: Side,
  { fields, vocabulary }: Pick<Blocked, "fields" | "vocabulary">,
  asked: Pick<Searched, "places" | "every">,
): Proposals {
  const reader = new FeatureReader(vocabulary, fields);
  const weighed = weigh([spreadsOf(side, reader)], side.count);
  const list = listOf(side, reader, weighed);
  const postings = postingsOf(list, reader.count);
  return proposalsOf(list, { postings, norms: list.norms, worth: weighed.worth, isSelf: true, ...asked });
}

function includes(proposals: Proposals, record: number, mate: number): boolean {
  const end = (record + 1) * proposals.places;
  for (let at = record * proposals.places; at < end; at++) if (proposals.mates[at] === mate) return true;
  return false;
}

type Visit = (left: number, right: number, likeness: number) => void;

/** Visits all proposed pairs, each once. */
function eachPair(forth: Proposals, back: Proposals | null, visit: Visit): void {
  for (let place = 0; place < forth.mates.length; place++) {
    const mate = forth.mates[place] ?? -1;
    if (mate < 0) continue;
    const record = Math.floor(place / forth.places);
    const likeness = forth.likeness[place] ?? 0;
    if (back !== null || record < mate) visit(record, mate, likeness);
    else if (!includes(forth, mate, record)) visit(mate, record, likeness);
  }
  if (back === null) return;
  for (let place = 0; place < back.mates.length; place++) {
    const mate = back.mates[place] ?? -1;
    const record = Math.floor(place / back.places);
    if (mate >= 0 && !includes(forth, mate, record)) visit(mate, record, back.likeness[place] ?? 0);
  }
}

/** All proposed pairs, each once, in no order; `back` null: within one table. */
function united(forth: Proposals, back: Proposals | null): Candidates {
  let count = 0;
  eachPair(forth, back, () => count++);
  const pairs = {
    left: new Int32Array(count),
    right: new Int32Array(count),
    likeness: new Float32Array(count),
  };
  let at = 0;
  eachPair(forth, back, (left, right, likeness) => {
    pairs.left[at] = left;
    pairs.right[at] = right;
    pairs.likeness[at++] = likeness;
  });
  return pairs;
}

function degreesOf(ends: readonly Int32Array[], count: number): Int32Array {
  const degrees = new Int32Array(count);
  for (const each of ends) for (const end of each) degrees[end] = (degrees[end] ?? 0) + 1;
  return degrees;
}

/**
 * Keeps the most alike pairs so that no record takes part in more than `candidatesMax`, by rising left
 * record.
 * Only pairs of a record that has too many are weighed against each other: no other can be in the way.
 */
function bounded(pairs: Candidates, lefts: number, rights: number | null): Candidates {
  const { left, right, likeness } = pairs;
  const mine = degreesOf(rights === null ? [left, right] : [left], lefts);
  const theirs = rights === null ? mine : degreesOf([right], rights);
  const crowded: number[] = [];
  const isDropped = new Uint8Array(left.length);
  for (let pair = 0; pair < left.length; pair++)
    if ((mine[left[pair] ?? 0] ?? 0) > candidatesMax || (theirs[right[pair] ?? 0] ?? 0) > candidatesMax) {
      crowded.push(pair);
      isDropped[pair] = 1;
    }
  crowded.sort(
    (one, other) =>
      (likeness[other] ?? 0) - (likeness[one] ?? 0) ||
      (left[one] ?? 0) - (left[other] ?? 0) ||
      (right[one] ?? 0) - (right[other] ?? 0),
  );
  const taken = new Uint8Array(lefts);
  const met = rights === null ? taken : new Uint8Array(rights);
  for (const pair of crowded) {
    const [one, other] = [left[pair] ?? 0, right[pair] ?? 0];
    if ((taken[one] ?? 0) >= candidatesMax || (met[other] ?? 0) >= candidatesMax) continue;
    taken[one] = (taken[one] ?? 0) + 1;
    met[other] = (met[other] ?? 0) + 1;
    isDropped[pair] = 0;
  }
  return inOrder(pairs, isDropped, lefts);
}

/** The pairs that were not dropped, by rising left record. */
function inOrder({ left, right, likeness }: Candidates, isDropped: Uint8Array, lefts: number): Candidates {
  const starts = new Int32Array(lefts + 1);
  let kept = 0;
  for (let pair = 0; pair < left.length; pair++) {
    if (isDropped[pair] === 1) continue;
    const end = (left[pair] ?? 0) + 1;
    starts[end] = (starts[end] ?? 0) + 1;
    kept++;
  }
  for (let at = 0; at < lefts; at++) starts[at + 1] = (starts[at + 1] ?? 0) + (starts[at] ?? 0);
  const ordered = {
    left: new Int32Array(kept),
    right: new Int32Array(kept),
    likeness: new Float32Array(kept),
  };
  for (let pair = 0; pair < left.length; pair++) {
    if (isDropped[pair] === 1) continue;
    const one = left[pair] ?? 0;
    const place = starts[one] ?? 0;
    starts[one] = place + 1;
    ordered.left[place] = one;
    ordered.right[place] = right[pair] ?? 0;
    ordered.likeness[place] = likeness[pair] ?? 0;
  }
  return ordered;
}
