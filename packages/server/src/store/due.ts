import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { isMoved } from "./identity-rows.ts";
import { allShards, shardOf } from "./port.ts";
import type { DueStore, DueWork, OpenTarget, Readiness } from "./port.ts";
import { isOrphan } from "./leases.ts";
import { isOpenHint } from "./deliveries.ts";
import { isDue } from "./rows.ts";

/** Shards of the JSON list `$n`, as rows `s(shard)`. */
const shardRows = (n: number): string =>
  `(select value::int as shard from jsonb_array_elements_text($${n}::jsonb)) s`;

/**
 * Whether some row of the entity `e.entity` in one of the shards of `$2` fits: one look-up by index per
 * shard. Without an order, or with `exists`, PostgreSQL may read the whole table, in the hope of a row that
 * is not there.
 */
const inShards = (table: string, where: string, order: string): string =>
  `coalesce((select true from ${shardRows(2)} cross join lateral (select from ${table} x where x.entity ` +
  "= " +
  `e.entity and x.shard = s.shard and ${where} order by ${order} limit 1) x limit 1), false)`;

const newcomer =
  "coalesce((select true from observation x where x.entity = e.entity and x.link_id is null and x.kind " +
  "in " +
  "('present', 'archived') and x.resolution is distinct from 'candidate' order by x.connection, " +
  "x.external_id limit 1), false)";

const moved =
  `(exists (select from observation o where o.entity = e.entity and ${isMoved}) or exists (select from ` +
  "observation o where o.entity = e.entity and o.resolution = 'returned'))";

const open = `x.state in ('stored', 'in_doubt') and ${isDue("x")}`;

/** Those of the entities `$1` that fit and have something due in the shards `$2`. */
const dueSql = (fits: string): string =>
  `select due.* from (select e.entity, ${newcomer} as newcomers, ${moved} as moved, ` +
  `${inShards("work", "true", "x.link_id")} as work, ` +
  `${inShards("intent", open, "x.target, x.step, x.link_id")} as intents from ` +
  `jsonb_array_elements_text($1::jsonb) e(entity) where ${fits}) due where due.newcomers or due.moved or ` +
  "due.work or due.intents";

const isRunning = "not exists (select from pause p where p.kind = 'entity' and p.name = e.entity)";

const lookSql =
  `select exists (select from hint h where ${isOpenHint}) as has_hints, exists (select from lease where ` +
  `${isOrphan("$3")}) as has_orphans, coalesce((select jsonb_agg(to_jsonb(d)) from ` +
  `(${dueSql(isRunning)}) d), '[]') as due`;

/** Whether a reading of the entity by somebody alive is under way. */
const isBeingRead =
  "exists (select from lease l where l.name = 'read/' || c.connection || '/' || c.entity and l.holder <> " +
  "'' " +
  "and l.expires_at > now())";

/** What is due, and how far everything is known. */
export function dueStore(database: Database): DueStore {
  return {
    async dueEntities(entities, shards = allShards) {
      const asked = [JSON.stringify(entities), JSON.stringify(shards)];
      return database.query<DueWork & { [column: string]: unknown }>(dueSql("true"), asked);
    },
    async look(entities, ttlMs) {
      const [row] = await database.query<{ has_hints: boolean; has_orphans: boolean; due: DueWork[] }>(
        lookSql,
        [JSON.stringify(entities), JSON.stringify(allShards), ttlMs],
      );
      return {
        hasHints: row?.has_hints ?? false,
        hasOrphans: row?.has_orphans ?? false,
        due: row?.due ?? [],
      };
    },
    async countDue(entity, shards = allShards) {
      const [row] = await database.query<{ due: number }>(
        "select count(*)::int as due from work where entity = $1 and shard in (select shard from " +
          `${shardRows(2)})`,
        [entity, JSON.stringify(shards)],
      );
      return row?.due ?? 0;
    },
    async dueLinks({ entity, limit, after, shards = allShards }) {
      const from = after === null ? -1 : shardOf(after);
      const left = shards.filter((shard) => shard >= from);
      const rows = await database.query<{ link_id: string }>(
        `select w.link_id from ${shardRows(2)} cross join lateral (select x.link_id from work x where ` +
          "x.entity = $1 and x.shard = s.shard and (s.shard > $4 or x.link_id > $5) order by x.link_id " +
          "limit $3) w order by s.shard, w.link_id limit $3",
        [entity, JSON.stringify(left), limit, from, after ?? ""],
      );
      return rows.map((row) => row.link_id as LinkId);
    },
    async openTargets(shards = allShards) {
      const rows = await database.query<{ target: string; entity: string; due: number; later: number }>(
        `select target, entity, count(*) filter (where ${isDue("i")})::int as due, count(*) ` +
          `filter (where not ${isDue("i")})::int as later from intent i where state in ('stored', ` +
          `'in_doubt') and shard in (select shard from ${shardRows(1)}) group by target, entity order by ` +
          "target, entity",
        [JSON.stringify(shards)],
      );
      return rows.map((row): OpenTarget => ({ ...row, target: row.target as ConnectionId }));
    },
    async readiness(entity) {
      const rows = await database.query<{
        connection: string;
        is_read: boolean;
        is_being_read: boolean;
        has_newcomers: boolean;
      }>(
        `select c.connection, c.backfilled_at is not null as is_read, c.backfilled_at is null and ` +
          `${isBeingRead} as is_being_read, exists (select from observation o where o.entity = c.entity ` +
          "and " +
          "o.connection = c.connection and o.link_id is null and o.kind in ('present', 'archived') and " +
          "o.resolution is null) as has_newcomers from cursor c where c.entity = $1 order by c.connection",
        [entity],
      );
      return rows.map((row): Readiness => ({
        connection: row.connection as ConnectionId,
        isRead: row.is_read,
        isBeingRead: row.is_being_read,
        hasNewcomers: row.has_newcomers,
      }));
    },
  };
}
