import type { OperationAbilities, Operations } from "@crossfoot/connector-sdk";
import { availability } from "./availability.ts";
import { credit } from "./credit.ts";
import type { Options } from "./options.ts";
import { orderStatus } from "./order-status.ts";
import { price } from "./price.ts";
import { quoteToOrder } from "./quote-to-order.ts";
import type { Rpc } from "./rpc.ts";

/** What Tryton 6.0 answers in the moment. A line is priced by a call of its own. */
export const operationAbilitiesOf = ({ warehouse }: Options): OperationAbilities => ({
  price: { linesMax: 200, isDated: false, namesRule: true },
  availability: { rowsMax: 500 },
  credit: { refuses: "confirm", measuredBy: "net", of: "billTo" },
  orderStatus: { rowsMax: 50, tracks: false },
  quoteToOrder: {
    keepsId: true,
    refuses: ["price_missing", "address_missing"],
    warehouse,
    sendsTogether: true,
  },
});

/** The operations of a connection; none of them writes. */
export const operationsOf = (rpc: Rpc): Required<Operations> => ({
  price: async (request) => price(rpc, request),
  availability: async (request) => availability(rpc, request),
  credit: async (request) => credit(rpc, request),
  orderStatus: async (request) => orderStatus(rpc, request),
  quoteToOrder: async (request) => quoteToOrder(rpc, request),
});
