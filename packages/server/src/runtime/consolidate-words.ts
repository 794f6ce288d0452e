import type { LinkId } from "@crossfoot/kernel";
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
  for (const cluster of open) {
    if (!cluster.isAutomatic) continue;
    const links = await linksIn(world, cluster);
    if (links.size < cluster.records.length) continue;
    if ((await alike(world, cluster, (one) => isApart(one) || one.takenBackBy !== null)) === null)
      chosen.push(cluster);
  }
  return chosen;
}

const isApart = ({ state }: DuplicateCluster): boolean => state === "apart";

/** A cluster of the same things, in whichever system, that somebody said are apart; null without one. */
export const apartBy = (world: World, cluster: DuplicateCluster): Promise<DuplicateCluster | null> =>
  alike(world, cluster, isApart);

/** A cluster of which that holds and that has two things or more in common with this one. */
async function alike(
  world: World,
  cluster: DuplicateCluster,
  holds: (one: DuplicateCluster) => boolean,
): Promise<DuplicateCluster | null> {
  const own = new Set((await linksIn(world, cluster)).values());
  for (const other of (await clustersIn(world, cluster.entity)).filter(holds)) {
    const shared = new Set([...(await linksIn(world, other)).values()].filter((link) => own.has(link)));
    if (other.id === cluster.id || shared.size > 1) return other;
  }
  return null;
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
