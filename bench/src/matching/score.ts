import { matchTables } from "@crossfoot/matching";
import type { MatchedPair } from "@crossfoot/matching";
import type { SetGroup } from "./derived.ts";
import type { Reliability } from "./reliability.ts";
import { pairKey } from "./sets.ts";
import type { MatchSet } from "./sets.ts";

/** What the whole job reached on a set; shares from 0 to 1. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** F1 if a person answered every question of the review queue rightly. */
  readonly f1Reviewed: number;
  /** Share of the true pairs that were compared at all. */
  readonly blockingRecall: number;
  /** Candidates per record of the smaller side, and the most that one record has. */
  readonly candidatesMean: number;
  readonly candidatesMost: number;
  readonly reviews: number;
  readonly seconds: number;
  /** Seconds of the processor; other work on the machine lengthens only `seconds`. */
  readonly cpuSeconds: number;
  /** Share of the links expected to be right by their own probabilities. */
  readonly expected: number;
}

/** F1 of precision and recall; 0 where nothing was found. */
function f1Of(hits: number, found: number, truth: number): number {
  return hits === 0 ? 0 : (2 * hits) / (found + truth);
}

/** Matches a set and scores the links as shared/data/README.md says: all pairs, missed blocking counts. */
export function scoreSet(set: MatchSet, reliability: Reliability): Score {
  const { entity, left, right, truth } = set;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const { pairs, candidates } = matchTables({ entity, left, right, fields: null });
  const used = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - startedAt) / 1000;
  reliability.add(pairs, set);
  const isTrue = (pair: MatchedPair): boolean => truth.has(pairKey(pair.left, pair.right));
  const links = pairs.filter(({ band }) => band === "link");
  const reviews = pairs.filter(({ band }) => band === "review");
  const hits = links.filter(isTrue).length;
  const answered = reviews.filter(isTrue).length;
  let blocked = 0;
  const degrees = new Map<string, number>();
  for (const [at, one] of candidates.left.entries()) {
    const other = candidates.right[at] ?? 0;
    if (truth.has(pairKey(one, other))) blocked++;
    for (const end of [`left ${one}`, right === null ? `left ${other}` : `right ${other}`])
      degrees.set(end, (degrees.get(end) ?? 0) + 1);
  }
  const records = right === null ? left.rows.length : Math.min(left.rows.length, right.rows.length);
  return {
    precision: links.length === 0 ? 0 : hits / links.length,
    recall: hits / truth.size,
    f1: f1Of(hits, links.length, truth.size),
    f1Reviewed: f1Of(hits + answered, links.length + answered, truth.size),
    blockingRecall: blocked / truth.size,
    candidatesMean: ((right === null ? 2 : 1) * candidates.left.length) / records,
    candidatesMost: [...degrees.values()].reduce((most, each) => Math.max(most, each), 0),
    reviews: reviews.length,
    seconds,
    cpuSeconds: (used.user + used.system) / 1e6,
    expected: links.reduce((sum, { probability }) => sum + probability, 0) / Math.max(1, links.length),
  };
}

/** What the sets of a group came to, added up. */
export interface GroupScore {
  readonly links: number;
  readonly wrong: number;
  /** null where nothing was linked. */
  readonly precision: number | null;
  readonly recall: number;
  /** Questions as a share of the records of the smaller sides. */
  readonly reviewShare: number;
  /** True pairs among the questions. */
  readonly asked: number;
}

/** Matches every set of a group and adds up the links, hits and questions. */
export function scoreGroup({ sets }: SetGroup, reliability: Reliability): GroupScore {
  let [links, hits, reviews, asked, truth, records] = [0, 0, 0, 0, 0, 0];
  for (const set of sets) {
    const { pairs } = matchTables({ entity: set.entity, left: set.left, right: set.right, fields: null });
    reliability.add(pairs, set);
    truth += set.truth.size;
    records += Math.min(set.left.rows.length, (set.right ?? set.left).rows.length);
    for (const pair of pairs) {
      const isTrue = set.truth.has(pairKey(pair.left, pair.right));
      if (pair.band === "link") links++;
      else reviews++;
      if (isTrue && pair.band === "link") hits++;
      if (isTrue && pair.band === "review") asked++;
    }
  }
  return {
    ...{ links, asked, wrong: links - hits },
    precision: links === 0 ? null : hits / links,
    recall: hits / Math.max(1, truth),
    reviewShare: reviews / Math.max(1, records),
  };
}

/**
 * The set with most partners taken out of its right table, by a fixed rule and not by chance: a customer base
 * that hardly overlaps must not be linked by force.
 */
export function thinned(set: MatchSet, keepOneIn: number): MatchSet {
  const { right, truth } = set;
  if (right === null) return set;
  const partners = [...truth].map((key) => key % 10_000_000).toSorted((one, other) => one - other);
  const dropped = new Set(partners.filter((_, at) => at % keepOneIn !== 0));
  const kept = right.rows.map((_, at) => at).filter((at) => !dropped.has(at));
  const places = new Map(kept.map((row, at) => [row, at]));
  const left = [...truth].flatMap((key) => {
    const place = places.get(key % 10_000_000);
    return place === undefined ? [] : [pairKey(Math.floor(key / 10_000_000), place)];
  });
  const rows = kept.map((at) => right.rows[at] ?? []);
  return {
    ...set,
    name: `${set.name}, one partner in ${keepOneIn}`,
    right: { columns: right.columns, rows },
    truth: new Set(left),
  };
}
