import type { LinkId } from "@crossfoot/kernel";
import type { Database, Entropy } from "../ports.ts";
import type { JournalWriter } from "./journal.ts";
import { checkShards } from "./leases.ts";
import { markLinks } from "./observations.ts";
import { byKey, outcomeStore, withdrawnNotes } from "./outcome-commit.ts";
import type { Store } from "./port.ts";
import { intentColumns, intentOf, isDue } from "./rows.ts";
import type { IntentRow } from "./rows.ts";

type Part = Pick<
  Store,
  | "claimIntents"
  | "doubtfulIntents"
  | "withdrawStored"
  | "markStored"
  | "abandonSending"
  | "commitOutcomes"
  | "intentsOf"
>;

/** Rights of the JSON list `$n`, as rows `r(shard, fence)`. */
const rightRows = (n: number): string => `jsonb_to_recordset($${n}::jsonb) as r(shard int, fence bigint)`;

const byLink = (a: IntentRow, b: IntentRow): number =>
  a.link_id === b.link_id ? byKey(a, b) : a.link_id < b.link_id ? -1 : 1;

interface Deps {
  readonly database: Database;
  readonly entropy: Entropy;
  readonly journal: JournalWriter;
}

/**
 * An earlier step of the same document that is not settled. `offset 0` keeps the look-up to the link's own
 * few intents: on tables without statistics PostgreSQL else walks all open intents of the target for each
 * candidate.
 */
const earlierStep =
  "select from (select target, step, state from intent where link_id = c.link_id offset 0) e where " +
  "e.target = c.target and e.step < c.step and e.state in ('stored', 'sending', 'in_doubt')";

/**
 * Whether any intent is stored and not sent: nearly always none is, and a run that follows a hint need not
 * open a transaction to find that out.
 */
async function hasStored(database: Database): Promise<boolean> {
  const rows = await database.query(
    "select key from intent where state = 'stored' order by entity, shard, target, step, link_id limit 1",
  );
  return rows.length > 0;
}

/** Taking back what was decided and not sent. */
function withdrawals(deps: Deps): Pick<Store, "withdrawStored" | "markStored"> {
  const { database, journal } = deps;
  return {
    async markStored() {
      await database.transaction(async (tx) => {
        const rows = await tx.query<{ link_id: string }>(
          "select distinct link_id from intent where state = 'stored'",
        );
        const links = rows.map((row) => row.link_id as LinkId);
        await markLinks(tx, links, "planned again");
      });
    },
    async withdrawStored(rights, runId) {
      if (!(await hasStored(database))) return 0;
      return database.transaction(async (tx) => {
        await checkShards(tx, rights);
        const rows = await tx.query<IntentRow>(
          `delete from intent i using ${rightRows(1)} where i.shard = r.shard and i.state = 'stored' and ` +
            "i.link_id in (select link_id from work) and not exists (select from intent o where o.link_id " +
            "= i.link_id and o.target = i.target and o.state in ('sending', 'in_doubt')) returning " +
            intentColumns,
          [JSON.stringify(rights.shards)],
        );
        await journal.write(tx, withdrawnNotes(rows), runId);
        return rows.length;
      });
    },
  };
}

/** Taking intents to be sent, and giving up those of a dead worker. */
function claims(deps: Deps): Pick<Store, "claimIntents" | "abandonSending"> {
  const { database, journal } = deps;
  return {
    async claimIntents(request) {
      return database.transaction(async (tx) => {
        const { rights, target, entity, limit, sendWithinMs, keys } = request;
        const held = checkShards(tx, rights);
        const claimed = tx.query<IntentRow>(
          "update intent i set state = 'sending', fence = r.fence, claimed_at = now(), send_deadline = " +
            "now() + $5 * interval '1 millisecond', attempts = attempts + 1 from " +
            // Asked of the row itself once more: whoever waited for the claim of another sees it taken then.
            `${rightRows(4)} where r.shard = i.shard and i.state = 'stored' and i.key in (select c.key ` +
            `from ${rightRows(4)} ` +
            "cross join lateral (select c.key, c.shard, c.step, c.link_id from intent c where c.entity = " +
            "$2 and c.shard = r.shard and c.target = $1 and c.state = 'stored' and " +
            `${isDue("c")} and ($6::jsonb is null or c.key in (select ` +
            "jsonb_array_elements_text($6::jsonb))) and (c.step = 0 or not " +
            `exists (${earlierStep})) order by c.step, c.link_id limit $3) c order by case when $6::jsonb ` +
            `is null then c.shard else 0 end, c.step, c.link_id limit $3) returning ${intentColumns}`,
          [
            target,
            entity,
            limit,
            JSON.stringify(rights.shards),
            sendWithinMs,
            keys === null ? null : JSON.stringify(keys),
          ],
        );
        const [, rows] = await Promise.all([held, claimed]);
        await journal.write(
          tx,
          rows.toSorted(byKey).map((row) => ({
            kind: "intent_sending",
            entity: row.entity,
            link: row.link_id as LinkId,
            body: { key: row.key, attempt: row.attempts },
          })),
          null,
        );
        return rows.toSorted(byLink).map(intentOf);
      });
    },
    async abandonSending(rights) {
      return database.transaction(async (tx) => {
        await checkShards(tx, rights);
        const rows = await tx.query<IntentRow>(
          `update intent i set state = 'in_doubt', abandoned_at = now() from ${rightRows(1)} where ` +
            `i.state = 'sending' and i.shard = r.shard and i.fence < r.fence returning ${intentColumns}`,
          [JSON.stringify(rights.shards)],
        );
        const notes = rows.toSorted(byKey).map((row) => ({
          kind: "intent_in_doubt",
          entity: row.entity,
          link: row.link_id as LinkId,
          body: { key: row.key, code: "worker_died" },
        }));
        await journal.write(tx, notes, null);
        return rows.length;
      });
    },
  };
}

interface DoubtfulRow extends IntentRow {
  readonly quiet_for_ms: number;
  readonly is_from_ahead: boolean;
  readonly is_forgotten: boolean;
}

/** How long ago the last moment was at which the request may have left us. */
const quietFor =
  "coalesce(extract(epoch from now() - greatest(i.send_deadline, i.abandoned_at)) * 1000, 0)" +
  "::double precision";

/** Stamped at an instant that the store's clock has not reached: it was set back since. */
const isFromAhead = "coalesce(greatest(i.claimed_at, i.abandoned_at) > now() + interval '1 second', false)";

/** Whether its link was there before the store was restored. */
const isForgotten = "exists (select from epoch e join link l on l.epoch < e.number where l.id = i.link_id)";

/**
 * The store's clock was set back: how long ago these stamps were made cannot be told any more, so the wait
 * begins again now. Without it a doubt would wait for as long as the clock was set back.
 */
async function restamp(database: Database): Promise<void> {
  await database.query(
    "update intent i set abandoned_at = now(), send_deadline = now() + (i.send_deadline - i.claimed_at), " +
      `claimed_at = now() where i.state = 'in_doubt' and ${isFromAhead}`,
  );
}

/** Which intents are open. */
function listings(deps: Deps): Pick<Store, "doubtfulIntents" | "intentsOf"> {
  const { database } = deps;
  return {
    async doubtfulIntents({ rights, target, entity, limit }) {
      const rows = await database.query<DoubtfulRow>(
        `select ${intentColumns}, ${quietFor} as quiet_for_ms, ${isFromAhead} as is_from_ahead, ` +
          `${isForgotten} as is_forgotten from intent i where i.target = $1 and i.entity = $2 and ` +
          `i.state = 'in_doubt' and i.shard in (select r.shard from ${rightRows(4)}) and ${isDue("i")} ` +
          "order by i.due_at, i.key limit $3",
        [target, entity, limit, JSON.stringify(rights.shards)],
      );
      if (rows.some((row) => row.is_from_ahead)) await restamp(database);
      return rows.map((row) => ({
        ...intentOf(row),
        quietForMs: row.quiet_for_ms,
        isForgotten: row.is_forgotten,
      }));
    },
    async intentsOf(links) {
      const rows = await database.query<IntentRow>(
        `select ${intentColumns} from intent i where i.link_id in (select ` +
          "jsonb_array_elements_text($1::jsonb)) order by i.stored_at, i.step, i.key",
        [JSON.stringify([...new Set(links)])],
      );
      return rows.map(intentOf);
    },
  };
}

/** Sending: intents are claimed under the fencing token, and what became of them is one commit. */
export function intentStore(deps: Deps): Part {
  return { ...claims(deps), ...withdrawals(deps), ...listings(deps), ...outcomeStore(deps) };
}
