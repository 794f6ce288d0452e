import { goneRecord } from "@crossfoot/connector-sdk";
import type { IdPage, NativeRecord, Page, ReadRequest } from "@crossfoot/connector-sdk";
import { externalId, keyOf, scalar, text, trytonId } from "./native.ts";
import type { ExternalId, Json, JsonMap } from "./native.ts";
import { cursorOf } from "./reader.ts";
import type { Rpc } from "./rpc.ts";
import { goods, loadStock, pairKey, warehousesOf } from "./stock-levels.ts";
import type { Level, Stock, StockPair } from "./stock-levels.ts";

/** Roots of a stock record. */
export const inventoryRoots: readonly string[] = [
  "id",
  "product",
  "warehouse",
  "warehouse_name",
  "unit",
  "on_hand",
  "reserved",
  "incoming",
  "available",
  "available_by_date",
];

/** Ids of products in one page of a sweep. */
const productsAtOnce = 2000;

/**
 * One page of stock: the products of the page in every warehouse. Always a full listing; stock has no stamps.
 */
export async function readStockPage(rpc: Rpc, request: ReadRequest): Promise<Page> {
  const warehouses = await warehousesOf(rpc);
  const limit = Math.max(1, Math.floor(request.pageSize / Math.max(1, warehouses.length)));
  const domain = [["id", ">", cursorOf(request.cursor)], ...goods];
  const found = await rpc.search({ model: "product.product", domain, fields: ["id"], limit });
  const products = found.map((row) => trytonId(row["id"])).filter((id) => id !== undefined);
  const pairs = products.flatMap((product) => warehouses.map((warehouse) => ({ product, warehouse })));
  const records = await stockOf(rpc, { pairs, roots: request.roots });
  return { records, unreadable: [], next: products.length === limit ? String(products.at(-1)) : null };
}

/** Stock records by id (`<product>:<warehouse>`, both Tryton's ids). */
export async function readStockByIds(
  rpc: Rpc,
  wanted: { readonly roots: readonly string[]; readonly ids: readonly ExternalId[] },
): Promise<readonly NativeRecord[]> {
  const warehouses = new Map((await warehousesOf(rpc)).map((each) => [each.id, each]));
  const split = wanted.ids.map((id) => {
    const [product, place] = String(id).split(":");
    return { id, product: trytonId(product), warehouse: warehouses.get(trytonId(place) ?? 0) };
  });
  const known = await rpc.search({
    model: "product.product",
    domain: [["id", "in", split.map(({ product }) => product).filter((id) => id !== undefined)], ...goods],
    fields: ["id"],
  });
  const products = new Set(known.map((row) => row["id"]));
  const pairs = split.flatMap(({ product, warehouse }) =>
    product === undefined || warehouse === undefined || !products.has(product)
      ? []
      : [{ product, warehouse }],
  );
  const found = new Map(
    (await stockOf(rpc, { pairs, roots: wanted.roots })).map((record) => [String(record.id), record]),
  );
  return wanted.ids.map((id) => found.get(String(id)) ?? goneRecord(id));
}

/** Ids of all stock records. */
export async function readStockIds(rpc: Rpc, cursor: string | null): Promise<IdPage> {
  const warehouses = await warehousesOf(rpc);
  const domain = [["id", ">", cursorOf(cursor)], ...goods];
  const rows = await rpc.search({ model: "product.product", domain, fields: ["id"], limit: productsAtOnce });
  const ids = rows.flatMap((row) => warehouses.map(({ id }) => externalId(`${keyOf(row)}:${id}`)));
  return { ids, next: rows.length === productsAtOnce ? scalar(rows.at(-1)?.["id"]) : null, isComplete: true };
}

interface Wanted {
  readonly pairs: readonly StockPair[];
  readonly roots: readonly string[];
}

const pick = (native: JsonMap, roots: readonly string[]): JsonMap =>
  Object.fromEntries(roots.flatMap((root) => (native[root] === undefined ? [] : [[root, native[root]]])));

function stockRecord(id: string, native: JsonMap): NativeRecord {
  const none = { version: null, versionOrder: null, modifiedAt: null, actor: null, into: null };
  return { id: externalId(id), kind: "present", native, ...none };
}

async function stockOf(rpc: Rpc, { pairs, roots }: Wanted): Promise<readonly NativeRecord[]> {
  const stocks = await loadStock(rpc, pairs);
  return pairs.flatMap((pair) => {
    const stock = stocks.get(pairKey(pair));
    if (stock === undefined) return [];
    return stockRecord(pairKey(pair), pick(stockNative(stock, rpc.options.availabilityDates), roots));
  });
}

/** What can be promised now, and from which later days on how much; `dates` is the most days shown. */
function availability(
  [now, ...later]: readonly Level[],
  dates: number,
): { readonly available: string; readonly available_by_date: Json } {
  return {
    available: now?.quantity ?? "0",
    available_by_date: later.slice(0, dates).map(({ date, quantity }) => ({ date, quantity })),
  };
}

function stockNative(stock: Stock, dates: number): JsonMap {
  const { product, warehouse, unit, levels } = stock;
  return {
    id: pairKey(stock),
    product: String(product),
    warehouse: warehouse.code,
    warehouse_name: warehouse.name,
    unit: text(unit, "symbol"),
    on_hand: stock.onHand,
    reserved: stock.reserved,
    incoming: stock.incoming,
    ...availability(levels, dates),
  };
}
