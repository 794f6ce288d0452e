import { many, one, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { addressOf } from "./party.ts";
import { quantityOf } from "./sale.ts";
import { idOf, made, plain, present } from "./shape.ts";
import type { Root, Shape } from "./shape.ts";
import { partOf, stampFields } from "./version.ts";

const moves = (shipment: Row): readonly Row[] =>
  many(shipment, "outgoing_moves").toSorted((a, b) => Number(a["id"]) - Number(b["id"]));

/** The sale that a shipment delivers; the first, when it gathers several. */
function sale(shipment: Row): Json {
  const sales = moves(shipment)
    .map((move) => move["sale"])
    .filter((id) => typeof id === "number");
  return sales.length === 0 ? null : String(Math.min(...sales));
}

function lines(shipment: Row): Json {
  return moves(shipment)
    .filter((move) => move["state"] !== "cancelled")
    .map((move) => ({
      id: idOf(move["id"]),
      product: idOf(move["product"]),
      quantity: quantityOf(move, "quantity", "uom"),
      unit: text(one(move, "uom"), "symbol"),
      state: text(move, "state"),
      sale: idOf(move["sale"]),
      sale_line: (text(move, "origin") ?? "").startsWith("sale.line,")
        ? (text(move, "origin") ?? "").slice(10)
        : null,
    }));
}

const stages: { readonly [state: string]: string } = {
  draft: "planned",
  waiting: "planned",
  assigned: "planned",
  picked: "picked",
  packed: "packed",
  done: "shipped",
  cancelled: "cancelled",
};

/** Stage of a shipment; a state that nobody listed stays itself. */
export const shipmentState = (row: Row): string =>
  stages[text(row, "state") ?? ""] ?? text(row, "state") ?? "";

const roots: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  number: plain("number"),
  reference: plain("reference"),
  state: plain("state"),
  shipment_state: made(["state"], shipmentState, { field: "state" }),
  planned_date: plain("planned_date"),
  effective_date: plain("effective_date"),
  customer: made(["customer"], (row) => idOf(row["customer"]), { field: "customer" }),
  carrier: made(["carrier.party.name"], (row) => text(one(one(row, "carrier"), "party"), "name")),
  warehouse: made(["warehouse.code"], (row) => text(one(row, "warehouse"), "code"), { field: "warehouse" }),
  delivery_address: made(
    ["name", "street", "postal_code", "city", "country.code", "subdivision.name"].map(
      (field) => `delivery_address.${field}`,
    ),
    (row) => {
      const address = one(row, "delivery_address");
      return address === null ? null : addressOf(address);
    },
    { field: "delivery_address" },
  ),
  sale: made(["outgoing_moves.sale"], sale),
  lines: made(
    ["product", "quantity", "uom.symbol", "uom.digits", "state", "sale", "origin"].map(
      (field) => `outgoing_moves.${field}`,
    ),
    lines,
  ),
};

/** Shipments to customers, with what they carry. */
export const shipments: Shape = {
  model: "stock.shipment.out",
  roots,
  fields: () => [...stampFields(""), ...stampFields("outgoing_moves."), "state"],
  scope: ({ facts }) => [["company", "=", facts.company]],
  changes: (stamps) => [[["moves", "where", stamps]]],
  place: () => present,
  parts: (row) => {
    const found = [
      partOf("stock.shipment.out", row),
      ...moves(row).map((each) => partOf("stock.move", each)),
    ];
    return found.filter((part) => part !== undefined);
  },
};
