import type { EntityMapping } from "@crossfoot/connector-sdk";
import { carried, decideMatch, matchKeysOf } from "@crossfoot/kernel";
import type { ConnectionId, EntityPolicy, Fields, LinkId } from "@crossfoot/kernel";
import type { KeyHolder, Newcomer, RecordKey, Resolution, StoredObservation } from "../store/port.ts";
import { lookUpLinks, readContext, readObservation } from "./canonical.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { Session, World } from "./world.ts";

/** Newcomers looked at in one batch. */
const batchSize = 500;

interface Keyed {
  readonly newcomer: Newcomer;
  readonly keys: readonly string[];
  /** A match key cannot be told yet, since it names a parent that has no link. */
  readonly isWaiting: boolean;
}

/**
 * Gives every new record a link: the one of its counterpart when the declared keys are certain, a review
 * when they are not, else a link of its own. A link is only a fact of ours; whether a counterpart is
 * created is decided later.
 */
export async function resolveNewcomers(session: Session, policy: EntityPolicy): Promise<number> {
  const { world } = session;
  await world.store.retryWaiting(policy.entity);
  let total = 0;
  for (;;) {
    // A record that shows up while a create is in doubt may be that very create: it waits for the probe.
    const doubtful = await world.store.doubtfulCreates(policy.entity);
    const newcomers = await world.store.loadNewcomers(policy.entity, batchSize, doubtful);
    if (newcomers.length === 0) return total;
    // One side at a time, so that a newcomer of the other side finds the links made for the first.
    const connection = newcomers[0]?.connection;
    const batch = newcomers.filter((newcomer) => newcomer.connection === connection);
    total += await resolveBatch(session, policy, batch);
    session.report({
      phase: "resolve",
      entity: policy.entity,
      connection: connection ?? null,
      done: total,
      total: null,
      message: `linking ${policy.entity}`,
    });
  }
}

async function resolveBatch(
  session: Session,
  policy: EntityPolicy,
  batch: readonly Newcomer[],
): Promise<number> {
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
  const entries: { record: RecordKey; resolution: Resolution }[] = [];
  const claimed = new Set<string>();
  for (const one of keyed) {
    const resolution = resolveOne(world, { policy, one, byKey, claims, claimed });
    entries.push({ record: recordOf(one.newcomer), resolution });
    for (const key of one.keys) claimed.add(key);
  }
  await world.store.commitResolutions(await withFreeLinks(world, entries), session.runId);
  return entries.filter(({ resolution }) => resolution.kind !== "wait").length;
}

/** Links that were made of a record before, and live on in others or ended, keep their ids. */
async function withFreeLinks(
  world: World,
  entries: readonly { readonly record: RecordKey; readonly resolution: Resolution }[],
): Promise<typeof entries> {
  const found = entries.flatMap(({ resolution }) => (resolution.kind === "found" ? [resolution.link] : []));
  const used = new Set((await world.store.loadLinks(found)).map(({ id }) => id));
  if (used.size === 0) return entries;
  const free: { record: RecordKey; resolution: Resolution }[] = [];
  for (const { record, resolution } of entries) {
    const isUsed = resolution.kind === "found" && used.has(resolution.link);
    const link = isUsed ? await freeLinkId(world, record) : null;
    free.push({ record, resolution: link === null ? resolution : ({ ...resolution, link } as Resolution) });
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

/** A link's id follows from its first member, so that equal worlds get equal links. */
export function linkIdOf(world: World, record: RecordKey, round = 0): LinkId {
  const name = `${record.entity}\n${record.connection}\n${record.id}${round === 0 ? "" : `\n${round}`}`;
  return `l-${world.entropy.digest(name).slice(0, 20)}` as LinkId;
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
    return { newcomer, keys, isWaiting: keys.length === 0 && awaitsKey(policy, fields) };
  });
}

/** A link's id for a record whose first one is in use: of a link that lives on in another, or that ended. */
export async function freeLinkId(world: World, record: RecordKey): Promise<LinkId> {
  for (let round = 0; ; round += 1) {
    const link = linkIdOf(world, record, round);
    if ((await world.store.loadLinks([link])).length === 0) return link;
  }
}

/** Canonical fields of records as they are stored; a reference that awaits its link is left out. */
export async function canonicalFields(
  world: World,
  policy: EntityPolicy,
  records: readonly StoredObservation[],
): Promise<readonly { readonly record: StoredObservation; readonly fields: Fields }[]> {
  const mappable = records.flatMap((record) => {
    const side = sideOf(world, record.connection);
    const mapping = mappingOf(side, policy.entity);
    return mapping === undefined ? [] : [{ record, side, mapping, native: record.native }];
  });
  const links = await lookUpLinks(world, mappable);
  return mappable.map(({ record, mapping }) => {
    const context = readContext(world, links, { connection: record.connection, lines: [] });
    return { record, fields: withoutAwaits(readObservation(mapping, record, context).fields) };
  });
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

const isAwaiting = (value: Fields[string] | undefined): boolean =>
  carried(value).some((reference) => "awaits" in reference);

function withoutAwaits(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => !isAwaiting(value)));
}

function awaitsKey(policy: EntityPolicy, fields: Fields): boolean {
  return policy.matchKeys.some((names) => names.some((name) => isAwaiting(fields[name])));
}

/** Links with counterparts keep the keys that their records show now; nothing is joined by them. */
export async function renewKeys(
  session: Session,
  policy: EntityPolicy,
  members: readonly { readonly link: LinkId; readonly connection: ConnectionId; readonly fields: Fields }[],
): Promise<void> {
  if (members.length === 0) return;
  const entries = members.map(({ link, connection, fields }) => ({
    ...{ link, connection, keys: matchKeysOf(policy, withoutAwaits(fields)) },
  }));
  await session.world.store.replaceKeys(policy.entity, entries, { pairs: [], runId: session.runId });
}

/**
 * A single link whose keys changed may turn out to be the same thing as a link of the other side. Answers how
 * many were joined, and those that have to wait before they can be: deciding one of them now would create
 * what may be there already.
 */
export async function rematchSingles(
  session: Session,
  policy: EntityPolicy,
  singles: readonly { readonly link: LinkId; readonly connection: ConnectionId; readonly fields: Fields }[],
): Promise<{ readonly joined: number; readonly waiting: readonly LinkId[] }> {
  const { store } = session.world;
  const keyed = singles.map((single) => ({
    ...single,
    keys: matchKeysOf(policy, withoutAwaits(single.fields)),
  }));
  const holders = await store.holdersOf(
    policy.entity,
    keyed.flatMap(({ keys }) => keys),
  );
  const holds = (link: LinkId, key: string): boolean =>
    holders.some((holder) => holder.link === link && holder.key === key);
  const moved = keyed.filter(({ link, keys }) => !keys.every((key) => holds(link, key)));
  if (moved.length === 0) return { joined: 0, waiting: [] };
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
  const waiting = await store.replaceKeys(policy.entity, moved, { pairs, runId: session.runId });
  return { joined: pairs.length - waiting.length, waiting };
}
