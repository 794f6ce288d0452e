import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type {
  AskedLine,
  LineTax,
  PriceAnswer,
  PricedRow,
  PriceRequest,
  RefusedRow,
} from "@crossfoot/connector-sdk";
import { multiply, normal } from "./decimal.ts";
import { discountOf, grossOf } from "./discount.ts";
import { loadFacts } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { lineChanges, taxIds } from "./line-what-if.ts";
import type { SaleHead } from "./line-what-if.ts";
import { createLookups } from "./lookups.ts";
import { externalId, flag, isList, isMap, keyOf, one, scalar, text, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import { loadRules, ruleFields, ruleOf } from "./price-rule.ts";
import type { RuleBook } from "./price-rule.ts";
import type { Rpc } from "./rpc.ts";
import { quantityIn, unitFields } from "./unit.ts";
import { date, decimal } from "./wire.ts";
import { filledIn } from "./write-sale.ts";

/** What the lines of one request share. */
interface Pricing {
  readonly rpc: Rpc;
  readonly facts: Facts;
  readonly head: SaleHead;
  readonly book: RuleBook | null;
  readonly products: ReadonlyMap<string, Row>;
  readonly units: readonly Row[];
}

/** A line that Tryton has filled in. */
interface Filled {
  readonly asked: AskedLine;
  readonly product: Row;
  readonly unit: Row;
  readonly quantity: string;
  /** What Tryton answered. */
  readonly changes: JsonMap;
  readonly unitPrice: string;
}

/**
 * Prices of lines as Tryton fills them in on a sale of this customer, and the totals of that sale, which
 * nobody saves. Price lists of Tryton 6.0 have no dates: the day chooses the rate of a foreign currency only.
 */
export async function price(rpc: Rpc, request: PriceRequest): Promise<PriceAnswer> {
  const facts = await loadFacts(rpc);
  const code = request.currency ?? facts.currency;
  const head = await headOf({ rpc, facts }, request, await createLookups(rpc).currency(code));
  const pricing: Pricing = {
    rpc,
    facts,
    head,
    book: head.priceList === null ? null : await loadRules(rpc, head.priceList),
    products: await productsOf(rpc, request.lines),
    units: await rpc.search({
      model: "product.uom",
      domain: [["active", "=", true]],
      fields: ["category", ...unitFields("")],
    }),
  };
  const filled: (Filled | ConnectorError)[] = [];
  for (const line of request.lines) filled.push(await fillIn(pricing, line));
  const lines = filled.flatMap((each) => (each instanceof ConnectorError ? [] : [each]));
  const taxes = await taxesBy(rpc, lines);
  const rows = filled.map((each): PricedRow | RefusedRow =>
    each instanceof ConnectorError
      ? { ok: false, failure: failureRecord(each) }
      : pricedRow(pricing, each, taxes),
  );
  const isWhole = lines.length === filled.length;
  return {
    currency: code,
    pricebook: head.priceList === null ? null : externalId(String(head.priceList)),
    rows,
    totals: isWhole ? await totalsOf(pricing, lines) : null,
  };
}

async function headOf(
  { rpc, facts }: Pick<Pricing, "rpc" | "facts">,
  request: PriceRequest,
  currency: number,
): Promise<SaleHead> {
  const party = trytonId(request.customer) ?? 0;
  const [known] = await rpc.search({
    model: "party.party",
    domain: [
      ["id", "=", party],
      ["active", "=", true],
    ],
    fields: ["id"],
  });
  if (known === undefined) throw refusal("customer_unknown", "Tryton has no such active customer");
  return {
    party,
    // Taxes go by the rule of whoever is billed.
    invoiceParty: trytonId(request.billTo ?? null) ?? null,
    priceList: await priceListOf({ rpc, facts }, { request, party, currency }),
    currency,
    saleDate: request.date === null ? null : date(request.date),
  };
}

async function priceListOf(
  { rpc, facts }: Pick<Pricing, "rpc" | "facts">,
  at: { readonly request: PriceRequest; readonly party: number; readonly currency: number },
): Promise<number | null> {
  const { request, party, currency } = at;
  if (request.pricebook === null) {
    const filled = await filledIn(
      { rpc, facts },
      { party, invoiceParty: null, shipmentParty: null, currency },
    );
    return trytonId(filled["price_list"]) ?? null;
  }
  const id = trytonId(request.pricebook) ?? 0;
  const domain: readonly Json[] = [
    ["id", "=", id],
    ["company", "=", facts.company],
    ["active", "=", true],
  ];
  const [known] = await rpc.search({ model: "product.price_list", domain, fields: ["id"] });
  if (known === undefined) throw refusal("pricebook_unknown", "Tryton has no such active price list");
  return id;
}

async function productsOf(rpc: Rpc, lines: readonly AskedLine[]): Promise<ReadonlyMap<string, Row>> {
  const ids = new Set(lines.map(({ product }) => trytonId(product)).filter((id) => id !== undefined));
  const rows = await rpc.search({
    model: "product.product",
    domain: [["id", "in", [...ids]]],
    fields: [
      "active",
      "template.active",
      "salable",
      "default_uom.category",
      ...unitFields("default_uom."),
      ...unitFields("sale_uom."),
      ...ruleFields,
    ],
  });
  return new Map(rows.map((row) => [keyOf(row), row]));
}

/** The product of a line, refused when it cannot be sold. */
function soldProduct(products: ReadonlyMap<string, Row>, id: string): Row {
  const product = products.get(id);
  if (product === undefined) throw refusal("product_unknown", "Tryton has no such product");
  if (flag(product, "active") && flag(one(product, "template") ?? {}, "active") && flag(product, "salable"))
    return product;
  throw refusal("not_salable", "this product is not sold any more, or not at all");
}

async function fillIn(pricing: Pricing, asked: AskedLine): Promise<Filled | ConnectorError> {
  try {
    const product = soldProduct(pricing.products, asked.product);
    const category = one(product, "default_uom")?.["category"];
    const unit = pricing.units.find(
      (each) => each["category"] === category && text(each, "symbol") === asked.unit,
    );
    if (unit === undefined) throw refusal("unit_unknown", "the product is not sold in this unit");
    const quantity = quantityIn(asked.quantity, unit);
    const line = {
      product: trytonId(product["id"]) ?? 0,
      unit: trytonId(unit["id"]) ?? 0,
      quantity: Number(quantity),
    };
    const changes = await lineChanges(pricing, pricing.head, line);
    const unitPrice = text(changes, "unit_price");
    if (unitPrice === null) throw refusal("price_missing", "Tryton has no price for this product");
    return { asked, product, unit, quantity, changes, unitPrice };
  } catch (error) {
    // What says nothing about this line alone (no answer, no right, no quota) ends the request.
    if (error instanceof ConnectorError && error.failure === "invalid") return error;
    throw error;
  }
}

function pricedRow({ book }: Pricing, line: Filled, taxes: ReadonlyMap<string, LineTax>): PricedRow {
  const { asked, product, unit, quantity, changes, unitPrice } = line;
  return {
    ok: true,
    product: asked.product,
    quantity,
    unit: asked.unit,
    unitPrice: grossOf(changes) ?? unitPrice,
    discountPercent: discountOf(changes) ?? "0",
    net: text(changes, "amount") ?? "0",
    taxes: taxIds(changes).flatMap((id) => taxes.get(scalar(id)) ?? []),
    rule: ruleOf(book, { product, quantity, unit }),
  };
}

async function taxesBy(rpc: Rpc, lines: readonly Filled[]): Promise<ReadonlyMap<string, LineTax>> {
  const ids = [...new Set(lines.flatMap(({ changes }) => taxIds(changes)))];
  if (ids.length === 0) return new Map();
  const domain: readonly Json[] = [["id", "in", ids]];
  const rows = await rpc.search({ model: "account.tax", domain, fields: ["name", "type", "rate"] });
  return new Map(
    rows.map((row) => {
      const rate = text(row, "type") === "percentage" ? text(row, "rate") : null;
      const percent = rate === null ? null : (normal(multiply(rate, "100")) ?? null);
      return [keyOf(row), { name: text(row, "name") ?? keyOf(row), percent }];
    }),
  );
}

/** Totals of a sale with these lines, by Tryton's own rounding of taxes. */
async function totalsOf(
  { rpc, facts, head }: Pricing,
  lines: readonly Filled[],
): Promise<PriceAnswer["totals"]> {
  const values: JsonMap = {
    id: -1,
    party: head.party,
    ...(head.invoiceParty === null ? {} : { invoice_party: head.invoiceParty }),
    company: facts.company,
    currency: head.currency,
    price_list: head.priceList,
    sale_date: head.saleDate,
    lines: lines.map(({ product, unit, quantity, changes, unitPrice }, at) => ({
      id: -1 - at,
      type: "line",
      product: trytonId(product["id"]) ?? null,
      quantity: Number(quantity),
      unit: trytonId(unit["id"]) ?? null,
      unit_price: decimal(unitPrice),
      amount: decimal(text(changes, "amount") ?? "0"),
      taxes: taxIds(changes),
    })),
  };
  const answer = await rpc.call("sale.sale.on_change", [values, ["lines"]]);
  const totals = Object.assign({}, ...(isList(answer) ? answer.filter(isMap) : [])) as JsonMap;
  const [net, tax, gross] = ["untaxed_amount", "tax_amount", "total_amount"].map((field) =>
    text(totals, field),
  );
  if (net === null || tax === null || gross === null || net === undefined || tax === undefined) return null;
  return gross === undefined ? null : { net, tax, gross };
}
