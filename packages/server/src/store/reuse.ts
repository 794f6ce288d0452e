import type { ExternalId, LinkId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { forgetFormer, renameFormer } from "./history.ts";
import type { JournalWriter } from "./journal.ts";
import { lockLinks } from "./link-locks.ts";
import { markLinks, upsert } from "./observations.ts";
import { goneMark, goneName, madeRecords, reuseNote } from "./places.ts";
import type { IdentityStore, IntentOutcome, RecordKey, ReuseCommit } from "./port.ts";
import { sightingName } from "./sightings.ts";
import type { MarkRow } from "./sightings.ts";

const ofRecord = "connection = $1 and entity = $2 and external_id = $3";

const columns =
  "o.connection, o.entity, o.external_id, o.link_id, o.kind, o.content_hash, o.into_id, o.version, " +
  "o.version_order, o.modified_at, o.own_stamp, o.made_at, o.read_start, o.read_end, o.via, " +
  "0::double precision as seen_ms_ago";

interface KnownRow extends MarkRow {
  readonly link_id: string | null;
}

/** Whose a sighting is that contradicts what is known under its id. */
export function reuseStore({
  database,
  journal,
}: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): Pick<IdentityStore, "commitReuse"> {
  return {
    commitReuse: (reuse, runId) =>
      database.transaction(async (tx) => {
        const { connection, entity, id } = reuse.seen;
        const [row] = await tx.query<KnownRow>(
          `select ${columns} from observation o where ${ofRecord} for update`,
          [connection, entity, id],
        );
        if (row === undefined || row.read_end !== reuse.knownEnd) return "moved";
        const link = row.link_id as LinkId | null;
        if (link !== null) await lockLinks(tx, [link]);
        const gone = reuse.is === "same" || link === null ? null : await setAside(tx, reuse, link);
        await take(tx, reuse, row);
        if (link !== null) await markLinks(tx, [link], "its id was given away");
        const notes: readonly Note[] = link === null ? [] : [reuseNote(reuse, { link, gone })];
        await journal.write(tx, notes, runId);
        return "done";
      }),
  };
}

/**
 * Records that we made and that got the id of one that is gone: the latter goes on under a name of ours, so
 * that the id is free for what it belongs to now. That a record is gone is known when it was seen deleted, or
 * when the system gives another stamp of creation. Answers what the journal is to say.
 */
export async function freeGivenIds(
  tx: Queryable,
  outcomes: readonly IntentOutcome[],
): Promise<readonly Note[]> {
  const made = madeRecords(outcomes);
  if (made.length === 0) return [];
  const rows = made.map(({ record, link, seen }) => ({ ...record, link, made_at: seen?.madeAt ?? null }));
  const found = await tx.query<KnownRow & { readonly link_id: string }>(
    `select ${columns} from observation o join jsonb_to_recordset($1::jsonb) as r(connection text, entity ` +
      "text, id text, link text, made_at bigint) on o.connection = r.connection and o.entity = r.entity " +
      "and o.external_id = r.id where o.link_id is not null and o.link_id <> r.link and (o.kind = " +
      "'deleted' or o.made_at <> r.made_at) order by o.connection, o.entity, o.external_id for update of o",
    [JSON.stringify(rows)],
  );
  const notes: Note[] = [];
  for (const one of made) {
    const row = found.find((each) => isRow(one.record, each));
    if (row === undefined) continue;
    const link = row.link_id as LinkId;
    await lockLinks(tx, [link]);
    const gone = await setAside(tx, { seen: one.record }, link);
    await tx.query(`delete from observation where ${ofRecord}`, [
      row.connection,
      row.entity,
      row.external_id,
    ]);
    await markLinks(tx, [link], "its id was given away");
    notes.push(reuseNote({ seen: one.record }, { link, gone }));
  }
  return notes;
}

const isRow = ({ connection, entity, id }: RecordKey, row: KnownRow): boolean =>
  row.connection === connection && row.entity === entity && row.external_id === id;

/** The sighting takes the place of the view; that of another record is a newcomer's. */
async function take(tx: Queryable, { seen, is }: ReuseCommit, row: KnownRow): Promise<void> {
  const known = new Map([[sightingName(seen), row]]);
  await upsert(tx, [seen], { known, members: new Map() });
  if (is === "same") return;
  const { connection, entity, id } = seen;
  await tx.query(
    "update observation set link_id = null, resolution = null, made_at = $4, shown_since = now(), " +
      `absent_until = null where ${ofRecord}`,
    [connection, entity, id, seen.madeAt ?? null],
  );
  await forgetFormer(tx, seen);
}

/** The record that had the id goes on under a name of ours, as deleted. */
async function setAside(
  tx: Queryable,
  { seen }: { readonly seen: RecordKey },
  link: LinkId,
): Promise<ExternalId> {
  const { connection, entity, id } = seen;
  const key = [connection, entity, id];
  const [count] = await tx.query<{ lives: number }>(
    "select count(*)::int as lives from observation where connection = $1 and entity = $2 and " +
      "left(external_id, length($3) + length($4)) = $3 || $4",
    [...key, goneMark],
  );
  const gone = goneName(id, count?.lives ?? 0);
  const named = [...key, gone];
  await tx.query(
    "insert into observation (connection, entity, external_id, link_id, kind, native, content_hash, " +
      "version, version_order, modified_at, own_stamp, made_at, actor, into_id, via, read_start, read_end, " +
      "resolution, seen_at, shown_since, absent_until) select connection, entity, $4, link_id, 'deleted', " +
      "native, content_hash, " +
      "version, version_order, modified_at, own_stamp, made_at, actor, null, via, read_start, read_end, " +
      "null, now(), case when kind = 'deleted' then shown_since else now() end, absent_until from " +
      "observation where " +
      ofRecord,
    named,
  );
  const ended = await tx.query<{ is_alias: boolean }>(
    `update link_member set until_at = now() where ${ofRecord} and until_at is null returning is_alias`,
    key,
  );
  for (const { is_alias } of ended)
    await tx.query(
      "insert into link_member (link_id, connection, entity, external_id, is_alias) values ($5, $1, $2, " +
        "$3, $4)",
      [connection, entity, gone, is_alias, link],
    );
  await rename(tx, seen, gone);
  await renameFormer(tx, seen, gone);
  return gone;
}

/** What is still open about the record that had the id names it by its other name. */
async function rename(tx: Queryable, record: RecordKey, gone: ExternalId): Promise<void> {
  const { connection, entity, id } = record;
  const named = [connection, entity, id, gone];
  const updates = [
    "update intent set external_id = $4 where target = $1 and entity = $2 and external_id = $3 and " +
      "state <> 'settled'",
    `update candidate set external_id = $4 where ${ofRecord}`,
    `update park set external_id = $4 where ${ofRecord}`,
    "update link_merge set loser = $4 where connection = $1 and entity = $2 and loser = $3 and " +
      "unmerged_at is null",
    "update link_merge set survivor = $4 where connection = $1 and entity = $2 and survivor = $3 and " +
      "unmerged_at is null",
  ];
  for (const update of updates) await tx.query(update, named);
}
