import { ConnectorError } from "@crossfoot/connector-sdk";
import { add, compare, ofFloat, subtract } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { keyOf, one, scalar, text, trytonId } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";

/** Open moves read in one call. */
const movesAtOnce = 2000;

/** A warehouse. One without a code goes by its id. */
export interface Warehouse {
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

/** Products that have stock: only goods that are active. */
export const goods: readonly Json[] = [
  ["type", "in", ["goods", "assets"]],
  ["active", "=", true],
  ["template.active", "=", true],
];

/** The warehouses whose stock this connection reads. */
export async function warehousesOf(rpc: Rpc): Promise<readonly Warehouse[]> {
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

/** What can be promised from a day on. */
export interface Level {
  readonly date: string;
  readonly quantity: string;
}

/** Stock of a product in a warehouse, in the product's default unit. */
export interface Stock {
  readonly product: number;
  readonly warehouse: Warehouse;
  readonly unit: Row | null;
  readonly onHand: string;
  readonly reserved: string;
  readonly incoming: string;
  /** By day, the first is today; at least one. */
  readonly levels: readonly Level[];
}

/** A product in a warehouse. */
export interface StockPair {
  readonly product: number;
  readonly warehouse: Warehouse;
}

/** Key of a pair in what {@link loadStock} answers; also the id of its stock record. */
export const pairKey = ({ product, warehouse }: StockPair): string => `${product}:${warehouse.id}`;

/** The stock of products in warehouses; pairs that Tryton does not know are missing. */
export async function loadStock(rpc: Rpc, pairs: readonly StockPair[]): Promise<ReadonlyMap<string, Stock>> {
  const stocks = new Map<string, Stock>();
  if (pairs.length === 0) return stocks;
  const products = [...new Set(pairs.map(({ product }) => product))];
  const open = await openMoves(rpc, products);
  const today = todayOf(rpc);
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
      const pair = { product: trytonId(row["id"]) ?? 0, warehouse };
      stocks.set(pairKey(pair), stockOf(row, pair, { moves: open.get(pairKey(pair)) ?? [], today }));
    }
  }
  return stocks;
}

/** Today, as the day in UTC: the server runs in it. */
export const todayOf = (rpc: Rpc): string => new Date(rpc.session.now()).toISOString().slice(0, 10);

interface Outlook {
  readonly moves: readonly OpenMove[];
  readonly today: string;
}

function stockOf(row: Row, pair: StockPair, outlook: Outlook): Stock {
  const unit = one(row, "default_uom");
  const digits = Number(unit?.["digits"] ?? 2);
  const onHand = ofFloat(Number(row["quantity"] ?? 0), digits);
  const moves = outlook.moves.map((move) => ({ ...move, quantity: ofFloat(Number(move.quantity), digits) }));
  const sum = (isOutgoing: boolean): string =>
    moves
      .filter((move) => move.isOutgoing === isOutgoing)
      .reduce((left, move) => add(left, move.quantity), "0");
  const levels = levelsOf(onHand, { ...outlook, moves });
  return { ...pair, unit, onHand, reserved: sum(true), incoming: sum(false), levels };
}

/**
 * Available to promise, from today on, by day. Every open delivery counts, from today when it is late or has
 * no date; a receipt counts from its planned day, a late or undated one not at all until it arrives. What is
 * available on a day is the least stock on that day or any later one, so that a promise never takes what a
 * later delivery needs.
 */
export function levelsOf(onHand: string, { moves, today }: Outlook): readonly Level[] {
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
  return levels;
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
