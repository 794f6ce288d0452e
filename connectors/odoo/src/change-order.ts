import { ConnectorError } from "@crossfoot/connector-sdk";
import type { AskedLine, NativeWrite, WriteOutcome } from "@crossfoot/connector-sdk";
import { compare, decimalOf } from "./decimal.ts";
import { loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, idOf, mapsOf, odooId, refId, refKey, refLabel, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { price } from "./price.ts";
import { isOrdered } from "./sale-fate.ts";
import { lineNames, quantityOf } from "./sale-line.ts";
import { changedRoots } from "./sale.ts";
import type { Lookups } from "./write-lookups.ts";
import { figure } from "./write-sale-line.ts";
import { header } from "./write-sale.ts";

const lineModel = "sale.order.line";

/** An order that stands, as it is right before it is changed. */
interface Standing {
  readonly odoo: Odoo;
  readonly write: NativeWrite;
  readonly lookups: Lookups;
  readonly facts: Facts;
  readonly order: Row;
  /** Lines with an amount. */
  readonly lines: readonly Row[];
}

/**
 * Changes the quantities of lines, the requested date and the customer's number of an order that stands, and
 * adds lines, in one call, which is one transaction. A line that is to go away stays with the quantity zero.
 * Throws a refusal where a line would go below what is done.
 */
export async function changeOrder(odoo: Odoo, write: NativeWrite, lookups: Lookups): Promise<WriteOutcome> {
  const id = odooId(write.id);
  const { patch } = write;
  const closed = Object.keys(patch).find((root) => root !== "lines" && !changedRoots.includes(root));
  if (write.id === null || id === undefined || closed !== undefined)
    throw refusal("read_only", `an order that stands does not take ${closed ?? "this"}`, closed ?? null);
  const fields = ["state", "partner_id", "pricelist_id"];
  const [order] = await odoo.read("sale.order", [id], fields);
  if (order === undefined || !isOrdered(order))
    throw stale("wrong_state", `the order is ${order === undefined ? "gone" : text(order, "state")} in Odoo`);
  const head = await header({ odoo, write, lookups });
  const commands = patch["lines"] === undefined ? [] : await commandsFor({ odoo, write, lookups, order, id });
  const vals = { ...head, ...(commands.length === 0 ? {} : { order_line: commands }) };
  if (Object.keys(vals).length > 0)
    await odoo.call({ model: "sale.order", method: "write", ids: [id], args: { vals }, isWrite: true });
  return { kind: "done", id: write.id, record: null };
}

const stale = (code: string, message: string): ConnectorError =>
  new ConnectorError({ failure: "stale", code, message });

async function commandsFor(
  at: Omit<Standing, "facts" | "lines"> & { readonly id: number },
): Promise<readonly Json[]> {
  const { odoo, id } = at;
  const facts = await loadFacts(odoo);
  const lines = await odoo.search({
    model: lineModel,
    domain: [
      ["order_id", "=", id],
      ["display_type", "=", false],
    ],
    fields: [
      ...["product_id", "product_uom_qty", "price_unit", "discount", "qty_delivered", "qty_invoiced"],
      lineNames(facts).unit,
    ],
  });
  const standing: Standing = { ...at, facts, lines };
  const rows = rowsFor(standing);
  const known = rows.filter((row) => odooId(row["id"]) !== undefined);
  const fresh = rows.filter((row) => odooId(row["id"]) === undefined);
  const labour = await labourAmong(odoo, lines);
  const changed = known.flatMap((row) => changeOf(standing, row, labour));
  return [...changed, ...(await additions(standing, fresh))];
}

/**
 * Rows of the patch, and one of nothing for each line that it leaves out on purpose: Odoo removes none from a
 * confirmed order. Throws where one was added since the order was read.
 */
function rowsFor({ write, lines }: Pick<Standing, "write" | "lines">): readonly JsonMap[] {
  const rows = mapsOf(write.patch["lines"]);
  const kept = new Set(rows.map((row) => odooId(row["id"])));
  const seen = mapsOf(write.current["lines"]);
  const left = lines.filter((line) => !kept.has(idOf(line)));
  const gone = left.map((line) => {
    const row = seen.find((each) => odooId(each["id"]) === idOf(line));
    if (row === undefined) throw stale("stale_record", "a line was added since the order was read");
    return { ...row, quantity: "0" };
  });
  return [...rows, ...gone];
}

/** Services among the products of lines: what Odoo says is delivered of them are no goods that left. */
async function labourAmong(odoo: Odoo, lines: readonly Row[]): Promise<ReadonlySet<number>> {
  const products = [...new Set(lines.flatMap((line) => refId(line, "product_id") ?? []))];
  const rows = await odoo.read("product.product", products, ["type"]);
  return new Set(rows.filter((row) => text(row, "type") === "service").map(idOf));
}

/**
 * The command that gives a line its new quantity; none where it has it. Price and discount are said again:
 * with the quantity alone Odoo may take them from the list.
 */
function changeOf({ lines, facts }: Standing, row: JsonMap, labour: ReadonlySet<number>): readonly Json[] {
  const line = lines.find((each) => idOf(each) === odooId(row["id"]));
  if (line === undefined) throw stale("line_gone", "a line of the order is not there any more");
  const isSame =
    refKey(line, "product_id") === text(row, "product") &&
    refLabel(line, lineNames(facts).unit) === text(row, "unit");
  if (!isSame) throw refusal("line_fixed", "a line of a confirmed order keeps its product and unit", "lines");
  const wanted = text(row, "quantity");
  if (wanted === null) throw refusal("quantity_missing", "a line has no quantity", "lines");
  if (compare(wanted, quantityOf(line, facts) ?? "0") === 0) return [];
  const places = placesOf(facts, lineModel, "product_uom_qty");
  const done = [
    ...(labour.has(refId(line, "product_id") ?? 0) ? [] : ["qty_delivered"]),
    "qty_invoiced",
  ].find((field) => compare(decimalOf(line, field, places) ?? "0", wanted) > 0);
  if (done !== undefined) {
    const message = "a line cannot go below what is delivered or invoiced of it";
    throw refusal("below_done", message, "lines");
  }
  const { price_unit = 0, discount = 0 } = line;
  return [
    [1, idOf(line), { product_uom_qty: figure(wanted, "product_uom_qty", facts), price_unit, discount }],
  ];
}

/** Commands that add lines, priced by Odoo. One without a price is refused: it would cost nothing. */
async function additions(
  { odoo, lookups, facts, order }: Standing,
  rows: readonly JsonMap[],
): Promise<readonly Json[]> {
  if (rows.length === 0) return [];
  const asked = rows.map(askedOf);
  const [customer, list] = [refKey(order, "partner_id"), refKey(order, "pricelist_id")];
  const answer = await price(odoo, {
    customer: externalId(customer ?? ""),
    pricebook: list === null ? null : externalId(list),
    ...{ currency: null, date: null, lines: asked },
  });
  const commands: Json[] = [];
  for (const [at, { product, quantity, unit }] of asked.entries()) {
    const told = answer.rows[at];
    if (told?.ok !== true) throw new ConnectorError(told?.failure ?? missingPrice);
    if (compare(told.unitPrice, "0") === 0) throw new ConnectorError(missingPrice);
    const id = odooId(product) ?? 0;
    const values = {
      product_id: id,
      product_uom_qty: figure(quantity, "product_uom_qty", facts),
      [lineNames(facts).unit]: await lookups.unit(id, unit),
    };
    commands.push([0, 0, values]);
  }
  return commands;
}

const missingPrice = {
  failure: "invalid",
  code: "price_missing",
  message: "Odoo has no price for a line that is added; a missing price is never zero",
} as const;

function askedOf(row: JsonMap): AskedLine {
  const [product, quantity, unit] = [text(row, "product"), text(row, "quantity"), text(row, "unit")];
  if (product === null) throw refusal("product_missing", "a line has no product", "lines");
  if (quantity === null) throw refusal("quantity_missing", "a line has no quantity", "lines");
  if (unit === null) throw refusal("unit_missing", "a quantity has no unit", "lines");
  return { product: externalId(product), quantity, unit };
}
