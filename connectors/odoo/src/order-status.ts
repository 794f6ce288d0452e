import { failureRecord, isWhole, progressOf } from "@crossfoot/connector-sdk";
import type {
  OrderLimits,
  OrderLineStatus,
  OrderStatus,
  OrderStatusRequest,
  RefusedRow,
  ShipmentStatus,
} from "@crossfoot/connector-sdk";
import { bookedLines, bookedQuantity } from "./booked.ts";
import type { BookedLine } from "./booked.ts";
import { dayOf } from "./dates.ts";
import { decimalOf } from "./decimal.ts";
import { has, loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, idOf, keyOf, odooId, refId, refKey, refLabel, text } from "./native.ts";
import type { ExternalId, Json, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { readByIds } from "./reader.ts";
import { lineNames, quantityOf } from "./sale-line.ts";
import { orders } from "./sale.ts";
import { shipmentStage } from "./shipment.ts";
import { loadUnits } from "./unit.ts";
import type { Unit } from "./unit.ts";

/** What the orders of one request rest on. */
interface Evidence {
  readonly facts: Facts;
  readonly zone: string;
  readonly units: readonly Unit[];
  readonly lines: ReadonlyMap<number | undefined, readonly Row[]>;
  /** Products that are services. */
  readonly labours: ReadonlySet<number>;
  readonly booked: readonly BookedLine[];
  /** Moves to customers that are still to come, by line. */
  readonly open: ReadonlyMap<number | undefined, readonly Row[]>;
  readonly pickings: ReadonlyMap<number | undefined, readonly Row[]>;
}

/** How far orders have come, from their lines: the header says `full` for what somebody will not deliver. */
export async function orderStatus(
  odoo: Odoo,
  request: OrderStatusRequest,
): Promise<readonly (OrderStatus | RefusedRow)[]> {
  const roots = ["order_state", "name", "locked"];
  const records = await readByIds(odoo, orders, { roots, ids: request.orders });
  const present = new Map(
    records.filter(({ kind }) => kind === "present").map((each) => [each.id, each.native]),
  );
  const ids = [...present.keys()].map(odooId).filter((id) => id !== undefined);
  const evidence = await evidenceOf(odoo, ids);
  return request.orders.map((order): OrderStatus | RefusedRow => {
    const native = present.get(order);
    if (native !== undefined) return statusOf(order, native, evidence);
    return { ok: false, failure: failureRecord(refusal("order_unknown", "Odoo has no such order")) };
  });
}

async function evidenceOf(odoo: Odoo, ids: readonly number[]): Promise<Evidence> {
  const facts = await loadFacts(odoo);
  const { unit } = lineNames(facts);
  const find = async (model: string, domain: readonly Json[], fields: readonly string[]) =>
    odoo.search({ model, domain, fields });
  const lines = await find(
    "sale.order.line",
    [
      ["order_id", "in", [...ids]],
      ["display_type", "=", false],
    ],
    ["order_id", "product_id", "product_uom_qty", "qty_delivered", unit],
  );
  const lineIds = lines.map(idOf);
  const products = [...new Set(lines.flatMap((line) => refId(line, "product_id") ?? []))];
  const kinds = await odoo.read("product.product", products, ["type"]);
  const hasStock = has(facts, "stock.picking", "sale_id");
  const open = hasStock ? await find("stock.move", openMoves(lineIds), ["sale_line_id", "date"]) : [];
  const pickings = hasStock ? await find("stock.picking", sentFor(ids), pickingFields(facts)) : [];
  return {
    facts,
    zone: odoo.options.timeZone,
    units: await loadUnits(odoo, facts),
    lines: Map.groupBy(lines, (line) => refId(line, "order_id")),
    labours: new Set(kinds.filter((row) => text(row, "type") === "service").map(idOf)),
    booked: await bookedLines(odoo, lineIds),
    open: Map.groupBy(open, (move) => refId(move, "sale_line_id")),
    pickings: Map.groupBy(pickings, (picking) => refId(picking, "sale_id")),
  };
}

const openMoves = (lines: readonly number[]): readonly Json[] => [
  ["sale_line_id", "in", [...lines]],
  ["state", "not in", ["done", "cancel"]],
  ["location_dest_id.usage", "=", "customer"],
];

const sentFor = (ids: readonly number[]): readonly Json[] => [
  ["sale_id", "in", [...ids]],
  ["picking_type_code", "=", "outgoing"],
];

const pickingFields = (facts: Facts): readonly string[] => [
  ...["name", "state", "scheduled_date", "date_done", "sale_id"],
  ...["carrier_id", "carrier_tracking_ref"].filter((name) => has(facts, "stock.picking", name)),
];

function statusOf(
  order: ExternalId,
  native: { readonly [root: string]: Json },
  evidence: Evidence,
): OrderStatus {
  const id = odooId(order);
  const lines = (evidence.lines.get(id) ?? []).map((line) => lineOf(line, evidence));
  return {
    ok: true,
    order,
    number: text(native, "name"),
    state: text(native, "order_state") ?? "",
    ...progressOf(lines),
    shipments: (evidence.pickings.get(id) ?? []).map((picking) => sentOf(picking, evidence.zone)),
    limits: limitsOf(native),
  };
}

/** Of a locked order Odoo refuses every change of its lines, and to cancel it. */
function limitsOf({ locked }: { readonly [root: string]: Json }): OrderLimits {
  const message = "the order is locked in Odoo: unlock it there";
  const why = locked === true ? failureRecord(refusal("document_closed", message)) : null;
  return { lines: why, moreLines: why, besideLines: null, cancel: why, held: {} };
}

function lineOf(line: Row, { facts, zone, units, labours, booked, open }: Evidence): OrderLineStatus {
  const unitName = lineNames(facts).unit;
  const places = placesOf(facts, "sale.order.line", "product_uom_qty");
  const unit = units.find(({ id }) => id === refId(line, unitName));
  const ordered = quantityOf(line, facts) ?? "0";
  const isCounted = !labours.has(refId(line, "product_id") ?? 0) && refId(line, "product_id") !== undefined;
  const delivered = isCounted ? (decimalOf(line, "qty_delivered", places) ?? "0") : null;
  const isDone = delivered === null || isWhole(delivered, ordered);
  const dates = (open.get(idOf(line)) ?? []).flatMap((move) => dayOf(text(move, "date"), zone) ?? []);
  return {
    id: keyOf(line),
    product: refKey(line, "product_id") === null ? null : externalId(refKey(line, "product_id") ?? ""),
    unit: refLabel(line, unitName) ?? "",
    ordered,
    delivered,
    invoiced: bookedQuantity(booked, idOf(line), { units, unit, places }),
    promisedDate: isDone ? null : (dates.toSorted().at(-1) ?? null),
  };
}

function sentOf(picking: Row, zone: string): ShipmentStatus {
  return {
    id: externalId(keyOf(picking)),
    number: text(picking, "name"),
    state: shipmentStage(picking),
    plannedDate: dayOf(text(picking, "scheduled_date"), zone),
    doneDate: dayOf(text(picking, "date_done"), zone),
    carrier: refLabel(picking, "carrier_id"),
    tracking: text(picking, "carrier_tracking_ref"),
  };
}
