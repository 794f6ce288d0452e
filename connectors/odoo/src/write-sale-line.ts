import { compare, multiply, normal, subtract } from "./decimal.ts";
import { placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { isBlank, isMap, isSame, mapsOf, odooId, scalar, text } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Options } from "./options.ts";
import { lineNames } from "./sale-line.ts";
import type { Lookups } from "./write-lookups.ts";

const model = "sale.order.line";

/** What writing the lines of a quote needs. */
export interface LineSetting {
  readonly lookups: Lookups;
  readonly options: Options;
  readonly facts: Facts;
  readonly patch: JsonMap;
  readonly current: JsonMap;
  readonly isCreate: boolean;
}

/** Commands that bring the lines of a quote to the patch, by their ids, so that a repeat adds none. */
export async function lineCommands(setting: LineSetting): Promise<readonly Json[]> {
  const { patch, current, isCreate } = setting;
  const commands: Json[] = [];
  const shown = isCreate ? [] : mapsOf(current["lines"]);
  const wanted = patch["lines"] === undefined ? undefined : mapsOf(patch["lines"]);
  if (isCreate && (wanted ?? []).length === 0)
    throw refusal("lines_missing", "a quote needs at least one line", "lines");
  const kept = new Set((wanted ?? shown).map((row) => odooId(row["id"])));
  for (const row of shown) {
    const id = odooId(row["id"]);
    if (id !== undefined && !kept.has(id)) commands.push([2, id, 0]);
  }
  for (const row of wanted ?? []) {
    const id = odooId(row["id"]);
    const before = id === undefined ? undefined : shown.find((each) => odooId(each["id"]) === id);
    if (id === undefined || before === undefined) commands.push([0, 0, await lineValues(setting, row, null)]);
    else if (!isSame(before, { ...before, ...row }))
      commands.push([1, id, await lineValues(setting, { ...before, ...row }, before)]);
  }
  if (patch["freight"] !== undefined) commands.push(...(await freightCommands(setting)));
  return commands;
}

/** A decimal as the float that Odoo stores; refused where Odoo would round it in silence. */
export function figure(decimal: string, field: string, facts: Facts): number {
  const places = placesOf(facts, model, field);
  const digits = (normal(decimal) ?? "").split(".")[1]?.length ?? 0;
  const number = Number(decimal);
  const isKept = Number.isFinite(number) && compare(normal(String(number)) ?? "", decimal) === 0;
  if (isKept && (places === null || digits <= places)) return number;
  const message = `Odoo keeps ${places ?? "fewer"} decimals of ${field}; it would round this in silence`;
  throw refusal("too_precise", message, "lines");
}

/** The discount of a line, with one of the whole quote in it. */
function discountOf({ patch, isCreate }: LineSetting, row: JsonMap): string {
  const own = text(row, "discount_percent") ?? "0";
  const header = isCreate && !isBlank(patch["discount_percent"]) ? scalar(patch["discount_percent"]) : "0";
  const left = multiply(subtract("100", own), subtract("100", header));
  return subtract("100", multiply(left, "0.01"));
}

/**
 * Values of a line. Price, quantity and discount always go together: with the quantity alone version 17 takes
 * a price from the list, and without a discount Odoo puts the list's.
 */
async function lineValues(setting: LineSetting, row: JsonMap, before: JsonMap | null): Promise<JsonMap> {
  const { lookups, facts } = setting;
  const product = odooId(row["product"]);
  if (product === undefined) throw refusal("product_missing", "a line has no product", "lines");
  const [quantity, price, unit] = [text(row, "quantity"), text(row, "unit_price"), text(row, "unit")];
  if (quantity === null) throw refusal("quantity_missing", "a line has no quantity", "lines");
  if (price === null)
    throw refusal("price_missing", "a line has no price; a missing price is never zero", "lines");
  if (unit === null) throw refusal("unit_missing", "a quantity has no unit", "lines");
  const goods = await lookups.product(product);
  if (goods.holdsTax)
    throw refusal("prices_with_tax", "Odoo takes this product's price as one that includes tax", "lines");
  const changes = (key: string): boolean => before === null || !isSame(before[key] ?? null, row[key] ?? null);
  const isOther = changes("product");
  // Odoo's screens offer no other products, its server takes any.
  if (isOther && !goods.isSold)
    throw refusal("not_salable", "this product is not sold any more, or not at all", "lines");
  const said = changes("note") || isOther ? await lineText(lookups, product, row) : null;
  return {
    ...(isOther ? { product_id: product } : {}),
    product_uom_qty: figure(quantity, "product_uom_qty", facts),
    price_unit: figure(price, "price_unit", facts),
    discount: figure(discountOf(setting, row), "discount", facts),
    ...(changes("unit") || isOther ? { [lineNames(facts).unit]: await lookups.unit(product, unit) } : {}),
    ...(said === null ? {} : { name: said }),
  };
}

/** A remark stands below what Odoo fills in; without one Odoo fills in alone. */
async function lineText(lookups: Lookups, product: number, row: JsonMap): Promise<string | null> {
  const note = text(row, "note");
  if (note === null && odooId(row["id"]) === undefined) return null;
  const { filled } = await lookups.product(product);
  return [...filled, ...(note === null ? [] : [note])].join("\n");
}

/** Freight is a line of its own, of the product that the options name. */
async function freightCommands({
  patch,
  current,
  lookups,
  options,
  facts,
}: LineSetting): Promise<readonly Json[]> {
  const [given, shown] = [patch["freight"], current["freight"]];
  const id = isMap(shown) ? odooId(shown["id"]) : undefined;
  const amount = isMap(given) && !isBlank(given["amount"]) ? scalar(given["amount"]) : "0";
  const isNone = compare(amount, "0") === 0;
  if (isNone && !isMap(shown)) return [];
  if (isMap(shown) && id === undefined)
    throw refusal("freight_unsupported", "the freight of this quote stands on several lines", "freight");
  if (isNone && id !== undefined) return [[2, id, 0]];
  const price = { product_uom_qty: 1, price_unit: figure(amount, "price_unit", facts), discount: 0 };
  if (id !== undefined) return [[1, id, price]];
  if (options.freightProduct === null) {
    const message = "set the option freightProduct to the product of a freight line";
    throw refusal("freight_unsupported", message, "freight");
  }
  return [[0, 0, { product_id: await lookups.productByCode(options.freightProduct), ...price }]];
}
