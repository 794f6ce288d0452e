import type { ConnectionId, ExternalId } from "@crossfoot/kernel";
import { answersFor } from "../deliveries.ts";
import { keepDeliveriesMs } from "../port.ts";
import type { DeliveryOutcome, WebhookStore } from "../port.ts";
import { inOrder, instant, refuseTwice } from "./basics.ts";
import { isPaused } from "./pauses.ts";
import type { State } from "./state.ts";

const forgottenMax = 1_000;

/** Webhook deliveries and the hints they left (see the SQL store). */
export function deliveryPart(state: State): WebhookStore {
  const { delivery, hint } = state.tables;
  return {
    async saveDeliveries(deliveries) {
      return state.commit((now) => {
        const fresh = new Set<string>();
        for (const { connection, id, hints } of deliveries) {
          const key = `${connection}\n${id}`;
          if (!fresh.has(key)) {
            if (delivery.get(connection, id) !== undefined) continue;
            delivery.insert({ connection, id, received_at: now });
            fresh.add(key);
          }
          for (const record of hints) {
            if (hint.get(record.connection, record.entity, record.id) !== undefined) continue;
            const { connection: from, entity, id: external_id } = record;
            hint.insert({ connection: from, entity, external_id, received_at: now });
          }
        }
        return answersFor(deliveries, fresh);
      });
    },
    async takeHints(limit) {
      return state.commit(() => {
        const open = hint.all().filter((row) => !isPaused(state, row));
        const rows = inOrder(open, (row) => [row.received_at, row.connection, row.entity, row.external_id]);
        const taken = rows.slice(0, limit);
        for (const row of taken) hint.remove(row);
        return taken.map(({ connection, entity, external_id }) => ({
          connection: connection as ConnectionId,
          entity,
          id: external_id as ExternalId,
        }));
      });
    },
    async countHints() {
      const groups = Map.groupBy(hint.all(), ({ connection }) => connection);
      const rows = [...groups].map(([name, rows]) => ({
        connection: name as ConnectionId,
        count: rows.length,
      }));
      return inOrder(rows, ({ connection }) => [connection]);
    },
    ...counts(state),
  };
}

function counts(state: State): Pick<WebhookStore, "addDeliveryCounts" | "deliveryCounts"> {
  const { delivery, delivery_count: counted } = state.tables;
  return {
    async addDeliveryCounts(tallies) {
      return state.commit((now) => {
        const ordered = inOrder(tallies, (each) => [each.connection, each.outcome, each.secret]);
        const names = ordered.map((each) => `${each.connection}\n${each.outcome}\n${each.secret}`);
        for (const [at, { connection, outcome, secret, count, reason }] of ordered.entries()) {
          const row = counted.get(connection, outcome, secret);
          // An outcome that is none is refused before a second row of one kind is.
          if (row !== undefined) refuseTwice(names.slice(0, at + 1));
          if (row === undefined) counted.insert({ connection, outcome, secret, count, reason, last_at: now });
          else counted.change(row, { count: row.count + count, reason: reason ?? row.reason, last_at: now });
        }
        const old = delivery.all().filter(({ received_at }) => received_at < now - keepDeliveriesMs);
        const rows = inOrder(old, (row) => [row.received_at, row.connection, row.id]);
        for (const row of rows.slice(0, forgottenMax)) delivery.remove(row);
      });
    },
    async deliveryCounts() {
      return inOrder(counted.all(), ({ connection, outcome, secret }) => [connection, outcome, secret]).map(
        ({ last_at, ...row }) => ({
          ...row,
          connection: row.connection as ConnectionId,
          outcome: row.outcome as DeliveryOutcome,
          lastAt: instant(last_at),
        }),
      );
    },
  };
}
