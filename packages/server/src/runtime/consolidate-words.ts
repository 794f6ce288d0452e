import type { EntityName, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { DuplicateCluster } from "./duplicate-report.ts";
import { clustersIn } from "./duplicates.ts";
import type { World } from "./world.ts";

/**
 * Clusters that may be consolidated without a person: likely enough, of records that all have links, and of
 * which nobody, in either system, took a consolidation back or said that they are apart.
 */
export async function automaticOf(
  world: World,
  open: readonly DuplicateCluster[],
): Promise<readonly DuplicateCluster[]> {
  const chosen: DuplicateCluster[] = [];
  const likely = open.filter(({ isAutomatic }) => isAutomatic);
  for (const [entity, clusters] of Map.groupBy(likely, (each) => each.entity)) {
    const said = await closedIn(world, entity, (one) => isApart(one) || one.takenBackBy !== null);
    for (const cluster of clusters) {
      const links = await linksIn(world, cluster);
      const isFree = alike(said, cluster, links) === null && !holdsOne(said, links);
      if (links.size === cluster.records.length && isFree) chosen.push(cluster);
    }
  }
  return chosen;
}

const isApart = ({ state }: DuplicateCluster): boolean => state === "apart";

/** A cluster of the same things, in whichever system, that somebody said are apart; null without one. */
export async function apartBy(world: World, cluster: DuplicateCluster): Promise<DuplicateCluster | null> {
  const said = await closedIn(world, cluster.entity, isApart);
  return alike(said, cluster, await linksIn(world, cluster));
}

/** A cluster with the links of its records. */
interface Linked {
  readonly cluster: DuplicateCluster;
  readonly links: ReadonlyMap<string, LinkId>;
}

/** Clusters of an entity of which that holds. */
async function closedIn(
  world: World,
  entity: EntityName,
  holds: (one: DuplicateCluster) => boolean,
): Promise<readonly Linked[]> {
  const closed = (await clustersIn(world, entity)).filter(holds);
  return Promise.all(closed.map(async (cluster) => ({ cluster, links: await linksIn(world, cluster) })));
}

/** Whether one of these things was said to be one of its own, whatever it is found with. */
function holdsOne(said: readonly Linked[], links: ReadonlyMap<string, LinkId>): boolean {
  const own = new Set(links.values());
  const alone = said.filter(({ cluster }) => cluster.records.length === 1);
  return alone.some(({ links: of }) => [...of.values()].some((link) => own.has(link)));
}

/** Which of them is this one, or has two things or more in common with it. */
function alike(
  said: readonly Linked[],
  { id }: DuplicateCluster,
  links: ReadonlyMap<string, LinkId>,
): DuplicateCluster | null {
  const own = new Set(links.values());
  const found = said.find(({ cluster, links: of }) => {
    const shared = new Set([...of.values()].filter((link) => own.has(link)));
    return cluster.id === id || shared.size > 1;
  });
  return found?.cluster ?? null;
}

/** Links of a cluster's records, by record; a record without one is left out. */
async function linksIn(
  world: World,
  { entity, records }: DuplicateCluster,
): Promise<ReadonlyMap<string, LinkId>> {
  const keys = records.map(({ connection, id }) => ({ connection, entity, id }));
  const known = await world.store.linksOf(keys);
  return new Map(
    keys.flatMap((key): [string, LinkId][] => {
      const link = known.get(recordName(key));
      return link === undefined ? [] : [[recordName(key), link]];
    }),
  );
}
