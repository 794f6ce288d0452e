import { idsOf, planMerge, planUnmerge, stateWith, survivorOf } from "@crossfoot/kernel";
import type { EntityName, EntityPolicy, ExternalId, Link, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type {
  IdentityOutcome,
  Lease,
  Placed,
  RecordKey,
  StandingMerge,
  StoredObservation,
} from "../store/port.ts";
import { holdsReferenceTo } from "./canonical.ts";
import { readIds } from "./observe.ts";
import { mappingOf, sideOf } from "./world.ts";
import type { Session } from "./world.ts";

/** Records looked at in one batch. */
const batchSize = 200;
/** Longest chain of merges that is followed; longer ones are no company's history. */
const chainMax = 100;

/** One worker at a time matches the records of an entity; this is its right. */
export interface Matching {
  readonly session: Session;
  readonly lease: Lease;
}

/** Survivors that this session has asked their system for: one that is not there is not asked for again. */
const asked = new WeakMap<Session, Set<string>>();

/**
 * Keeps our links right about who is who: merges that a side carried out, merges that it took back, records
 * that got another id. Answers how many links it changed. What cannot be followed yet waits, and its link is
 * dormant meanwhile: the survivor was not read, or a write of one of the links may still land.
 */
export async function followIdentity(matching: Matching, policy: EntityPolicy): Promise<number> {
  return (await followReturned(matching, policy.entity)) + (await followMoved(matching, policy.entity));
}

/** Works through a list, batch by batch. Answers how many were done. */
async function eachOf(
  load: (after: RecordKey | null) => Promise<readonly StoredObservation[]>,
  follow: (record: StoredObservation) => Promise<IdentityOutcome>,
): Promise<number> {
  let done = 0;
  for (let after: RecordKey | null = null; ;) {
    const records: readonly StoredObservation[] = await load(after);
    for (const record of records) if ((await follow(record)) === "done") done += 1;
    after = records.at(-1) ?? null;
    if (records.length < batchSize) return done;
  }
}

async function followMoved(matching: Matching, entity: EntityName): Promise<number> {
  const { store } = matching.session.world;
  return eachOf(
    (after) => store.loadMoved(entity, batchSize, after),
    async (record) => {
      const outcome = await followMerge(matching, record);
      if (outcome === "waits") await store.settleMoved([record], "waiting");
      return outcome;
    },
  );
}

/** The record that survives all merges this one went through; null when it is not known, or is none. */
export async function survivorFor(session: Session, loser: StoredObservation): Promise<ExternalId | null> {
  const { connection, entity } = loser;
  const into = new Map<ExternalId, ExternalId | null>([[loser.id, loser.into]]);
  for (let at = loser.into, steps = 0; at !== null && !into.has(at) && steps < chainMax; steps += 1) {
    const seen = await lookAt(session, { connection, entity, id: at }, loser.kind === "merged");
    if (seen === null) return null;
    const isOn = (seen.kind === "merged" || seen.kind === "converted") && seen.into !== null;
    into.set(at, isOn ? seen.into : null);
    at = isOn ? seen.into : null;
  }
  return survivorOf(loser.id, (id) => into.get(id) ?? null);
}

/** What was seen of a record. One that was never seen is asked for once, when its system said it is there. */
async function lookAt(
  session: Session,
  record: RecordKey,
  mayAsk: boolean,
): Promise<StoredObservation | null> {
  const { store } = session.world;
  const [known] = await store.observationsOf([record]);
  if (known !== undefined) return known;
  const tried = asked.get(session) ?? new Set<string>();
  asked.set(session, tried);
  const side = sideOf(session.world, record.connection);
  if (!mayAsk || tried.has(recordName(record)) || session.away.has(side.id)) return null;
  tried.add(recordName(record));
  await readIds(session, side, { entity: record.entity, ids: [record.id], via: "hint" });
  const [read] = await store.observationsOf([record]);
  return read ?? null;
}

/** The links of some records, whole. */
async function linksOf(
  session: Session,
  records: readonly RecordKey[],
): Promise<(record: RecordKey) => Link | null> {
  const { store } = session.world;
  const ids = await store.linksOf(records);
  const links = await store.loadLinks([...new Set(ids.values())]);
  return (record) => links.find(({ id }) => id === ids.get(recordName(record))) ?? null;
}

async function followMerge(matching: Matching, loser: StoredObservation): Promise<IdentityOutcome> {
  const { session, lease } = matching;
  const { store } = session.world;
  const survivor = await survivorFor(session, loser);
  if (survivor === null) return "waits";
  const { connection, entity, id } = loser;
  const linkOf = await linksOf(session, [loser, { connection, entity, id: survivor }]);
  const loserLink = linkOf(loser);
  const survivorLink = linkOf({ connection, entity, id: survivor });
  // Merged into another record than before: first it is back, then it is merged again.
  const stood = await store.standingMerge(loser);
  const isElsewhere = stood !== null && survivorLink?.id !== stood.into.link.id;
  if (isElsewhere && stood.survivor !== survivor && !(await isOnItsWay(session, stood, loser))) {
    const outcome = await takeBack(matching, loser, { stood });
    return outcome === "done" ? followMerge(matching, loser) : outcome;
  }
  const planned = planMerge({ connection, loser: id, survivor, loserLink, survivorLink });
  if (planned.keep === null) return "waits";
  const isOwn = loserLink?.members.some((one) => one.connection === connection && one.id === id) ?? false;
  const links = [loserLink, survivorLink].filter((link) => link !== null);
  return store.commitMerge(
    {
      ...planned,
      entity,
      connection,
      loser: id,
      survivor,
      keep: planned.keep,
      from: isOwn ? loserLink : null,
      before: placesIn(links.filter((link) => link.id === planned.keep || link.id === planned.retire)),
    },
    session.runId,
    lease,
  );
}

/** Whether the record that this one was merged into is itself merged by now: then both go there together. */
async function isOnItsWay(session: Session, stood: StandingMerge, loser: RecordKey): Promise<boolean> {
  const { connection, entity } = loser;
  const [seen] = await session.world.store.observationsOf([{ connection, entity, id: stood.survivor }]);
  return seen !== undefined && (seen.kind === "merged" || seen.kind === "converted");
}

/** The members of links, as rows. */
export function placesIn(links: readonly Link[]): readonly Placed[] {
  const distinct = new Map<LinkId, Link>(links.map((link) => [link.id, link]));
  return [...distinct.values()].flatMap(({ id: link, members }) =>
    members.flatMap((member) =>
      idsOf(member).map((id) => ({ link, connection: member.connection, id, isAlias: id !== member.id })),
    ),
  );
}

async function followReturned(matching: Matching, entity: EntityName): Promise<number> {
  const { store } = matching.session.world;
  return eachOf(
    (after) => store.loadReturned(entity, batchSize, after),
    async (record) => {
      const stood = await store.standingMerge(record);
      if (stood !== null) return takeBack(matching, record, { stood });
      await store.settleMoved([record], null);
      return "done";
    },
  );
}

/**
 * Brings back the link of a loser that its system deleted, without that record: one is made in its place.
 * `moved` when it is not the link that a merge which stands has left.
 */
export async function reviveWithout(
  matching: Matching,
  loser: RecordKey,
  link: LinkId,
): Promise<IdentityOutcome> {
  const { store } = matching.session.world;
  const [own] = await store.loadLinks([link]);
  if (own === undefined) return "moved";
  if (own.state !== "merged") return "done";
  const stood = await store.standingMerge(loser);
  if (stood?.from?.link !== link) return "moved";
  return takeBack(matching, loser, { stood, isGone: true });
}

/** A merge is taken back: its loser is a record of its own again, unless its record is gone. */
async function takeBack(
  { session, lease }: Matching,
  loser: RecordKey,
  { stood, isGone = false }: { readonly stood: StandingMerge; readonly isGone?: boolean },
): Promise<IdentityOutcome> {
  const { store, sides } = session.world;
  const { connection, entity, id } = loser;
  const { from, into, staying } = stood;
  const planned = planUnmerge({ connection, loser: id, from, into, staying, isGone });
  const links = await store.loadLinks(from === null ? [into.link.id] : [into.link.id, from.link]);
  // A counterpart that came back before is there already, and stays.
  const before = links.find((link) => link.id === from?.link && link.id !== into.link.id)?.members ?? [];
  const there = before.filter((one) => !planned.back.some((member) => member.connection === one.connection));
  const back = [...planned.back, ...there];
  const names = new Set(
    sides.flatMap((side) =>
      Object.keys(side.mapping.entities).filter((name) => {
        const mapping = mappingOf(side, name);
        return mapping !== undefined && holdsReferenceTo(mapping, entity);
      }),
    ),
  );
  return store.commitUnmerge(
    {
      ...planned,
      back,
      states: { ...planned.states, back: stateWith(planned.states.back, back.length) },
      entity,
      connection,
      loser: id,
      isGone,
      from: from?.link ?? null,
      into: into.link.id,
      before: placesIn(links),
      referring: [...names],
    },
    session.runId,
    lease,
  );
}
