import type { ConnectionId, ExternalId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { keepDeliveriesMs } from "./port.ts";
import type { DeliveryCount, ProvedDelivery, WebhookStore } from "./port.ts";

/** Whether a hint `h` may be followed: neither its connection nor its entity is paused. */
export const isOpenHint: string =
  "not exists (select from pause p where (p.kind = 'connection' and p.name = h.connection) or " +
  "(p.kind = 'entity' and p.name = h.entity))";

/**
 * One statement, so that it is one commit and one way to the database. Both inserts go in one order, or two
 * receivers of the same deliveries could wait for each other.
 */
const saveSql =
  "with fresh as (insert into delivery (connection, id) select distinct r.connection, r.id from " +
  "jsonb_to_recordset($1::jsonb) as r(connection text, id text) order by r.connection, r.id on conflict do " +
  "nothing returning connection, id), kept as (insert into hint (connection, entity, external_id) select " +
  "distinct h.connection, h.entity, h.external_id from jsonb_to_recordset($2::jsonb) as h(sender text, " +
  "delivery text, connection text, entity text, external_id text) join fresh f on f.connection = h.sender " +
  "and f.id = h.delivery order by h.connection, h.entity, h.external_id on conflict do nothing) select " +
  "connection, id from fresh";

/** Deliveries that are forgotten at one time. */
const forgottenMax = 1_000;

const keyOf = ({ connection, id }: { readonly connection: string; readonly id: string }): string =>
  `${connection}\n${id}`;

/** What the store answers for each delivery of a list, when these were new. */
export function answersFor(
  deliveries: readonly ProvedDelivery[],
  fresh: ReadonlySet<string>,
): readonly ("stored" | "known")[] {
  const left = new Set(fresh);
  return deliveries.map((delivery) => (left.delete(keyOf(delivery)) ? "stored" : "known"));
}

/** Webhook deliveries in SQL. */
export function deliveryStore({ database }: { readonly database: Database }): WebhookStore {
  return {
    async saveDeliveries(deliveries) {
      const hints = deliveries.flatMap(({ connection: sender, id: delivery, hints: records }) =>
        records.map(({ connection, entity, id }) => ({
          sender,
          delivery,
          connection,
          entity,
          external_id: id,
        })),
      );
      const named = deliveries.map(({ connection, id }) => ({ connection, id }));
      const rows = await database.query<{ connection: string; id: string }>(saveSql, [
        JSON.stringify(named),
        JSON.stringify(hints),
      ]);
      return answersFor(deliveries, new Set(rows.map(keyOf)));
    },
    async takeHints(limit) {
      const rows = await database.query<{ connection: string; entity: string; external_id: string }>(
        "delete from hint where (connection, entity, external_id) in (select connection, entity, " +
          `external_id from hint h where ${isOpenHint} order by received_at, ` +
          "connection, entity, external_id limit $1 for update skip locked) returning connection, entity, " +
          "external_id",
        [limit],
      );
      return rows.map((row) => ({
        connection: row.connection as ConnectionId,
        entity: row.entity,
        id: row.external_id as ExternalId,
      }));
    },
    async countHints() {
      return database.query<{ connection: ConnectionId; count: number }>(
        "select connection, count(*)::int as count from hint group by connection order by connection",
      );
    },
    ...counts(database),
  };
}

function counts(database: Database): Pick<WebhookStore, "addDeliveryCounts" | "deliveryCounts"> {
  return {
    async addDeliveryCounts(tallies) {
      await database.transaction(async (tx) => {
        await tx.query(
          "insert into delivery_count (connection, outcome, secret, count, reason) select r.connection, " +
            "r.outcome, r.secret, r.count, r.reason from jsonb_to_recordset($1::jsonb) as r(connection " +
            "text, outcome text, secret text, count bigint, reason text) order by r.connection, r.outcome, " +
            "r.secret on conflict (connection, outcome, secret) do update set count = delivery_count.count " +
            "+ excluded.count, reason = coalesce(excluded.reason, delivery_count.reason), last_at = now()",
          [JSON.stringify(tallies)],
        );
        await tx.query(
          "delete from delivery where (connection, id) in (select connection, id from delivery where " +
            "received_at < now() - $1::double precision * interval '1 millisecond' order by received_at, " +
            "connection, id limit $2 for update skip locked)",
          [keepDeliveriesMs, forgottenMax],
        );
      });
    },
    async deliveryCounts() {
      return database.query<DeliveryCount & { [column: string]: unknown }>(
        "select connection, outcome, secret, count::double precision as count, reason, last_at as " +
          '"lastAt" from delivery_count order by connection collate "C", outcome collate "C", secret ' +
          'collate "C"',
      );
    },
  };
}
