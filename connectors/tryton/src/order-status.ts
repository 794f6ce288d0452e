import { failureRecord, isWhole, progressOf } from "@crossfoot/connector-sdk";
import type {
  OrderLineStatus,
  OrderStatus,
  OrderStatusRequest,
  RefusedRow,
  ShipmentStatus,
} from "@crossfoot/connector-sdk";
import { multiply, round, total } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, keyOf, many, one, text, trytonId } from "./native.ts";
import type { ExternalId, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { orders, orderState, quantityOf } from "./sale.ts";
import { shipmentState } from "./shipment.ts";
import { converted, unitFields } from "./unit.ts";

const fields: readonly string[] = [
  "number",
  "state",
  "shipment_state",
  "confirmed_by",
  "lines.type",
  "lines.product",
  "lines.product.type",
  "lines.quantity",
  "lines.actual_quantity",
  "lines.shipping_date",
  ...unitFields("lines.unit."),
  "lines.moves.state",
  "lines.moves.quantity",
  ...unitFields("lines.moves.uom."),
  "lines.invoice_lines.type",
  "lines.invoice_lines.quantity",
  ...unitFields("lines.invoice_lines.unit."),
  "lines.invoice_lines.invoice.state",
  "shipments.number",
  "shipments.state",
  "shipments.planned_date",
  "shipments.effective_date",
  "shipments.carrier.party.name",
  "invoices.state",
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
    if (row !== undefined && orders.place(row, setting).kind === "present") return statusOf(id, row);
    const failure = refusal("order_unknown", "Tryton has no such order");
    return { ok: false, failure: failureRecord(failure) };
  });
}

function statusOf(order: ExternalId, row: Row): OrderStatus {
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
  };
}

function lineOf(line: Row): OrderLineStatus {
  const unit = one(line, "unit");
  const digits = Number(unit?.["digits"] ?? 2);
  const ordered = quantityOf(line) ?? "0";
  const inUnit = (row: Row, field: string): string =>
    converted(quantityOf(row, "quantity", field) ?? "0", one(row, field), unit);
  const moved = many(line, "moves")
    .filter((move) => move["state"] === "done")
    .map((move) => inUnit(move, "uom"));
  const booked = many(line, "invoice_lines")
    .filter((each) => ["posted", "paid"].includes(text(one(each, "invoice"), "state") ?? ""))
    .map((each) => inUnit(each, "unit"));
  const isDelivered = ["goods", "assets"].includes(text(one(line, "product"), "type") ?? "");
  const sign = ordered.startsWith("-") ? "-1" : "1";
  const delivered = isDelivered ? round(multiply(total(moved), sign), digits) : null;
  const isDone = delivered === null || isWhole(delivered, ordered);
  const product = trytonId(line["product"]);
  return {
    id: keyOf(line),
    product: product === undefined ? null : externalId(String(product)),
    unit: text(unit, "symbol") ?? "",
    ordered,
    delivered,
    invoiced: round(total(booked), digits),
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
