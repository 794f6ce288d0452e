import { addDays, fromCompact, toCompact } from "../calendar.ts";
import { big, type Big } from "../decimal.ts";
import { numberIn, rowsIn, textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { add, amend, catalogued, decimalIn, quantityText, today, type Acting, type Books } from "./books.ts";
import { inStockUnit, moveStock } from "./stock.ts";
import { businessRefusal } from "./wire.ts";

/** Days from order to planned shipment where nobody asked for a date. */
const LEAD_DAYS = 3;

/**
 * States of a sales order: open -> part_delivered -> delivered -> invoiced -> closed; open -> cancelled;
 * open, part_delivered -close-> closed. The state follows from what was delivered, invoiced and paid.
 */
const ORDER_ACTIONS: Readonly<Record<"cancel" | "close", readonly string[]>> = {
  cancel: ["open"],
  close: ["open", "part_delivered"],
};

const COPIED: readonly string[] = [
  "customer_id",
  "bill_to_id",
  "ship_to_id",
  "ship_address",
  "customer_reference",
  "requested_date",
  "terms",
  "freight",
  "discount_pct",
  "warehouse",
  "company",
  "salesperson",
  "currency",
  "external_ref",
  "net",
  "tax",
  "gross",
];

/** True for a line whose item is kept in stock. */
export function isStockLine(books: Books, line: JsonMap): boolean {
  return catalogued(books, line)["kind"] === "stock";
}

/** Quantity of an order line that was not delivered yet, in the line's unit. */
export function openQuantity(line: JsonMap): Big {
  return decimalIn(line, "qty").minus(decimalIn(line, "delivered_qty"));
}

function orderLine(books: Books, line: JsonMap): JsonMap {
  const { id = null, requested_date: _date, ...fields } = line;
  return {
    ...fields,
    id: books.ledger.nextNumber("rows.lines", 1),
    quote_line_id: id,
    // Nothing is delivered of a service: it has no such quantity.
    delivered_qty: isStockLine(books, line) ? quantityText(big(0)) : null,
    invoiced_qty: quantityText(big(0)),
  };
}

/** Reserves (sign 1) or frees (sign -1) what is still to be delivered of an order. */
export function reserve(acting: Acting, order: TwinRecord, sign: 1 | -1): void {
  const warehouse = textIn(order, "warehouse");
  for (const line of rowsIn(order, "lines")) {
    if (!isStockLine(acting, line) || warehouse === null) continue;
    const reserved = inStockUnit(acting, line, openQuantity(line)).times(sign);
    moveStock(acting, { articleId: numberIn(line, "item_id") ?? 0, warehouse, reserved });
  }
}

/** Plans a shipment for what an order still has to deliver; null when there is nothing to ship. */
export function planShipment(acting: Acting, order: TwinRecord): TwinRecord | null {
  const lines = rowsIn(order, "lines").filter(
    (line) => isStockLine(acting, line) && openQuantity(line).gt(0),
  );
  if (lines.length === 0) return null;
  const soonest = toCompact(addDays(fromCompact(today(acting)), LEAD_DAYS));
  const asked = textIn(order, "requested_date");
  return add(acting, "shipments", {
    number: `SH-${acting.ledger.nextNumber("shipmentNumber", 4001)}`,
    order_id: order.id,
    planned_date: asked !== null && asked > soonest ? asked : soonest,
    state: "planned",
    warehouse: order["warehouse"] ?? null,
    events: [],
    lines: lines.map((line): Json => ({
      id: acting.ledger.nextNumber("rows.shipment_lines", 1),
      order_line_id: line["id"] ?? null,
      item_id: line["item_id"] ?? null,
      qty: quantityText(openQuantity(line)),
      uom: line["uom"] ?? null,
    })),
  });
}

/** Creates the sales order of a quote, reserves its stock and plans its shipment. */
export function createOrder(acting: Acting, quote: TwinRecord): TwinRecord {
  const copied = Object.fromEntries(COPIED.map((field) => [field, quote[field] ?? null]));
  const order = add(acting, "sales_orders", {
    ...copied,
    number: `SO-${acting.ledger.nextNumber("orderNumber", 2001)}`,
    date: today(acting),
    state: "open",
    source_quote_id: quote.id,
    lines: rowsIn(quote, "lines").map((line) => orderLine(acting, line)),
  });
  reserve(acting, order, 1);
  planShipment(acting, order);
  return order;
}

/** The state that follows from an order's lines and invoices. */
export function orderState(books: Books, order: TwinRecord): string {
  const state = textIn(order, "state") ?? "open";
  if (state === "cancelled" || state === "closed") return state;
  const lines = rowsIn(order, "lines");
  const goods = lines.filter((line) => isStockLine(books, line));
  const invoices = books.ledger
    .where("invoices", "order_id", [order.id])
    .filter((invoice) => invoice["state"] !== "cancelled");
  const billed = lines.every((line) => decimalIn(line, "invoiced_qty").gte(decimalIn(line, "qty")));
  const isGone = goods.every((line) => openQuantity(line).lte(0));
  if (billed && isGone)
    return invoices.every((invoice) => invoice["state"] === "paid") ? "closed" : "invoiced";
  if (goods.length > 0 && isGone) return "delivered";
  return goods.some((line) => decimalIn(line, "delivered_qty").gt(0)) ? "part_delivered" : "open";
}

/** Stores lines of an order and the state that follows. */
export function saveOrder(acting: Acting, order: TwinRecord, lines: readonly JsonMap[]): TwinRecord {
  const state = orderState(acting, { ...order, lines });
  return amend(acting, { object: "sales_orders", id: order.id }, { lines, state });
}

/** Cancels or closes an order; in the wrong state it does nothing. Open reservations are freed. */
export function actOnOrder(acting: Acting, id: number, action: "cancel" | "close"): TwinRecord {
  const order = acting.records.need("sales_orders", id);
  if (!ORDER_ACTIONS[action].includes(textIn(order, "state") ?? "")) return order;
  const billed = rowsIn(order, "lines").some((line) => decimalIn(line, "invoiced_qty").gt(0));
  if (action === "cancel" && billed) throw businessRefusal("INVOICED", null, "the order has an invoice");
  reserve(acting, order, -1);
  for (const shipment of acting.ledger.where("shipments", "order_id", [id])) {
    if (shipment["state"] !== "planned" && shipment["state"] !== "picked") continue;
    amend(acting, { object: "shipments", id: shipment.id }, { state: "cancelled" });
  }
  const state = action === "cancel" ? "cancelled" : "closed";
  return amend(acting, { object: "sales_orders", id }, { state });
}
