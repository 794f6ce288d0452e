import { dayOf } from "./dates.ts";
import { add, decimalOf } from "./decimal.ts";
import { loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { idOf, isList, refId, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";

/** States of a move that is still to come. */
const openStates: readonly Json[] = ["waiting", "confirmed", "partially_available", "assigned"];

/** What of a product is in a warehouse, and what is to come and to go. */
export interface Stock {
  readonly onHand: string;
  /** What is set aside for open deliveries; what is on hand less this is Odoo's `free_qty`. */
  readonly reserved: string;
  readonly moves: readonly {
    readonly quantity: string;
    readonly isOutgoing: boolean;
    readonly date: string | null;
  }[];
}

/** Stock by `<product>:<warehouse>`. */
export type StockBy = ReadonlyMap<string, Stock>;

const nothing: Stock = { onHand: "0", reserved: "0", moves: [] };

/**
 * Stock of products in each warehouse, from what Odoo stores: the quants and the open moves. The figures that
 * a product itself shows need the warehouse in the context, under a key that differs between versions and is
 * ignored in silence where it is the other one.
 */
export async function stockOf(odoo: Odoo, products: readonly number[]): Promise<StockBy> {
  const facts = await loadFacts(odoo);
  const places = await warehousesOfLocations(odoo);
  const found = new Map<string, Stock>();
  const change = (key: string, by: (stock: Stock) => Stock): void =>
    void found.set(key, by(found.get(key) ?? nothing));
  const quants = await odoo.search({
    model: "stock.quant",
    domain: [
      ["product_id", "in", [...products]],
      ["location_id.usage", "=", "internal"],
      ["company_id", "=", facts.company],
    ],
    fields: ["product_id", "location_id", "quantity", "reserved_quantity"],
  });
  for (const row of quants) {
    const warehouse = places.get(refId(row, "location_id") ?? 0);
    if (warehouse === undefined) continue;
    change(`${refId(row, "product_id") ?? 0}:${warehouse}`, (stock) => ({
      ...stock,
      onHand: add(stock.onHand, figure(row, "quantity", facts)),
      reserved: add(stock.reserved, figure(row, "reserved_quantity", facts)),
    }));
  }
  for (const row of await openMoves(odoo, products)) {
    const [from, to] = ["location_id", "location_dest_id"].map((field) => places.get(refId(row, field) ?? 0));
    if (from === to) continue;
    const date = dayOf(text(row, "date"), odoo.options.timeZone);
    const quantity = figure(row, "product_qty", facts);
    for (const [warehouse, isOutgoing] of [[from, true] as const, [to, false] as const]) {
      if (warehouse === undefined) continue;
      change(`${refId(row, "product_id") ?? 0}:${warehouse}`, (stock) => ({
        ...stock,
        moves: [...stock.moves, { quantity, isOutgoing, date }],
      }));
    }
  }
  return found;
}

const figure = (row: Row, field: string, facts: Facts): string =>
  decimalOf(row, field, placesOf(facts, "sale.order.line", "product_uom_qty")) ?? "0";

async function openMoves(odoo: Odoo, products: readonly number[]): Promise<readonly Row[]> {
  const { company } = await loadFacts(odoo);
  return odoo.search({
    model: "stock.move",
    domain: [
      ["product_id", "in", [...products]],
      ["state", "in", [...openStates]],
      ["company_id", "=", company],
    ],
    fields: ["product_id", "product_qty", "date", "location_id", "location_dest_id"],
  });
}

/** The warehouse of each internal location. */
async function warehousesOfLocations(odoo: Odoo): Promise<ReadonlyMap<number, number>> {
  const rows = await odoo.search({
    model: "stock.location",
    domain: [["usage", "in", ["internal", "transit"]]],
    fields: ["warehouse_id", "usage"],
  });
  return new Map(
    rows.flatMap((row) => {
      const warehouse = refId(row, "warehouse_id");
      const isInside = text(row, "usage") === "internal" && isList(row["warehouse_id"]);
      return warehouse === undefined || !isInside ? [] : [[idOf(row), warehouse]];
    }),
  );
}
