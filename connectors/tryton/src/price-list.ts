import { createHash } from "node:crypto";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { compare, normal, ofFloat, round } from "./decimal.ts";
import { loadFacts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, keyOf, many, one, stable, text, trytonId } from "./native.ts";
import type { Json, JsonMap, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { archived, idOf, made, plain, present } from "./shape.ts";
import type { Root, Shape } from "./shape.ts";
import { partOf, stampFields } from "./version.ts";

/** Products that one call prices. */
const pricedAtOnce = 500;
/** Decimals of a unit price in Tryton 6.0. */
const priceDigits = 4;

const roots: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  name: plain("name"),
  currency: made(["company.currency.code"], (row) => text(one(one(row, "company"), "currency"), "code")),
  company: made(["company.party.name"], (row) => text(one(one(row, "company"), "party"), "name")),
  tax_included: made(["tax_included"], (row) => flag(row, "tax_included"), { field: "tax_included" }),
  active: made(["active"], (row) => flag(row, "active"), { field: "active" }),
  /** Computed prices, see {@link entriesOf}; filled by `complete`. */
  entries: made(["lines.quantity", "unit"], () => null),
};

/** A product as far as its price needs it. */
interface Priced {
  readonly id: number;
  readonly unit: string | null;
  /** How many units of the price list's quantity are in one unit of the price. */
  readonly ratio: number;
}

/**
 * Price lists with the price of every salable product at each quantity break. Formulas have no prices of
 * their own.
 */
export const pricebooks: Shape = {
  model: "product.price_list",
  roots,
  fields: () => [...stampFields(""), ...stampFields("lines."), "active"],
  scope: ({ facts }) => [["company", "=", facts.company]],
  changes: (stamps) => [[["lines", "where", stamps]]],
  place: (row) => (flag(row, "active") ? present : archived),
  parts: (row) => {
    const lines = many(row, "lines").map((each) => partOf("product.price_list.line", each));
    return [partOf("product.price_list", row), ...lines].filter((part) => part !== undefined);
  },
  // Prices follow the product and its cost without a trace on the list, so the version carries a digest of
  // them.
  marks: (native) => (native["entries"] === undefined ? [] : [`entries=${digest(native["entries"])}`]),
  changedElsewhere: async (rpc, stamps) => {
    const clause = ["OR", stamps, [["template", "where", stamps]], [["cost_prices", "where", stamps]]];
    const found = await rpc.search({ model: "product.product", domain: [clause], fields: ["id"], limit: 1 });
    return found.length > 0;
  },
  complete: async (rpc, rows, asked) => {
    if (!asked.has("entries") || rows.length === 0) return new Map();
    const products = await pricedProducts(rpc);
    const found = new Map<string, JsonMap | ConnectorError>();
    for (const row of rows) {
      const problem = unpriceable(rpc, row);
      found.set(keyOf(row), problem ?? { entries: await entriesOf(rpc, row, products) });
    }
    return found;
  },
};

const digest = (entries: Json): string =>
  createHash("sha256").update(stable(entries)).digest("hex").slice(0, 16);

async function pricedProducts(rpc: Rpc): Promise<readonly Row[]> {
  const max = rpc.options.pricedProductsMax;
  const rows = await rpc.search({
    model: "product.product",
    domain: [
      ["salable", "=", true],
      ["active", "=", true],
      ["template.active", "=", true],
    ],
    fields: ["default_uom.factor", "sale_uom.factor", "sale_uom.symbol"],
    limit: max + 1,
  });
  if (rows.length <= max) return rows;
  const message = `more than ${max} salable products to price; raise the option pricedProductsMax`;
  throw new ConnectorError({ failure: "unsupported", code: "too_many_products", message });
}

/** Quantity breaks of a list in its own unit: 0, and each quantity that a line starts at. */
function breaksOf(list: Row): readonly string[] {
  const given = many(list, "lines").map((line) => line["quantity"]);
  const quantities = given
    .filter((quantity) => typeof quantity === "number")
    .map((quantity) => ofFloat(quantity, 12));
  return [...new Set(["0", ...quantities])].toSorted(compare);
}

/** Why a list cannot be shown as net prices, or undefined when it can. */
function unpriceable(rpc: Rpc, list: Row): ConnectorError | undefined {
  const count = breaksOf(list).length;
  if (count > rpc.options.priceBreaksMax) {
    return refusal(
      "too_many_breaks",
      `the price list has ${count} quantity breaks; raise the option priceBreaksMax`,
    );
  }
  if (!flag(list, "tax_included")) return undefined;
  return refusal("prices_with_tax", "the price list's prices include tax; only net price lists are read");
}

/**
 * Entries of a list: per product and quantity break the price that Tryton computes, in the company's currency
 * and the product's unit of sale, rounded as a sale line would be. A break that changes nothing for a product
 * makes no entry. The key of an entry is `<product>:<break>`, with the break in the unit of sale.
 */
async function entriesOf(rpc: Rpc, list: Row, rows: readonly Row[]): Promise<readonly Json[]> {
  const { currency } = await loadFacts(rpc);
  const perDefault = text(list, "unit") !== "product_sale";
  const products = rows.map((row): Priced => {
    const [sale, standard] = [
      Number(one(row, "sale_uom")?.["factor"]),
      Number(one(row, "default_uom")?.["factor"]),
    ];
    const ratio = perDefault && sale > 0 && standard > 0 ? sale / standard : 1;
    return { id: trytonId(row["id"]) ?? 0, unit: text(one(row, "sale_uom"), "symbol"), ratio };
  });
  const entries = new Map<number, Json[]>(products.map(({ id }) => [id, []]));
  const latest = new Map<number, string | null>();
  for (const start of breaksOf(list)) {
    for (const [ratio, sameUnit] of Map.groupBy(products, (product) => product.ratio)) {
      const quantity = ofFloat(Number(start) / ratio, 6);
      const prices = await pricesAt(rpc, { list: trytonId(list["id"]) ?? 0, quantity, products: sameUnit });
      for (const { id, unit } of sameUnit) {
        const price = prices.get(id) ?? null;
        if (latest.has(id) && latest.get(id) === price) continue;
        latest.set(id, price);
        const money = { unit_price: price, currency: price === null ? null : currency };
        entries
          .get(id)
          ?.push({ id: `${id}:${quantity}`, product: String(id), unit, min_quantity: quantity, ...money });
      }
    }
  }
  return [...entries.values()].flat();
}

async function pricesAt(
  rpc: Rpc,
  wanted: { readonly list: number; readonly quantity: string; readonly products: readonly Priced[] },
): Promise<ReadonlyMap<number, string>> {
  const prices = new Map<number, string>();
  for (let at = 0; at < wanted.products.length; at += pricedAtOnce) {
    const ids = wanted.products.slice(at, at + pricedAtOnce).map(({ id }) => id);
    const rows = await rpc.search({
      model: "product.product",
      domain: [["id", "in", ids]],
      fields: ["sale_price_uom"],
      context: { price_list: wanted.list, quantity: Number(wanted.quantity) },
    });
    for (const row of rows) {
      const price = normal(text(row, "sale_price_uom") ?? "");
      if (price !== undefined) prices.set(trytonId(row["id"]) ?? 0, round(price, priceDigits));
    }
  }
  return prices;
}
