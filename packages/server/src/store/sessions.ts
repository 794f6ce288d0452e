import type { Database } from "../ports.ts";
import { personColumns, personOf } from "./persons.ts";
import type { PersonStore } from "./port.ts";
import { inMs } from "./rows.ts";

type SessionPart = Pick<
  PersonStore,
  "startSession" | "findSession" | "noteSessionUse" | "endSession" | "endSessions"
>;

/** Sessions of people in SQL. */
export function sessionStore(database: Database): SessionPart {
  return {
    async startSession({ hash, person, idleMs, lifeMs }) {
      return database.transaction(async (tx) => {
        const known = await tx.query(
          "update person set signed_in_at = now() where id = $1 and disabled_at is null returning id",
          [person],
        );
        if (known.length === 0) return false;
        await tx.query(
          "insert into person_session (hash, person_id, idle_at, over_at) values ($1, $2, " +
            `${inMs("$3")}, ${inMs("$4")})`,
          [hash, person, idleMs, lifeMs],
        );
        return true;
      });
    },
    async findSession(hash) {
      const [row] = await database.query<Parameters<typeof personOf>[0] & { over_at: string }>(
        `select s.over_at, ${personColumns} from person_session s join person p on p.id = s.person_id ` +
          "where s.hash = $1 and s.idle_at > now() and s.over_at > now() and p.disabled_at is null",
        [hash],
      );
      return row === undefined ? null : { person: personOf(row), overAt: row.over_at };
    },
    async noteSessionUse(hash, { idleMs, everyMs }) {
      await database.query(
        `update person_session set idle_at = ${inMs("$2")} where hash = $1 and idle_at <= ${inMs("$3")} ` +
          "and idle_at > now()",
        [hash, idleMs, idleMs - everyMs],
      );
    },
    async endSession(hash) {
      const rows = await database.query("delete from person_session where hash = $1 returning hash", [hash]);
      return rows.length > 0;
    },
    async endSessions(person) {
      const rows = await database.query("delete from person_session where person_id = $1 returning hash", [
        person,
      ]);
      return rows.length;
    },
  };
}

/**
 * Locks counts against one another: two tries at once, that count what neither has counted before, would
 * both find nothing. The number is a name of ours for the lock.
 */
const lockSql = "select pg_advisory_xact_lock(7305130)";

/** Tries to sign in, in SQL. */
export function tryStore(database: Database): Pick<PersonStore, "trySignIn" | "settleTry" | "forgetPeople"> {
  return {
    async trySignIn(counts, { lockMsMin, lockMsMax, forgetMs }) {
      return database.transaction(async (tx) => {
        await tx.query(lockSql);
        const names = JSON.stringify(counts.map(({ what }) => what));
        const [locked] = await tx.query<{ ms: string | null }>(
          // Not now(): who waited began before the one that locked, and would be told more than the lock.
          "select max(extract(epoch from locked_until - clock_timestamp()) * 1000) as ms from " +
            "sign_in_try where what in (select jsonb_array_elements_text($1::jsonb)) and " +
            "locked_until > clock_timestamp()",
          [names],
        );
        const lockedMs = Math.max(0, Number(locked?.ms ?? 0));
        if (lockedMs > 0) return { lockedMs, nextMs: lockedMs };
        let nextMs = 0;
        for (const { what, free } of counts) {
          const [row] = await tx.query<{ tries: number }>(
            "insert into sign_in_try (what, tries, last_at, locked_until) values ($1, 1, now(), now()) on " +
              "conflict (what) do update set tries = case when sign_in_try.last_at <= now() - " +
              "$2::float8 * interval '1 millisecond' then 1 else sign_in_try.tries + 1 end, last_at = " +
              "now() returning tries",
            [what, forgetMs],
          );
          const lockMs = lockOf(row?.tries ?? 1, { free, lockMsMin, lockMsMax });
          nextMs = Math.max(nextMs, lockMs);
          await tx.query(`update sign_in_try set locked_until = ${inMs("$2")} where what = $1`, [
            what,
            lockMs,
          ]);
        }
        return { lockedMs: 0, nextMs };
      });
    },
    async settleTry({ clear, release }) {
      await database.transaction(async (tx) => {
        await tx.query("delete from sign_in_try where what = $1", [clear]);
        await tx.query(
          "update sign_in_try set tries = greatest(0, tries - 1), locked_until = now() where what = $1",
          [release],
        );
      });
    },
    async forgetPeople(forgetMs) {
      const counts = [
        await database.query(
          "delete from person_session where idle_at <= now() or over_at <= now() returning hash",
        ),
        await database.query("delete from person_link where expires_at <= now() returning hash"),
        await database.query(
          "delete from sign_in_try where last_at <= now() - $1::float8 * interval '1 millisecond' and " +
            "locked_until <= now() returning what",
          [forgetMs],
        ),
      ];
      return counts.reduce((sum, rows) => sum + rows.length, 0);
    },
  };
}

/** How long the next try waits after so many, ms. */
export function lockOf(
  tries: number,
  rule: { readonly free: number; readonly lockMsMin: number; readonly lockMsMax: number },
): number {
  const { free, lockMsMin, lockMsMax } = rule;
  if (tries < free) return 0;
  // Beyond thirty doublings everything is the longest.
  return Math.min(lockMsMax, lockMsMin * 2 ** Math.min(30, tries - free));
}
