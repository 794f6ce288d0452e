import { matchKeysOf } from "@crossfoot/kernel";
import type { ConnectionId, DecideInput, EntityPolicy, LinkId } from "@crossfoot/kernel";
import type { LinkBundle } from "../store/port.ts";
import { canonicalFields } from "./canonical.ts";
import type { World } from "./world.ts";

/** Links looked at for a deletion: two batches of changes. */
const changedMax = 400;

/** A link with its members as they are decided on. */
interface Read {
  readonly bundle: LinkBundle;
  readonly members: DecideInput["members"];
}

/**
 * Connections on which a record that was deleted may live on under another id, by link: a system without a
 * feed of merges shows the loser of one as gone. Another record there holds one of its declared keys, or is a
 * known duplicate of it. Asks the store only when something was deleted.
 */
export async function heirsOf(
  world: World,
  policy: EntityPolicy,
  read: readonly Read[],
): Promise<ReadonlyMap<LinkId, readonly ConnectionId[]>> {
  const gone = read.flatMap(({ bundle, members }) =>
    bundle.state === "ended"
      ? []
      : Object.values(members)
          .filter(({ view }) => view.kind === "deleted")
          .map(({ view }) => ({ link: bundle.id, view, keys: matchKeysOf(policy, view.fields) })),
  );
  if (gone.length === 0) return new Map();
  const holders = await world.store.holdersOf(
    policy.entity,
    gone.flatMap(({ keys }) => keys),
  );
  const changed = await changedKeys(world, policy);
  const twins = await world.store.listCandidates();
  const found = gone.filter(({ link, view, keys }) => {
    const { connection } = view;
    const isHeld = holders.some(
      ({ link: of, key, state, members }) =>
        of !== link && state !== "ended" && keys.includes(key) && members.includes(connection),
    );
    const isTaken = changed.some(
      (one) =>
        one.link !== link && one.connection === connection && keys.some((key) => one.keys.includes(key)),
    );
    const isTwin = twins.some((twin) => twin.connection === connection && twin.links.includes(link));
    return isHeld || isTaken || isTwin;
  });
  const by = Map.groupBy(found, ({ link }) => link);
  return new Map([...by].map(([link, list]) => [link, list.map(({ view }) => view.connection)]));
}

interface ChangedKeys {
  readonly link: LinkId;
  readonly connection: ConnectionId;
  readonly keys: readonly string[];
}

/**
 * Keys of records that changed and are not decided yet: those that are stored are older. Beyond so many
 * changes at once, as in a first load, the stored ones have to do.
 */
async function changedKeys(world: World, policy: EntityPolicy): Promise<readonly ChangedKeys[]> {
  const due = await world.store.dueLinks({ entity: policy.entity, limit: changedMax, after: null });
  const seen = (await world.store.loadBundles(due)).flatMap(({ id, members }) =>
    members.flatMap(({ observation }) =>
      observation === null || observation.kind !== "present" ? [] : [{ link: id, observation }],
    ),
  );
  const read = await canonicalFields(
    world,
    policy,
    seen.map(({ observation }) => observation),
  );
  const fields = new Map(read.map((one) => [one.record, one.fields]));
  return seen.map(({ link, observation }) => {
    const own = fields.get(observation) ?? {};
    return { link, connection: observation.connection, keys: matchKeysOf(policy, own) };
  });
}
