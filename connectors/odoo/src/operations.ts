import type { OperationAbilities, Operations } from "@crossfoot/connector-sdk";
import { availability } from "./availability.ts";
import { credit } from "./credit.ts";
import type { Odoo } from "./odoo.ts";
import { orderStatus } from "./order-status.ts";
import { price } from "./price.ts";
import { quoteToOrder } from "./quote-to-order.ts";

/** What Odoo answers in the moment. All lines of a price request go in one call. */
export const operationAbilities: OperationAbilities = {
  price: { linesMax: 200, isDated: true, namesRule: true },
  availability: { rowsMax: 500 },
  credit: { refuses: "never", measuredBy: "gross" },
  orderStatus: { rowsMax: 50, tracks: true },
  quoteToOrder: { keepsId: true, refuses: ["price_missing"] },
};

/** The operations of a connection; none of them writes. */
export const operationsOf = (odoo: Odoo): Required<Operations> => ({
  price: async (request) => price(odoo, request),
  availability: async (request) => availability(odoo, request),
  credit: async (request) => credit(odoo, request),
  orderStatus: async (request) => orderStatus(odoo, request),
  quoteToOrder: async (request) => quoteToOrder(odoo, request),
});
