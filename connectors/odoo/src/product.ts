import { decimalOf } from "./decimal.ts";
import type { Domain } from "./domain.ts";
import { has, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { flag, keyOf, one, refIds, refLabel, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { archived, made, plain, present } from "./shape.ts";
import type { Root, Setting, Shape } from "./shape.ts";

/** Names of the sales taxes of a product, which decide how it is taxed; null without any. */
function taxCategory(row: Row, { facts }: Setting): Json {
  const names = refIds(row, "taxes_id").flatMap((id) => facts.taxes[String(id)] ?? []);
  return names.length === 0 ? null : names.toSorted().join(", ");
}

function listPrice(row: Row, { facts }: Setting): Json {
  const amount = decimalOf(row, "lst_price", placesOf(facts, "product.product", "lst_price"));
  return amount === null ? null : { amount, currency: facts.currency.code };
}

/** What one unit costs the company; zero is what Odoo has for a cost that nobody entered. */
function cost(row: Row, { facts }: Setting): Json {
  const amount = decimalOf(row, "standard_price", placesOf(facts, "product.product", "standard_price"));
  return amount === null || Number(amount) === 0 ? null : { amount, currency: facts.currency.code };
}

const roots: { readonly [root: string]: Root } = {
  id: made((row) => keyOf(row)),
  default_code: plain("default_code"),
  name: plain("name"),
  description: plain("description_sale"),
  barcode: plain("barcode"),
  unit: made((row) => refLabel(row, "uom_id"), { field: "uom_id" }),
  /** Goods that are kept in stock have another type in version 17, and a mark of their own in 19. */
  kind: made((row) => (text(row, "type") === "service" ? "service" : "goods"), { field: "type" }),
  category: made((row) => refLabel(row, "categ_id"), { field: "categ_id" }),
  tax_category: made(taxCategory),
  active: made((row) => flag(row, "active"), { field: "active" }),
  sale_ok: made((row) => flag(row, "sale_ok"), { field: "sale_ok" }),
  list_price: made(listPrice, { field: "lst_price" }),
  cost: made(cost, { field: "standard_price" }),
  template: made((row) => refLabel(row, "product_tmpl_id"), { field: "product_tmpl_id" }),
};

const company = ({ facts }: Setting): Domain => [["company_id", "in", [false, facts.company]]];

/** Whether a product is kept in stock: a mark of its own in version 19, a type in 17. */
export const storable = (facts: Facts): Domain =>
  has(facts, "product.product", "is_storable") ? [["is_storable", "=", true]] : [["type", "=", "product"]];

/** Products: variants, with what their template says. */
export const products: Shape = {
  model: "product.product",
  roots,
  fields: () => [
    ...["default_code", "name", "description_sale", "barcode", "uom_id", "type", "categ_id", "taxes_id"],
    ...["active", "sale_ok", "lst_price", "standard_price", "product_tmpl_id", "company_id"],
  ],
  joins: () => [
    { field: "product_tmpl_id", model: "product.template", fields: ["active", "write_date", "write_uid"] },
  ],
  scope: company,
  company,
  changes: (since) => [[["product_tmpl_id.write_date", ">=", since]]],
  place: (row) => (flag(row, "active") ? present : archived),
  parts: (row) => [row, one(row, "product_tmpl_id") ?? row],
};
