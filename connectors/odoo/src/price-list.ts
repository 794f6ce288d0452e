import { ConnectorError } from "@crossfoot/connector-sdk";
import { decimalOf, divide, normal, round } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { loadFacts, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, idOf, keyOf, refId, refIds, refLabel, text } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Odoo } from "./odoo.ts";
import { breaksOf, priceIn, rulesByProduct } from "./price-rule.ts";
import type { At, PriceList, Priced } from "./price-rule.ts";
import { currencyOf } from "./sale-line.ts";
import { archived, made, plain, present } from "./shape.ts";
import type { Root, Setting, Shape } from "./shape.ts";

const ruleFields: readonly string[] = [
  ...[
    "pricelist_id",
    "applied_on",
    "product_tmpl_id",
    "product_id",
    "categ_id",
    "min_quantity",
    "date_start",
  ],
  ...["date_end", "compute_price", "fixed_price", "percent_price", "base", "base_pricelist_id"],
  ...["price_discount", "price_surcharge", "price_round", "price_min_margin", "price_max_margin"],
];

const roots: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  name: plain("name"),
  currency: made((row, { facts }) => currencyOf(row, facts).code, { field: "currency_id" }),
  company: made((row) => refLabel(row, "company_id")),
  active: made((row) => flag(row, "active"), { field: "active" }),
  /** Reckoned from the rules by `complete`. */
  entries: made(() => null),
};

const company = ({ facts }: Setting): Domain => [["company_id", "in", [false, facts.company]]];

/**
 * Price lists with the price of every product that is sold at each quantity break. A rule does not move its
 * list, one that is deleted leaves no trace, and a day that begins or ends its validity none either: so lists
 * are always read as a whole, and their versions are digests of the prices.
 */
export const pricebooks: Shape = {
  model: "product.pricelist",
  roots,
  fields: () => ["name", "currency_id", "company_id", "active"],
  joins: () => [],
  scope: company,
  company,
  place: (row) => (flag(row, "active") ? present : archived),
  parts: (row) => [row],
  complete: async (odoo, rows, asked) => {
    if (!asked.has("entries") || rows.length === 0) return new Map();
    const facts = await loadFacts(odoo);
    const lists = await readLists(odoo, facts);
    const products = await pricedProducts(odoo, facts);
    const found = new Map<string, JsonMap | ConnectorError>();
    for (const row of rows) {
      const list = lists.get(idOf(row));
      const entries = list === undefined ? [] : entriesOf({ row, list, lists, products, facts }, odoo);
      found.set(keyOf(row), entries instanceof ConnectorError ? entries : { entries: [...entries] });
    }
    return found;
  },
};

/** All lists of the company: a rule may rest on another list. */
async function readLists(odoo: Odoo, facts: Facts): Promise<ReadonlyMap<number, PriceList>> {
  const rows = await odoo.search({
    model: "product.pricelist",
    domain: [["company_id", "in", [false, facts.company]]],
    fields: ["currency_id"],
  });
  const rules = await odoo.search({
    model: "product.pricelist.item",
    domain: [["pricelist_id", "in", rows.map(idOf)]],
    fields: ruleFields,
  });
  const byList = Map.groupBy(rules, (rule) => refId(rule, "pricelist_id"));
  return new Map(
    rows.map((row) => {
      const rate = facts.currencies[String(refId(row, "currency_id"))]?.rate ?? 0;
      const own = facts.currency.rate;
      const relative = own > 0 && rate > 0 ? divide(String(rate), String(own), 10) : "0";
      return [
        idOf(row),
        { id: idOf(row), rulesFor: rulesByProduct(byList.get(idOf(row)) ?? []), rate: relative },
      ];
    }),
  );
}

interface Sold extends Priced {
  readonly unit: string | null;
}

async function pricedProducts(odoo: Odoo, facts: Facts): Promise<readonly Sold[]> {
  const max = odoo.options.pricedProductsMax;
  const rows = await odoo.search({
    model: "product.product",
    domain: [
      ["sale_ok", "=", true],
      ["active", "=", true],
      ["company_id", "in", [false, facts.company]],
    ],
    fields: ["product_tmpl_id", "categ_id", "lst_price", "standard_price", "uom_id", "taxes_id"],
    limit: max + 1,
  });
  if (rows.length > max) {
    const message = `more than ${max} products are sold; raise the option pricedProductsMax`;
    throw new ConnectorError({ failure: "unsupported", code: "too_many_products", message });
  }
  if (rows.some((row) => refIds(row, "taxes_id").some((id) => facts.includedTaxes.includes(id)))) {
    const message = "prices of this database include tax; only net prices are read";
    throw new ConnectorError({ failure: "unsupported", code: "prices_with_tax", message });
  }
  const paths = await categoryPaths(odoo);
  return rows.map((row) => ({
    id: idOf(row),
    template: refId(row, "product_tmpl_id"),
    categories: paths.get(refId(row, "categ_id") ?? 0) ?? [],
    listPrice: decimalOf(row, "lst_price", null) ?? "0",
    cost: decimalOf(row, "standard_price", null) ?? "0",
    unit: refLabel(row, "uom_id"),
  }));
}

/** Each category with all above it, from the path that Odoo keeps (`1/5/`). */
async function categoryPaths(odoo: Odoo): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await odoo.search({ model: "product.category", domain: [], fields: ["parent_path"] });
  return new Map(
    rows.map((row) => [
      idOf(row),
      (text(row, "parent_path") ?? "")
        .split("/")
        .filter((step) => step !== "")
        .map(Number),
    ]),
  );
}

interface Pricing {
  readonly row: Row;
  readonly list: PriceList;
  readonly lists: ReadonlyMap<number, PriceList>;
  readonly products: readonly Sold[];
  readonly facts: Facts;
}

/**
 * Entries of a list: per product and quantity break the price after all discounts, per unit of the product. A
 * break that changes nothing for a product makes no entry. The key of an entry is `<product>:<break>`.
 */
function entriesOf(pricing: Pricing, odoo: Odoo): readonly Json[] | ConnectorError {
  const { row, list, lists, products, facts } = pricing;
  const { code } = currencyOf(row, facts);
  const places = placesOf(facts, "sale.order.line", "price_unit");
  const at = { lists, now: odoo.session.now(), places, depth: 0 };
  const entries: Json[] = [];
  for (const product of products) {
    const breaks = breaksOf(list, product, at);
    if (breaks.length > odoo.options.priceBreaksMax) {
      const message = `a product has ${breaks.length} quantity breaks; raise the option priceBreaksMax`;
      return refusal("too_many_breaks", message);
    }
    let latest: string | null | undefined;
    for (const quantity of breaks) {
      const price = shownPrice(list, product, { ...at, quantity });
      if (latest === price) continue;
      latest = price;
      entries.push({
        id: `${product.id}:${quantity}`,
        product: String(product.id),
        unit: product.unit,
        min_quantity: quantity,
        unit_price: price,
        currency: price === null ? null : code,
      });
    }
  }
  return entries;
}

/** Decimals of a price where Odoo keeps them all: version 19 shows a percentage as a discount of the line. */
const openPlaces = 6;

function shownPrice(list: PriceList, product: Priced, at: At): string | null {
  const price = priceIn(list, product, at);
  if (price === undefined) return null;
  return normal(round(price, at.places ?? openPlaces)) ?? null;
}
