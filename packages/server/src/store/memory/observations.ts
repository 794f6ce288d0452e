import { asConsolidated } from "./duplicates.ts";
import type { ExternalId, LinkId } from "@crossfoot/kernel";
import { emptyCursor, unreadableNote, unreadableParks } from "../observations.ts";
import type { Checkpoint, CursorState, ObserveCounts, RecordKey, Store, StoredObservation } from "../port.ts";
import { cursorOf, observationOf } from "../rows.ts";
import { heldCursor, latestSightings, sightingName, siftSightings } from "../sightings.ts";
import { inOrder, instantOrNull, markLinks } from "./basics.ts";
import type { CursorTable, ObservationTable } from "./columns.ts";
import { absentUntil, keepFormer } from "./history.ts";
import { writeNotes } from "./journal.ts";
import { jsonb } from "./json.ts";
import { checkLease } from "./leases.ts";
import type { State } from "./state.ts";

type Part = Pick<
  Store,
  "loadCursor" | "listCursors" | "checkpoint" | "knownIds" | "newestRead" | "observationsOf" | "distrust"
>;

const gone: ReadonlySet<string> = new Set(["merged", "converted", "deleted"]);

/** A record that was gone and shows again is looked at as such, whatever else happens to it meanwhile. */
function resolutionAfter(
  { kind }: StoredObservation,
  before: ObservationTable | undefined,
): ObservationTable["resolution"] {
  const isThere = kind === "present" || kind === "archived";
  const wasGone = before !== undefined && (gone.has(before.kind) || before.resolution === "returned");
  return isThere && wasGone ? "returned" : null;
}

const memberLink = (state: State, { connection, entity, id }: RecordKey): LinkId | undefined =>
  state.tables.member.by("record", entity, connection, id)[0]?.link_id as LinkId | undefined;

/** Stores a sighting in the place of whatever was known. */
export function store(state: State, seen: StoredObservation, now: number): void {
  const { observation } = state.tables;
  const before = observation.get(seen.connection, seen.entity, seen.id);
  const columns = {
    kind: seen.kind,
    // A deleted record keeps what it last showed, so that a person can see what is gone.
    native: seen.kind === "deleted" && before !== undefined ? before.native : jsonb(seen.native),
    content_hash: seen.contentHash,
    version: seen.version,
    version_order: seen.versionOrder,
    modified_at: seen.modifiedAt,
    own_stamp: seen.ownStamp ?? null,
    made_at: seen.madeAt ?? before?.made_at ?? null,
    actor: seen.actor,
    into_id: seen.into,
    via: seen.via,
    read_start: seen.readStart,
    read_end: seen.readEnd,
    resolution: resolutionAfter(seen, before),
    seen_at: now,
  };
  if (before !== undefined) {
    keepFormer(state, { row: before, seen }, now);
    const isSame = before.kind === seen.kind && before.content_hash === seen.contentHash;
    observation.change(before, { ...columns, shown_since: isSame ? before.shown_since : now });
    return;
  }
  const { connection, entity, id: external_id } = seen;
  const link_id = memberLink(state, seen) ?? null;
  const shown = { shown_since: now, absent_until: absentUntil(state, seen, now) };
  observation.insert({ connection, entity, external_id, link_id, ...columns, ...shown });
}

/** Stores observations that are newer than the views they meet; marks the links whose content changed. */
export function observe(
  state: State,
  observations: readonly StoredObservation[],
  at: { readonly reason: string; readonly now: number },
): { readonly counts: ObserveCounts; readonly changed: readonly LinkId[] } {
  const latest = latestSightings(asConsolidated(state, observations));
  const rows = latest.flatMap(({ connection, entity, id }) => {
    const row = state.tables.observation.get(connection, entity, id);
    return row === undefined ? [] : [row];
  });
  const known = new Map(
    rows.map((row) => [
      `${row.connection}\n${row.entity}\n${row.external_id}`,
      { ...row, seen_ms_ago: at.now - row.seen_at },
    ]),
  );
  const members = new Map(
    latest.flatMap((seen): [string, LinkId][] => {
      const link = known.has(sightingName(seen)) ? undefined : memberLink(state, seen);
      return link === undefined ? [] : [[sightingName(seen), link]];
    }),
  );
  const { toStore, moved, counts } = siftSightings(latest, known, members);
  for (const seen of toStore) store(state, seen, at.now);
  const changed: LinkId[] = [];
  for (const { connection, entity, id } of moved) {
    const link = state.tables.observation.get(connection, entity, id)?.link_id ?? null;
    if (link !== null) changed.push(link as LinkId);
  }
  markLinks(state, changed, at);
  return { counts, changed };
}

/** Links of one side only, once the other has been read whole for the first time (see the SQL store). */
function singlesOnceRead(state: State, given: CursorState): readonly LinkId[] {
  const { cursor, link } = state.tables;
  const known = cursor.get(given.connection, given.entity);
  if (given.backfilledAt === null || (known !== undefined && known.backfilled_at !== null)) return [];
  return link.by("entity", given.entity).flatMap((row) => (row.state === "single" ? [row.id as LinkId] : []));
}

/** Unreadable rows become open parks, one per record; a row that can be read again closes its park. */
function parkUnreadable(state: State, checkpoint: Checkpoint, now: number): void {
  const { park } = state.tables;
  for (const [id, entry] of unreadableParks(state.entropy, checkpoint.unreadable)) {
    const known = park.get(id);
    const failure = jsonb(entry.failure);
    if (known !== undefined) park.change(known, { failure, state: "open", closed_at: null });
    else {
      const { connection, entity, id: external_id } = entry;
      const names = { link_id: null, entity, connection, external_id, intent_key: null };
      const rest = { problems: jsonb({}), failure, state: "open", opened_at: now, closed_at: null };
      park.insert({ id, ...names, reason: "unreadable", ...rest });
    }
  }
  const seen = new Set(
    checkpoint.observations.map((each) => `${each.connection}\n${each.entity}\n${each.id}`),
  );
  for (const row of park.by("open", "")) {
    const name = `${row.connection}\n${row.entity}\n${row.external_id}`;
    if (row.reason === "unreadable" && seen.has(name)) park.change(row, { state: "closed", closed_at: now });
  }
}

const timeOf = (text: string | null): number | null => (text === null ? null : Date.parse(text));

function saveCursor(state: State, given: CursorState): void {
  const { cursor } = state.tables;
  const columns = {
    connection: given.connection,
    entity: given.entity,
    mapping_hash: given.mappingHash,
    page_cursor: given.pageCursor,
    pages: given.pages,
    reading: given.reading,
    reading_since: given.readingSince,
    newest_seen: given.newestSeen,
    watermark: given.watermark,
    backfilled_at: timeOf(given.backfilledAt),
    read_at: timeOf(given.readAt),
    swept_at: timeOf(given.sweptAt),
    sweep_since: timeOf(given.sweepSince),
    began_at: timeOf(given.beganAt),
    read_since: timeOf(given.readSince),
    failure: jsonb(given.failure),
  };
  const known = cursor.get(given.connection, given.entity);
  if (known === undefined) cursor.insert(columns);
  else cursor.change(known, columns);
}

function stateOf(row: CursorTable): CursorState {
  const { backfilled_at, read_at, swept_at, sweep_since, began_at, read_since } = row;
  return cursorOf({
    ...row,
    backfilled_at: instantOrNull(backfilled_at),
    read_at: instantOrNull(read_at),
    swept_at: instantOrNull(swept_at),
    sweep_since: instantOrNull(sweep_since),
    began_at: instantOrNull(began_at),
    read_since: instantOrNull(read_since),
  });
}

/** Cursors and the commit of a page. */
function readings(state: State): Pick<Store, "loadCursor" | "listCursors" | "checkpoint"> {
  const { cursor } = state.tables;
  return {
    async loadCursor(connection, entity) {
      const row = cursor.get(connection, entity);
      return row === undefined ? emptyCursor(connection, entity) : stateOf(row);
    },
    async listCursors() {
      return inOrder(cursor.all(), (row) => [row.connection, row.entity]).map(stateOf);
    },
    async checkpoint(checkpoint) {
      return state.commit((now) => {
        if (checkpoint.lease !== undefined) checkLease(state, checkpoint.lease);
        const { counts, changed } = observe(state, checkpoint.observations, { reason: "observed", now });
        parkUnreadable(state, checkpoint, now);
        if (checkpoint.cursor !== null) {
          const seen = new Set(changed);
          const singles = singlesOnceRead(state, checkpoint.cursor).filter((link) => !seen.has(link));
          saveCursor(state, heldCursor(checkpoint.cursor, counts.heldAt));
          markLinks(state, singles, { reason: "observed", now });
        }
        writeNotes(state, checkpoint.unreadable.map(unreadableNote), checkpoint.runId);
        return counts;
      });
    },
  };
}

/** What was seen last. */
function sightings(state: State): Pick<Store, "knownIds" | "newestRead" | "observationsOf" | "distrust"> {
  const { observation, member } = state.tables;
  return {
    async knownIds(connection, entity) {
      const seen = observation
        .by("place", connection, entity)
        .filter(({ kind }) => kind === "present" || kind === "archived" || kind === "not_seen");
      const unseen = member
        .all()
        .filter((row) => row.connection === connection && row.entity === entity && row.until_at === null)
        .filter((row) => observation.get(connection, entity, row.external_id) === undefined);
      return [...seen, ...unseen].map((row) => row.external_id as ExternalId);
    },
    async newestRead() {
      return observation.all().reduce((newest, row) => Math.max(newest, row.read_end), 0);
    },
    async observationsOf(keys) {
      return keys.flatMap(({ connection, entity, id }) => {
        const row = observation.get(connection, entity, id);
        return row === undefined ? [] : [observationOf(row)];
      });
    },
    async distrust(keys) {
      state.commit(() => {
        for (const { connection, entity, id } of keys) {
          const row = observation.get(connection, entity, id);
          if (row !== undefined) observation.change(row, { content_hash: "" });
        }
      });
    },
  };
}

/** Reading: observations and cursors. */
export function observationPart(state: State): Part {
  return { ...readings(state), ...sightings(state) };
}
