import { isEntityName } from "@crossfoot/model";
import type { ExternalId } from "@crossfoot/kernel";
import { textOf } from "../system/hooks.ts";
import type { Saboteur } from "./saboteur.ts";
import { withConnections, withStore } from "./wrap.ts";

/** What comes by webhook. */
export const hearing: readonly Saboteur[] = [
  {
    name: "forgery-taken",
    invariant: "I21",
    title: "the signature of a delivery is not looked at",
    faults: ["W1"],
    sabotage: withConnections((connection) => ({
      ...connection,
      receive: (delivery) => {
        const received = connection.receive(delivery);
        if (received.ok || received.reason !== "the signature does not fit") return received;
        const { records } = JSON.parse(textOf(delivery.body)) as {
          readonly records: readonly { readonly entity: string; readonly id: string }[];
        };
        const hints = records.flatMap(({ entity, id }) =>
          isEntityName(entity) ? [{ entity, id: id as ExternalId }] : [],
        );
        return { ok: true, deliveryId: delivery.headers["x-delivery"] ?? "", hints };
      },
    })),
  },
  {
    name: "delivery-worked-twice",
    invariant: "I21",
    title: "a delivery that comes again counts as another one",
    faults: ["W2"],
    sabotage: withStore((store) => ({
      saveDeliveries: async (deliveries) => {
        const results = await store.saveDeliveries(deliveries);
        const again = deliveries.filter((_delivery, at) => results[at] === "known");
        await store.saveDeliveries(again.map((delivery) => ({ ...delivery, id: `${delivery.id} again` })));
        return deliveries.map(() => "stored");
      },
    })),
  },
  {
    name: "delivery-dropped",
    invariant: "I21",
    title: "a delivery is acknowledged and not stored",
    faults: ["W3"],
    sabotage: withStore(() => ({
      saveDeliveries: (deliveries) => Promise.resolve(deliveries.map(() => "stored")),
    })),
  },
];
