import { listDeliveriesRoute, listWebhooksRoute, redeliverRoute } from "@crossfoot/api";
import { deliveryOf, subscriptionReport } from "../../runtime/subscriptions.ts";
import type { SubscriptionFacts } from "../../runtime/subscriptions.ts";
import type { EventStore, SubscriptionStore } from "../../store/port.ts";
import { bind, done } from "./call.ts";
import type { Bound } from "./call.ts";
import { cursorOf, placeOf } from "./page.ts";
import { Problem } from "./problem.ts";

/** Whom events are told to, and what came of it. */
export function webhookRoutes(
  engine: { readonly subscriptions: () => SubscriptionStore; readonly events: () => EventStore },
  told: readonly SubscriptionFacts[],
): readonly Bound[] {
  const store = engine.subscriptions();
  const known = (name: string): void => {
    if (!told.some((each) => each.name === name))
      throw new Problem("webhook_unknown", "`GET /webhooks` names all");
  };
  return [
    bind(listWebhooksRoute, async () =>
      done({ rows: await subscriptionReport(told, { store, events: engine.events() }) }),
    ),
    bind(listDeliveriesRoute, async ({ params: { name }, query: { limit, cursor } }) => {
      known(name);
      const list = `webhook ${name}`;
      const before = placeOf(list, cursor);
      if (before !== null && !/^\d{1,15}$/.test(before))
        throw new Problem("cursor_invalid", "use `next` of a page of this very list as `cursor`");
      const found = await store.listAttempts({
        ...{ name, limit: limit + 1, before: before === null ? null : Number(before) },
      });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      const isMore = found.length > limit && last !== undefined;
      return done({
        rows: rows.map((row) => deliveryOf(row)),
        next: isMore ? cursorOf(list, String(last.number)) : null,
      });
    }),
    bind(redeliverRoute, async ({ params: { name, id }, caller: { by } }) => {
      known(name);
      const number = Number(id);
      const [row] = await store.listAttempts({ name, limit: 1, before: number + 1 });
      const asked = row?.number === number ? await store.redeliver(name, { number, by }) : null;
      if (row === undefined || asked === null)
        throw new Problem("delivery_unknown", "`GET /webhooks/{name}/deliveries` names all that are kept");
      return { status: 202, body: { event: deliveryOf(row).event } };
    }),
  ];
}
