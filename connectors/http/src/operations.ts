import { ConnectorError } from "@crossfoot/connector-sdk";
import type { OperationAbilities, Operations } from "@crossfoot/connector-sdk";
import { askingOf } from "./ask.ts";
import { availability } from "./availability.ts";
import type { System } from "./call.ts";
import { credit } from "./credit.ts";
import type { OperationsSpec } from "./operation-language.ts";
import { orderStatus } from "./order-status.ts";
import { price } from "./price.ts";
import { quoteToOrder } from "./quote-to-order.ts";
import { variablesOf } from "./template.ts";
import type { Json } from "./wire.ts";

/** What the operations of a description can do; nothing that it does not say. */
export function operationAbilitiesOf(spec: OperationsSpec): OperationAbilities {
  const { price, availability, credit, orderStatus, quoteToOrder } = spec;
  return {
    ...(price === undefined
      ? {}
      : {
          price: {
            linesMax: price.max,
            isDated: variablesOf(price as unknown as Json).includes("date"),
            namesRule: price.rule?.id !== undefined,
          },
        }),
    ...(availability === undefined ? {} : { availability: { rowsMax: availability.max } }),
    ...(credit === undefined ? {} : { credit: { refuses: credit.refuses, measuredBy: credit.measuredBy } }),
    ...(orderStatus === undefined
      ? {}
      : { orderStatus: { rowsMax: orderStatus.max, tracks: orderStatus.shipments?.tracking !== undefined } }),
    ...(quoteToOrder === undefined
      ? {}
      : {
          quoteToOrder: {
            keepsId: quoteToOrder.order === undefined && quoteToOrder.find === undefined,
            ...(quoteToOrder.refuses === undefined ? {} : { refuses: quoteToOrder.refuses }),
          },
        }),
  };
}

/** The operations that a description offers; none of them writes. */
export function operationsOf(system: System, spec: OperationsSpec): Operations {
  const { price: prices, availability: stock, credit: limits, orderStatus: orders, quoteToOrder: way } = spec;
  return {
    ...(prices === undefined
      ? {}
      : {
          price: async (request) => {
            checkCount(request.lines.length, prices.max);
            return price(askingOf(system, "price"), prices, request);
          },
        }),
    ...(stock === undefined
      ? {}
      : {
          availability: async (request) => {
            checkCount(request.rows.length, stock.max);
            return availability(askingOf(system, "availability"), stock, request);
          },
        }),
    ...(limits === undefined
      ? {}
      : { credit: async (request) => credit(askingOf(system, "credit"), limits, request) }),
    ...(orders === undefined
      ? {}
      : {
          orderStatus: async (request) => {
            checkCount(request.orders.length, orders.max);
            return orderStatus(askingOf(system, "order status"), orders, request);
          },
        }),
    ...(way === undefined
      ? {}
      : { quoteToOrder: async (request) => quoteToOrder(askingOf(system, "quote to order"), way, request) }),
  };
}

/** Rejects more rows than one question may have. */
function checkCount(count: number, max: number): void {
  if (count <= max) return;
  const message = `${count} rows were asked for at once, at most ${max} are answered`;
  throw new ConnectorError({ failure: "invalid", code: "too_many_rows", message });
}
