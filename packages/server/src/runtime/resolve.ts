import type { EntityMapping } from "@crossfoot/connector-sdk";
import { decideMatch, matchKeysOf } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, Fields, LinkId } from "@crossfoot/kernel";
import { matchingName } from "../store/port.ts";
import type { KeyHolder, Lease, Newcomer, RecordKey, ResolvedEntry, Resolution } from "../store/port.ts";
import { isAwaiting, lookUpLinks, readContext, readObservation, withoutAwaits } from "./canonical.ts";
import { leaseMs } from "./holding.ts";
import { followIdentity } from "./identity.ts";
import type { Matching } from "./identity.ts";
import { linkIdOf } from "./link-id.ts";
import { linkRecovered, recalled } from "./recover.ts";
import { mappingOf, sideOf } from "./world.ts";
import { keptKeys } from "./revisions.ts";
import type { Session, World } from "./world.ts";

/** Newcomers looked at in one batch. */
const batchSize = 500;
/** Time between two looks whether another worker is done, ms; less where somebody waits. */
const lookMs = { usual: 150, interactive: 20 };

interface Keyed {
  readonly newcomer: Newcomer;
  readonly keys: readonly string[];
  /** What its link keeps: these keys, and what only finds. */
  readonly kept: readonly string[];
  /** A match key cannot be told yet, since it names a parent that has no link. */
  readonly isWaiting: boolean;
}

/**
 * Does something as the only one who matches records of an entity: two newcomers of two sides, each linked by
 * a worker that sees none of the other's, would become two links, and two creates (INVARIANTS.md I03). Null
 * when another worker is at it.
 */
async function matching<T>(
  session: Session,
  policy: EntityPolicy,
  work: (lease: Lease) => Promise<T>,
): Promise<T | null> {
  const { store } = session.world;
  const { holder } = session.holding;
  const lease = await store.acquireLease(matchingName(policy.entity), { holder, ttlMs: leaseMs });
  if (lease === null) return null;
  try {
    return await work(lease);
  } finally {
    await store.releaseLease(lease);
  }
}

/**
 * Follows merges of records, and gives every new record a link. Answers how many links were changed or made;
 * null when another worker is at it.
 */
export function matchRecords(session: Session, policy: EntityPolicy): Promise<number | null> {
  return matching(session, policy, async (lease) => {
    const moved = await followIdentity({ session, lease }, policy);
    return moved + (await resolveNewcomers({ session, lease }, policy));
  });
}

/** Like {@link matchRecords}, and waits for another worker who is at it. */
export async function matchFirst(session: Session, policy: EntityPolicy): Promise<void> {
  await whenFree(session, () => matchRecords(session, policy));
}

/** Does something as the only one who matches records of an entity, and waits for another who is at it. */
export async function matchAlone(
  session: Session,
  policy: EntityPolicy,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  await whenFree(session, () =>
    matching(session, policy, async (lease) => {
      await work(lease);
      return true;
    }),
  );
}

/** Tries until it is possible, or until the session is to end. */
async function whenFree<T>(session: Session, attempt: () => Promise<T | null>): Promise<void> {
  while ((await attempt()) === null) {
    const pauseMs = session.lane === "interactive" ? lookMs.interactive : lookMs.usual;
    if (!(await session.world.sleep(pauseMs, session.signal))) return;
    await session.holding.keepUp();
  }
}

/**
 * Gives every new record a link: the one of its counterpart when the declared keys are certain, a review
 * when they are not, else a link of its own. A link is only a fact of ours; whether a counterpart is
 * created is decided later.
 */
async function resolveNewcomers({ session, lease }: Matching, policy: EntityPolicy): Promise<number> {
  const { world } = session;
  await world.store.retryWaiting(policy.entity);
  if ((session.epoch?.recovery ?? null) !== null)
    return linkRecovered({ session, lease }, policy, (batch) =>
      resolveBatch(session, policy, { batch, lease }),
    );
  let total = 0;
  for (;;) {
    if (session.signal?.aborted === true) return total;
    await session.holding.keepUp();
    const newcomers = await world.store.loadNewcomers(policy.entity, batchSize);
    if (newcomers.length === 0) return total;
    // One side at a time, so that a newcomer of the other side finds the links made for the first.
    const connection = newcomers[0]?.connection;
    const batch = newcomers.filter((newcomer) => newcomer.connection === connection);
    const { stored, linked } = await resolveBatch(session, policy, { batch, lease });
    total += linked;
    // Whatever keeps all of them from being stored is looked at in the next round.
    if (stored === 0) return total;
    const isLast = newcomers.length < batchSize && stored === newcomers.length;
    session.report({
      phase: "resolve",
      entity: policy.entity,
      connection: connection ?? null,
      done: total,
      total: null,
      message: `linking ${policy.entity}`,
    });
    // Whoever came meanwhile is due, and found by the next look.
    if (isLast) return total;
  }
}

async function resolveBatch(
  session: Session,
  policy: EntityPolicy,
  { batch, lease }: { readonly batch: readonly Newcomer[]; readonly lease: Lease },
): Promise<{ readonly stored: number; readonly linked: number }> {
  const { world } = session;
  const keyed = await computeKeys(world, policy, batch);
  const holders = await world.store.holdersOf(
    policy.entity,
    keyed.flatMap(({ keys }) => keys),
  );
  const byKey = new Map<string, KeyHolder[]>();
  for (const holder of holders) byKey.set(holder.key, [...(byKey.get(holder.key) ?? []), holder]);
  const claims = new Map<string, number>();
  for (const { keys } of keyed) for (const key of keys) claims.set(key, (claims.get(key) ?? 0) + 1);
  const entries: ResolvedEntry[] = [];
  const claimed = new Set<string>();
  for (const one of keyed) {
    const found = resolveOne(world, { policy, one, byKey, claims, claimed });
    const isUntold =
      found.kind === "found" &&
      session.epoch?.recovery?.untold.has(`${one.newcomer.connection}/${policy.entity}`) === true;
    // We may have made it in a life that the store has forgotten: a person says what it belongs to.
    const resolution: Resolution = isUntold
      ? { kind: "candidate", links: [], keys: one.keys, isHeld: true }
      : found;
    entries.push({
      record: recordOf(one.newcomer),
      resolution: "keys" in resolution ? { ...resolution, keys: one.kept } : resolution,
      contentHash: one.newcomer.contentHash,
    });
    for (const key of one.keys) claimed.add(key);
  }
  const free = await withFreeLinks(world, entries);
  const known = await recalled(session, policy, free);
  const stored = await world.store.commitResolutions([...free, ...known], session.runId, lease);
  return { stored, linked: entries.filter(({ resolution }) => resolution.kind !== "wait").length };
}

/** Links that were made of a record before, and live on in others or ended, keep their ids. */
async function withFreeLinks(
  world: World,
  entries: readonly ResolvedEntry[],
): Promise<readonly ResolvedEntry[]> {
  const found = entries.flatMap(({ resolution }) => (resolution.kind === "found" ? [resolution.link] : []));
  const used = new Set((await world.store.loadLinks(found)).map(({ id }) => id));
  if (used.size === 0) return entries;
  const free: ResolvedEntry[] = [];
  for (const entry of entries) {
    const { record, resolution } = entry;
    const isUsed = resolution.kind === "found" && used.has(resolution.link);
    const link = isUsed ? await freeLinkId(world, record) : null;
    free.push(link === null ? entry : { ...entry, resolution: { ...resolution, link } as Resolution });
  }
  return free;
}

const recordOf = ({ connection, entity, id }: Newcomer): RecordKey => ({ connection, entity, id });

function resolveOne(
  world: World,
  at: {
    readonly policy: EntityPolicy;
    readonly one: Keyed;
    readonly byKey: ReadonlyMap<string, readonly KeyHolder[]>;
    readonly claims: ReadonlyMap<string, number>;
    readonly claimed: ReadonlySet<string>;
  },
): Resolution {
  const { newcomer, keys, isWaiting } = at.one;
  if (isWaiting) return { kind: "wait" };
  const found = keys.flatMap((key) => at.byKey.get(key) ?? []);
  const has = (holder: KeyHolder): boolean => holder.members.includes(newcomer.connection);
  const rivals = keys.filter((key) => (at.claims.get(key) ?? 0) > 1).length;
  const living = found.filter(({ state }) => state !== "ended");
  const verdict = decideMatch({
    open: living.filter((holder) => !has(holder)).map(({ link }) => link),
    taken: living.filter(has).map(({ link }) => link),
    rivals,
  });
  if (verdict.kind === "link") return { kind: "join", link: verdict.link as LinkId, keys };
  if (verdict.kind === "review") return { kind: "candidate", links: verdict.links, keys };
  const link = linkIdOf(world, newcomer);
  // Made again after it was deleted: whether that brings the other side's record back is for a person to say.
  const ended = found.filter(({ state }) => state === "ended").map((holder) => holder.link);
  if (ended.length > 0 && at.policy.onReturn !== "ignore")
    return { kind: "candidate", links: [...new Set(ended)], keys };
  // The second of two newcomers with one key is a likely duplicate of the first.
  if (keys.some((key) => at.claimed.has(key))) return { kind: "candidate", links: [], keys };
  return { kind: "found", link, generation: 1, keys };
}

async function computeKeys(
  world: World,
  policy: EntityPolicy,
  batch: readonly Newcomer[],
): Promise<readonly Keyed[]> {
  const mappable = batch.flatMap((newcomer) => {
    const side = sideOf(world, newcomer.connection);
    const mapping = mappingOf(side, policy.entity);
    return mapping === undefined ? [] : [{ newcomer, side, mapping, native: newcomer.native }];
  });
  const links = await lookUpLinks(world, mappable);
  return mappable.map(({ newcomer, mapping }) => {
    const fields = canonicalOf(world, { newcomer, mapping }, links);
    const keys = matchKeysOf(policy, withoutAwaits(fields));
    const kept = keptKeys(policy, withoutAwaits(fields));
    return { newcomer, keys, kept, isWaiting: keys.length === 0 && awaitsKey(policy, fields) };
  });
}

/** A link's id for a record whose first one is in use: of a link that lives on in another, or that ended. */
export async function freeLinkId(world: World, record: RecordKey): Promise<LinkId> {
  for (let round = 0; ; round += 1) {
    const link = linkIdOf(world, record, round);
    if ((await world.store.loadLinks([link])).length === 0) return link;
  }
}

function canonicalOf(
  world: World,
  at: { readonly newcomer: Newcomer; readonly mapping: EntityMapping },
  links: ReadonlyMap<string, LinkId>,
): Fields {
  const connection: ConnectionId = at.newcomer.connection;
  return readObservation(at.mapping, at.newcomer, readContext(world, links, { connection, lines: [] }))
    .fields;
}

function awaitsKey(policy: EntityPolicy, fields: Fields): boolean {
  return policy.matchKeys.some((names) => names.some((name) => isAwaiting(fields[name])));
}

/**
 * Links with counterparts keep the keys that their records show now; nothing is joined by them. Answers the
 * links that another worker keeps from being matched now.
 */
export async function renewKeys(
  session: Session,
  policy: EntityPolicy,
  members: readonly { readonly link: LinkId; readonly connection: ConnectionId; readonly fields: Fields }[],
): Promise<ReadonlySet<LinkId>> {
  if (members.length === 0) return new Set();
  const entries = members.map(({ link, connection, fields }) => ({
    ...{ link, connection, keys: keptKeys(policy, withoutAwaits(fields)) },
  }));
  const { runId, world } = session;
  const renewed = await matching(session, policy, (lease) =>
    world.store.replaceKeys(policy.entity, entries, { pairs: [], runId, lease }),
  );
  return new Set(renewed === null ? members.map(({ link }) => link) : []);
}

/** What became of links that were matched again; nothing is decided yet about those in the two sets. */
export interface Rematched {
  readonly joined: number;
  /** Links that another worker keeps from being matched now. */
  readonly held: ReadonlySet<LinkId>;
  /** Links that wait before they can be joined: deciding one now would create what may be there already. */
  readonly waiting: ReadonlySet<LinkId>;
}

/** A single link whose keys changed may turn out to be the same thing as a link of the other side. */
export async function rematchSingles(
  session: Session,
  policy: EntityPolicy,
  singles: readonly { readonly link: LinkId; readonly connection: ConnectionId; readonly fields: Fields }[],
): Promise<Rematched> {
  const { store } = session.world;
  const keyed = singles.map((single) => ({
    ...single,
    keys: matchKeysOf(policy, withoutAwaits(single.fields)),
    kept: keptKeys(policy, withoutAwaits(single.fields)),
  }));
  const holders = await store.holdersOf(
    policy.entity,
    keyed.flatMap(({ kept }) => kept),
  );
  const holds = (link: LinkId, key: string): boolean =>
    holders.some((holder) => holder.link === link && holder.key === key);
  const moved = keyed.filter(({ link, kept }) => !kept.every((key) => holds(link, key)));
  const none: ReadonlySet<LinkId> = new Set();
  if (moved.length === 0) return { joined: 0, held: none, waiting: none };
  const again = await matching(session, policy, (lease) => rematch(session, policy, { moved, lease }));
  if (again === null) return { joined: 0, held: new Set(moved.map(({ link }) => link)), waiting: none };
  return { ...again, held: none };
}

interface Moved {
  readonly link: LinkId;
  readonly connection: ConnectionId;
  readonly keys: readonly string[];
  readonly kept: readonly string[];
}

async function rematch(
  session: Session,
  policy: EntityPolicy,
  { moved, lease }: { readonly moved: readonly Moved[]; readonly lease: Lease },
): Promise<Pick<Rematched, "joined" | "waiting">> {
  const { store } = session.world;
  // Looked up again: from here on nobody else matches.
  const holders = await store.holdersOf(
    policy.entity,
    moved.flatMap(({ keys }) => keys),
  );
  const pairs = moved.flatMap(({ link, connection, keys }) => {
    const found = holders.filter(
      (holder) => holder.link !== link && holder.state !== "ended" && keys.includes(holder.key),
    );
    const has = (holder: KeyHolder): boolean => holder.members.includes(connection);
    const verdict = decideMatch({
      open: found.filter((holder) => !has(holder) && holder.state === "single").map((holder) => holder.link),
      taken: found.filter(has).map((holder) => holder.link),
      rivals: 0,
    });
    return verdict.kind === "link" ? [{ from: link, into: verdict.link as LinkId }] : [];
  });
  const entries = moved.map(({ link, connection, kept }) => ({ link, connection, keys: kept }));
  const waiting = await store.replaceKeys(policy.entity, entries, { pairs, runId: session.runId, lease });
  return { joined: pairs.length - waiting.length, waiting: new Set(waiting) };
}
