import { failureRecord, isWhole, progressOf } from "@crossfoot/connector-sdk";
import type {
  OrderLineStatus,
  OrderStatus,
  OrderStatusRequest,
  RefusedRow,
  ShipmentStatus,
} from "@crossfoot/connector-sdk";
import { multiply, round } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, keyOf, many, one, text, trytonId } from "./native.ts";
import type { ExternalId, Row } from "./native.ts";
import { bookedOf, limitFields, limitsOf, movedOf } from "./order-limits.ts";
import type { Rpc } from "./rpc.ts";
import { orders, orderState, quantityOf } from "./sale.ts";
import { shipmentState } from "./shipment.ts";

const fields: readonly string[] = [
  ...limitFields,
  "number",
  "shipment_state",
  "confirmed_by",
  "lines.product",
  "lines.product.type",
  "lines.actual_quantity",
  "lines.shipping_date",
  "shipments.number",
  "shipments.planned_date",
  "shipments.effective_date",
  "shipments.carrier.party.name",
];

/** How far sales have come that were confirmed; a quote is no order. */
export async function orderStatus(
  rpc: Rpc,
  request: OrderStatusRequest,
): Promise<readonly (OrderStatus | RefusedRow)[]> {
  const facts = await loadFacts(rpc);
  const ids = new Set(request.orders.map(trytonId).filter((id) => id !== undefined));
  const rows = await rpc.search({
    model: "sale.sale",
    domain: [
      ["id", "in", [...ids]],
      ["company", "=", facts.company],
    ],
    fields,
  });
  const byId = new Map(rows.map((row) => [keyOf(row), row]));
  const setting = { facts, options: rpc.options };
  return request.orders.map((id): OrderStatus | RefusedRow => {
    const row = byId.get(id);
    if (row !== undefined && orders.place(row, setting).kind === "present") return statusOf(id, row, facts);
    const failure = refusal("order_unknown", "Tryton has no such order");
    return { ok: false, failure: failureRecord(failure) };
  });
}

function statusOf(order: ExternalId, row: Row, facts: Facts): OrderStatus {
  const lines = many(row, "lines")
    .filter((line) => line["type"] === "line")
    .map(lineOf);
  return {
    ok: true,
    order,
    number: text(row, "number"),
    state: orderState(row),
    ...progressOf(lines),
    shipments: many(row, "shipments")
      .toSorted((a, b) => Number(a["id"]) - Number(b["id"]))
      .map(sentOf),
    limits: limitsOf(row, facts),
  };
}

function lineOf(line: Row): OrderLineStatus {
  const unit = one(line, "unit");
  const digits = Number(unit?.["digits"] ?? 2);
  const ordered = quantityOf(line) ?? "0";
  const moved = movedOf(line, ["done"]);
  const booked = bookedOf(line, ["posted", "paid"]);
  const isDelivered = ["goods", "assets"].includes(text(one(line, "product"), "type") ?? "");
  const sign = ordered.startsWith("-") ? "-1" : "1";
  const delivered = isDelivered ? round(multiply(moved, sign), digits) : null;
  const isDone = delivered === null || isWhole(delivered, ordered);
  const product = trytonId(line["product"]);
  return {
    id: keyOf(line),
    product: product === undefined ? null : externalId(String(product)),
    unit: text(unit, "symbol") ?? "",
    ordered,
    delivered,
    invoiced: round(booked, digits),
    promisedDate: isDone ? null : text(line, "shipping_date"),
  };
}

function sentOf(shipment: Row): ShipmentStatus {
  return {
    id: externalId(keyOf(shipment)),
    number: text(shipment, "number"),
    state: shipmentState(shipment),
    plannedDate: text(shipment, "planned_date"),
    doneDate: text(shipment, "effective_date"),
    carrier: text(one(one(shipment, "carrier"), "party"), "name"),
    // Only the module `stock_package_shipping` keeps one, and not on the shipment.
    tracking: null,
  };
}
