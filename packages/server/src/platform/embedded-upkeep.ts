/**
 * What a server does in the background and a single-user PostgreSQL never does by itself (measured on
 * PGlite 0.5.16: after 200,000 rows the last checkpoint was still that of the start). Without it the
 * write-ahead log grows until the database is closed, recovery after a crash replays all of it, and tables
 * keep their dead rows for ever.
 */
import type { Engine } from "./embedded-engine.ts";

/** Log written before a checkpoint is due: recovery after a crash replays at most about this much. */
export const logBytesMax: number = 64 * 1024 * 1024;

/**
 * The table most in need, by the thresholds of autovacuum (PostgreSQL manual, 24.1.6: 50 rows and a fifth
 * dead, 50 rows and a tenth changed). One table per turn, so that callers wait for one vacuum at most.
 */
const neediest = `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
  where n_dead_tup > 50 + 0.2 * n_live_tup or n_mod_since_analyze > 50 + 0.1 * n_live_tup
  order by n_dead_tup + n_mod_since_analyze desc limit 1`;

/** Whether so much log was written that upkeep should not wait for its hour. */
export function isUpkeepDue(engine: Engine): boolean {
  return engine.logBytes() > logBytesMax;
}

/** Writes a checkpoint when log was written, and vacuums and analyses the table that needs it most. */
export async function keepUp(engine: Engine): Promise<void> {
  const { rows } = await engine.run(neediest, []);
  const name = rows[0]?.[0];
  if (typeof name === "string") await engine.script(`vacuum (analyze) ${name}`);
  if (engine.logBytes() === 0) return;
  await engine.script("checkpoint");
  engine.forgetLogBytes();
}
