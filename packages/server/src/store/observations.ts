import { asConsolidated } from "./duplicates.ts";
import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { absentUntil, keepFormer, shownSince } from "./history.ts";
import type { JournalWriter } from "./journal.ts";
import { checkLease } from "./leases.ts";
import type { Checkpoint, CursorState, ObserveCounts, RecordKey, Store, StoredObservation } from "./port.ts";
import { cursorOf, observationColumns, observationOf } from "./rows.ts";
import type { CursorRow, ObservationRow } from "./rows.ts";
import { heldCursor, latestSightings, sightingName, siftSightings } from "./sightings.ts";
import type { MarkRow } from "./sightings.ts";

type Part = Pick<
  Store,
  "loadCursor" | "listCursors" | "checkpoint" | "knownIds" | "newestRead" | "observationsOf" | "distrust"
>;

/**
 * Marks links as to be decided. A link that is marked again while it is being decided stays marked. Their
 * rows are locked on the way (see {@link lockLinks}).
 */
export async function markLinks(tx: Queryable, links: readonly LinkId[], reason: string): Promise<void> {
  if (links.length > 0)
    await markFound(tx, "select jsonb_array_elements_text($1::jsonb)", {
      given: [...new Set(links)],
      reason,
    });
}

/** Marks the links that a statement over the JSON list `$1` finds, in one statement with it. */
export async function markFound(
  tx: Queryable,
  found: string,
  { given, reason }: { readonly given: readonly unknown[]; readonly reason: string },
): Promise<void> {
  await tx.query(
    "insert into work (link_id, entity, reason) select l.id, l.entity, $2 from link l where l.id " +
      `in (${found}) order by l.id for no key update of l on conflict ` +
      "(link_id) do update set marked = work.marked + 1, reason = excluded.reason",
    [JSON.stringify(given), reason],
  );
}

const markColumns =
  "o.connection, o.entity, o.external_id, o.link_id, o.kind, o.content_hash, o.into_id, o.version, " +
  "o.version_order, o.modified_at, o.own_stamp, o.made_at, o.read_start, o.read_end, o.via, " +
  "(extract(epoch from now() - o.seen_at) * 1000)" +
  "::double precision as seen_ms_ago";

/** Rows of the observation table for a batch of records. */
async function loadRows<Row extends MarkRow | ObservationRow>(
  db: Queryable,
  columns: string,
  keys: readonly RecordKey[],
): Promise<Row[]> {
  if (keys.length === 0) return [];
  return db.query<Row>(
    `select ${columns} from observation o join jsonb_to_recordset($1::jsonb) as ` +
      "r(connection text, entity text, id text) on o.connection = r.connection and o.entity = " +
      "r.entity and o.external_id = r.id",
    [JSON.stringify(keys.map(({ connection, entity, id }) => ({ connection, entity, id })))],
  );
}

/**
 * Stores observations that are newer than the views they meet, inside the caller's transaction, and answers
 * the links whose content changed: the caller marks them. Two sightings of one record in one batch: the
 * later
 * one counts. A view that somebody else replaced meanwhile is looked at again:
 * 1. A poll loads the view of a record, and has a newer one
 * 2. the answer to a write, newer still, is stored by another worker
 * 3. the poll does not store its own over it, and compares again
 */
export async function observe(
  tx: Queryable,
  observations: readonly StoredObservation[],
): Promise<{ readonly counts: ObserveCounts; readonly changed: readonly LinkId[] }> {
  let left = latestSightings(await asConsolidated(tx, observations));
  const changed: LinkId[] = [];
  const counts = { added: 0, changed: 0, same: 0 };
  let heldAt: number | null = null;
  const contradictions: StoredObservation[] = [];
  while (left.length > 0) {
    const rows = await loadRows<MarkRow>(tx, markColumns, left);
    const known = new Map(rows.map((row) => [nameOf(row), row]));
    const members = await loadMembers(
      tx,
      left.filter((seen) => !known.has(sightingName(seen))),
    );
    const sifted = siftSightings(left, known, members);
    const stored = await upsert(tx, sifted.toStore, { known, members });
    const lost = sifted.toStore.filter((seen) => !stored.has(sightingName(seen)));
    counts.added += sifted.counts.added;
    counts.changed += sifted.counts.changed;
    counts.same += sifted.counts.same;
    const held = sifted.counts.heldAt;
    if (held !== null) heldAt = Math.min(held, heldAt ?? held);
    for (const seen of sifted.moved) {
      const link = stored.get(sightingName(seen));
      if (link !== undefined && link !== null) changed.push(link);
    }
    contradictions.push(...(sifted.counts.contradictions ?? []));
    for (const seen of lost) counts[countOf(seen, known)] -= 1;
    left = lost;
  }
  const unknown = contradictions.length === 0 ? {} : { contradictions };
  return { counts: { ...counts, heldAt, ...unknown }, changed };
}

/** As what a sighting was counted, before it turned out that its view is another by now. */
function countOf(seen: StoredObservation, known: ReadonlyMap<string, MarkRow>): "added" | "changed" | "same" {
  const row = known.get(sightingName(seen));
  if (row === undefined) return "added";
  return row.content_hash === seen.contentHash && row.kind === seen.kind ? "same" : "changed";
}

const nameOf = (row: { connection: string; entity: string; external_id: string }): string =>
  `${row.connection}\n${row.entity}\n${row.external_id}`;

/** Links of records that nobody has seen yet and that are members all the same. */
async function loadMembers(tx: Queryable, keys: readonly RecordKey[]): Promise<ReadonlyMap<string, LinkId>> {
  if (keys.length === 0) return new Map();
  const rows = await tx.query<{ connection: string; entity: string; id: string; link_id: string }>(
    "select m.connection, m.entity, m.external_id as id, m.link_id from link_member m join " +
      "jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text) on m.connection = " +
      "r.connection and m.entity = r.entity and m.external_id = r.id where m.until_at is null",
    [JSON.stringify(keys.map(({ connection, entity, id }) => ({ connection, entity, id })))],
  );
  return new Map(rows.map((row) => [sightingName(row as unknown as RecordKey), row.link_id as LinkId]));
}

const columnNames =
  "connection, entity, external_id, link_id, kind, native, content_hash, version, version_order, " +
  "modified_at, actor, own_stamp, made_at, " +
  "into_id, via, read_start, read_end";
const sightingRows =
  "(select * from jsonb_to_recordset($1::jsonb) as r(connection text, entity text, external_id text, " +
  "link_id " +
  "text, kind text, native jsonb, content_hash text, version text, version_order double precision, " +
  "modified_at bigint, " +
  "actor text, own_stamp bigint, made_at bigint, into_id text, via text, read_start double precision, " +
  "read_end double precision, known_end " +
  "double precision, known_hash text)) r";
const isRecordOf = (row: string): string =>
  `o.connection = ${row}.connection and o.entity = ${row}.entity and o.external_id = ${row}.external_id`;

/** A record that was gone and shows again is looked at as such, whatever else happens to it meanwhile. */
const returned =
  "case when r.kind in ('present', 'archived') and (o.kind in ('merged', 'converted', 'deleted') or " +
  "o.resolution = 'returned') then 'returned' end";

type StoredRow = Pick<ObservationRow, "connection" | "entity" | "external_id" | "link_id">;

/**
 * Stores sightings over the views they were compared with, in the order of their names. Answers what was
 * stored, with the link that the record has by now: it may have got one since its view was loaded.
 */
export async function upsert(
  tx: Queryable,
  observations: readonly StoredObservation[],
  {
    known,
    members,
  }: {
    readonly known: ReadonlyMap<string, MarkRow>;
    readonly members: ReadonlyMap<string, LinkId>;
  },
): Promise<ReadonlyMap<string, LinkId | null>> {
  const rows = observations.map((seen) => ({
    connection: seen.connection,
    entity: seen.entity,
    external_id: seen.id,
    link_id: members.get(sightingName(seen)) ?? null,
    kind: seen.kind,
    native: seen.native,
    content_hash: seen.contentHash,
    version: seen.version,
    version_order: seen.versionOrder,
    modified_at: seen.modifiedAt,
    own_stamp: seen.ownStamp ?? null,
    made_at: seen.madeAt ?? null,
    actor: seen.actor,
    into_id: seen.into,
    via: seen.via,
    read_start: seen.readStart,
    read_end: seen.readEnd,
    known_end: known.get(sightingName(seen))?.read_end ?? null,
    known_hash: known.get(sightingName(seen))?.content_hash ?? null,
  }));
  const stored: StoredRow[] = [];
  const replaced = rows.filter((row) => row.known_end !== null);
  if (replaced.length > 0) {
    // A deleted record keeps what it last showed, so that a person can see what is gone.
    const changed = await tx.query<StoredRow>(
      `with held as (select o.connection, o.entity, o.external_id from ${sightingRows} join observation ` +
        "o on " +
        `${isRecordOf("r")} where o.read_end = r.known_end and o.content_hash = r.known_hash order by ` +
        "o.connection, o.entity, o.external_id for update of o), former as (" +
        `${keepFormer(sightingRows, isRecordOf)}) update observation o set kind = r.kind, ` +
        "native = case when r.kind = 'deleted' then o.native else r.native end, content_hash = " +
        "r.content_hash, version = r.version, version_order = r.version_order, modified_at = " +
        "r.modified_at, made_at = coalesce(r.made_at, o.made_at), " +
        "actor = r.actor, own_stamp = r.own_stamp, into_id = r.into_id, via = r.via, read_start = " +
        "r.read_start, read_end = " +
        `r.read_end, resolution = ${returned}, seen_at = now(), shown_since = ${shownSince} ` +
        `from held h, ${sightingRows} where ` +
        `${isRecordOf("h")} and ${isRecordOf("r")} returning o.connection, o.entity, o.external_id, ` +
        "o.link_id",
      [JSON.stringify(replaced)],
    );
    stored.push(...changed);
  }
  const added = rows.filter((row) => row.known_end === null);
  if (added.length > 0) {
    const made = await tx.query<StoredRow>(
      `insert into observation (${columnNames}, absent_until) select ${columnNames}, ${absentUntil} from ` +
        `${sightingRows} order by ` +
        "connection, entity, external_id on conflict (connection, entity, external_id) do nothing " +
        "returning " +
        "connection, entity, external_id, link_id",
      [JSON.stringify(added)],
    );
    stored.push(...made);
  }
  return new Map(stored.map((row) => [nameOf(row), row.link_id as LinkId | null]));
}

/**
 * Links of one side only that are to be decided again, since everything of the other side has been read now
 * for the first time: what was missing there until then may be missing for good.
 */
async function singlesOnceRead(tx: Queryable, cursor: CursorState): Promise<readonly LinkId[]> {
  if (cursor.backfilledAt === null) return [];
  const rows = await tx.query<{ id: string }>(
    "select id from link where entity = $2 and state = 'single' and not exists (select from cursor where " +
      "connection = $1 and entity = $2 and backfilled_at is not null)",
    [cursor.connection, cursor.entity],
  );
  return rows.map(({ id }) => id as LinkId);
}

async function saveCursor(tx: Queryable, cursor: CursorState): Promise<void> {
  await tx.query(
    "insert into cursor (connection, entity, mapping_hash, page_cursor, pages, reading, " +
      "reading_since, newest_seen, watermark, backfilled_at, read_at, swept_at, failure, sweep_since, " +
      "began_at, read_since) " +
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14, $15, $16) on conflict " +
      "(connection, entity) do update set mapping_hash = excluded.mapping_hash, page_cursor = " +
      "excluded.page_cursor, pages = excluded.pages, reading = excluded.reading, reading_since = " +
      "excluded.reading_since, newest_seen = excluded.newest_seen, watermark = excluded.watermark, " +
      "backfilled_at = excluded.backfilled_at, read_at = excluded.read_at, swept_at = " +
      "excluded.swept_at, failure = excluded.failure, sweep_since = excluded.sweep_since, " +
      "began_at = excluded.began_at, read_since = excluded.read_since",
    [
      cursor.connection,
      cursor.entity,
      cursor.mappingHash,
      cursor.pageCursor,
      cursor.pages,
      cursor.reading,
      cursor.readingSince,
      cursor.newestSeen,
      cursor.watermark,
      cursor.backfilledAt,
      cursor.readAt,
      cursor.sweptAt,
      cursor.failure === null ? null : JSON.stringify(cursor.failure),
      cursor.sweepSince,
      cursor.beganAt,
      cursor.readSince,
    ],
  );
}

type Unreadable = Checkpoint["unreadable"][number];

/**
 * Rows that could not be read, by the id of their park. Rows of one list that have no id share a park: of
 * two
 * the later one shows.
 */
export function unreadableParks(
  entropy: Entropy,
  unreadable: readonly Unreadable[],
): ReadonlyMap<string, Unreadable> {
  return new Map(
    unreadable.map((entry) => {
      const name = `unreadable\n${entry.connection}\n${entry.entity}\n${entry.id ?? "?"}`;
      return [entropy.digest(name).slice(0, 24), entry];
    }),
  );
}

/** What the journal says of a row that could not be read. */
export function unreadableNote({ connection, entity, id, failure }: Unreadable): Note {
  const body = { reason: "unreadable", connection, id, code: failure.code };
  return { kind: "parked", entity, link: null, body };
}

/** Unreadable rows become open parks, one per record; a row that can be read again closes its park. */
async function parkUnreadable(tx: Queryable, deps: Deps, checkpoint: Checkpoint): Promise<void> {
  const parks = unreadableParks(deps.entropy, checkpoint.unreadable);
  const rows = [...parks].map(([id, entry]) => ({
    id,
    entity: entry.entity,
    connection: entry.connection,
    external_id: entry.id,
    failure: entry.failure,
  }));
  const seen = checkpoint.observations.map(({ connection, entity, id }) => ({ connection, entity, id }));
  await Promise.all([
    rows.length > 0 &&
      tx.query(
        "insert into park (id, entity, connection, external_id, reason, problems, failure) select " +
          "id, entity, connection, external_id, 'unreadable', '{}'::jsonb, failure from " +
          "jsonb_to_recordset($1::jsonb) as r(id text, entity text, connection text, external_id " +
          "text, failure jsonb) on conflict (id) do update set failure = excluded.failure, state = " +
          "'open', closed_at = null",
        [JSON.stringify(rows)],
      ),
    seen.length > 0 &&
      tx.query(
        "update park p set state = 'closed', closed_at = now() from jsonb_to_recordset($1::jsonb) as " +
          "r(connection text, entity text, id text) where p.state = 'open' and p.reason = 'unreadable' " +
          "and p.connection = r.connection and p.entity = r.entity and p.external_id = r.id",
        [JSON.stringify(seen)],
      ),
  ]);
}

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
}

/** Cursors and the commit of a page. */
function readings(deps: Deps): Pick<Store, "loadCursor" | "listCursors" | "checkpoint"> {
  const { database, journal } = deps;
  return {
    async loadCursor(connection, entity) {
      const [row] = await database.query<CursorRow>(
        "select * from cursor where connection = $1 and entity = $2",
        [connection, entity],
      );
      return row === undefined ? emptyCursor(connection, entity) : cursorOf(row);
    },
    async listCursors() {
      return (await database.query<CursorRow>("select * from cursor order by connection, entity")).map(
        cursorOf,
      );
    },
    async checkpoint(checkpoint) {
      return database.transaction(async (tx) => {
        const { cursor, lease } = checkpoint;
        const [{ counts, changed }] = await Promise.all([
          observe(tx, checkpoint.observations),
          lease !== undefined && checkLease(tx, lease, "for key share"),
        ]);
        const [singles] = await Promise.all([
          cursor === null ? [] : singlesOnceRead(tx, cursor),
          parkUnreadable(tx, deps, checkpoint),
          cursor !== null && saveCursor(tx, heldCursor(cursor, counts.heldAt)),
        ]);
        await markLinks(tx, [...changed, ...singles], "observed");
        await journal.write(tx, checkpoint.unreadable.map(unreadableNote), checkpoint.runId);
        return counts;
      });
    },
  };
}

/**
 * Ids that are known of a connection ($1) and an entity ($2). What has never been seen is a set taken from
 * another: an anti-join is planned row by row on tables that have no statistics yet, and takes their product.
 */
export const knownIdsSql: string =
  "select external_id from observation where connection = $1 and entity = $2 and kind in ('present', " +
  "'archived', 'not_seen') union (select external_id from link_member where connection = $1 and entity = " +
  "$2 and until_at is null except select external_id from observation where connection = $1 and entity = $2)";

/** What was seen last. */
function sightings(deps: Deps): Pick<Store, "knownIds" | "newestRead" | "observationsOf" | "distrust"> {
  const { database } = deps;
  return {
    async knownIds(connection, entity) {
      const rows = await database.query<{ external_id: string }>(knownIdsSql, [connection, entity]);
      return rows.map((row) => row.external_id as ExternalId);
    },
    async newestRead() {
      const [row] = await database.query<{ newest: number }>(
        "select coalesce(max(read_end), 0)::double precision as newest from observation",
      );
      return row?.newest ?? 0;
    },
    async observationsOf(keys) {
      return (await loadRows<ObservationRow>(database, observationColumns, keys)).map(observationOf);
    },
    async distrust(keys) {
      if (keys.length === 0) return;
      await database.query(
        "update observation o set content_hash = '' from jsonb_to_recordset($1::jsonb) as r(connection " +
          "text, entity text, id text) where o.connection = r.connection and o.entity = r.entity and " +
          "o.external_id = r.id",
        [JSON.stringify(keys.map(({ connection, entity, id }) => ({ connection, entity, id })))],
      );
    },
  };
}

/** Reading: observations and cursors. */
export function observationStore(deps: Deps): Part {
  return { ...readings(deps), ...sightings(deps) };
}

/** A cursor before the first reading. */
export function emptyCursor(connection: ConnectionId, entity: EntityName): CursorState {
  return {
    connection,
    entity,
    mappingHash: null,
    pageCursor: null,
    pages: 0,
    reading: null,
    readingSince: null,
    newestSeen: null,
    watermark: null,
    backfilledAt: null,
    readAt: null,
    sweptAt: null,
    sweepSince: null,
    beganAt: null,
    readSince: null,
    failure: null,
  };
}
