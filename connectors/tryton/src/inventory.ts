import type { IdPage, NativeRecord, Page, ReadRequest } from "@crossfoot/connector-sdk";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { add, compare, ofFloat, subtract } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { externalId, keyOf, one, scalar, text, trytonId } from "./native.ts";
import type { ExternalId, Json, JsonMap, Row } from "./native.ts";
import { cursorOf, gone } from "./reader.ts";
import type { Rpc } from "./rpc.ts";

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

/** Open moves read in one call. */
const movesAtOnce = 2000;
/** Ids of products in one page of a sweep. */
const productsAtOnce = 2000;

interface Warehouse {
  readonly id: number;
  readonly code: string;
  readonly name: string | null;
}

/**
 * A movement of stock over the border of a warehouse that is still to come; `date` is null when none is
 * planned.
 */
export interface OpenMove {
  readonly quantity: string;
  readonly isOutgoing: boolean;
  readonly date: string | null;
}

/** Stock of one product in one warehouse: only goods that are active. */
const goods: readonly Json[] = [
  ["type", "in", ["goods", "assets"]],
  ["active", "=", true],
  ["template.active", "=", true],
];

async function warehousesOf(rpc: Rpc): Promise<readonly Warehouse[]> {
  const rows = await rpc.search({
    model: "stock.location",
    domain: [
      ["type", "=", "warehouse"],
      ["active", "=", true],
    ],
    fields: ["code", "name"],
  });
  const all = rows.map((row) => ({
    id: trytonId(row["id"]) ?? 0,
    code: text(row, "code") ?? `#${keyOf(row)}`,
    name: text(row, "name"),
  }));
  const wanted = rpc.options.warehouses;
  if (wanted === null) return all;
  const unknown = wanted.filter((code) => !all.some((each) => each.code === code));
  if (unknown.length === 0) return all.filter(({ code }) => wanted.includes(code));
  const message = `the option warehouses names a warehouse that Tryton does not have: ${unknown.join(", ")}`;
  throw new ConnectorError({ failure: "unsupported", code: "warehouse_unknown", message });
}

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
  return wanted.ids.map((id) => found.get(String(id)) ?? gone(id));
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
  readonly pairs: readonly { readonly product: number; readonly warehouse: Warehouse }[];
  readonly roots: readonly string[];
}

async function stockOf(rpc: Rpc, { pairs, roots }: Wanted): Promise<readonly NativeRecord[]> {
  if (pairs.length === 0) return [];
  const products = [...new Set(pairs.map(({ product }) => product))];
  const open = await openMoves(rpc, products);
  const today = new Date(rpc.session.now()).toISOString().slice(0, 10);
  const records = new Map<string, NativeRecord>();
  for (const [warehouse, here] of Map.groupBy(pairs, (pair) => pair.warehouse)) {
    const rows = await rpc.search({
      model: "product.product",
      domain: [["id", "in", here.map(({ product }) => product)]],
      fields: ["quantity", "default_uom.symbol", "default_uom.digits"],
      // Children are included by default for one location only; with several and without this the answer is
      // 0.
      context: { locations: [warehouse.id], with_childs: true },
    });
    for (const row of rows) {
      const id = `${keyOf(row)}:${warehouse.id}`;
      const native = stockNative(row, warehouse, {
        moves: open.get(id) ?? [],
        today,
        dates: rpc.options.availabilityDates,
      });
      records.set(id, stockRecord(id, pick(native, roots)));
    }
  }
  return pairs.flatMap(({ product, warehouse }) => records.get(`${product}:${warehouse.id}`) ?? []);
}

const pick = (native: JsonMap, roots: readonly string[]): JsonMap =>
  Object.fromEntries(roots.flatMap((root) => (native[root] === undefined ? [] : [[root, native[root]]])));

function stockRecord(id: string, native: JsonMap): NativeRecord {
  const none = { version: null, versionOrder: null, modifiedAt: null, actor: null, into: null };
  return { id: externalId(id), kind: "present", native, ...none };
}

interface Outlook {
  readonly moves: readonly OpenMove[];
  readonly today: string;
  /** Most dates of the outlook. */
  readonly dates: number;
}

function stockNative(row: Row, warehouse: Warehouse, outlook: Outlook): JsonMap {
  const digits = Number(one(row, "default_uom")?.["digits"] ?? 2);
  const onHand = ofFloat(Number(row["quantity"] ?? 0), digits);
  const moves = outlook.moves.map((move) => ({ ...move, quantity: ofFloat(Number(move.quantity), digits) }));
  const sum = (isOutgoing: boolean): string =>
    moves
      .filter((move) => move.isOutgoing === isOutgoing)
      .reduce((left, move) => add(left, move.quantity), "0");
  return {
    id: `${keyOf(row)}:${warehouse.id}`,
    product: keyOf(row),
    warehouse: warehouse.code,
    warehouse_name: warehouse.name,
    unit: text(one(row, "default_uom"), "symbol"),
    on_hand: onHand,
    reserved: sum(true),
    incoming: sum(false),
    ...availability(onHand, { ...outlook, moves }),
  };
}

/**
 * Available to promise. Every open delivery counts, from today when it is late or has no date; a receipt
 * counts from its planned day, a late or undated one not at all until it arrives. What is available on a day
 * is the least stock on that day or any later one, so that a promise never takes what a later delivery needs.
 */
export function availability(
  onHand: string,
  { moves, today, dates }: Outlook,
): { readonly available: string; readonly available_by_date: Json } {
  const byDate = new Map<string, string>();
  for (const { quantity, isOutgoing, date } of moves) {
    const isLate = date === null || date < today;
    if (isLate && !isOutgoing) continue;
    const day = isLate ? today : date;
    byDate.set(
      day,
      isOutgoing ? subtract(byDate.get(day) ?? "0", quantity) : add(byDate.get(day) ?? "0", quantity),
    );
  }
  const days = [...new Set([today, ...byDate.keys()])].toSorted();
  let level = onHand;
  const levels = days.map((day) => {
    level = add(level, byDate.get(day) ?? "0");
    return { date: day, quantity: level };
  });
  for (let at = levels.length - 2; at >= 0; at -= 1) {
    const [here, later] = [levels[at], levels[at + 1]];
    if (here !== undefined && later !== undefined && compare(later.quantity, here.quantity) < 0)
      levels[at] = { ...here, quantity: later.quantity };
  }
  const [now, ...later] = levels;
  return { available: now?.quantity ?? onHand, available_by_date: later.slice(0, dates) };
}

/** Open moves of these products over the border of a warehouse, by `<product>:<warehouse>`. */
async function openMoves(
  rpc: Rpc,
  products: readonly number[],
): Promise<ReadonlyMap<string, readonly OpenMove[]>> {
  const { company } = await loadFacts(rpc);
  const found = new Map<string, OpenMove[]>();
  let after = 0;
  for (;;) {
    const rows = await rpc.search({
      model: "stock.move",
      domain: [
        ["id", ">", after],
        ["company", "=", company],
        ["product", "in", products],
        ["state", "in", ["draft", "assigned"]],
      ],
      fields: [
        "product",
        "internal_quantity",
        "planned_date",
        "from_location.warehouse",
        "to_location.warehouse",
      ],
      limit: movesAtOnce,
    });
    for (const row of rows) {
      const [from, to] = [one(row, "from_location")?.["warehouse"], one(row, "to_location")?.["warehouse"]];
      if (from === to) continue;
      for (const [place, isOutgoing] of [
        [from, true],
        [to, false],
      ] as const) {
        if (typeof place !== "number") continue;
        const key = `${scalar(row["product"])}:${place}`;
        const move = {
          quantity: scalar(row["internal_quantity"] ?? 0),
          isOutgoing,
          date: text(row, "planned_date"),
        };
        found.set(key, [...(found.get(key) ?? []), move]);
      }
    }
    if (rows.length < movesAtOnce) return found;
    after = trytonId(rows.at(-1)?.["id"]) ?? Number.MAX_SAFE_INTEGER;
  }
}
