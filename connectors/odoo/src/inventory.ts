import type { IdPage, NativeRecord, Page, ReadRequest } from "@crossfoot/connector-sdk";
import { goneRecord, promiseOf, wrongOption } from "@crossfoot/connector-sdk";
import { placeAfter, placeOf } from "./cursor.ts";
import { add, subtract } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { externalId, idOf, keyOf, odooId, refLabel } from "./native.ts";
import type { ExternalId, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { storable } from "./product.ts";
import { stockOf } from "./stock.ts";
import type { Stock } from "./stock.ts";

/** Roots of a stock record. */
export const inventoryRoots: readonly string[] = [
  ...["id", "product", "warehouse", "warehouse_name", "unit"],
  ...["on_hand", "reserved", "free", "incoming", "outgoing", "forecast", "available", "available_by_date"],
];

/** Products in one page of a sweep. */
const productsAtOnce = 2000;

/** A warehouse of the company. */
export interface Warehouse {
  readonly id: number;
  readonly code: string;
  readonly name: string;
}

/** The warehouses whose stock this connection reads. */
export function warehousesOf(facts: Facts, wanted: readonly string[] | null): readonly Warehouse[] {
  const all = Object.entries(facts.warehouses).map(([id, place]) => ({ id: Number(id), ...place }));
  if (wanted === null) return all;
  const unknown = wanted.filter((code) => !all.some((each) => each.code === code));
  if (unknown.length === 0) return all.filter(({ code }) => wanted.includes(code));
  const message = `the option warehouses names a warehouse that Odoo does not have: ${unknown.join(", ")}`;
  throw wrongOption("warehouses", message, "unsupported");
}

const goods = (facts: Facts): Domain => [
  ...storable(facts),
  ["active", "=", true],
  ["company_id", "in", [false, facts.company]],
];

/** One page of stock: its products in every warehouse. Always a full listing: stock moves no stamp. */
export async function readStockPage(odoo: Odoo, request: ReadRequest): Promise<Page> {
  const facts = await loadFacts(odoo);
  const warehouses = warehousesOf(facts, odoo.options.warehouses);
  const limit = Math.max(1, Math.floor(request.pageSize / Math.max(1, warehouses.length)));
  const domain: Domain = [["id", ">", placeOf(request.cursor).after], ...goods(facts)];
  const rows = await odoo.search({ model: "product.product", domain, fields: ["uom_id"], limit });
  const records = await recordsOf(odoo, { rows, warehouses, roots: request.roots });
  const last = rows.at(-1);
  const isFull = rows.length === limit && last !== undefined;
  const next = isFull ? placeAfter({ after: 0, until: null }, { last: idOf(last), at: null }) : null;
  return { records, unreadable: [], next };
}

/** Stock records by id (`<product>:<warehouse>`, both Odoo's ids). */
export async function readStockByIds(
  odoo: Odoo,
  wanted: { readonly roots: readonly string[]; readonly ids: readonly ExternalId[] },
): Promise<readonly NativeRecord[]> {
  const facts = await loadFacts(odoo);
  const warehouses = warehousesOf(facts, odoo.options.warehouses);
  const products = wanted.ids.map((id) => odooId(String(id).split(":")[0])).filter((id) => id !== undefined);
  const domain: Domain = [["id", "in", [...new Set(products)]], ...goods(facts)];
  const rows = await odoo.search({ model: "product.product", domain, fields: ["uom_id"] });
  const records = await recordsOf(odoo, { rows, warehouses, roots: wanted.roots });
  const byId = new Map(records.map((record) => [String(record.id), record]));
  return wanted.ids.map((id) => byId.get(String(id)) ?? goneRecord(id));
}

/** Ids of all stock records. */
export async function readStockIds(odoo: Odoo, cursor: string | null): Promise<IdPage> {
  const facts = await loadFacts(odoo);
  const warehouses = warehousesOf(facts, odoo.options.warehouses);
  const domain: Domain = [["id", ">", placeOf(cursor).after], ...goods(facts)];
  const rows = await odoo.search({ model: "product.product", domain, fields: ["id"], limit: productsAtOnce });
  const ids = rows.flatMap((row) => warehouses.map(({ id }) => externalId(`${keyOf(row)}:${id}`)));
  const last = rows.at(-1);
  const next = rows.length === productsAtOnce && last !== undefined ? keyOf(last) : null;
  return { ids, next, isComplete: true };
}

async function recordsOf(
  odoo: Odoo,
  from: {
    readonly rows: readonly Row[];
    readonly warehouses: readonly Warehouse[];
    readonly roots: readonly string[];
  },
): Promise<readonly NativeRecord[]> {
  const { rows, warehouses, roots } = from;
  if (rows.length === 0) return [];
  const stock = await stockOf(odoo, rows.map(idOf));
  const today = new Date(odoo.session.now()).toISOString().slice(0, 10);
  return rows.flatMap((row) =>
    warehouses.map((warehouse) => {
      const id = `${keyOf(row)}:${warehouse.id}`;
      const here = stock.get(id) ?? { onHand: "0", reserved: "0", moves: [] };
      const native = figures(here, { today, dates: odoo.options.availabilityDates });
      const named = {
        ...{ id, product: keyOf(row), warehouse: warehouse.code, warehouse_name: warehouse.name },
        unit: refLabel(row, "uom_id"),
        ...native,
      };
      return record(id, pick(named, roots));
    }),
  );
}

const pick = (native: JsonMap, roots: readonly string[]): JsonMap =>
  Object.fromEntries(roots.flatMap((root) => (native[root] === undefined ? [] : [[root, native[root]]])));

function record(id: string, native: JsonMap): NativeRecord {
  const none = { version: null, versionOrder: null, modifiedAt: null, actor: null, into: null };
  return { id: externalId(id), kind: "present", native, ...none };
}

/** What a stock record shows: Odoo's own figures, and what can be promised of them. */
function figures(
  { onHand, reserved, moves }: Stock,
  from: { readonly today: string; readonly dates: number },
): JsonMap {
  const sum = (isOutgoing: boolean): string =>
    moves
      .filter((move) => move.isOutgoing === isOutgoing)
      .reduce((left, move) => add(left, move.quantity), "0");
  const [outgoing, incoming] = [sum(true), sum(false)];
  const { available, later } = promiseOf(onHand, { moves, ...from });
  return {
    on_hand: onHand,
    reserved,
    free: subtract(onHand, reserved),
    incoming,
    outgoing,
    forecast: add(subtract(onHand, outgoing), incoming),
    available,
    available_by_date: [...later],
  };
}
