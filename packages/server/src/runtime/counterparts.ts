import type { LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { DuplicateCluster } from "./duplicate-report.ts";
import type { World } from "./world.ts";

/** A cluster with the links of its records. */
export interface Linked {
  readonly cluster: DuplicateCluster;
  readonly links: ReadonlyMap<string, LinkId>;
}

/** Which of them is this one, or has two things or more in common with it. */
export function alike(
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
export async function linksIn(
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

/** Those of these that a person said are apart. */
export async function decidedApart(
  world: World,
  known: readonly DuplicateCluster[],
): Promise<readonly Linked[]> {
  const apart = known.filter(({ state, records }) => state === "apart" && records.length > 1);
  return Promise.all(apart.map(async (cluster) => ({ cluster, links: await linksIn(world, cluster) })));
}

/** The one of these that is of the same things in another system; null without one. */
export async function counterpartOf(
  world: World,
  cluster: DuplicateCluster,
  among: readonly Linked[],
): Promise<DuplicateCluster | null> {
  const elsewhere = among.filter(({ cluster: one }) => one.connection !== cluster.connection);
  if (elsewhere.length === 0) return null;
  return alike(elsewhere, cluster, await linksIn(world, cluster));
}

/** Those of these in another system whose records all have links, and all of them links of this cluster. */
async function wholeElsewhere(
  world: World,
  cluster: DuplicateCluster,
  among: readonly DuplicateCluster[],
): Promise<readonly { readonly one: DuplicateCluster; readonly things: number }[]> {
  const own = new Set((await linksIn(world, cluster)).values());
  const found: { readonly one: DuplicateCluster; readonly things: number }[] = [];
  for (const one of among) {
    if (one.connection === cluster.connection) continue;
    const links = await linksIn(world, one);
    const things = new Set(links.values());
    const isWhole = links.size === one.records.length && [...things].every((link) => own.has(link));
    if (isWhole) found.push({ one, things: things.size });
  }
  return found;
}

/** Those of these that are wholly of the same things in another system. */
export async function counterpartsOf(
  world: World,
  cluster: DuplicateCluster,
  among: readonly DuplicateCluster[],
): Promise<readonly DuplicateCluster[]> {
  const whole = await wholeElsewhere(world, cluster, among);
  return whole.flatMap(({ one, things }) => (things > 1 ? [one] : []));
}

/** Those of these whose records are one thing by now, that of a cluster which a plan has made one. */
export async function consolidatedWith(
  world: World,
  cluster: DuplicateCluster,
  among: readonly DuplicateCluster[],
): Promise<readonly DuplicateCluster[]> {
  const whole = await wholeElsewhere(world, cluster, among);
  return whole.flatMap(({ one, things }) => (things === 1 ? [one] : []));
}

/** A cluster that is apart since a person said so of that one. */
export const followed = (one: DuplicateCluster, by: DuplicateCluster): DuplicateCluster => ({
  ...one,
  ...{ state: "apart", closedAt: by.closedAt, closedBy: by.closedBy, decidedBy: by.id },
});
