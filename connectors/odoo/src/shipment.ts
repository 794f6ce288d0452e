import { dayOf } from "./dates.ts";
import { decimalOf } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { has } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { keyOf, many, one, refKey, refLabel, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { accountOf } from "./partner-address.ts";
import { made, plain, present } from "./shape.ts";
import type { Root, Setting, Shape } from "./shape.ts";

const model = "stock.picking";

/** What a picking carries: what was done once it is done, what is planned before. */
function lines(picking: Row, { facts }: Setting): Json {
  return many(picking, "move_ids")
    .filter((move) => text(move, "state") !== "cancel")
    .map((move) => ({
      id: keyOf(move),
      product: refKey(move, "product_id"),
      quantity: decimalOf(
        move,
        text(move, "state") === "done" ? "quantity" : "product_uom_qty",
        facts.fields["sale.order.line"]?.["product_uom_qty"]?.places ?? null,
      ),
      unit: refLabel(move, "product_uom"),
      state: text(move, "state"),
      sale_line: refKey(move, "sale_line_id"),
    }));
}

/** Stage of a picking. */
export function shipmentStage(picking: Row): string {
  const state = text(picking, "state");
  if (state === "done") return "shipped";
  return state === "cancel" ? "cancelled" : "planned";
}

const day = (field: string): Root =>
  made((row, { options }) => dayOf(text(row, field), options.timeZone), { field });

const roots: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  name: plain("name"),
  origin: plain("origin"),
  state: plain("state"),
  shipment_state: made(shipmentStage, { field: "state" }),
  planned_date: day("scheduled_date"),
  done_date: day("date_done"),
  /** The picking that this one carries the rest of. */
  backorder_of: made((row) => refKey(row, "backorder_id"), { field: "backorder_id" }),
  partner: made((row) => accountOf(one(row, "partner_id")), { field: "partner_id" }),
  carrier: made((row) => refLabel(row, "carrier_id"), { field: "carrier_id" }),
  tracking_number: plain("carrier_tracking_ref"),
  sale: made((row) => refKey(row, "sale_id"), { field: "sale_id" }),
  lines: made(lines),
};

const company = ({ facts }: Setting): Domain => [
  ["company_id", "=", facts.company],
  ["picking_type_code", "=", "outgoing"],
];

const fields = (facts: Facts): readonly string[] => [
  ...["name", "origin", "state", "scheduled_date", "date_done", "backorder_id", "partner_id", "move_ids"],
  "company_id",
  ...["sale_id", "carrier_id", "carrier_tracking_ref"].filter((name) => has(facts, model, name)),
];

/** Shipments to customers: outgoing pickings, each backorder one of its own. */
export const shipments: Shape = {
  model,
  roots,
  fields,
  joins: (facts) => [
    {
      field: "move_ids",
      model: "stock.move",
      fields: [
        ...["product_id", "product_uom_qty", "quantity", "product_uom", "state", "write_date", "write_uid"],
        ...(has(facts, model, "sale_id") ? ["sale_line_id"] : []),
      ],
    },
    {
      field: "partner_id",
      model: "res.partner",
      fields: ["is_company", "parent_id", "commercial_partner_id", "type"],
    },
  ],
  scope: company,
  company,
  changes: (since) => [[["move_ids.write_date", ">=", since]]],
  place: () => present,
  parts: (row) => [row, ...many(row, "move_ids")],
};
