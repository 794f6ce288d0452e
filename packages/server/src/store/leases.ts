import type { LinkId } from "@crossfoot/kernel";
import type { Database, Queryable } from "../ports.ts";
import { LeaseLost, rightsFor, shardName } from "./port.ts";
import type { Beat, HeldShard, Lease, LeaseStore, LiveWorker, PauseOf, Rights, ShardRight } from "./port.ts";
import { inMs } from "./rows.ts";

/**
 * What a statement answers whose commit is not waited for until it is on the disk: a sign of life, or that
 * something is given. A crash of the database may take it back, and the lease ends by its time then. What
 * gives a token is waited for: no two may have the same.
 */
const unsynced = "(select set_config('synchronous_commit', 'off', true)) as synced";

/**
 * The store refuses every commit about a link whose shard is another's by now (INVARIANTS.md I25):
 * 1. worker A holds the shard with fence 7 and is paused
 * 2. its time runs out, worker B takes the shard with fence 8
 * 3. A wakes and commits: the row no longer shows A's fence, the transaction is refused
 * The rows are locked, so that B cannot take over between the check and A's commit; a sign of life, which
 * changes no key, does not wait for such a lock.
 */
export async function checkFence(tx: Queryable, rights: Rights, links: readonly LinkId[]): Promise<void> {
  await checkRights(tx, rights.holder, rightsFor(rights, links));
}

async function checkRights(tx: Queryable, holder: string, rights: readonly ShardRight[]): Promise<void> {
  const wanted = rights.map(({ shard, fence }) => ({ name: shardName(shard), fence }));
  const rows = await tx.query<{ name: string }>(
    "select l.name from jsonb_to_recordset($2::jsonb) as r(name text, fence bigint) join lease l on l.name " +
      "= r.name and l.fence = r.fence where l.holder = $1 order by l.name for key share of l",
    [holder, JSON.stringify(wanted)],
  );
  if (rows.length === wanted.length) return;
  const held = new Set(rows.map(({ name }) => name));
  throw new LeaseLost(wanted.find(({ name }) => !held.has(name))?.name ?? "of a shard");
}

/** Refuses a commit that may be about any link of these shards. */
export async function checkShards(tx: Queryable, rights: Rights): Promise<void> {
  await checkRights(tx, rights.holder, rights.shards);
}

/** Refuses the commit of one whose lease is another's by now. `for update` keeps all others out meanwhile. */
export async function checkLease(
  tx: Queryable,
  lease: Lease,
  lock: "for key share" | "for update",
): Promise<void> {
  const rows = await tx.query(
    `select name from lease where name = $1 and holder = $2 and fence = $3 ${lock}`,
    [lease.name, lease.holder, lease.fence],
  );
  if (rows.length === 0) throw new LeaseLost(lease.name);
}

/**
 * Whether a time is over that was given for `ms` at most. One that is further ahead than that was given
 * before the store's clock was set back: its holder is heard of within the same time, or is gone.
 */
export const isOver = (at: string, ms: string): string => `(${at} < now() or ${at} > ${inMs(ms)})`;

const isShard = "name like 'shard/%'";

/** Whether a lease is that of a shard whose holder was not heard of for `$n` ms, its time. */
export const isOrphan = (ttlMs: string): string =>
  `${isShard} and holder <> '' and ${isOver("expires_at", ttlMs)}`;
const isFree = (ms: string): string => `(holder = '' or ${isOver("expires_at", ms)})`;

const shardIn = (name: string): number => Number(name.slice(shardName(0).length - 2));

const byShard = (a: ShardRight, b: ShardRight): number => a.shard - b.shard;

interface BeatRow {
  readonly now: number;
  readonly workers: readonly LiveWorker[];
  readonly pauses: readonly PauseOf[];
  readonly shards: readonly { readonly name: string; readonly fence: number }[];
  readonly free: number;
}

/** One statement: what is held is kept, the worker is known, who is gone is forgotten, and how it stands. */
const beatSql =
  `with kept as (update lease set expires_at = ${inMs("$3")} where holder = $1 returning name, fence), ` +
  "own as (insert into worker (holder, is_alone, expires_at) values ($1, $2, " +
  `${inMs("$3")}) on conflict (holder) do update set expires_at = excluded.expires_at returning holder, ` +
  "is_alone, started_at), gone as (delete from worker w where w.holder <> $1 and " +
  `${isOver("w.expires_at", "$3")} and not exists (select from lease l where l.holder = w.holder)), ` +
  "live as (select holder, is_alone, started_at from worker where holder <> $1 and not " +
  `${isOver("expires_at", "$3")} union all select holder, is_alone, started_at from own) ` +
  `select (extract(epoch from now()) * 1000)::double precision as now, ${unsynced}, (select ` +
  "jsonb_agg(jsonb_build_object('holder', holder, 'isAlone', is_alone) order by started_at, holder) from " +
  "live) as workers, (select coalesce(jsonb_agg(jsonb_build_object('kind', kind, 'name', name) order by " +
  "kind, name), '[]') from pause) as pauses, (select coalesce(jsonb_agg(jsonb_build_object('name', name, " +
  "'fence', fence)), '[]') " +
  `from kept where ${isShard}) as shards, (select count(*)::int from lease where ${isShard} and holder <> ` +
  `$1 and ${isFree("$3")}) as free`;

/** Workers and their shards. */
function shards(database: Database): Omit<LeaseStore, "acquireLease" | "releaseLease"> {
  return {
    async beat({ holder, isAlone, ttlMs }) {
      const [row] = await database.query<BeatRow & { [column: string]: unknown }>(beatSql, [
        holder,
        isAlone,
        ttlMs,
      ]);
      if (row === undefined) throw new Error("a select without a table answers one row");
      const { now, workers, pauses, free } = row;
      const held = row.shards.map(({ name, fence }) => ({ shard: shardIn(name), fence }));
      return { now, workers, pauses, shards: held.toSorted(byShard), free } satisfies Beat;
    },
    async takeShards({ holder, ttlMs }, count) {
      // Rows that a commit of their dead holder still locks are left for the next time.
      const rows = await database.query<{ name: string; fence: string; has_sending: boolean }>(
        `with free as (select name from lease where ${isShard} and ${isFree("$2")} order by name limit $3 ` +
          "for update skip locked), taken as (update lease l set holder = $1, fence = l.fence + 1, " +
          `expires_at = ${inMs("$2")}, taken_at = now() from free where l.name = free.name returning ` +
          "l.name, l.fence) select t.name, t.fence, exists (select from intent i where i.state = " +
          "'sending' and i.shard = right(t.name, 2)::int) as has_sending from taken t",
        [holder, ttlMs, count],
      );
      return rows
        .map((row) => ({
          shard: shardIn(row.name),
          fence: Number(row.fence),
          hasSending: row.has_sending,
        }))
        .toSorted(byShard);
    },
    async listShards() {
      const rows = await database.query<{ name: string; holder: string | null; since: string | null }>(
        "select name, case when is_held then holder end as holder, case when is_held then taken_at end as " +
          "since from (select name, holder, taken_at, holder <> '' and expires_at > now() as is_held from " +
          `lease where ${isShard}) held order by name`,
      );
      return rows.map(({ name, holder, since }): HeldShard => ({ shard: shardIn(name), holder, since }));
    },
    async giveShards({ holder, shards: given }) {
      const rows = given.map(({ shard, fence }) => ({ name: shardName(shard), fence }));
      await database.query(
        "update lease l set holder = '', expires_at = now() from jsonb_to_recordset($2::jsonb) as r(name " +
          "text, fence bigint) where l.name = r.name and l.fence = r.fence and l.holder = $1 returning " +
          unsynced,
        [holder, JSON.stringify(rows)],
      );
    },
    async leave(holder) {
      await database.query(
        "with given as (update lease set holder = '', expires_at = now() where holder = $1) delete from " +
          `worker where holder = $1 returning ${unsynced}`,
        [holder],
      );
    },
    async forgetWorkers() {
      await database.query(
        "with given as (update lease set expires_at = now() - interval '1 second' where holder <> '') " +
          "delete from worker",
      );
    },
  };
}

/** Workers and leases. All times are those of the store's clock. */
export function leaseStore(database: Database): LeaseStore {
  return {
    ...shards(database),
    async acquireLease(name, { holder, ttlMs }, restMs = 0) {
      const rows = await database.query<{ fence: string }>(
        "insert into lease (name, holder, fence, expires_at, taken_at) values ($1, $2, 1, " +
          `${inMs("$3")}, now()) on conflict (name) do update set holder = excluded.holder, fence = ` +
          "lease.fence + 1, expires_at = excluded.expires_at, taken_at = now() where case when " +
          "lease.holder = '' then not coalesce(lease.taken_at between now() - $4 * interval " +
          `'1 millisecond' and now(), false) or $4 = 0 else ${isOver("lease.expires_at", "$3")} end ` +
          "returning fence",
        [name, holder, ttlMs, restMs],
      );
      const [row] = rows;
      return row === undefined ? null : { name, holder, fence: Number(row.fence) };
    },
    async releaseLease({ name, holder, fence }) {
      await database.query(
        "update lease set holder = '', expires_at = now() where name = $1 and holder = $2 and fence = $3 " +
          `returning ${unsynced}`,
        [name, holder, fence],
      );
    },
  };
}
