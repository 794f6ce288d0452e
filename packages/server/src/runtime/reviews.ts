import type { EntityPolicy } from "@crossfoot/kernel";
import { isMap } from "@crossfoot/kernel";
import type { DuplicateLook } from "../store/port.ts";
import type { DuplicateCluster, DuplicateReport, ReviewReport } from "./duplicate-report.ts";
import { clusterOf, lookThrough, overdueOf, termsOfConsolidation, trendOf } from "./duplicates.ts";
import { matchedEntities } from "./match-records.ts";
import { mappingOf } from "./world.ts";
import type { World } from "./world.ts";

const dayMs = 86_400_000;
/** Days between two looks where the contract has terms of consolidation and does not say. */
const lookEveryDefault = 7;
/** After this a look that a worker took and never ended is another's, ms. */
const patienceMs = 3_600_000;
/** A worker asks the store no more often than this whether a look is due, ms. */
const askEveryMs = 60_000;

/** When a worker asks again, by its monotonic clock. */
const askAt = new WeakMap<World, number>();

/** Entities for which the contract says how duplicates are consolidated: a worker looks for them. */
function scheduled(world: World): readonly EntityPolicy[] {
  const known: readonly string[] = matchedEntities;
  const names = world.contract.entities as { readonly [entity: string]: { readonly consolidation?: object } };
  return world.policies.filter(
    ({ entity }) => known.includes(entity) && names[entity]?.consolidation !== undefined,
  );
}

const everyMsOf = (world: World, policy: EntityPolicy): number =>
  (termsOfConsolidation(world, policy).lookEveryDays ?? lookEveryDefault) * dayMs;

/**
 * Looks for duplicates where the contract's cadence says that it is time: at what is stored, once every side
 * was loaded, one worker of all. Null when nothing is due. Asks no connected system and writes to none.
 */
export async function lookWhenDue(world: World): Promise<DuplicateReport | null> {
  const policies = scheduled(world);
  const now = world.clock.monotonic();
  if (policies.length === 0 || now < (askAt.get(world) ?? -Infinity)) return null;
  askAt.set(world, now + askEveryMs);
  const due: EntityPolicy[] = [];
  for (const policy of policies) {
    if (!(await isLoaded(world, policy))) continue;
    const everyMs = everyMsOf(world, policy);
    if (await world.store.takeLook(policy.entity, { everyMs, patienceMs })) due.push(policy);
  }
  return due.length === 0 ? null : lookThrough(world, due, {});
}

async function isLoaded(world: World, { entity }: EntityPolicy): Promise<boolean> {
  const sides = world.sides.filter((side) => mappingOf(side, entity) !== undefined);
  const cursors = await Promise.all(sides.map(({ id }) => world.store.loadCursor(id, entity)));
  return cursors.every(({ backfilledAt }) => backfilledAt !== null);
}

/** Every cluster of the entities of the contract, in whatever state. */
export async function allClusters(world: World): Promise<readonly DuplicateCluster[]> {
  const rows = await Promise.all(world.policies.map(({ entity }) => world.store.listDuplicates(entity)));
  return rows.flat().map((row) => clusterOf(row));
}

/** What is to be reviewed, from the store alone: the most urgent first. */
export async function reviewsOf(world: World): Promise<ReviewReport> {
  const now = world.clock.now();
  const all = await allClusters(world);
  const open = all.filter(({ state }) => state === "open");
  const looks = await world.store.listLooks();
  const every = new Map(scheduled(world).map((policy) => [policy.entity, everyMsOf(world, policy)]));
  return {
    at: new Date(now).toISOString(),
    clusters: open.toSorted(
      (a, b) =>
        Date.parse(a.dueAt) - Date.parse(b.dueAt) || b.probability - a.probability || (a.id < b.id ? -1 : 1),
    ),
    overdue: overdueOf(open, now),
    trend: trendOf(all, now),
    looks: [...new Set([...every.keys(), ...looks.map(({ entity }) => entity)])].toSorted().map((entity) => {
      const look = looks.find((one) => one.entity === entity);
      const { lookedAt = null } = look ?? {};
      const everyMs = every.get(entity);
      const next = everyMs === undefined || lookedAt === null ? null : Date.parse(lookedAt) + everyMs;
      return {
        entity,
        lookedAt,
        isScheduled: everyMs !== undefined,
        nextAt: next === null ? null : new Date(next).toISOString(),
        ...partsOf(look),
      };
    }),
  };
}

function partsOf(look: DuplicateLook | undefined): {
  readonly records: number;
  readonly fresh: readonly string[];
} {
  const body = isMap(look?.body) ? look.body : {};
  const { records, fresh } = body;
  return {
    records: typeof records === "number" ? records : 0,
    fresh: Array.isArray(fresh) ? fresh.filter((id) => typeof id === "string") : [],
  };
}
