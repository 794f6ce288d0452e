import { failureRecord, promiseOf } from "@crossfoot/connector-sdk";
import type {
  AvailabilityAnswer,
  AvailabilityRequest,
  RefusedRow,
  StockedRow,
  StockPlace,
} from "@crossfoot/connector-sdk";
import { dayOf, odooInstant } from "./dates.ts";
import { compare, total } from "./decimal.ts";
import { has, loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { warehousesOf } from "./inventory.ts";
import type { Warehouse } from "./inventory.ts";
import { externalId, flag, idOf, keyOf, odooId, refId, refLabel, text } from "./native.ts";
import type { Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { stockOf } from "./stock.ts";
import type { Stock, StockBy } from "./stock.ts";
import { converted, loadUnits, quantityIn, unitFor } from "./unit.ts";
import type { Unit } from "./unit.ts";

type AskedRow = AvailabilityRequest["rows"][number];

/** What the rows of one request share. */
interface Looking {
  readonly facts: Facts;
  readonly today: string;
  readonly date: string | null;
  readonly warehouses: readonly Warehouse[];
  readonly products: ReadonlyMap<string, Row>;
  readonly units: readonly Unit[];
  readonly stock: StockBy;
}

/**
 * Stock by product and warehouse from quants and open moves. The figures on the product itself are not asked
 * for: they take the warehouse from the context under a key that another version ignores in silence, and for
 * a day gone by they are wrong.
 */
export async function availability(odoo: Odoo, request: AvailabilityRequest): Promise<AvailabilityAnswer> {
  const facts = await loadFacts(odoo);
  const warehouses = chosen(warehousesOf(facts, odoo.options.warehouses), request.warehouses);
  const ids = new Set(request.rows.map(({ product }) => odooId(product)).filter((id) => id !== undefined));
  const isMarked = has(facts, "product.product", "is_storable");
  const rows = await odoo.search({
    model: "product.product",
    domain: [
      ["id", "in", [...ids]],
      ["company_id", "in", [false, facts.company]],
    ],
    fields: ["uom_id", "type", ...(isMarked ? ["is_storable"] : [])],
  });
  const counted = rows.filter(isStocked).map(idOf);
  const isWanted = request.rows.some(({ wanted }) => wanted !== null);
  const looking: Looking = {
    facts,
    today: dayOf(odooInstant(odoo.session.now()), odoo.options.timeZone) ?? "",
    date: request.date,
    warehouses,
    products: new Map(rows.map((row) => [keyOf(row), row])),
    units: isWanted ? await loadUnits(odoo, facts) : [],
    stock: counted.length === 0 ? new Map() : await stockOf(odoo, counted),
  };
  return { rows: request.rows.map((row) => rowOf(looking, row)) };
}

const isStocked = (product: Row): boolean =>
  flag(product, "is_storable") || text(product, "type") === "product";

function chosen(all: readonly Warehouse[], codes: readonly string[] | null): readonly Warehouse[] {
  if (codes === null) return all;
  if (codes.every((code) => all.some((each) => each.code === code)))
    return all.filter(({ code }) => codes.includes(code));
  throw refusal("warehouse_unknown", "this connection reads no warehouse of one of these codes");
}

function rowOf(looking: Looking, asked: AskedRow): StockedRow | RefusedRow {
  const product = looking.products.get(asked.product);
  try {
    if (product === undefined) throw refusal("product_unknown", "Odoo has no such product");
    const wanted = wantedOf(looking, product, asked.wanted);
    const counted = isStocked(product);
    const places = counted ? looking.warehouses : [];
    return {
      ok: true,
      product: externalId(keyOf(product)),
      isStocked: counted,
      unit: refLabel(product, "uom_id") ?? "",
      wanted,
      places: places.map((warehouse) => placeOf(looking, warehouse, { product, wanted })),
    };
  } catch (error) {
    return { ok: false, failure: failureRecord(error) };
  }
}

/** What is wanted, in the product's own unit. */
function wantedOf({ facts, units }: Looking, product: Row, wanted: AskedRow["wanted"]): string | null {
  if (wanted === null) return null;
  const own = refId(product, "uom_id");
  const unit = unitFor(units, own, wanted.unit);
  const quantity = quantityIn(wanted.quantity, placesOf(facts, "sale.order.line", "product_uom_qty"));
  return converted(
    quantity,
    unit,
    units.find(({ id }) => id === own),
  );
}

const nothing: Stock = { onHand: "0", reserved: "0", moves: [] };

function placeOf(
  { stock, today, date }: Looking,
  warehouse: Warehouse,
  { product, wanted }: { readonly product: Row; readonly wanted: string | null },
): StockPlace {
  const { onHand, moves } = stock.get(`${keyOf(product)}:${warehouse.id}`) ?? nothing;
  const { available, later } = promiseOf(onHand, { moves, today, dates: Number.MAX_SAFE_INTEGER });
  const levels = [{ date: today, quantity: available }, ...later];
  const sum = (isOutgoing: boolean): string =>
    total(moves.filter((move) => move.isOutgoing === isOutgoing).map(({ quantity }) => quantity));
  const enough = wanted === null ? undefined : levels.find(({ quantity }) => compare(quantity, wanted) >= 0);
  const then = date === null ? undefined : levels.findLast((level) => level.date <= date);
  return {
    warehouse: warehouse.code,
    onHand,
    reserved: sum(true),
    incoming: sum(false),
    available,
    availableAt: then?.quantity ?? available,
    promisedFrom: enough?.date ?? null,
  };
}
