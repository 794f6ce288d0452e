import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { Database, Entropy, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { Checkpoint, CursorState, ObserveCounts, RecordKey, Store, StoredObservation } from "./port.ts";
import { cursorOf, observationColumns, observationOf } from "./rows.ts";
import type { CursorRow, ObservationRow } from "./rows.ts";
import { latestSightings, sightingName, siftSightings } from "./sightings.ts";
import type { MarkRow } from "./sightings.ts";

type Part = Pick<
  Store,
  | "loadCursor"
  | "listCursors"
  | "checkpoint"
  | "knownIds"
  | "newestRead"
  | "observationsOf"
  | "saveDelivery"
  | "takeHints"
>;

/** Marks links as to be decided. A link that is marked again while it is being decided stays marked. */
export async function markLinks(tx: Queryable, links: readonly LinkId[], reason: string): Promise<void> {
  if (links.length === 0) return;
  await tx.query(
    "insert into work (link_id, entity, reason) select l.id, l.entity, $2 from link l where l.id " +
      "in (select jsonb_array_elements_text($1::jsonb)) order by l.id on conflict (link_id) do " +
      "update set marked = work.marked + 1, reason = excluded.reason",
    [JSON.stringify([...new Set(links)]), reason],
  );
}

const markColumns =
  "o.connection, o.entity, o.external_id, o.link_id, o.kind, o.content_hash, o.into_id, o.version, " +
  "o.version_order, o.read_start, o.read_end";

/** Rows of the observation table for a batch of records. */
async function loadRows<Row extends MarkRow>(
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
 * Stores observations that are newer than the views they meet, inside the caller's transaction; marks the
 * links whose content changed. Two sightings of one record in one batch: the later one counts.
 */
export async function observe(
  tx: Queryable,
  observations: readonly StoredObservation[],
  reason: string,
): Promise<ObserveCounts> {
  const latest = latestSightings(observations);
  const rows = await loadRows<MarkRow>(tx, markColumns, latest);
  const known = new Map(rows.map((row) => [`${row.connection}\n${row.entity}\n${row.external_id}`, row]));
  const members = await loadMembers(
    tx,
    latest.filter((seen) => !known.has(sightingName(seen))),
  );
  const { toStore, changed, counts } = siftSightings(latest, known, members);
  await upsert(tx, toStore, members);
  await markLinks(tx, changed, reason);
  return counts;
}

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

async function upsert(
  tx: Queryable,
  observations: readonly StoredObservation[],
  members: ReadonlyMap<string, LinkId>,
): Promise<void> {
  if (observations.length === 0) return;
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
    actor: seen.actor,
    into_id: seen.into,
    via: seen.via,
    read_start: seen.readStart,
    read_end: seen.readEnd,
  }));
  const names =
    "connection, entity, external_id, link_id, kind, native, content_hash, version, version_order, " +
    "modified_at, actor, into_id, via, read_start, read_end";
  // A deleted record keeps what it last showed, so that a person can see what is gone.
  await tx.query(
    `insert into observation (${names}) select ${names} from jsonb_to_recordset($1::jsonb) as ` +
      "r(connection text, entity text, external_id text, link_id text, kind text, native jsonb, " +
      "content_hash text, version text, version_order double precision, modified_at bigint, actor text, " +
      "into_id text, via text, read_start double precision, read_end double precision) on conflict " +
      "(connection, entity, external_id) do update set kind = excluded.kind, native = case when " +
      "excluded.kind = 'deleted' then observation.native else excluded.native end, content_hash = " +
      "excluded.content_hash, version = excluded.version, version_order = excluded.version_order, " +
      "modified_at = excluded.modified_at, actor = excluded.actor, into_id = excluded.into_id, via " +
      "= excluded.via, read_start = excluded.read_start, read_end = excluded.read_end, resolution = " +
      // A record that was gone and shows again is looked at as such, whatever else happens to it meanwhile.
      "case when excluded.kind in ('present', 'archived') and (observation.kind in ('merged', " +
      "'converted', 'deleted') or observation.resolution = 'returned') then 'returned' end, seen_at = now()",
    [JSON.stringify(rows)],
  );
}

async function saveCursor(tx: Queryable, cursor: CursorState): Promise<void> {
  await tx.query(
    "insert into cursor (connection, entity, mapping_hash, page_cursor, pages, reading, " +
      "reading_since, newest_seen, watermark, backfilled_at, read_at, swept_at, failure) values " +
      "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb) on conflict (connection, " +
      "entity) do update set mapping_hash = excluded.mapping_hash, page_cursor = " +
      "excluded.page_cursor, pages = excluded.pages, reading = excluded.reading, reading_since = " +
      "excluded.reading_since, newest_seen = excluded.newest_seen, watermark = excluded.watermark, " +
      "backfilled_at = excluded.backfilled_at, read_at = excluded.read_at, swept_at = " +
      "excluded.swept_at, failure = excluded.failure",
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
    ],
  );
}

type Unreadable = Checkpoint["unreadable"][number];

/**
 * Rows that could not be read, by the id of their park. Rows of one list that have no id share a park: of two
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
  if (rows.length > 0) {
    await tx.query(
      "insert into park (id, entity, connection, external_id, reason, problems, failure) select " +
        "id, entity, connection, external_id, 'unreadable', '{}'::jsonb, failure from " +
        "jsonb_to_recordset($1::jsonb) as r(id text, entity text, connection text, external_id " +
        "text, failure jsonb) on conflict (id) do update set failure = excluded.failure, state = " +
        "'open', closed_at = null",
      [JSON.stringify(rows)],
    );
  }
  if (checkpoint.observations.length === 0) return;
  await tx.query(
    "update park p set state = 'closed', closed_at = now() from jsonb_to_recordset($1::jsonb) as " +
      "r(connection text, entity text, id text) where p.state = 'open' and p.reason = 'unreadable' " +
      "and p.connection = r.connection and p.entity = r.entity and p.external_id = r.id",
    [
      JSON.stringify(
        checkpoint.observations.map(({ connection, entity, id }) => ({ connection, entity, id })),
      ),
    ],
  );
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
        const counts = await observe(tx, checkpoint.observations, "observed");
        await parkUnreadable(tx, deps, checkpoint);
        if (checkpoint.cursor !== null) await saveCursor(tx, checkpoint.cursor);
        await journal.write(tx, checkpoint.unreadable.map(unreadableNote), checkpoint.runId);
        return counts;
      });
    },
  };
}

/** What was seen last. */
function sightings(deps: Deps): Pick<Store, "knownIds" | "newestRead" | "observationsOf"> {
  const { database } = deps;
  return {
    async knownIds(connection, entity) {
      const rows = await database.query<{ external_id: string }>(
        "select external_id from observation where connection = $1 and entity = $2 and kind in " +
          "('present', 'archived', 'not_seen') union select external_id from link_member m where " +
          "connection = $1 and " +
          "entity = $2 and until_at is null and not exists (select from observation o where o.connection = " +
          "m.connection and o.entity = m.entity and o.external_id = m.external_id)",
        [connection, entity],
      );
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
  };
}

/** Webhook deliveries and the hints they left. */
function hints(deps: Deps): Pick<Store, "saveDelivery" | "takeHints"> {
  const { database } = deps;
  return {
    async saveDelivery(connection, id, hints) {
      return database.transaction(async (tx) => {
        const fresh = await tx.query(
          "insert into delivery (connection, id) values ($1, $2) on conflict do nothing returning id",
          [connection, id],
        );
        if (fresh.length === 0) return "known";
        await tx.query(
          "insert into hint (connection, entity, external_id) select connection, entity, id from " +
            "jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text) on conflict " +
            "do nothing",
          [JSON.stringify(hints)],
        );
        return "stored";
      });
    },
    async takeHints(limit) {
      const rows = await database.query<{ connection: string; entity: string; external_id: string }>(
        "delete from hint where (connection, entity, external_id) in (select connection, entity, " +
          "external_id from hint order by received_at, connection, entity, external_id limit $1) " +
          "returning connection, entity, " +
          "external_id",
        [limit],
      );
      return rows.map((row) => ({
        connection: row.connection as ConnectionId,
        entity: row.entity,
        id: row.external_id as ExternalId,
      }));
    },
  };
}

/** Reading: observations, cursors, hints. */
export function observationStore(deps: Deps): Part {
  return { ...readings(deps), ...sightings(deps), ...hints(deps) };
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
    failure: null,
  };
}
