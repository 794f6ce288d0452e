import type { EntityName, LinkId } from "@crossfoot/kernel";
import { alike, linksIn } from "./counterparts.ts";
import type { Linked } from "./counterparts.ts";
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
