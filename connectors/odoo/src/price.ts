import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type {
  AskedLine,
  LineTax,
  PriceAnswer,
  PricedRow,
  PriceRequest,
  PriceRule,
  RefusedRow,
} from "@crossfoot/connector-sdk";
import { dayOf } from "./dates.ts";
import { decimalOf } from "./decimal.ts";
import { loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { externalId, flag, idOf, isList, isMap, keyOf, odooId, refId, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { lineNames } from "./sale-line.ts";
import { loadUnits, quantityIn, unitFor } from "./unit.ts";
import type { Unit } from "./unit.ts";

const model = "sale.order";
const lineModel = "sale.order.line";

/** Header fields that the price of a line depends on; Odoo fills them in from the customer. */
const headFields = [
  ...["pricelist_id", "currency_id", "company_id", "warehouse_id", "fiscal_position_id", "date_order"],
  ...["partner_invoice_id", "partner_shipping_id", "payment_term_id"],
] as const;
const totalFields = ["amount_untaxed", "amount_tax", "amount_total"] as const;

/** A line that can be priced. */
interface Sold {
  readonly asked: AskedLine;
  readonly product: number;
  readonly unit: Unit;
  readonly quantity: string;
}

/**
 * Prices of lines as Odoo fills them in on a new order of this customer that nobody saves, and its totals.
 * First the header alone: lines in whose values the price list or the currency is still missing are priced
 * without any rule, in silence.
 */
export async function price(odoo: Odoo, request: PriceRequest): Promise<PriceAnswer> {
  const facts = await loadFacts(odoo);
  const head = await headOf(odoo, request);
  const { code, digits } = facts.currencies[String(refId(head, "currency_id"))] ?? facts.currency;
  if (request.currency !== null && request.currency !== code)
    throw refusal(
      "currency_differs",
      "an order of Odoo has the currency of its price list, which is another",
    );
  const lines = await soldLines(odoo, facts, request.lines);
  const sold = lines.flatMap((line) => (line instanceof ConnectorError ? [] : [line]));
  const order = await onchange(odoo, {
    values: { ...head, order_line: sold.map((line, at) => command(facts, line, at)) },
    fields: { ...specOf(totalFields), order_line: { fields: specOf(lineFieldsOf(facts)) } },
  });
  const priced = isList(order["order_line"]) ? order["order_line"].map(valuesOf) : [];
  if (priced.length !== sold.length)
    throw refusal("lines_missing", "Odoo answered other lines than it was asked about");
  const known = await namesOf(odoo, facts, priced);
  const left = sold.map((line, at) => rowOf(line, priced[at] ?? {}, { facts, digits, known, head }));
  const rows = lines.map((line): PricedRow | RefusedRow => {
    const row = line instanceof ConnectorError ? line : left.shift();
    return row === undefined || row instanceof ConnectorError
      ? { ok: false, failure: failureRecord(row) }
      : row;
  });
  const [net, tax, gross] = totalFields.map((field) => decimalOf(order, field, digits) ?? "0");
  const isWhole = rows.every(({ ok }) => ok) && net !== undefined && tax !== undefined;
  const list = refId(head, "pricelist_id");
  return {
    currency: code,
    pricebook: list === undefined ? null : externalId(String(list)),
    rows,
    totals: isWhole && gross !== undefined ? { net, tax, gross } : null,
  };
}

const specOf = (fields: readonly string[]): JsonMap => Object.fromEntries(fields.map((field) => [field, {}]));

/** Asks what Odoo would fill in on an order that is not there; nothing is written and no number used. */
async function onchange(
  odoo: Odoo,
  { values, fields }: { readonly values: JsonMap; readonly fields: JsonMap },
): Promise<JsonMap> {
  const args = { values, field_names: [], fields_spec: fields };
  const answer = await odoo.call({ model, method: "onchange", ids: [], args });
  const changes = isMap(answer) ? answer["value"] : undefined;
  return isMap(changes) ? changes : {};
}

async function headOf(odoo: Odoo, request: PriceRequest): Promise<JsonMap> {
  const partner = odooId(request.customer) ?? 0;
  const [known] = await odoo.read("res.partner", [partner], ["active"]);
  if (!flag(known, "active")) throw refusal("customer_unknown", "Odoo has no such active customer");
  const day = request.date === null ? {} : { date_order: within(request.date, odoo.options.timeZone) };
  const values = { partner_id: partner, ...day };
  const filled = await onchange(odoo, { values, fields: specOf(headFields) });
  const head = { ...filled, ...values };
  if (request.pricebook === null) return head;
  const wanted = odooId(request.pricebook) ?? 0;
  const [list] = await odoo.read("product.pricelist", [wanted], ["active", "currency_id"]);
  if (list === undefined || !flag(list, "active"))
    throw refusal("pricebook_unknown", "Odoo has no such active price list");
  return { ...head, pricelist_id: idOf(list), currency_id: refId(list, "currency_id") ?? false };
}

/** An instant that falls on this day in the zone; near noon, so that it does in most others too. */
function within(day: string, zone: string): string {
  const hours = ["12", "06", "18"].map((hour) => `${day} ${hour}:00:00`);
  return hours.find((instant) => dayOf(instant, zone) === day) ?? `${day} 12:00:00`;
}

async function soldLines(
  odoo: Odoo,
  facts: Facts,
  asked: readonly AskedLine[],
): Promise<readonly (Sold | ConnectorError)[]> {
  const ids = new Set(asked.map(({ product }) => odooId(product)).filter((id) => id !== undefined));
  const rows = await odoo.search({
    model: "product.product",
    domain: [
      ["id", "in", [...ids]],
      ["company_id", "in", [false, facts.company]],
    ],
    fields: ["active", "sale_ok", "uom_id"],
  });
  const products = new Map(rows.map((row) => [keyOf(row), row]));
  const units = await loadUnits(odoo, facts);
  const places = placesOf(facts, lineModel, "product_uom_qty");
  return asked.map((line) => {
    try {
      const product = products.get(line.product);
      if (product === undefined) throw refusal("product_unknown", "Odoo has no such product");
      if (!flag(product, "active") || !flag(product, "sale_ok"))
        throw refusal("not_salable", "this product is not sold any more, or not at all");
      const unit = unitFor(units, refId(product, "uom_id"), line.unit);
      return { asked: line, product: idOf(product), unit, quantity: quantityIn(line.quantity, places) };
    } catch (error) {
      if (error instanceof ConnectorError) return error;
      throw error;
    }
  });
}

/** A line that is not saved, in the form of an x2many. */
function command(facts: Facts, { product, unit, quantity }: Sold, at: number): Json {
  const values = { product_id: product, product_uom_qty: Number(quantity), [lineNames(facts).unit]: unit.id };
  return [0, `virtual_${at}`, values];
}

function lineFieldsOf(facts: Facts): readonly string[] {
  const { taxes } = lineNames(facts);
  return ["price_unit", "discount", "price_subtotal", "pricelist_item_id", taxes];
}

const valuesOf = (line: Json): JsonMap => (isList(line) && isMap(line[2]) ? line[2] : {});

/** Ids of an x2many that was filled in, from its commands. */
const linked = (commands: Json | undefined): readonly number[] =>
  isList(commands)
    ? commands.flatMap((each) => (isList(each) && each[0] === 4 ? (odooId(each[1]) ?? []) : []))
    : [];

/** Rules and taxes that the lines name. */
interface Named {
  readonly rules: ReadonlyMap<number, Row>;
  readonly taxes: ReadonlyMap<number, LineTax>;
}

async function namesOf(odoo: Odoo, facts: Facts, lines: readonly JsonMap[]): Promise<Named> {
  const { taxes } = lineNames(facts);
  const [ruleIds, taxIds] = [
    [...new Set(lines.flatMap((line) => refId(line, "pricelist_item_id") ?? []))],
    [...new Set(lines.flatMap((line) => linked(line[taxes])))],
  ];
  const rules = await odoo.read("product.pricelist.item", ruleIds, ["min_quantity"]);
  const found = await odoo.read("account.tax", taxIds, ["name", "amount", "amount_type"]);
  return {
    rules: new Map(rules.map((row) => [idOf(row), row])),
    taxes: new Map(
      found.map((row) => {
        const percent = text(row, "amount_type") === "percent" ? decimalOf(row, "amount", null) : null;
        return [idOf(row), { name: text(row, "name") ?? keyOf(row), percent }];
      }),
    ),
  };
}

function rowOf(
  { asked, quantity }: Sold,
  line: JsonMap,
  from: { readonly facts: Facts; readonly digits: number; readonly known: Named; readonly head: JsonMap },
): PricedRow | ConnectorError {
  const { facts, digits, known, head } = from;
  const taxes = linked(line[lineNames(facts).taxes]);
  if (taxes.some((id) => facts.includedTaxes.includes(id)))
    return refusal("prices_with_tax", "the price of this product includes tax; only net prices are told");
  return {
    ok: true,
    product: asked.product,
    quantity,
    unit: asked.unit,
    unitPrice: decimalOf(line, "price_unit", placesOf(facts, lineModel, "price_unit")) ?? "0",
    // What stays at its default is left out.
    discountPercent: decimalOf(line, "discount", placesOf(facts, lineModel, "discount")) ?? "0",
    net: decimalOf(line, "price_subtotal", digits) ?? "0",
    taxes: taxes.flatMap((id) => known.taxes.get(id) ?? []),
    rule: ruleOf(line, known, refId(head, "pricelist_id") !== undefined),
  };
}

function ruleOf(line: JsonMap, { rules }: Named, hasList: boolean): PriceRule {
  const id = refId(line, "pricelist_item_id");
  if (id === undefined) return { kind: hasList ? "pricebook" : "list_price", id: null, minQuantity: null };
  const from = decimalOf(rules.get(id), "min_quantity", null);
  return { kind: "rule", id: String(id), minQuantity: from === "0" ? null : from };
}
