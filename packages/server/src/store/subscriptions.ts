import type { Database, Queryable } from "../ports.ts";
import { isOver } from "./leases.ts";
import { forgottenAttemptsMax, LeaseLost } from "./port.ts";
import type {
  AttemptDraft,
  AttemptRow,
  SubscriptionRight,
  SubscriptionRow,
  SubscriptionStore,
  WaitingDelivery,
} from "./port.ts";
import { inMs } from "./rows.ts";

/** One statement: a subscription that is new begins at the given places, a free one changes hands. */
const claimSql =
  "insert into subscription (name, places, holder, fence, expires_at) values ($1, $2::jsonb, $3, 1, " +
  `${inMs("$4")}) on conflict (name) do update set holder = excluded.holder, fence = subscription.fence + ` +
  "case when subscription.holder = excluded.holder then 0 else 1 end, expires_at = excluded.expires_at " +
  `where subscription.holder in ('', excluded.holder) or ${isOver("subscription.expires_at", "$4")} ` +
  "returning fence, state, places";

/** A stamp from before the store's clock was set back makes a row due at once (INVARIANTS.md, note a). */
const dueIn =
  "case when at > now() + interval '1 second' then 0 else greatest(0, ceil(extract(epoch from next_at - " +
  'now()) * 1000)) end::double precision as "dueInMs"';

const shown =
  'number, shard, seq, kind, attempt, at, state, status, cause, ms, next_at as "nextAt", ' +
  'is_again as "isAgain", asked_by as "askedBy"';

type Counted<Row> = Omit<Row, "seq" | "number"> & {
  readonly seq: string;
  readonly number: string;
  readonly [column: string]: unknown;
};

/** The worker's own row, locked: whoever else changes the subscription waits. */
async function ownRow(tx: Queryable, right: SubscriptionRight): Promise<number> {
  const [row] = await tx.query<{ last_number: string }>(
    "select last_number from subscription where name = $1 and holder = $2 and fence = $3 for update",
    [right.name, right.holder, right.fence],
  );
  if (row === undefined) throw new LeaseLost(`subscription/${right.name}`);
  return Number(row.last_number);
}

async function keep(tx: Queryable, name: string, at: { draft: AttemptDraft; last: number }): Promise<void> {
  const { draft, last } = at;
  const event = [name, draft.shard, draft.seq];
  const ofEvent = "subscription = $1 and shard = $2 and seq = $3 and state = 'waiting'";
  await tx.query(`delete from subscription_delivery where ${ofEvent} and attempt = 0`, event);
  await tx.query(`update subscription_delivery set state = 'failed', next_at = null where ${ofEvent}`, event);
  const { kind, attempt, state, status, cause, ms, nextInMs, isAgain } = draft;
  await tx.query(
    "insert into subscription_delivery (subscription, shard, seq, number, kind, attempt, state, status, " +
      `cause, ms, next_at, is_again) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ${inMs("$11")}, $12)`,
    [...event, last + 1, kind, attempt, state, status, cause, ms, nextInMs, isAgain],
  );
  await tx.query(
    "update subscription set last_number = $2, delivered_at = case when $3 then now() else delivered_at " +
      "end where name = $1",
    [name, last + 1, state === "delivered"],
  );
}

/** Subscriptions in SQL. */
export function subscriptionStore(database: Database): SubscriptionStore {
  return {
    async claimSubscription({ name, holder, ttlMs, places }) {
      const [row] = await database.query<{
        fence: string;
        state: "open" | "stopped";
        places: readonly number[];
      }>(claimSql, [name, JSON.stringify(places), holder, ttlMs]);
      if (row === undefined) return null;
      const { fence, ...rest } = row;
      return { right: { name, holder, fence: Number(fence) }, ...rest };
    },
    async releaseSubscription({ name, holder, fence }) {
      await database.query(
        "update subscription set holder = '', expires_at = now() where name = $1 and holder = $2 and " +
          "fence = $3",
        [name, holder, fence],
      );
    },
    async commitStep(right, { places, attempt, stop }) {
      const { name } = right;
      await database.transaction(async (tx) => {
        const last = await ownRow(tx, right);
        if (places !== null)
          await tx.query("update subscription set places = $2::jsonb where name = $1", [
            name,
            JSON.stringify(places),
          ]);
        if (attempt !== null) await keep(tx, name, { draft: attempt, last });
        if (stop !== null)
          await tx.query("update subscription set state = 'stopped', reason = $2 where name = $1", [
            name,
            stop,
          ]);
      });
    },
    async waitingDeliveries(name, limit) {
      const rows = await database.query<Omit<WaitingDelivery, "seq"> & { readonly seq: string }>(
        `select shard, seq, attempt, is_again as "isAgain", ${dueIn} from subscription_delivery where ` +
          "subscription = $1 and state = 'waiting' order by is_again, next_at, number limit $2",
        [name, limit],
      );
      return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
    },
    ...shownPart(database),
    async forgetAttempts(keepMs) {
      const rows = await database.query(
        "delete from subscription_delivery where (subscription, number) in (select subscription, number " +
          "from subscription_delivery where state <> 'waiting' and at < now() - $1::float8 * interval " +
          "'1 millisecond' order by at, subscription, number limit $2) returning number",
        [keepMs, forgottenAttemptsMax],
      );
      return rows.length;
    },
  };
}

function shownPart(
  database: Database,
): Pick<SubscriptionStore, "listSubscriptions" | "listAttempts" | "redeliver"> {
  return {
    async listSubscriptions() {
      const count = (state: string): string =>
        "(select count(*)::int from subscription_delivery d where d.subscription = s.name and d.state = " +
        `'${state}') as ${state}`;
      return database.query<SubscriptionRow & { [column: string]: unknown }>(
        `select name, state, reason, places, ${count("waiting")}, ${count("parked")}, delivered_at as ` +
          '"deliveredAt" from subscription s order by name collate "C"',
      );
    },
    async listAttempts({ name, limit, before }) {
      const rows = await database.query<Counted<AttemptRow>>(
        `select ${shown} from subscription_delivery where subscription = $1 and ($2::bigint is null or ` +
          "number < $2) order by number desc limit $3",
        [name, before, limit],
      );
      return rows.map((row) => ({ ...row, seq: Number(row.seq), number: Number(row.number) }));
    },
    async redeliver(name, { number, by }) {
      return database.transaction(async (tx) => {
        const [own] = await tx.query("select name from subscription where name = $1 for update", [name]);
        if (own === undefined) return null;
        const asked = await askedRows(tx, name, number);
        if (asked === null) return null;
        await tx.query("update subscription set state = 'open', reason = null where name = $1", [name]);
        const waiting = await tx.query<{ shard: number; seq: string }>(
          "update subscription_delivery d set next_at = now() from " +
            "jsonb_to_recordset($2::jsonb) as r(shard int, seq bigint) where d.subscription = $1 and " +
            "d.shard = r.shard and d.seq = r.seq and d.state = 'waiting' returning d.shard, d.seq",
          [name, JSON.stringify(asked)],
        );
        const known = new Set(waiting.map(({ shard, seq }) => `${shard}/${seq}`));
        const fresh = asked.filter(({ shard, seq }) => !known.has(`${shard}/${seq}`));
        await tx.query(
          "with n as (select row_number() over (order by r.number) as nr, r.* from " +
            "jsonb_to_recordset($2::jsonb) as r(number bigint, shard int, seq bigint, kind text)), made as " +
            "(insert into subscription_delivery (subscription, number, shard, seq, kind, attempt, state, " +
            "next_at, is_again, asked_by) select s.name, s.last_number + n.nr, n.shard, n.seq, n.kind, 0, " +
            "'waiting', now(), true, $3 from n, subscription s where s.name = $1) update subscription set " +
            "last_number = last_number + (select count(*) from n) where name = $1",
          [name, JSON.stringify(fresh), by],
        );
        return asked.length;
      });
    },
  };
}

interface AskedRow {
  readonly number: number;
  readonly shard: number;
  readonly seq: number;
  readonly kind: string;
}

/** The events that are asked for; those that were parked are so no more. Null when there is no such row. */
async function askedRows(
  tx: Queryable,
  name: string,
  number: number | null,
): Promise<readonly AskedRow[] | null> {
  const of = (rows: readonly Counted<AskedRow>[]): readonly AskedRow[] =>
    rows
      .map(({ shard, kind, ...row }) => ({ shard, kind, seq: Number(row.seq), number: Number(row.number) }))
      .toSorted((a, b) => a.number - b.number);
  const columns = "number, shard, seq, kind";
  const [wanted] = await tx.query<Counted<AskedRow>>(
    `select ${columns} from subscription_delivery where subscription = $1 and number = $2`,
    [name, number],
  );
  if (number !== null && wanted === undefined) return null;
  const parked = await tx.query<Counted<AskedRow>>(
    "update subscription_delivery set state = 'failed' where subscription = $1 and state = 'parked' and " +
      `($2::int is null or (shard = $2 and seq = $3)) returning ${columns}`,
    [name, wanted?.shard ?? null, wanted?.seq ?? null],
  );
  return wanted === undefined ? of(parked) : of([wanted]);
}
