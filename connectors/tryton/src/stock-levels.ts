import { promiseOf, wrongOption } from "@crossfoot/connector-sdk";
import type { OpenMove, Outlook } from "@crossfoot/connector-sdk";
import { add, ofFloat } from "./decimal.ts";
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
  throw wrongOption("warehouses", message, "unsupported");
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

function stockOf(row: Row, pair: StockPair, outlook: Pick<Outlook, "moves" | "today">): Stock {
  const unit = one(row, "default_uom");
  const digits = Number(unit?.["digits"] ?? 2);
  const onHand = ofFloat(Number(row["quantity"] ?? 0), digits);
  const moves = outlook.moves.map((move) => ({ ...move, quantity: ofFloat(Number(move.quantity), digits) }));
  const sum = (isOutgoing: boolean): string =>
    moves
      .filter((move) => move.isOutgoing === isOutgoing)
      .reduce((left, move) => add(left, move.quantity), "0");
  const { today } = outlook;
  const { available, later } = promiseOf(onHand, { moves, today, dates: Number.MAX_SAFE_INTEGER });
  const levels = [{ date: today, quantity: available }, ...later];
  return { ...pair, unit, onHand, reserved: sum(true), incoming: sum(false), levels };
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
