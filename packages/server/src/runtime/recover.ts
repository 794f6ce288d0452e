import { ConnectorError } from "@crossfoot/connector-sdk";
import type { EntityPolicy, LinkId } from "@crossfoot/kernel";
import { recordName } from "../store/port.ts";
import type { Newcomer, RecordKey, ResolvedEntry } from "../store/port.ts";
import { isSweptWhole } from "./epoch.ts";
import type { Matching } from "./identity.ts";
import { linkIdOf, referenceOf } from "./link-id.ts";
import { readRows } from "./read-rows.ts";
import { abilitiesOf, mappingOf, noteTrouble, reading } from "./world.ts";
import type { Recovery, Session, Side, World } from "./world.ts";

/** Links looked at in one batch. */
const batchSize = 1_000;
/** Ids that a record's link may have got: the first, and those of a record that came back under its id. */
const roundsMax = 3;
/** Records that we did not make, linked in one go. */
const othersMax = 10_000;

/** Links newcomers of one connection; tells how many it stored, and how many got a link or a question. */
type LinkBatch = (
  batch: readonly Newcomer[],
) => Promise<{ readonly stored: number; readonly linked: number }>;

/**
 * Gives every new record a link. After the store was restored records that we made in the life which it has
 * forgotten come first: each carries our reference, which follows from its link, and joins that link again.
 * The others wait until every side was read as a whole, since what belongs to them may not have been seen
 * yet. One that carries a reference of ours which no link has was made from a record that is gone: a person
 * says what becomes of it (INVARIANTS.md I05). Answers how many got a link or a question.
 */
export async function linkRecovered(
  { session, lease }: Matching,
  policy: EntityPolicy,
  linkBatch: LinkBatch,
): Promise<number> {
  const recovery = session.epoch?.recovery ?? null;
  const { store } = session.world;
  if (recovery === null) return 0;
  const unlinked = await store.unlinkedOf(policy.entity);
  await readReferences(session, policy, unlinked);
  const ours = unlinked.filter((record) => referenceTo(recovery, record) !== null);
  const entries = await entriesOf(session, policy, { unlinked, ours });
  let linked = entries.length === 0 ? 0 : await store.commitResolutions(entries, session.runId, lease);
  if (!isSweptWhole(session.world, recovery, policy.entity)) return linked;
  // What may be a create that is in doubt on its side is left out.
  const others = (await store.loadNewcomers(policy.entity, othersMax)).filter(
    (record) => referenceTo(recovery, record) === null && isLookedAt(recovery, record),
  );
  for (const own of Map.groupBy(others, ({ connection }) => connection).values())
    linked += (await linkBatch(own)).linked;
  return linked;
}

const isReference = (text: string): boolean => /^cf-[0-9a-f]{16}$/i.test(text);
const referenceTo = ({ references }: Recovery, record: RecordKey): string | null =>
  references.get(recordName(record)) ?? null;
const isLookedAt = ({ references, untold }: Recovery, record: Newcomer): boolean =>
  references.has(recordName(record)) || untold.has(`${record.connection}/${record.entity}`);

/** Reads of each record without a link whether it carries our reference; once in a session. */
async function readReferences(
  session: Session,
  policy: EntityPolicy,
  unlinked: readonly Newcomer[],
): Promise<void> {
  const recovery = session.epoch?.recovery ?? null;
  if (recovery === null) return;
  for (const side of session.world.sides) {
    const own = unlinked.filter(
      (record) => record.connection === side.id && !recovery.references.has(recordName(record)),
    );
    if (own.length === 0 || session.away.has(side.id)) continue;
    try {
      await readSideReferences(session, side, { policy, own });
    } catch (error) {
      // What was not read waits: whether we made it is asked in the next run.
      if (!(error instanceof ConnectorError)) throw error;
      await noteTrouble(session, side, { entity: policy.entity, error });
    }
  }
}

async function readSideReferences(
  session: Session,
  side: Side,
  at: { readonly policy: EntityPolicy; readonly own: readonly Newcomer[] },
): Promise<void> {
  const recovery = session.epoch?.recovery ?? null;
  const { entity } = at.policy;
  const mapping = mappingOf(side, entity);
  if (recovery === null || mapping === undefined) return;
  const abilities = await reading(session, side, async (connection) => abilitiesOf(connection, entity));
  const root = abilities?.referenceField ?? null;
  if (abilities === undefined || root === null) {
    recovery.untold.add(`${side.id}/${entity}`);
    return;
  }
  const roots = [...new Set([...mapping.roots, root])];
  for (let from = 0; from < at.own.length; from += abilities.readBatchMax) {
    const ids = at.own.slice(from, from + abilities.readBatchMax).map(({ id }) => id);
    // A row that cannot be read tells nothing: it waits, and holds up no other.
    const { records } = await readRows(
      (some) => reading(session, side, (connection) => connection.readByIds({ entity, roots, ids: some })),
      ids,
    );
    for (const { id, native } of records) {
      const text = native[root];
      const isOurs = typeof text === "string" && isReference(text.trim());
      const name = recordName({ connection: side.id, entity, id });
      recovery.references.set(name, isOurs ? text.trim().toLowerCase() : null);
    }
  }
}

/** What a reference of ours stands for. */
interface Meant {
  readonly link: LinkId;
  /** The newcomer that the link would be made of; null when the link is there. */
  readonly first: Newcomer | null;
  readonly isCurrent: boolean;
}

async function entriesOf(
  session: Session,
  policy: EntityPolicy,
  at: { readonly unlinked: readonly Newcomer[]; readonly ours: readonly Newcomer[] },
): Promise<readonly ResolvedEntry[]> {
  const { world } = session;
  const recovery = session.epoch?.recovery ?? null;
  const open = at.ours.filter(({ resolution }) => resolution !== "candidate");
  if (recovery === null || open.length === 0) return [];
  const meant = await meanings(world, policy, at.unlinked);
  const isWhole = isSweptWhole(world, recovery, policy.entity);
  const taken = await membersOf(
    world,
    [...meant.values()].map(({ link }) => link),
  );
  const entries = new Map<string, ResolvedEntry>();
  for (const record of open) {
    const found = meant.get(referenceTo(recovery, record) ?? "");
    const place = found === undefined ? "" : `${found.link}/${record.connection}`;
    const isFree = found !== undefined && found.isCurrent && !taken.has(place);
    const first = found?.first ?? null;
    // What we made of something else is no link's first record: its id was another's, which is gone.
    const isMade = first !== null && meant.has(referenceTo(recovery, first) ?? "");
    const isWaiting = first !== null && first.resolution === "candidate";
    if (isFree && !isWaiting && !isMade && first?.connection !== record.connection) {
      taken.add(place);
      if (first !== null) {
        const resolution = { kind: "found", link: found.link, generation: 1, keys: [] } as const;
        entries.set(recordName(first), { record: keyOf(first), resolution });
      }
      entries.set(recordName(record), {
        record: keyOf(record),
        resolution: { kind: "join", link: found.link, keys: [] },
      });
    } else if (isWhole) {
      const links = found === undefined || found.first !== null ? [] : [found.link];
      // What it was made of may come back: it is known by this reference then.
      const keys = [referenceTo(recovery, record) ?? ""];
      const resolution = { kind: "candidate", links, keys, isHeld: true } as const;
      entries.set(recordName(record), { record: keyOf(record), resolution });
    }
  }
  return [...entries.values()];
}

/**
 * Records that we made in a life which the store has forgotten, of something that was not there when it was
 * recovered: a person was asked. When that comes, or is shown again, each joins the link that is made of it,
 * and is not made a second time (INVARIANTS.md I03).
 */
export async function recalled(
  { world: { store, entropy }, epoch }: Session,
  policy: EntityPolicy,
  entries: readonly ResolvedEntry[],
): Promise<readonly ResolvedEntry[]> {
  const made = entries.flatMap(({ record, resolution }) =>
    resolution.kind === "found" ? [{ record, resolution }] : [],
  );
  // A store in its first life has forgotten nothing.
  if (made.length === 0 || epoch?.number === 1) return [];
  const asked = (await store.listCandidates()).filter(
    ({ entity, links, keys }) => entity === policy.entity && links.length === 0 && keys.some(isReference),
  );
  if (asked.length === 0) return [];
  const seen = await store.observationsOf(asked.map(keyOf));
  const there = new Set(
    seen.filter(({ kind }) => kind === "present" || kind === "archived").map((each) => recordName(each)),
  );
  return made.flatMap(({ record, resolution: { link, generation } }): readonly ResolvedEntry[] => {
    const reference = referenceOf({ entropy }, { link, generation }).toLowerCase();
    const own = asked.filter(
      (one) =>
        one.connection !== record.connection && one.keys.includes(reference) && there.has(recordName(one)),
    );
    return [...Map.groupBy(own, ({ connection }) => connection).values()].flatMap(([one, ...more]) =>
      one === undefined || more.length > 0
        ? []
        : [{ record: keyOf(one), resolution: { kind: "join", link, keys: [] } }],
    );
  });
}

const keyOf = ({ connection, entity, id }: RecordKey): RecordKey => ({ connection, entity, id });

/** `link/connection` of all places that are taken. */
async function membersOf(world: World, links: readonly LinkId[]): Promise<Set<string>> {
  const places = new Set<string>();
  for (let from = 0; from < links.length; from += batchSize) {
    const rows = await world.store.membersOf(links.slice(from, from + batchSize));
    for (const { link, connection, isAlias } of rows) if (!isAlias) places.add(`${link}/${connection}`);
  }
  return places;
}

/** What every reference stands for that a link has or had, or that one of a newcomer would have. */
async function meanings(
  world: World,
  { entity }: EntityPolicy,
  unlinked: readonly Newcomer[],
): Promise<ReadonlyMap<string, Meant>> {
  const meant = new Map<string, Meant>();
  const name = (link: LinkId, generation: number): string =>
    referenceOf(world, { link, generation }).toLowerCase();
  for (const first of unlinked) {
    for (let round = 0; round < roundsMax; round += 1) {
      const link = linkIdOf(world, first, round);
      meant.set(name(link, 1), { link, first, isCurrent: true });
    }
  }
  let after: LinkId | null = null;
  for (;;) {
    const ids: readonly LinkId[] = await world.store.linksOfEntity(entity, batchSize, after);
    if (ids.length === 0) return meant;
    after = ids.at(-1) ?? null;
    for (const { id: link, generation, state } of await world.store.loadLinks(ids)) {
      for (let each = 1; each <= generation + 1; each += 1) {
        const isCurrent = each === generation && state !== "ended" && state !== "merged";
        meant.set(name(link, each), { link, first: null, isCurrent });
      }
    }
  }
}
