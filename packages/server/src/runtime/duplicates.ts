import { evidenceWords } from "@crossfoot/matching";
import type { Matching } from "@crossfoot/matching";
import type { EntityName, EntityPolicy, Json } from "@crossfoot/kernel";
import type { ConsolidationTerms } from "@crossfoot/model";
import { recordName } from "../store/port.ts";
import type { DuplicateRow } from "../store/port.ts";
import { policiesOf } from "./closed-books.ts";
import { counterpartOf, decidedApart, followed } from "./counterparts.ts";
import type {
  DuplicateCluster,
  DuplicateEvidence,
  DuplicateMember,
  DuplicateReport,
  DuplicateWeek,
  MatchedRecords,
  MatchReport,
} from "./duplicate-report.ts";
import type { DuplicateOptions } from "./engine.ts";
import { comparableOf, compare, matchedEntities } from "./match-records.ts";
import type { Comparable } from "./match-records.ts";
import { openSides, readAll, underLease } from "./session.ts";
import { mappingOf } from "./world.ts";
import type { Session, Side, World } from "./world.ts";

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** Weeks of the trend. */
const weeksTold = 8;
/** Days to look at a cluster where the contract does not say. */
const reviewDaysDefault = 14;
/** Pairs told per cluster: more of them decide nothing. */
const evidenceMax = 20;

/** The terms of consolidation of an entity. */
export const termsOfConsolidation = (world: World, { entity }: EntityPolicy): ConsolidationTerms =>
  world.contract.entities[entity as keyof World["contract"]["entities"]]?.consolidation ?? {};

/** What a stored row says. */
export const clusterOf = ({ body }: DuplicateRow): DuplicateCluster => {
  const known = body as unknown as DuplicateCluster;
  // Those of earlier versions do not say it.
  return known.decidedBy === undefined ? { ...known, decidedBy: null } : known;
};

/** The row that keeps it. */
export const rowOf = (cluster: DuplicateCluster): DuplicateRow => ({
  id: cluster.id,
  entity: cluster.entity,
  state: cluster.state,
  body: cluster as unknown as Json,
});

/** Runs `work` after what is asked for was read; of a system that cannot be read, on what is stored. */
async function afterReading<T>(
  world: World,
  options: DuplicateOptions,
  work: (session: Session, policies: readonly EntityPolicy[]) => Promise<T>,
): Promise<T> {
  return underLease(world, { runId: null, options, lane: "poll", isAlone: true }, async (session) => {
    const known: readonly string[] = matchedEntities;
    const policies = policiesOf(world, options.only).filter(({ entity }) => known.includes(entity));
    if (options.isStoredOnly !== true) {
      await openSides(session, { trusts: false });
      await readAll(session, { policies, mode: "incremental", deletions: new Map() });
    }
    return work(session, policies);
  });
}

const troublesOf = ({ troubles }: Session): DuplicateReport["troubles"] =>
  troubles.map(({ connection, failure }) => ({ connection, message: failure.message }));

const sidesOf = (world: World, policy: EntityPolicy, { connection }: DuplicateOptions): readonly Side[] =>
  world.sides.filter(
    (side) =>
      mappingOf(side, policy.entity) !== undefined && (connection === undefined || side.id === connection),
  );

/**
 * Looks for records that one connection has twice, keeps what it finds with the day it is due, and tells what
 * was not there at the last look. A cluster that a person said is none comes back only when its values have
 * changed. Writes to no connected system.
 */
export async function findDuplicates(world: World, options: DuplicateOptions): Promise<DuplicateReport> {
  return afterReading(world, options, async (session, policies) => {
    const found = await lookThrough(world, policies, options);
    return { ...found, troubles: troublesOf(session) };
  });
}

/** Looks through what is stored, and keeps what it finds. */
export async function lookThrough(
  world: World,
  policies: readonly EntityPolicy[],
  options: DuplicateOptions,
): Promise<DuplicateReport> {
  const now = world.clock.now();
  const looked: DuplicateReport["looked"][number][] = [];
  const all: DuplicateCluster[] = [];
  const fresh: string[] = [];
  for (const policy of policies) {
    const one = await lookAt(world, policy, options);
    looked.push(...one.looked);
    all.push(...one.all);
    fresh.push(...one.fresh);
    // A look at one system only is none at the entity.
    if (options.connection !== undefined) continue;
    const records = one.looked.reduce((sum, each) => sum + each.records, 0);
    await world.store.endLook(policy.entity, { records, fresh: one.fresh });
  }
  const isAsked = ({ connection }: DuplicateCluster): boolean =>
    options.connection === undefined || connection === options.connection;
  // A word about one record alone is no cluster.
  const asked = all.filter((one) => isAsked(one) && one.records.length > 1);
  const open = asked.filter(({ state }) => state === "open");
  return {
    at: new Date(now).toISOString(),
    looked,
    clusters: open.toSorted((a, b) => b.probability - a.probability || (a.id < b.id ? -1 : 1)),
    fresh,
    overdue: overdueOf(open, now),
    trend: trendOf(asked, now),
    troubles: [],
  };
}

/** How many open clusters have a day that is over. */
export const overdueOf = (open: readonly DuplicateCluster[], now: number): number =>
  open.filter(({ dueAt }) => Date.parse(dueAt) < now).length;

/** Looks at one entity: what was found anew, what is gone, and all that is known of it now. */
async function lookAt(
  world: World,
  policy: EntityPolicy,
  options: DuplicateOptions,
): Promise<{
  readonly looked: DuplicateReport["looked"];
  readonly all: readonly DuplicateCluster[];
  readonly fresh: readonly string[];
}> {
  const looked: DuplicateReport["looked"][number][] = [];
  const fresh: string[] = [];
  const known = (await world.store.listDuplicates(policy.entity)).map(clusterOf);
  const changed: DuplicateCluster[] = [];
  const at = new Set<string>();
  for (const side of sidesOf(world, policy, options)) {
    const comparable = await comparableOf(world, policy, side.id);
    looked.push({ entity: policy.entity, connection: side.id, records: comparable.records.length });
    at.add(side.id);
    const own = known.filter(({ connection }) => connection === side.id);
    const found = clustersOf(world, policy, { comparable, apart: apartOf(own) });
    const said = await decidedApart(world, known);
    for (const cluster of found) {
      const before = own.find(({ id }) => id === cluster.id);
      const counterpart = before === undefined ? await counterpartOf(world, cluster, said) : null;
      if (counterpart !== null) {
        changed.push(followed(cluster, counterpart));
        continue;
      }
      if (before?.state !== "open") fresh.push(cluster.id);
      changed.push(before?.state === "open" ? again(before, cluster) : cluster);
    }
  }
  const ids = new Set(changed.map(({ id }) => id));
  const closedAt = new Date(world.clock.now()).toISOString();
  const gone = known
    .filter(({ id, state, connection }) => state === "open" && at.has(connection) && !ids.has(id))
    .map((one): DuplicateCluster => ({ ...one, state: "gone", closedAt }));
  await world.store.saveDuplicates([...changed, ...gone].map(rowOf), null);
  return { looked, fresh, all: (await world.store.listDuplicates(policy.entity)).map(clusterOf) };
}

/** A cluster that was open before: found anew, with its day and whose it is. */
const again = (before: DuplicateCluster, found: DuplicateCluster): DuplicateCluster => {
  const { foundAt, dueAt, owner, plan, takenBackBy } = before;
  return { ...found, foundAt, dueAt, owner, plan, takenBackBy };
};

/** Pairs that a person said are records of their own, as long as neither of them has changed. */
function apartOf(known: readonly DuplicateCluster[]): ReadonlySet<string> {
  return new Set(
    known
      .filter(({ state }) => state === "apart")
      .flatMap(({ records }) =>
        records.flatMap((one, at) => records.slice(at + 1).map((other) => pairName(one, other))),
      ),
  );
}

const markOf = (one: DuplicateMember): string => `${one.connection}\n${one.id}\n${one.content}`;
const pairName = (one: DuplicateMember, other: DuplicateMember): string =>
  [markOf(one), markOf(other)].toSorted().join("\n\n");

interface Found {
  readonly comparable: Comparable;
  readonly apart: ReadonlySet<string>;
}

/** Clusters of what the matcher joins, and pairs that it asks about, without those that are apart. */
function clustersOf(
  world: World,
  policy: EntityPolicy,
  { comparable, apart }: Found,
): readonly DuplicateCluster[] {
  const { records } = comparable;
  if (records.length < 2) return [];
  const matching = compare(policy.entity, comparable, null);
  const isOpen = ({ left, right }: Pick<Pairs[number], "left" | "right">): boolean => {
    const [one, other] = [records[left], records[right]];
    return one !== undefined && other !== undefined && !apart.has(pairName(one, other));
  };
  const pairs = matching.pairs.filter(isOpen);
  const linked = joined(pairs.filter(({ band }) => band === "link"));
  const asked = pairs.filter(({ band }) => band === "review").map((pair) => [pair]);
  const found = [...linked, ...asked].map((own) => clusterFrom(world, policy, { own, records, matching }));
  const told = toldPairs(records)
    .filter((own) => own.some(isOpen))
    .map((own) => toldFrom(clusterFrom(world, policy, { own, records, matching })));
  return [...found.filter((one) => !told.some((known) => covers(known, one))), ...told];
}

/** Pairs of records that have one link although each is there, a group a link. */
function toldPairs(records: readonly DuplicateMember[]): readonly Pairs[] {
  const rows = records.flatMap(({ link }, row) => (link === null ? [] : [{ link, row }]));
  return [...Map.groupBy(rows, ({ link }) => link).values()].flatMap(([first, ...others]): Pairs[] => {
    if (first === undefined || others.length === 0) return [];
    const told = { probability: 1, band: "link", candidate: null, against: [] } as const;
    return [others.map(({ row }) => ({ ...told, left: first.row, right: row }))];
  });
}

/**
 * A cluster of which somebody said that it is one: its records have one link. The matcher need not see it, so
 * that it is not joined by itself.
 */
const toldFrom = (cluster: DuplicateCluster): DuplicateCluster => ({
  ...cluster,
  isAutomatic: false,
  evidence: cluster.evidence.map((each) => ({
    ...each,
    says: ["they have one link: somebody said that they are one"],
  })),
});

/** Whether all records of the other are among those of the one. */
const covers = (one: DuplicateCluster, other: DuplicateCluster): boolean =>
  other.records.every(({ id }) => one.records.some((each) => each.id === id));

type Pairs = Matching["pairs"];

/** Pairs that hang together, each group by itself. */
function joined(pairs: Pairs): readonly Pairs[] {
  const home = new Map<number, number>();
  const rootOf = (row: number): number => {
    const up = home.get(row) ?? row;
    return up === row ? row : rootOf(up);
  };
  for (const { left, right } of pairs) home.set(rootOf(right), rootOf(left));
  return [...Map.groupBy(pairs, ({ left }) => rootOf(left)).values()];
}

/** The name of a cluster follows from its records, in their order. */
export function clusterIdOf(
  world: World,
  { entity }: EntityPolicy,
  records: readonly Pick<DuplicateMember, "connection" | "id">[],
): string {
  const names = records.map(({ connection, id }) => recordName({ connection, entity, id }));
  return `d-${world.entropy.digest(names.join("\n")).slice(0, 12)}`;
}

function clusterFrom(
  world: World,
  policy: EntityPolicy,
  at: { readonly own: Pairs; readonly records: readonly DuplicateMember[]; readonly matching: Matching },
): DuplicateCluster {
  const { own, matching } = at;
  const rows = [...new Set(own.flatMap(({ left, right }) => [left, right]))].toSorted((a, b) => a - b);
  const records = rows.flatMap((row) => at.records[row] ?? []);
  const [first] = records;
  const terms = termsOfConsolidation(world, policy);
  const now = world.clock.now();
  const probability = Math.min(...own.map((pair) => pair.probability));
  const band = own[0]?.band ?? "review";
  const { automaticFrom, reviewDays = reviewDaysDefault, owner = null } = terms;
  const evidence = own.slice(0, evidenceMax).map((pair): DuplicateEvidence => {
    const nameOf = (row: number): string => `${at.records[row]?.connection}:${at.records[row]?.id}`;
    return {
      records: [nameOf(pair.left), nameOf(pair.right)],
      probability: pair.probability,
      says: saysOf(matching, pair),
    };
  });
  return {
    id: clusterIdOf(world, policy, records),
    entity: policy.entity,
    connection: first?.connection ?? ("" as never),
    state: "open",
    band,
    probability,
    isAutomatic: band === "link" && automaticFrom !== undefined && probability >= automaticFrom,
    records,
    evidence,
    foundAt: new Date(now).toISOString(),
    dueAt: new Date(now + reviewDays * dayMs).toISOString(),
    owner,
    closedAt: null,
    closedBy: null,
    plan: null,
    takenBackBy: null,
    decidedBy: null,
  };
}

function saysOf(matching: Matching, { candidate, against }: Pairs[number]): readonly string[] {
  if (candidate === null) return ["joined through the others of its cluster"];
  return [...against, ...evidenceWords(matching, candidate)];
}

/** Week by week, how many were found, closed and open at its end. */
export function trendOf(clusters: readonly DuplicateCluster[], now: number): readonly DuplicateWeek[] {
  const times = clusters.map(({ foundAt, closedAt }) => {
    return { found: Date.parse(foundAt), closed: closedAt === null ? Infinity : Date.parse(closedAt) };
  });
  // What this very look has found carries the store's stamp, which is later than its begin.
  const end = Math.max(now, ...times.map(({ found }) => found));
  return Array.from({ length: weeksTold }, (_, at): DuplicateWeek => {
    const until = end - (weeksTold - 1 - at) * weekMs;
    const isIn = (time: number): boolean => time > until - weekMs && time <= until;
    return {
      until: new Date(until).toISOString(),
      found: times.filter(({ found }) => isIn(found)).length,
      closed: times.filter(({ closed }) => isIn(closed)).length,
      open: times.filter(({ found, closed }) => found <= until && closed > until).length,
    };
  });
}

/** Records without a counterpart that may have one in the other system. Writes to no connected system. */
export async function findPairs(world: World, options: DuplicateOptions): Promise<readonly MatchReport[]> {
  return afterReading(world, options, async (session, policies) => {
    const reports: MatchReport[] = [];
    for (const policy of policies) {
      const [one, other] = await Promise.all(
        sidesOf(world, policy, {}).map((side) => alone(world, policy, side)),
      );
      if (one === undefined || other === undefined) continue;
      const compared = Object.fromEntries(
        [one, other].flatMap(({ records }) =>
          records[0] === undefined ? [] : [[records[0].connection, records.length]],
        ),
      );
      const pairs = one.records.length > 0 && other.records.length > 0 ? across(policy, one, other) : [];
      reports.push({ entity: policy.entity, pairs, compared, troubles: troublesOf(session) });
    }
    return reports;
  });
}

/** The records of a side whose link has no record on another. */
async function alone(world: World, policy: EntityPolicy, side: Side): Promise<Comparable> {
  const { records, table } = await comparableOf(world, policy, side.id);
  const links = records.flatMap(({ link }) => link ?? []);
  const paired = new Set(
    (await world.store.membersOf(links))
      .filter(({ connection }) => connection !== side.id)
      .map(({ link }): string => link),
  );
  const kept = records.flatMap((record, at) =>
    record.link !== null && paired.has(record.link) ? [] : [{ record, row: table.rows[at] ?? [] }],
  );
  return {
    records: kept.map(({ record }) => record),
    table: { columns: table.columns, rows: kept.map(({ row }) => row) },
  };
}

function across(policy: EntityPolicy, one: Comparable, other: Comparable): readonly MatchedRecords[] {
  const matching = compare(policy.entity, one, other);
  return matching.pairs.flatMap((pair): MatchedRecords[] => {
    const { left, right, probability, band } = pair;
    const [mine, theirs] = [one.records[left], other.records[right]];
    if (mine === undefined || theirs === undefined) return [];
    const says = saysOf(matching, pair);
    return [{ entity: policy.entity, records: [mine, theirs], band, probability, says }];
  });
}

/** All open clusters, as last looked for. */
export async function openClusters(world: World): Promise<readonly DuplicateCluster[]> {
  const rows = await Promise.all(world.policies.map(({ entity }) => world.store.listDuplicates(entity)));
  return rows
    .flat()
    .map(clusterOf)
    .filter(({ state }) => state === "open");
}

/** All that is known of the clusters of an entity, whatever became of them. */
export async function clustersIn(world: World, entity: EntityName): Promise<readonly DuplicateCluster[]> {
  return (await world.store.listDuplicates(entity)).map(clusterOf);
}

/** Whether a plan consolidated records, or took that back. */
export async function isOfConsolidation(world: World, plan: string): Promise<boolean> {
  for (const { entity } of world.policies) {
    const known = (await world.store.listDuplicates(entity)).map(clusterOf);
    if (known.some((one) => one.plan === plan || one.takenBackBy === plan)) return true;
  }
  return false;
}

/** A cluster by its name; null when there is none. */
export async function clusterById(world: World, id: string): Promise<DuplicateCluster | null> {
  for (const { entity } of world.policies) {
    const row = (await world.store.listDuplicates(entity)).find((one) => one.id === id);
    if (row !== undefined) return clusterOf(row);
  }
  return null;
}
