import type { Database, Rewritten } from "../ports.ts";

const tablesSql = `select format('%I.%I', schemaname, tablename) as name from pg_tables
  where schemaname = current_schema() order by tablename`;
const bytesSql = `select coalesce(sum(
  pg_total_relation_size(format('%I.%I', schemaname, tablename)::regclass)), 0)::text as bytes
  from pg_tables where schemaname = current_schema()`;

async function bytesOf(database: Database): Promise<number> {
  const [row] = await database.query<{ bytes: string }>(bytesSql);
  return Number(row?.bytes ?? 0);
}

/** One segment of the write-ahead log full of noughts, in a message that nobody reads. */
const fillLogSql = `select pg_logical_emit_message(false, 'crossfoot',
  repeat('0', pg_size_bytes(current_setting('wal_segment_size'))::int))`;

/**
 * Writes over the write-ahead log: a checkpoint puts the segments of before ahead, to be used again as they
 * are, and as many segments as there are then are filled.
 */
async function overwriteLog(database: Database): Promise<void> {
  for (const _round of ["ahead", "over"]) {
    const segments = await database.query("select name from pg_ls_waldir()");
    for (const _segment of segments) await database.script(fillLogSql);
    await database.script(fillLogSql);
    await database.script("checkpoint");
  }
}

/**
 * Writes every table of the store anew, so that rows that were changed or removed are in its files no more
 * (PostgreSQL manual, `VACUUM`, option `FULL`). Each table is locked while its turn lasts. Of the embedded
 * store the files of before are gone when this ends, and the write-ahead log is written over; a server
 * removes the files with its next checkpoint, and its log is its administrator's. Rejects with a StoreError.
 */
export async function rewriteTables(database: Database): Promise<Rewritten> {
  const bytesBefore = await bytesOf(database);
  const tables = await database.query<{ name: string }>(tablesSql);
  for (const { name } of tables) await database.script(`vacuum (full, analyze) ${name}`);
  const isLogWrittenOver = database.home === "embedded";
  if (isLogWrittenOver) await overwriteLog(database);
  return { tables: tables.length, bytesBefore, bytesAfter: await bytesOf(database), isLogWrittenOver };
}
