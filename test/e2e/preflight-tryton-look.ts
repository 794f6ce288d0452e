/** What Tryton did of a quote, by its own records and by what its warehouse can do. */
import type { Admin } from "crossfoot/testing";
import type { LineThen, Then } from "./preflight-facts.ts";

type Row = Awaited<ReturnType<Admin["find"]>>[number];

const orderStates = ["confirmed", "processing", "done"];
const idsIn = (row: Row | undefined, field: string): readonly number[] =>
  (row?.[field] ?? []) as readonly number[];
const decimalIn = (row: Row | undefined, field: string): string =>
  (row?.[field] as { readonly decimal?: string } | null | undefined)?.decimal ?? "";
const textIn = (row: Row | undefined, field: string): string => {
  const value = row?.[field];
  return typeof value === "string" ? value : "";
};

/** Which quote it was, and what its conversion was refused with. */
interface Asked {
  readonly orderNumber: string;
  readonly lines: number;
  readonly code: string | null;
}

/** Looks at the sale, tries to assign its goods, and gives them back. */
export async function lookAtTryton(admin: Admin, { orderNumber, lines, code }: Asked): Promise<Then> {
  const sales = await admin.find("sale.sale", [["description", "=", orderNumber]], saleFields);
  const orders = sales.filter((sale) => orderStates.includes(textIn(sale, "state")));
  const isCredit = code === "credit_limit";
  const [order] = orders;
  if (order === undefined) {
    const [sale] = sales;
    const refusal = code ?? (sale === undefined ? null : `left in ${textIn(sale, "state")}`);
    return { orders: 0, refusal, totals: null, lines: [], isCredit };
  }
  // Tryton processes an order right after it confirmed it.
  if (textIn(order, "state") === "confirmed")
    return { orders: orders.length, refusal: null, totals: null, lines: [], isCredit, isStuck: true };
  const rows = (await admin.find("sale.line", [["sale", "=", Number(order["id"])]], lineFields)).slice(
    0,
    lines,
  );
  const shipped = rows.flatMap((row) => idsIn(row, "moves"));
  const leads = rows.map((row) => secondsIn(row["product."] as Row | undefined));
  const byLeadTime = dayAfter(dayIn(order, "sale_date") ?? "", Math.max(0, ...leads));
  const missing = await assign(admin, idsIn(order, "shipments"));
  const found: LineThen[] = [];
  for (const row of rows) found.push(await lineThen(admin, { order, row, missing, shipped, byLeadTime }));
  for (const shipment of idsIn(order, "shipments")) await admin.call("stock.shipment.out.cancel", [shipment]);
  return {
    ...{ orders: orders.length, refusal: null, isCredit, lines: found },
    totals: {
      net: decimalIn(order, "untaxed_amount"),
      tax: decimalIn(order, "tax_amount"),
      gross: decimalIn(order, "total_amount"),
    },
  };
}

const saleFields = [
  ...["state", "untaxed_amount", "tax_amount", "total_amount", "shipments"],
  ...["party", "price_list", "currency", "sale_date", "shipping_date", "warehouse"],
];
const lineFields = [
  ...["product", "product.type", "product.lead_time", "quantity", "unit", "unit_price"],
  ...["moves", "shipping_date"],
];

/** Outgoing moves of which not everything could be assigned. */
async function assign(admin: Admin, shipments: readonly number[]): Promise<ReadonlySet<number>> {
  const missing = new Set<number>();
  for (const shipment of shipments) {
    await admin.call("stock.shipment.out.assign_try", [shipment]);
    const [row] = await admin.find("stock.shipment.out", [["id", "=", shipment]], ["inventory_moves"]);
    const among = [["id", "in", idsIn(row, "inventory_moves")]];
    for (const move of await admin.find("stock.move", among, ["state", "origin"]))
      if (textIn(move, "state") !== "assigned") missing.add(Number(textIn(move, "origin").split(",")[1]));
  }
  return missing;
}

async function lineThen(
  admin: Admin,
  at: {
    readonly order: Row;
    readonly row: Row;
    /** Outgoing moves of the order, and those of them of which not everything was there. */
    readonly shipped: readonly number[];
    readonly missing: ReadonlySet<number>;
    /** The day of the order with the longest lead time of its products. */
    readonly byLeadTime: string;
  },
): Promise<LineThen> {
  const { order, row, missing, shipped, byLeadTime } = at;
  const more = {
    ...{ price_list: order["price_list"] ?? null, customer: order["party"] ?? null },
    ...{ uom: row["unit"] ?? null, currency: order["currency"] ?? null, quantity: row["quantity"] ?? null },
  };
  const product = Number(row["product"]);
  const answer = await admin.callIn(more, "product.product.read", [product], ["sale_price_uom"]);
  const [read] = answer as readonly Row[];
  const own = Number(decimalIn(read, "sale_price_uom"));
  const goods = row["product."] as Row | undefined;
  const type = textIn(goods, "type");
  const moves = idsIn(row, "moves");
  const others = await admin.find(
    "stock.move",
    [
      ["product", "=", product],
      ["id", "not in", [...shipped]],
      ["state", "in", ["draft", "assigned"]],
      ["to_location.type", "=", "customer"],
    ],
    ["internal_quantity", "from_location.warehouse"],
  );
  const here = others.filter(
    (move) => (move["from_location."] as Row | undefined)?.["warehouse"] === order["warehouse"],
  );
  const planned = dayIn(row, "shipping_date");
  return {
    arrives: await arrivalOf(admin, { product, warehouse: order["warehouse"] ?? null }),
    othersNeed: here.reduce((sum, move) => sum + Number(move["internal_quantity"]), 0),
    ...(planned === null || moves.length === 0
      ? {}
      : {
          planned: { on: planned, byLeadTime, wanted: dayIn(order, "shipping_date") },
        }),
    // Tryton rounds a unit price to four decimals.
    isOtherPrice: Math.abs(own - Number(decimalIn(row, "unit_price"))) > 0.000_051,
    isThere: type === "service" ? null : moves.length > 0 && !moves.some((move) => missing.has(move)),
  };
}

/** First day on which some of a product is planned to come into a warehouse; null where none is. */
async function arrivalOf(
  admin: Admin,
  at: { readonly product: number; readonly warehouse: Row[string] | null },
): Promise<string | null> {
  const moves = await admin.find(
    "stock.move",
    [
      ["product", "=", at.product],
      ["state", "in", ["draft", "assigned"]],
      ["to_location.type", "=", "storage"],
      ["from_location.type", "not in", ["storage", "view"]],
    ],
    ["planned_date", "to_location.warehouse"],
  );
  const days = moves.flatMap((move) => {
    const place = (move["to_location."] as Row | undefined)?.["warehouse"];
    return place === at.warehouse ? (dayIn(move, "planned_date") ?? []) : [];
  });
  return days.toSorted()[0] ?? null;
}

function dayIn(row: Row | undefined, field: string): string | null {
  const value = row?.[field] as { readonly [part: string]: number } | null | undefined;
  if (value === null || value === undefined) return null;
  return ["year", "month", "day"].map((part) => String(value[part] ?? 0).padStart(2, "0")).join("-");
}

/** The product's lead time, which Tryton keeps as a span. */
const secondsIn = (goods: Row | undefined): number =>
  (goods?.["lead_time"] as { readonly seconds?: number } | null | undefined)?.seconds ?? 0;

const dayAfter = (day: string, seconds: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + seconds * 1000).toISOString().slice(0, 10);

/** The goods do not come after all. */
export async function cancelArrivals(admin: Admin, moves: readonly number[]): Promise<void> {
  if (moves.length > 0) await admin.call("stock.move.cancel", [...moves]);
}
