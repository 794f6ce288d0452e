import type { Database, Queryable } from "../ports.ts";
import { keptEntities } from "./port.ts";
import type { FormerState, HistoryStore, RecordKey } from "./port.ts";
import { observationColumns, observationOf } from "./rows.ts";
import type { ObservationRow } from "./rows.ts";

const isKept = (row: string): string =>
  `${row}.entity in (${keptEntities.map((entity) => `'${entity}'`).join(", ")})`;
const formerColumns =
  "connection, entity, external_id, kind, native, modified_at, own_stamp, made_at, shown_since, " +
  "held_until, until_at";
/** A record whose row cannot be read is listed, and says nothing. */
const isReadable = (row: string): string =>
  "not exists (select from park k where k.state = 'open' and k.reason = 'unreadable' and k.connection = " +
  `${row}.connection and k.entity = ${row}.entity and k.external_id = ${row}.external_id)`;

/**
 * The last instant at which a reading found view `o` as it is, before sighting `r` showed something else:
 * when it was stored, or the begin of the last whole reading, or of the last one since a stamp if the stamp
 * has moved: a change without a stamp is not listed by that.
 */
const heldUntil =
  `least(now(), greatest(o.seen_at, case when ${isReadable("o")} then c.swept_at end, case when ` +
  `${isReadable("o")} and greatest(r.modified_at, r.own_stamp) > greatest(o.modified_at, o.own_stamp) then ` +
  "c.read_since end))";

/**
 * Keeps what records showed whose views (rows `h`, locked) sightings `r` are about to take the place of: a
 * part of the statement that does so.
 */
export const keepFormer = (sightings: string, isSame: (row: string) => string): string =>
  `insert into observation_was (${formerColumns}) select o.connection, o.entity, o.external_id, o.kind, ` +
  "o.native, o.modified_at, o.own_stamp, o.made_at, least(o.shown_since, o.seen_at), " +
  `${heldUntil}, now() from held h join observation o on ${isSame("h")} join ${sightings} on ` +
  `${isSame("r")} left join cursor c on c.connection = o.connection and c.entity = o.entity where ` +
  `${isKept("o")} and (o.kind <> r.kind or o.content_hash <> r.content_hash) on conflict do nothing`;

/** Since when a record shows what it shows, once sighting `r` took the place of view `o`. */
export const shownSince =
  "case when o.kind = r.kind and o.content_hash = r.content_hash then o.shown_since else now() end";

/** Until when a record that was never seen was known not to be there. */
export const absentUntil: string =
  `case when ${isKept("r")} and ${isReadable("r")} then (select least(now(), c.read_since) from cursor c ` +
  "where c.connection = r.connection and c.entity = r.entity and c.backfilled_at is not null and " +
  "c.read_since is not null) end";

const ofRecord = "connection = $1 and entity = $2 and external_id = $3";

/** What is kept of a record goes on under another name; what it shows now is kept as what it showed. */
export async function renameFormer(tx: Queryable, record: RecordKey, name: string): Promise<void> {
  const named = [record.connection, record.entity, record.id, name];
  await tx.query(`update observation_was set external_id = $4 where ${ofRecord}`, named);
  await tx.query(
    `insert into observation_was (${formerColumns}) select o.connection, o.entity, $4, o.kind, o.native, ` +
      "o.modified_at, o.own_stamp, o.made_at, least(o.shown_since, o.seen_at), o.seen_at, now() from " +
      "observation o where o.connection = $1 and o.entity = $2 and o.external_id = $3 and o.kind <> " +
      `'deleted' and ${isKept("o")} on conflict do nothing`,
    named,
  );
}

/** What was kept under an id is of a record that had it before. */
export async function forgetFormer(tx: Queryable, { connection, entity, id }: RecordKey): Promise<void> {
  await tx.query(`delete from observation_was where ${ofRecord}`, [connection, entity, id]);
}

/** Deletes what is older than `$4`, ms: a part of the statement that ends a run. */
export const forgetOld =
  "delete from observation_was where until_at < now() - make_interval(secs => $4::double precision / 1000)";

const ms = (column: string): string => `(extract(epoch from ${column}) * 1000)::double precision`;

interface HistoryRow extends ObservationRow {
  readonly since: number;
  readonly absent: number | null;
  readonly former: readonly FormerState[];
  readonly [column: string]: unknown;
}

/** What records showed before, in SQL. */
export function historyStore(database: Database): HistoryStore {
  return {
    async historyOf(keys) {
      if (keys.length === 0) return [];
      const rows = await database.query<HistoryRow>(
        `select ${observationColumns}, ${ms("least(o.shown_since, o.seen_at)")} as since, ` +
          `${ms("o.absent_until")} as absent, coalesce((select jsonb_agg(jsonb_build_object('kind', ` +
          "w.kind, 'native', w.native, 'modifiedAt', w.modified_at, 'ownStamp', w.own_stamp, 'madeAt', " +
          `w.made_at, 'since', ${ms("w.shown_since")}, 'heldUntil', ${ms("w.held_until")}, 'until', ` +
          `${ms("w.until_at")}) order by w.until_at) from observation_was w where w.connection = ` +
          "o.connection and w.entity = o.entity and w.external_id = o.external_id), '[]') as former from " +
          "observation o join jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text) on " +
          "o.connection = r.connection and o.entity = r.entity and o.external_id = r.id",
        [JSON.stringify(keys.map(({ connection, entity, id }) => ({ connection, entity, id })))],
      );
      return rows.map((row) => ({
        now: observationOf(row),
        since: row.since,
        absentUntil: row.absent,
        before: row.former,
      }));
    },
  };
}
