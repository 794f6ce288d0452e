import { failureRecord } from "@crossfoot/connector-sdk";
import type {
  AvailabilityAnswer,
  AvailabilityRequest,
  RefusedRow,
  StockedRow,
  StockPlace,
} from "@crossfoot/connector-sdk";
import { compare } from "./decimal.ts";
import { refusal } from "./failures.ts";
import { externalId, keyOf, one, text, trytonId } from "./native.ts";
import type { Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { loadStock, pairKey, todayOf, warehousesOf } from "./stock-levels.ts";
import type { Level, Stock, Warehouse } from "./stock-levels.ts";
import { converted, quantityIn, unitFields } from "./unit.ts";

const daySeconds = 86_400;

type AskedRow = AvailabilityRequest["rows"][number];

/** What the rows of one request share. */
interface Looking {
  readonly today: string;
  readonly date: string | null;
  readonly warehouses: readonly Warehouse[];
  readonly products: ReadonlyMap<string, Row>;
  readonly units: readonly Row[];
  readonly stocks: ReadonlyMap<string, Stock>;
}

/** Stock by product and warehouse from Tryton's moves, those to come included. */
export async function availability(rpc: Rpc, request: AvailabilityRequest): Promise<AvailabilityAnswer> {
  const warehouses = await chosen(rpc, request.warehouses);
  const ids = new Set(request.rows.map(({ product }) => trytonId(product)).filter((id) => id !== undefined));
  const found = await rpc.search({
    model: "product.product",
    domain: [["id", "in", [...ids]]],
    fields: ["type", "lead_time", "default_uom.category", ...unitFields("default_uom.")],
  });
  const products = new Map(found.map((row) => [keyOf(row), row]));
  const counted = found.filter(isStocked).map((row) => trytonId(row["id"]) ?? 0);
  const pairs = counted.flatMap((product) => warehouses.map((warehouse) => ({ product, warehouse })));
  const isWanted = request.rows.some(({ wanted }) => wanted !== null);
  const looking: Looking = {
    today: todayOf(rpc),
    date: request.date,
    warehouses,
    products,
    units: isWanted
      ? await rpc.search({ model: "product.uom", domain: [], fields: ["category", ...unitFields("")] })
      : [],
    stocks: await loadStock(rpc, pairs),
  };
  return { rows: request.rows.map((row) => rowOf(looking, row)) };
}

const isStocked = (product: Row): boolean => ["goods", "assets"].includes(text(product, "type") ?? "");

async function chosen(rpc: Rpc, codes: readonly string[] | null): Promise<readonly Warehouse[]> {
  const all = await warehousesOf(rpc);
  if (codes === null) return all;
  if (codes.every((code) => all.some((each) => each.code === code)))
    return all.filter(({ code }) => codes.includes(code));
  throw refusal("warehouse_unknown", "this connection reads no warehouse of one of these codes");
}

function rowOf(looking: Looking, asked: AskedRow): StockedRow | RefusedRow {
  const product = looking.products.get(asked.product);
  try {
    if (product === undefined) throw refusal("product_unknown", "Tryton has no such product");
    const wanted = wantedOf(looking, product, asked.wanted);
    const stocks = looking.warehouses.flatMap(
      (warehouse) => looking.stocks.get(pairKey({ product: Number(keyOf(product)), warehouse })) ?? [],
    );
    return {
      ok: true,
      product: externalId(keyOf(product)),
      isStocked: isStocked(product),
      unit: text(one(product, "default_uom"), "symbol") ?? "",
      wanted,
      places: stocks.map((stock) => placeOf(stock, { wanted, date: looking.date })),
      ...(isStocked(product) ? { plannedFrom: planOf(product, looking.today) } : {}),
    };
  } catch (error) {
    return { ok: false, failure: failureRecord(error) };
  }
}

/**
 * The day of an order of today with the product's lead time, of which Tryton counts whole days. Null without
 * one of its own: that of the configuration is not for every user to read.
 */
function planOf(product: Row, today: string): string | null {
  const seconds = product["lead_time"];
  if (typeof seconds !== "number") return null;
  const days = Math.floor(seconds / daySeconds);
  return new Date(Date.parse(`${today}T00:00:00Z`) + days * daySeconds * 1000).toISOString().slice(0, 10);
}

/** What is wanted, in the unit that stock is counted in. */
function wantedOf({ units }: Looking, product: Row, wanted: AskedRow["wanted"]): string | null {
  if (wanted === null) return null;
  const counted = one(product, "default_uom");
  const unit = units.find(
    (each) => each["category"] === counted?.["category"] && text(each, "symbol") === wanted.unit,
  );
  if (unit === undefined) throw refusal("unit_unknown", "the product is not counted in this unit");
  return converted(quantityIn(wanted.quantity, unit), unit, counted);
}

function placeOf(
  stock: Stock,
  at: { readonly wanted: string | null; readonly date: string | null },
): StockPlace {
  const { levels, warehouse, onHand, reserved, incoming } = stock;
  const { wanted } = at;
  const available = levels[0]?.quantity ?? onHand;
  const enough = wanted === null ? undefined : levels.find(({ quantity }) => compare(quantity, wanted) >= 0);
  return {
    warehouse: warehouse.code,
    onHand,
    reserved,
    incoming,
    available,
    availableAt: at.date === null ? available : levelAt(levels, at.date),
    promisedFrom: enough?.date ?? null,
  };
}

/** What can be promised on a day: what the last day up to it says, or today for a day gone by. */
function levelAt(levels: readonly Level[], day: string): string {
  return (levels.findLast(({ date }) => date <= day) ?? levels[0])?.quantity ?? "0";
}
