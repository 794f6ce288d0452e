/** What Odoo did of a quote, by its own records and by what its warehouse can do. */
import type { Desk } from "crossfoot/testing";
import type { LineThen, Then } from "./preflight-facts.ts";

type Row = Awaited<ReturnType<Desk["find"]>>[number];
type Json = Row[string];

const idsIn = (row: Row | undefined, field: string): readonly number[] =>
  (row?.[field] ?? []) as readonly number[];
/** Id behind a reference, or null. */
const refIn = (row: Row | undefined, field: string): number | null => {
  const value = row?.[field];
  return typeof value === "number" ? value : null;
};
const numberIn = (row: Row | undefined, field: string): number => Number(row?.[field] ?? 0);
const stateIn = ({ state }: Row): string => (typeof state === "string" ? state : "no state");
/** Day of an instant in UTC, which is the zone of the connection. */
const dayIn = (row: Row | undefined, field: string): string | null => {
  const value = row?.[field];
  return typeof value === "string" ? value.slice(0, 10) : null;
};
const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** Which quote it was, and what its conversion was refused with. */
interface Asked {
  readonly orderNumber: string;
  readonly lines: number;
  readonly code: string | null;
}

/** Looks at the order, has its goods reserved, and gives them back. */
export async function lookAtOdoo(desk: Desk, { orderNumber, lines, code }: Asked): Promise<Then> {
  const sales = await desk.find("sale.order", [["client_order_ref", "=", orderNumber]], saleFields);
  const orders = sales.filter((sale) => sale["state"] === "sale");
  const [order] = orders;
  if (order === undefined) {
    const [sale] = sales;
    const refusal = code ?? (sale === undefined ? null : `left in ${stateIn(sale)}`);
    return { orders: 0, refusal, totals: null, lines: [], isCredit: false };
  }
  const pickings = idsIn(order, "picking_ids");
  for (const picking of pickings) await desk.call("stock.picking", "action_assign", { ids: [picking] });
  const moves = await desk.find("stock.move", [["picking_id", "in", [...pickings]]], moveFields);
  const rows = (
    await desk.find("sale.order.line", [["order_id", "=", Number(order["id"])]], lineFields)
  ).slice(0, lines);
  const own = await ownPrices(desk, order, rows);
  const found: LineThen[] = [];
  for (const [at, row] of rows.entries())
    found.push(await lineThen(desk, { order, row, moves, own: own[at], rows }));
  for (const picking of pickings) await desk.call("stock.picking", "action_cancel", { ids: [picking] });
  const [net, tax, gross] = ["amount_untaxed", "amount_tax", "amount_total"].map((field) =>
    numberIn(order, field).toFixed(2),
  );
  return {
    ...{ orders: orders.length, refusal: null, isCredit: false, lines: found },
    totals: { net: net ?? "", tax: tax ?? "", gross: gross ?? "" },
  };
}

const saleFields = [
  ...["state", "amount_untaxed", "amount_tax", "amount_total", "picking_ids", "partner_id"],
  ...["pricelist_id", "date_order", "commitment_date", "warehouse_id"],
];
const lineFields = [
  ...["product_id", "product_uom_id", "product_uom_qty", "price_unit", "discount", "customer_lead"],
];
const moveFields = ["state", "sale_line_id", "product_id", "date"];

/** Prices that Odoo puts into the same lines where nobody says any; their order is deleted again. */
async function ownPrices(desk: Desk, order: Row, rows: readonly Row[]): Promise<readonly Row[]> {
  const same = ["product_id", "product_uom_id", "product_uom_qty"];
  const line = (row: Row): Json => [
    0,
    0,
    Object.fromEntries(same.map((field) => [field, row[field] ?? false])) as Row,
  ];
  const values = {
    ...{ partner_id: order["partner_id"] ?? false, pricelist_id: order["pricelist_id"] ?? false },
    order_line: rows.map(line),
  };
  const made = (await desk.call("sale.order", "create", { vals_list: [values] })) as readonly number[];
  const priced = await desk.find(
    "sale.order.line",
    [["order_id", "in", [...made]]],
    ["price_unit", "discount"],
  );
  await desk.call("sale.order", "unlink", { ids: [...made] });
  return priced;
}

const netOf = (row: Row | undefined): number =>
  numberIn(row, "price_unit") * (1 - numberIn(row, "discount") / 100);

async function lineThen(
  desk: Desk,
  at: {
    readonly order: Row;
    readonly row: Row;
    readonly rows: readonly Row[];
    readonly moves: readonly Row[];
    /** The same line at Odoo's own price. */
    readonly own: Row | undefined;
  },
): Promise<LineThen> {
  const { order, row, rows, own } = at;
  const moves = at.moves.filter((move) => refIn(move, "sale_line_id") === Number(row["id"]));
  const product = refIn(row, "product_id") ?? 0;
  const goods = await desk.find("product.product", [["id", "=", product]], ["is_storable"]);
  const isCounted = goods[0]?.["is_storable"] === true;
  const near = { product, warehouse: refIn(order, "warehouse_id") ?? 0 };
  const others = await openMoves(desk, near, "outgoing");
  const mine = new Set(at.moves.map((move) => Number(move["id"])));
  const arrivals = await openMoves(desk, near, "incoming");
  const on = moves.flatMap((move) => dayIn(move, "date") ?? []).toSorted()[0];
  const lead = Math.max(0, ...rows.map((each) => numberIn(each, "customer_lead")));
  return {
    arrives: arrivals.flatMap((move) => dayIn(move, "date") ?? []).toSorted()[0] ?? null,
    othersNeed: others
      .filter((move) => !mine.has(Number(move["id"])))
      .reduce((sum, move) => sum + numberIn(move, "product_qty"), 0),
    ...(on === undefined
      ? {}
      : {
          planned: {
            ...{ on, wanted: dayIn(order, "commitment_date") },
            byLeadTime: dayAfter(dayIn(order, "date_order") ?? "", lead),
          },
        }),
    isOtherPrice: Math.abs(netOf(own) - netOf(row)) > 0.000_05,
    isThere: isCounted ? moves.length > 0 && moves.every((move) => move["state"] === "assigned") : null,
  };
}

/** What is still to go out of a warehouse, or to come into it, of a product. */
async function openMoves(
  desk: Desk,
  at: { readonly product: number; readonly warehouse: number },
  way: "outgoing" | "incoming",
): Promise<readonly Row[]> {
  return desk.find(
    "stock.move",
    [
      ["product_id", "=", at.product],
      ["state", "in", ["waiting", "confirmed", "partially_available", "assigned"]],
      ["picking_type_id.code", "=", way],
      ["picking_type_id.warehouse_id", "=", at.warehouse],
    ],
    ["product_qty", "date"],
  );
}
