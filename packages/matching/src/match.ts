import { proposeCandidates } from "./block/candidates.ts";
import type { Candidates } from "./block/candidates.ts";
import { fieldsOf } from "./columns/align.ts";
import { sideOf } from "./columns/prepare.ts";
import type { Side } from "./columns/prepare.ts";
import { assignOneToOne } from "./decide/assign.ts";
import { clusterGuarded } from "./decide/cluster.ts";
import { collapseCopies } from "./decide/collapse.ts";
import type { Collapsed } from "./decide/collapse.ts";
import { competingProbabilities, freeProbabilities } from "./decide/compete.ts";
import { isNamed } from "./decide/guard.ts";
import type { Field, MatchedEntity, Table } from "./kinds.ts";
import { estimateWeights, logOddsOf } from "./weigh/estimate.ts";
import type { Weights } from "./weigh/estimate.ts";
import { measuresOf } from "./weigh/levels.ts";
import type { Measure } from "./weigh/levels.ts";

/** What is to be matched. */
export interface MatchInput {
  readonly entity: MatchedEntity;
  readonly left: Table;
  /** null: duplicates within the one table. */
  readonly right: Table | null;
  /** The columns to compare; null: recognised. */
  readonly fields: readonly Field[] | null;
}

/** A pair of rows with its probability and band. Within one table `left` is the smaller row. */
export interface MatchedPair {
  readonly left: number;
  readonly right: number;
  readonly probability: number;
  readonly band: "link" | "review";
  /** Its place among the candidates; null for a pair that only its cluster joins. */
  readonly candidate: number | null;
}

/** What came out, with what it was decided by. */
export interface Matching {
  readonly fields: readonly Field[];
  /** Pairs of rows that were compared. */
  readonly candidates: Candidates;
  readonly measures: readonly Measure[];
  readonly weights: Weights;
  readonly pairs: readonly MatchedPair[];
}

/** From here on a pair is linked; between the two a person decides; below, the records are apart. */
const linkMin = 0.5;
const reviewMin = 0.1;
/** What a pair is taken for at most whose names do not speak for it: a question for a person. */
const unnamedLogOdds = -0.04;

/** Matches two tables one to one, or finds the clusters of one. Same input, same output. Never throws. */
export function matchTables(input: MatchInput): Matching {
  const { left, right, entity } = input;
  const fields = input.fields ?? fieldsOf({ left, right }, entity);
  const mine = sideOf(left, fields, { end: "left", entity });
  return right === null
    ? matchWithin(collapseCopies(mine), fields, entity)
    : matchAcross({ left: mine, right: sideOf(right, fields, { end: "right", entity }), fields, entity });
}

interface Across {
  readonly left: Side;
  readonly right: Side;
  readonly fields: readonly Field[];
  readonly entity: MatchedEntity;
}

function matchAcross({ left, right, fields, entity }: Across): Matching {
  const candidates = proposeCandidates(left, right, fields);
  const measures = measuresOf({ candidates, left, right, fields, entity });
  const count = candidates.left.length;
  const probabilities = (logOdds: Float64Array): Float64Array => competingProbabilities(candidates, logOdds);
  const exclusive = [left.count, right.count] as const;
  const weights = estimateWeights({ measures, count, probabilities, exclusive });
  const logOdds = logOddsOf(weights, measures, count);
  const probability = probabilities(logOdds);
  const pairs: MatchedPair[] = [];
  for (const pair of assignOneToOne(candidates, logOdds)) {
    const told = probability[pair] ?? 0;
    if (told < reviewMin) continue;
    const isSure = told >= linkMin && isNamed(measures, { weights, entity, pair });
    pairs.push({
      left: candidates.left[pair] ?? 0,
      right: candidates.right[pair] ?? 0,
      probability: told >= linkMin && !isSure ? linkMin : told,
      band: isSure ? "link" : "review",
      candidate: pair,
    });
  }
  return { fields, candidates, measures, weights, pairs };
}

function matchWithin(collapsed: Collapsed, fields: readonly Field[], entity: MatchedEntity): Matching {
  const { side, origin, copies } = collapsed;
  const candidates = proposeCandidates(side, null, fields);
  const measures = measuresOf({ candidates, left: side, right: null, fields, entity });
  const count = candidates.left.length;
  const weights = estimateWeights({ measures, count, probabilities: freeProbabilities, exclusive: null });
  const logOdds = logOddsOf(weights, measures, count).map((each, pair) =>
    each > 0 && !isNamed(measures, { weights, entity, pair }) ? unnamedLogOdds : each,
  );
  const rows = {
    left: candidates.left.map((record) => origin[record] ?? 0),
    right: candidates.right.map((record) => origin[record] ?? 0),
    likeness: candidates.likeness,
  };
  const homes = clusterGuarded(candidates, logOdds, side.count);
  const clusters = homes.map((records) =>
    records.flatMap((each) => [origin[each] ?? 0, ...(copies.get(each) ?? [])]),
  );
  const pairs = pairsOfClusters({ rows, clusters, probability: freeProbabilities(logOdds) });
  return { fields, candidates: rows, measures, weights, pairs };
}

interface Clustered {
  readonly rows: Candidates;
  readonly clusters: readonly (readonly number[])[];
  readonly probability: Float64Array;
}

/** Every pair inside a cluster is a link; likely pairs that no cluster joins are for a person. */
function pairsOfClusters({ rows, clusters, probability }: Clustered): readonly MatchedPair[] {
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
      pairs.push({ left, right, probability: Math.min(told, linkMin), band: "review", candidate });
  }
  for (const cluster of clusters) {
    const members = cluster.toSorted((one, other) => one - other);
    for (const [place, left] of members.entries())
      for (const right of members.slice(place + 1)) {
        const candidate = places.get(`${left} ${right}`) ?? null;
        const told = candidate === null ? linkMin : (probability[candidate] ?? 0);
        pairs.push({ left, right, probability: Math.max(told, linkMin), band: "link", candidate });
      }
  }
  return pairs;
}
