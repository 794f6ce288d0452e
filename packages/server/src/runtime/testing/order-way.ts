import type { Connection, OrderWay } from "@crossfoot/connector-sdk";
import type { ExternalId } from "@crossfoot/kernel";
import type { MiniSystem } from "./mini-system.ts";

/** What the small ERP says of a quote: its order, or that it becomes one once it is accepted there. */
export function orderWay(quote: ExternalId, order: string | undefined): OrderWay {
  if (order !== undefined) return { kind: "ordered", order: order as ExternalId, number: `SO-${quote}` };
  const transition = { from: "sent", to: "accepted", via: "accept" };
  const write = { entity: "quotes", kind: "transition", id: quote, precondition: null, transition } as const;
  return { kind: "write", write, concerns: [] };
}

/** A connection to a small ERP whose quotes become orders under the same id once they are accepted. */
export function withSameIds(connection: Connection, erp: () => MiniSystem): Connection {
  return {
    ...connection,
    manifest: { ...connection.manifest, operations: { quoteToOrder: { keepsId: true } } },
    operations: {
      quoteToOrder: ({ quote }) => {
        const row = erp().get("quotes", quote);
        return Promise.resolve(orderWay(quote, row.fields["status"] === "accepted" ? quote : undefined));
      },
    },
  };
}
