import { proposeCandidates } from "./block/candidates.ts";
import type { Candidates, Proposed } from "./block/candidates.ts";
import { fieldsOf } from "./columns/align.ts";
import { sideOf } from "./columns/prepare.ts";
import { vocabularyOf } from "./columns/vocabulary.ts";
import type { Side } from "./columns/vocabulary.ts";
import { assignOneToOne } from "./decide/assign.ts";
import { clusterGuarded } from "./decide/cluster.ts";
import { collapseCopies } from "./decide/collapse.ts";
import { competingProbabilities, freeProbabilities } from "./decide/compete.ts";
import { Decisions, decisionsOfKept, withDecided } from "./decide/decisions.ts";
import type { Decision } from "./decide/decisions.ts";
import { judgeOf, reviewMin } from "./decide/judge.ts";
import type { Judged } from "./decide/judge.ts";
import { judgeSingle } from "./decide/single.ts";
import type { Field, MatchedEntity, Table } from "./kinds.ts";
import type { Weights } from "./weigh/estimate.ts";
import { Comparer } from "./weigh/levels.ts";
import type { Compared, Measure } from "./weigh/levels.ts";
import { likelyPairs, pairsOfLikelyRecords, weigh } from "./weigh/weighing.ts";

/** What is to be matched. */
export interface MatchInput {
  readonly entity: MatchedEntity;
  readonly left: Table;
  /** null: duplicates within the one table. */
  readonly right: Table | null;
  /** The columns to compare; null: recognised. */
  readonly fields: readonly Field[] | null;
  /** What a person said about pairs of rows; it holds, and it teaches. */
  readonly decisions?: readonly Decision[];
}

/** A pair of rows with its probability and band. Within one table `left` is the smaller row. */
export interface MatchedPair {
  readonly left: number;
  readonly right: number;
  readonly probability: number;
  readonly band: "link" | "review";
  /** Its place among the candidates; null for a pair that only its cluster joins. */
  readonly candidate: number | null;
  /** Of a question: what speaks against it however well the rest agrees, in words without values. */
  readonly against: readonly string[];
}

/** What came out, with what it was decided by. */
export interface Matching {
  readonly fields: readonly Field[];
  /** Pairs of rows that were compared. */
  readonly candidates: Candidates;
  readonly measures: readonly Measure[];
  readonly weights: Weights;
  readonly pairs: readonly MatchedPair[];
  readonly proposed: Proposed;
}

/** What a question says at most, and a link inside a cluster at least. */
const even = 0.5;

/** Matches two tables one to one, or finds the clusters of one. Same input, same output. Never throws. */
export function matchTables(input: MatchInput): Matching {
  const { left, right, entity } = input;
  const fields = input.fields ?? fieldsOf({ left, right }, entity);
  const vocabulary = vocabularyOf(fields);
  const mine = sideOf(left, fields, { end: "left", entity, vocabulary });
  const theirs = right === null ? null : sideOf(right, fields, { end: "right", entity, vocabulary });
  return matchSides({ left: mine, right: theirs, fields, entity, vocabulary }, input.decisions);
}

/** Matches sides that were read already, as `matchTables` does. Never throws. */
export function matchSides(sides: Compared, told: readonly Decision[] = []): Matching {
  return sides.right === null
    ? matchWithin(sides, told)
    : matchAcross({ ...sides, right: sides.right }, new Decisions(told, true));
}

function matchAcross(sides: Compared & { readonly right: Side }, decisions: Decisions): Matching {
  const { left, right, fields } = sides;
  const comparer = new Comparer(sides);
  const weighing = weigh(comparer, withDecided(proposeCandidates(sides), decisions), {
    probabilities: competingProbabilities,
    exclusive: [left.count, right.count],
    decisions,
    survivors: likelyPairs,
  });
  const { candidates, measures, weights, logOdds } = weighing;
  const probability = competingProbabilities(candidates, logOdds);
  const taken = assignOneToOne(candidates, logOdds).filter((pair) => (probability[pair] ?? 0) >= reviewMin);
  const judge = judgeOf(sides, { comparer, weighing, probability, taken });
  const pairs: MatchedPair[] = [];
  for (const pair of taken) {
    const [one, other] = [candidates.left[pair] ?? 0, candidates.right[pair] ?? 0];
    const judged = decisions.of(one, other) === true ? asSure : judge(pair);
    pairs.push({ left: one, right: other, ...judged, candidate: pair });
  }
  return { fields, candidates, measures, weights, pairs, proposed: weighing.proposed };
}

const asSure: Judged = { probability: 1, band: "link", against: [] };

function matchWithin(sides: Compared, said: readonly Decision[]): Matching {
  const { fields } = sides;
  const { side, origin, copies } = collapseCopies(sides.left);
  const within = { ...sides, left: side };
  const decisions = decisionsOfKept(said, origin, copies);
  const weighing = weigh(new Comparer(within), withDecided(proposeCandidates(within), decisions), {
    probabilities: (_, logOdds) => freeProbabilities(logOdds),
    exclusive: null,
    decisions,
    survivors: pairsOfLikelyRecords,
  });
  const { candidates, measures, weights } = weighing;
  const { logOdds, areTwo, reasonsOf } = judgeSingle(within, weighing);
  const rows = {
    left: candidates.left.map((record) => origin[record] ?? 0),
    right: candidates.right.map((record) => origin[record] ?? 0),
    likeness: candidates.likeness,
  };
  const homes = clusterGuarded({ candidates, logOdds, count: side.count, areTwo });
  const clusters = homes.map((records) =>
    records.flatMap((each) => [origin[each] ?? 0, ...(copies.get(origin[each] ?? 0) ?? [])]),
  );
  const pairs = pairsOfClusters({
    ...{ rows, clusters, probability: freeProbabilities(logOdds) },
    reasonsOf: (pair) => reasonsOf(candidates.left[pair] ?? 0, candidates.right[pair] ?? 0),
  });
  return { fields, candidates: rows, measures, weights, pairs, proposed: weighing.proposed };
}

interface Clustered {
  readonly rows: Candidates;
  readonly clusters: readonly (readonly number[])[];
  readonly probability: Float64Array;
  readonly reasonsOf: (candidate: number) => readonly string[];
}

/** Every pair inside a cluster is a link; likely pairs that no cluster joins are for a person. */
function pairsOfClusters({ rows, clusters, probability, reasonsOf }: Clustered): readonly MatchedPair[] {
  const homes = new Map<number, number>();
  const places = new Map<string, number>();
  for (const [home, cluster] of clusters.entries()) for (const row of cluster) homes.set(row, home);
  const pairs: MatchedPair[] = [];
  for (let candidate = 0; candidate < probability.length; candidate++) {
    const [left, right] = [rows.left[candidate] ?? 0, rows.right[candidate] ?? 0];
    const home = homes.get(left);
    const told = probability[candidate] ?? 0;
    if (home !== undefined && home === homes.get(right)) places.set(`${left} ${right}`, candidate);
    else if (told >= reviewMin)
      pairs.push({
        ...{ left, right, probability: Math.min(told, even), band: "review", candidate },
        against: reasonsOf(candidate),
      });
  }
  for (const cluster of clusters) {
    const members = cluster.toSorted((one, other) => one - other);
    for (const [place, left] of members.entries())
      for (const right of members.slice(place + 1)) {
        const candidate = places.get(`${left} ${right}`) ?? null;
        const told = candidate === null ? even : (probability[candidate] ?? 0);
        pairs.push({ left, right, probability: Math.max(told, even), band: "link", candidate, against: [] });
      }
  }
  return pairs;
}
