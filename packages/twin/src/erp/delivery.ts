import { plainInstant } from "../calendar.ts";
import { big, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { amend, decimalIn, quantityText, today, type Acting, type Books } from "./books.ts";
import { isStockLine, openQuantity, planShipment, saveOrder } from "./order.ts";
import { inStockUnit, moveStock, stockLevel } from "./stock.ts";
import { businessRefusal } from "./wire.ts";

/** Quantities by order line id, in the line's unit; lines left out are not delivered. */
export type Quantities = Readonly<Record<number, string>>;

/** How goods leave. */
export interface Departure {
  readonly quantities?: Quantities;
  readonly carrier?: string;
  readonly trackingNo?: string;
}

/** What the carrier says. */
export interface CarrierEvent {
  readonly code: "picked_up" | "in_transit" | "delayed" | "delivered";
  readonly text: string;
}

function withEvent(books: Books, shipment: TwinRecord, event: CarrierEvent): readonly Json[] {
  const id = books.ledger.nextNumber("rows.events", 1);
  return [...rowsIn(shipment, "events"), { id, at: plainInstant(books.clock()), ...event }];
}

function shippedLines(shipment: TwinRecord, quantities: Quantities | undefined): JsonMap[] {
  const lines: JsonMap[] = [];
  for (const line of rowsIn(shipment, "lines")) {
    const asked =
      quantities === undefined ? textIn(line, "qty") : quantities[numberIn(line, "order_line_id") ?? -1];
    const quantity = big(asked ?? "0");
    if (quantity.gt(decimalIn(line, "qty"))) {
      throw businessRefusal("TOO_MUCH", "qty", "more than the shipment holds");
    }
    if (quantity.gt(0)) lines.push({ ...line, qty: quantityText(quantity) });
  }
  if (lines.length === 0) throw businessRefusal("NO_LINES", "lines", "nothing to ship");
  return lines;
}

function takeFromStock(acting: Acting, warehouse: string, lines: readonly JsonMap[]): void {
  for (const line of lines) {
    const articleId = numberIn(line, "item_id") ?? 0;
    const quantity = inStockUnit(acting, line, decimalIn(line, "qty"));
    if (stockLevel(acting, articleId, warehouse).onHand.lt(quantity)) {
      throw businessRefusal("NO_STOCK", "qty", `not enough on hand in ${warehouse}`);
    }
    const taken = quantity.times(-1);
    moveStock(acting, { articleId, warehouse, onHand: taken, reserved: taken });
  }
}

function deliveredOf(lines: readonly JsonMap[], orderLineId: Json | undefined): Big {
  return lines
    .filter((line) => line["order_line_id"] === orderLineId)
    .reduce((total, line) => total.plus(decimalIn(line, "qty")), big(0));
}

/** Lets a planned or picked shipment leave; what does not leave is planned anew as another shipment. */
export function shipOut(acting: Acting, shipmentId: number, departure: Departure): TwinRecord {
  const shipment = acting.records.need("shipments", shipmentId);
  if (shipment["state"] !== "planned" && shipment["state"] !== "picked") {
    throw businessRefusal("STATE", "state", `the shipment is ${textIn(shipment, "state")}`);
  }
  const lines = shippedLines(shipment, departure.quantities);
  takeFromStock(acting, textIn(shipment, "warehouse") ?? "", lines);
  const order = acting.records.need("sales_orders", numberIn(shipment, "order_id") ?? -1);
  const orderLines = rowsIn(order, "lines").map((line) =>
    isStockLine(acting, line)
      ? {
          ...line,
          delivered_qty: quantityText(decimalIn(line, "delivered_qty").plus(deliveredOf(lines, line["id"]))),
        }
      : line,
  );
  const carrier = departure.carrier ?? textIn(shipment, "carrier") ?? "Snail Express";
  const sent = amend(
    acting,
    { object: "shipments", id: shipmentId },
    {
      state: "shipped",
      lines,
      carrier,
      shipped_date: today(acting),
      tracking_no: departure.trackingNo ?? `SNX${String(100_000 + shipmentId)}`,
      events: withEvent(acting, shipment, { code: "picked_up", text: `picked up by ${carrier}` }),
    },
  );
  const saved = saveOrder(acting, order, orderLines);
  const stillOpen = orderLines.some((line) => openQuantity(line).gt(0));
  if (stillOpen && !hasOpenShipment(acting, order.id)) planShipment(acting, saved);
  return sent;
}

function hasOpenShipment(books: Books, orderId: TwinRecord["id"]): boolean {
  return books.ledger
    .where("shipments", "order_id", [orderId])
    .some((shipment) => shipment["state"] === "planned" || shipment["state"] === "picked");
}

/** The shipment of an order that has not left yet. Throws 422 when there is none. */
export function openShipment(books: Books, orderId: number): TwinRecord {
  const open = books.ledger
    .where("shipments", "order_id", [orderId])
    .find((shipment) => shipment["state"] === "planned" || shipment["state"] === "picked");
  if (!open) throw businessRefusal("STATE", "state", "nothing is left to ship");
  return open;
}

/** Stores what a carrier says; `delivered` ends the shipment. */
export function noteEvent(acting: Acting, shipmentId: number, event: CarrierEvent): TwinRecord {
  const shipment = acting.records.need("shipments", shipmentId);
  const ref = { object: "shipments", id: shipmentId };
  const events = withEvent(acting, shipment, event);
  if (event.code !== "delivered") return amend(acting, ref, { events });
  if (shipment["state"] !== "shipped") {
    throw businessRefusal("STATE", "state", `the shipment is ${textIn(shipment, "state")}`);
  }
  return amend(acting, ref, { events, state: "delivered", delivered_date: today(acting) });
}
