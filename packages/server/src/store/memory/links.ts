import { epochOfLinks } from "./epochs.ts";
import { isGoneName } from "../places.ts";
import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { takenBackNote, waitingPairs } from "../joins.ts";
import { resolutionNotes } from "../links.ts";
import type { Entry } from "../links.ts";
import { recordName } from "../port.ts";
import type { KeyHolder, LineLink, MemberRow, Newcomer, Store } from "../port.ts";
import { observationOf } from "../rows.ts";
import { inOrder, markLinks, refuseTwice } from "./basics.ts";
import type { MemberTable, ObservationTable } from "./columns.ts";
import { writeNotes } from "./journal.ts";
import { compareText, jsonb } from "./json.ts";
import { checkLease } from "./leases.ts";
import type { State } from "./state.ts";
import { comingOn, membersOn } from "./sole.ts";
import { keyOf } from "./table.ts";

type Part = Pick<
  Store,
  | "retryWaiting"
  | "loadNewcomers"
  | "holdersOf"
  | "linksOf"
  | "membersOf"
  | "dormantAmong"
  | "linesOf"
  | "commitResolutions"
  | "replaceKeys"
  | "joinLinks"
  | "linksOfEntity"
  | "unlinkedOf"
>;
type Pair = { readonly from: LinkId; readonly into: LinkId };
type Keyed = { readonly link: LinkId; readonly connection: ConnectionId; readonly keys: readonly string[] };

function memberOf(row: MemberTable): MemberRow {
  return {
    link: row.link_id as LinkId,
    connection: row.connection as ConnectionId,
    entity: row.entity,
    id: row.external_id as ExternalId,
    isAlias: row.is_alias,
  };
}

/** Answers the other links that hold a key for the same connection which one gave up. */
function writeKeys(state: State, entity: EntityName, entries: readonly Keyed[]): readonly LinkId[] {
  const { matchKey } = state.tables;
  const before = entries.flatMap(({ link, connection }) => [...matchKey.by("member", link, connection)]);
  for (const row of before) matchKey.remove(row);
  for (const { link, connection, keys } of entries)
    for (const key of new Set(keys)) matchKey.insert({ entity, key, connection, link_id: link });
  const given = before.filter(
    ({ link_id, connection, key }) =>
      ![...matchKey.by("member", link_id, connection)].some((row) => row.key === key),
  );
  return given.flatMap(({ connection, key }) =>
    [...matchKey.by("key", entity, key)].flatMap((row) =>
      row.connection === connection ? [row.link_id as LinkId] : [],
    ),
  );
}

/** Adds a member of a link; the record's newest view belongs to the link from now on. */
export function addMember(
  state: State,
  member: {
    readonly link: string;
    readonly connection: string;
    readonly entity: string;
    readonly id: string;
  },
  now: number,
): void {
  const { link: link_id, connection, entity, id: external_id } = member;
  const columns = { link_id, connection, entity, external_id, is_alias: false };
  state.tables.member.insert({ nr: state.nextNr(), ...columns, since_at: now, until_at: null });
  const seen = state.tables.observation.get(connection, entity, external_id);
  if (seen !== undefined) state.tables.observation.change(seen, { link_id, resolution: null });
}

function addMembers(state: State, entries: readonly Entry[], now: number): void {
  for (const { record, resolution } of entries) {
    if (resolution.kind !== "found") continue;
    const { link: id, generation } = resolution;
    const columns = { id, entity: record.entity, generation, state: "single" as const };
    state.tables.link.insert({
      ...columns,
      merged_into: null,
      verdict: null,
      created_at: now,
      adopted: null,
      epoch: epochOfLinks(state),
    });
  }
  for (const { record, resolution } of entries) {
    if (resolution.kind === "found" || resolution.kind === "join")
      addMember(state, { ...record, link: resolution.link }, now);
  }
}

function saveUndecided(state: State, entries: readonly Entry[], now: number): void {
  const { observation, candidate } = state.tables;
  for (const { record, resolution } of entries) {
    if (resolution.kind !== "candidate" && resolution.kind !== "wait") continue;
    const seen = observation.get(record.connection, record.entity, record.id);
    const name = resolution.kind === "candidate" ? "candidate" : "waiting";
    if (seen !== undefined) observation.change(seen, { resolution: name });
  }
  const found = entries.flatMap(({ record, resolution }) =>
    resolution.kind === "candidate" ? [{ record, resolution }] : [],
  );
  refuseTwice(found.map(({ record: { connection, entity, id } }) => keyOf(connection, entity, id)));
  for (const { record, resolution } of found) {
    const { connection, entity, id: external_id } = record;
    const is_held = resolution.isHeld === true;
    const columns = { links: jsonb(resolution.links), keys: jsonb(resolution.keys), is_held };
    const known = candidate.get(connection, entity, external_id);
    if (known === undefined)
      candidate.insert({ connection, entity, external_id, ...columns, state: "open", opened_at: now });
    else candidate.change(known, { ...columns, state: known.state === "apart" ? "apart" : "open" });
  }
}

/** A record that has a link is asked about no more (see the SQL store). */
function closeQuestions({ tables: { candidate } }: State, entries: readonly Entry[]): void {
  for (const { record, resolution } of entries) {
    if (resolution.kind !== "found" && resolution.kind !== "join") continue;
    const open = candidate.get(record.connection, record.entity, record.id);
    if (open?.state === "open") candidate.change(open, { state: "closed" });
  }
}

/** Takes back creates that were stored and not sent, with the steps that follow them (see the SQL store). */
function takeBackCreates(
  state: State,
  places: readonly { readonly link: string; readonly connection: string }[],
): readonly Note[] {
  const { intent } = state.tables;
  const taken = places.flatMap(({ link, connection }) => {
    const stored = intent
      .by("link", link)
      .filter((row) => row.target === connection && row.state === "stored");
    return stored.some(({ kind }) => kind === "create") ? stored : [];
  });
  const rows = [...new Set(taken)].toSorted((a, b) => compareText(a.key, b.key));
  for (const row of rows) intent.remove(row);
  return rows.map(takenBackNote);
}

/** Links of which a create may have landed. */
function doubtedLinks(state: State, links: readonly LinkId[]): ReadonlySet<string> {
  const isDoubted = (link: LinkId): boolean =>
    state.tables.intent
      .by("link", link)
      .some(({ kind, state: at }) => kind === "create" && (at === "sending" || at === "in_doubt"));
  return new Set(links.filter(isDoubted));
}

/** Whether one is over, a create of either may have landed, or both have a record on one side. */
function isUnjoinable(state: State, { from, into }: Pair): boolean {
  const { link, member } = state.tables;
  const isOver = [from, into].some((id) => {
    const at = link.get(id)?.state;
    return at === "ended" || at === "merged";
  });
  const isCreating = doubtedLinks(state, [from, into]).size > 0;
  const sides = (id: LinkId): readonly string[] =>
    member.by("link", id).flatMap((row) => (row.is_alias ? [] : [row.connection]));
  const taken = new Set(sides(into));
  return isOver || isCreating || sides(from).some((connection) => taken.has(connection));
}

/** Keys, lines and bases of records that one of the links had before (see the SQL store). */
function dropLeftBehind(state: State, { from, into }: Pair): void {
  const { member, matchKey, line, base } = state.tables;
  for (const row of matchKey.by("link", from))
    if (matchKey.get(into, row.connection, row.key) !== undefined) matchKey.remove(row);
  for (const row of line.by("link", from))
    if (line.get(into, row.connection, row.field, row.native_id) !== undefined) line.remove(row);
  const isLive = (link: string, connection: string): boolean =>
    member
      .by("history", link)
      .some((row) => row.connection === connection && row.until_at === null && !row.is_alias);
  const both = base.by("link", from).flatMap((row) => {
    const other = base.get(into, row.connection);
    return other === undefined ? [] : [row, other];
  });
  for (const row of both) if (!isLive(row.link_id, row.connection)) base.remove(row);
}

function joinTwo(state: State, { from, into }: Pair): void {
  const { member, observation, matchKey, line, base, link, work, wait } = state.tables;
  const moved = { link_id: into };
  dropLeftBehind(state, { from, into });
  for (const row of member.by("history", from)) member.change(row, moved);
  for (const row of observation.by("link", from)) observation.change(row, moved);
  for (const row of matchKey.by("link", from)) matchKey.change(row, moved);
  for (const row of line.by("link", from)) line.change(row, moved);
  for (const row of base.by("link", from)) base.change(row, moved);
  const gone = link.get(from);
  if (gone !== undefined) link.change(gone, { state: "merged", merged_into: into });
  const stays = link.get(into);
  if (stays !== undefined) link.change(stays, { state: "live" });
  const due = work.get(from);
  if (due !== undefined) work.remove(due);
  for (const row of wait.by("link", from)) wait.remove(row);
  for (const row of wait.by("parent", from)) wait.change(row, { parent_link: into });
}

/** Links that waited for one of these to have a record on the other side are to be looked at again. */
export function wakeByParent(state: State, parents: readonly LinkId[], now: number): void {
  const waiting = parents.flatMap((parent) =>
    state.tables.wait.by("parent", parent).map((row) => row.link_id as LinkId),
  );
  markLinks(state, waiting, { reason: "parent joined", now });
}

function joinPair(state: State, pair: Pair, now: number): readonly Note[] {
  if (isUnjoinable(state, pair)) return [];
  const { from, into } = pair;
  const ends = [from, into].flatMap((link) =>
    state.tables.member
      .by("link", link)
      .filter((row) => !row.is_alias)
      .map(({ connection }) => ({ link: link === from ? into : from, connection })),
  );
  const takenBack = takeBackCreates(state, ends);
  joinTwo(state, pair);
  markLinks(state, [into], { reason: "joined", now });
  wakeByParent(state, [into], now);
  return [...takenBack, { kind: "links_joined", entity: null, link: into, body: { from } }];
}

/** Joins links, each pair unless something speaks against it. */
export function joinAll(
  state: State,
  pairs: readonly Pair[],
  at: { runId: string | null; now: number },
): void {
  const notes = pairs.flatMap((pair) => joinPair(state, pair, at.now));
  writeNotes(state, notes, at.runId);
}

function newcomerOf(row: ObservationTable): Newcomer {
  return { ...observationOf(row), resolution: row.resolution };
}

const isThere = ({ kind }: ObservationTable): boolean => kind === "present" || kind === "archived";
const isGone = ({ kind }: ObservationTable): boolean => kind === "deleted" || kind === "not_seen";

/** Records without a link. */
function newcomers(state: State): Pick<Store, "retryWaiting" | "unlinkedOf" | "loadNewcomers"> {
  const { observation } = state.tables;
  const unlinked = (entity: EntityName, isGoneToo = false): readonly ObservationTable[] =>
    inOrder(
      observation.by("unlinked", entity).filter((row) => isThere(row) || (isGoneToo && isGone(row))),
      (row) => [row.connection, row.external_id],
    );
  return {
    async retryWaiting(entity) {
      state.commit(() => {
        for (const row of observation.by("unlinked", entity)) {
          const known = state.tables.candidate.get(row.connection, entity, row.external_id);
          if (known?.state === "open" && known.is_held && row.resolution !== "candidate")
            observation.change(row, { resolution: "candidate" });
        }
        for (const row of observation.by("unlinked", entity))
          if (row.resolution === "waiting" && isThere(row)) observation.change(row, { resolution: null });
      });
    },
    async unlinkedOf(entity, isGoneToo) {
      return unlinked(entity, isGoneToo).slice(0, 10_000).map(newcomerOf);
    },
    async loadNewcomers(entity, limit) {
      const flying = [
        ...state.tables.intent.by("state", "sending"),
        ...state.tables.intent.by("state", "in_doubt"),
      ];
      const skipped = new Set(
        flying.filter((row) => row.entity === entity && row.kind === "create").map((row) => row.target),
      );
      return unlinked(entity)
        .filter((row) => row.resolution === null && !skipped.has(row.connection))
        .slice(0, limit)
        .map(newcomerOf);
    },
  };
}

/** Links by match key, and by native id. */
function lookUps(state: State): Pick<Store, "holdersOf" | "linksOf"> {
  const { matchKey, link, member } = state.tables;
  return {
    async holdersOf(entity, keys) {
      const rows = [...new Set(keys)].flatMap((key) => matchKey.by("key", entity, key));
      return rows.flatMap((row): readonly KeyHolder[] => {
        const owner = link.get(row.link_id);
        if (owner === undefined || owner.state === "merged") return [];
        const members = membersOn(state, row.link_id);
        const coming = comingOn(state, row.link_id).toSorted(compareText) as ConnectionId[];
        const connection = row.connection as ConnectionId;
        return [
          { key: row.key, link: row.link_id as LinkId, connection, members, coming, state: owner.state },
        ];
      });
    },
    async linksOf(records) {
      const rows = records.flatMap(({ connection, entity, id }) =>
        member.by("record", entity, connection, id),
      );
      return new Map(rows.map((row) => [recordName(memberOf(row)), row.link_id as LinkId]));
    },
  };
}

/** Links in which a merged link lives on, one after the other. */
function wayOf(state: State, from: LinkId): readonly string[] {
  const way = new Set<string>();
  let at = state.tables.link.get(from);
  while (at?.state === "merged" && at.merged_into !== null && !way.has(at.merged_into)) {
    way.add(at.merged_into);
    at = state.tables.link.get(at.merged_into);
  }
  return [...way];
}

/** Members and lines of links, and the links of an entity. */
function members(state: State): Pick<Store, "membersOf" | "dormantAmong" | "linesOf" | "linksOfEntity"> {
  const { line, link, member, observation } = state.tables;
  return {
    async membersOf(links) {
      return [...new Set(links)].flatMap((id) => {
        const own = member.by("link", id);
        const rows = own.length > 0 ? own : wayOf(state, id).flatMap((other) => member.by("link", other));
        return rows.map((row) => ({ ...memberOf(row), link: id })).filter((row) => !isGoneName(row.id));
      });
    },
    async dormantAmong(links) {
      const isOut = (row: MemberTable): boolean =>
        !row.is_alias &&
        observation.get(row.connection, row.entity, row.external_id)?.kind === "out_of_scope";
      return new Set(links.filter((id) => member.by("link", id).some(isOut)));
    },
    async linesOf(records) {
      return records.flatMap(({ connection, entity, id }) =>
        member.by("record", entity, connection, id).flatMap((owner) =>
          line
            .by("link", owner.link_id)
            .filter((row) => row.connection === connection)
            .map((row): LineLink & { link: LinkId } => ({
              link: row.link_id as LinkId,
              connection: row.connection as ConnectionId,
              field: row.field,
              nativeId: row.native_id,
              key: row.key,
            })),
        ),
      );
    },
    async linksOfEntity(entity, limit, after) {
      return link
        .by("entity", entity)
        .filter((row) => row.state !== "merged" && compareText(row.id, after ?? "") > 0)
        .map((row) => row.id as LinkId)
        .toSorted(compareText)
        .slice(0, limit);
    },
  };
}

/** Gives records their links, or sets them aside. */
export function resolve(
  state: State,
  entries: readonly Entry[],
  at: { readonly runId: string | null; readonly now: number },
): void {
  const { link, wait } = state.tables;
  addMembers(state, entries, at.now);
  saveUndecided(state, entries, at.now);
  closeQuestions(state, entries);
  const keyed = entries.flatMap(({ record, resolution }) =>
    resolution.kind === "found" || resolution.kind === "join"
      ? [{ link: resolution.link, connection: record.connection, keys: resolution.keys }]
      : [],
  );
  const [first] = entries;
  if (first !== undefined) writeKeys(state, first.record.entity, keyed);
  const joined = entries.flatMap(({ record: { connection }, resolution }) =>
    resolution.kind === "join" ? [{ link: resolution.link, connection }] : [],
  );
  for (const { link: id } of joined) {
    const row = link.get(id);
    if (row?.state === "single") link.change(row, { state: "live" });
  }
  const takenBack = takeBackCreates(state, joined);
  const marked = keyed.map(({ link: id }) => id);
  markLinks(state, marked, { reason: "linked", now: at.now });
  // Links that waited for a record to get a link are to be looked at again.
  const waiting = entries.flatMap(({ record: { connection, entity, id } }) =>
    wait.by("record", entity, connection, id).map((row) => row.link_id as LinkId),
  );
  markLinks(state, waiting, { reason: "parent linked", now: at.now });
  wakeByParent(
    state,
    joined.map(({ link: id }) => id),
    at.now,
  );
  writeNotes(state, [...resolutionNotes(entries), ...takenBack], at.runId);
}

/** Whether a record still is the newcomer that was looked at (see the SQL store: link-locks.ts). */
function isNewcomer(state: State, { record, contentHash }: Entry): boolean {
  const seen = state.tables.observation.get(record.connection, record.entity, record.id);
  if (seen === undefined || seen.link_id !== null) return false;
  return contentHash === undefined || seen.content_hash === contentHash;
}

/** Gives a record that is a member of a link, and does not say so, that link. */
function findStray(state: State, { record }: Entry): readonly LinkId[] {
  const { observation, member } = state.tables;
  const [placed] = member.by("record", record.entity, record.connection, record.id);
  const seen = observation.get(record.connection, record.entity, record.id);
  if (placed === undefined || seen === undefined) return [];
  observation.change(seen, { link_id: placed.link_id, resolution: null });
  return [placed.link_id as LinkId];
}

/** Whether a newcomer may join the link that was found for it (see the SQL store: link-locks.ts). */
function isJoinable(state: State, { record, resolution }: Entry): boolean {
  const { link, member, intent } = state.tables;
  if (resolution.kind !== "join") return true;
  const target = link.get(resolution.link);
  if (target?.state === "ended" || target?.state === "merged") return false;
  const isTaken = member
    .by("link", resolution.link)
    .some((row) => row.connection === record.connection && !row.is_alias);
  const isOnItsWay = intent
    .by("link", resolution.link)
    .some(
      (row) =>
        row.target === record.connection &&
        row.kind === "create" &&
        (row.state === "sending" || row.state === "in_doubt"),
    );
  return !isTaken && !isOnItsWay;
}

/** Links, members, match keys. */
export function linkPart(state: State): Part {
  return {
    ...newcomers(state),
    ...lookUps(state),
    ...members(state),
    async commitResolutions(given, runId, lease) {
      if (given.length === 0) return 0;
      return state.commit((now) => {
        checkLease(state, lease);
        const still = given.filter((entry) => isNewcomer(state, entry));
        const strays = still.flatMap((entry) => findStray(state, entry));
        const entries = still.filter((entry) => isNewcomer(state, entry) && isJoinable(state, entry));
        resolve(state, entries, { runId, now });
        markLinks(state, strays, { reason: "linked", now });
        return entries.length + strays.length;
      });
    },
    async replaceKeys(entity, entries, { pairs, runId, lease }) {
      return state.commit((now) => {
        checkLease(state, lease);
        const doubted = doubtedLinks(
          state,
          pairs.flatMap(({ from, into }) => [from, into]),
        );
        const waiting = waitingPairs(pairs, doubted);
        const late = new Set(waiting.map(({ from }) => from));
        const left = writeKeys(
          state,
          entity,
          entries.filter(({ link }) => !late.has(link)),
        );
        markLinks(state, left, { reason: "key given up", now });
        joinAll(
          state,
          pairs.filter((pair) => !waiting.includes(pair)),
          { runId, now },
        );
        return [...late];
      });
    },
    async joinLinks(pairs, runId, lease) {
      state.commit((now) => {
        checkLease(state, lease);
        joinAll(state, pairs, { runId, now });
      });
    },
  };
}
