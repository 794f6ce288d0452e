import { flag, many, one, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import { archived, idOf, made, plain, present } from "./shape.ts";
import type { Root, Shape } from "./shape.ts";
import { partOf, stampFields } from "./version.ts";

const isActive = (row: Row): boolean => flag(row, "active") && flag(one(row, "template") ?? row, "active");

/** Sorts of identifiers that are a GTIN (product.identifier of Tryton 7, selection `type`, read 2026-11). */
const isBarcode = (type: Json): boolean => type === "ean" || type === "ean8" || type === "upc";

const roots: { readonly [root: string]: Root } = {
  id: made([], (row) => idOf(row["id"])),
  code: plain("code"),
  name: made(["template.name"], (row) => text(one(row, "template"), "name"), { field: "name" }),
  description: plain("description"),
  /** Symbol of the unit that stock and the list price count in. */
  unit: made(["default_uom.symbol"], (row) => text(one(row, "default_uom"), "symbol"), {
    field: "default_uom",
  }),
  sale_unit: made(["sale_uom.symbol"], (row) => text(one(row, "sale_uom"), "symbol"), { field: "sale_uom" }),
  type: plain("type"),
  category: made(["template.categories.name"], (row) =>
    text(many(one(row, "template"), "categories")[0] ?? null, "name"),
  ),
  categories: made(["template.categories.name"], (row): Json =>
    many(one(row, "template"), "categories").map((each) => text(each, "name")),
  ),
  /** Name of the accounting category, which decides accounts and taxes. */
  tax_category: made(["template.account_category.name"], (row) =>
    text(one(one(row, "template"), "account_category"), "name"),
  ),
  active: made(["active", "template.active"], isActive, { field: "active" }),
  salable: made(["salable"], (row) => flag(row, "salable"), { field: "salable" }),
  list_price: made(
    ["list_price"],
    (row, { facts }) => {
      const amount = text(row, "list_price");
      return amount === null ? null : { amount, currency: facts.currency };
    },
    { field: "list_price" },
  ),
  cost: made(
    ["cost_price"],
    (row, { facts }) => {
      const amount = text(row, "cost_price");
      return amount === null ? null : { amount, currency: facts.currency };
    },
    { field: "cost_price" },
  ),
  /** Number of the first barcode; a product may have several identifiers, of other sorts too. */
  gtin: made(["identifiers.type", "identifiers.code"], (row) =>
    text(many(row, "identifiers").find((each) => isBarcode(text(each, "type"))) ?? null, "code"),
  ),
};

/**
 * Products: variants with what their template says. A template that is gone inactive archives its variants.
 */
export const products: Shape = {
  model: "product.product",
  roots,
  fields: () => [...stampFields(""), ...stampFields("template."), "active", "template.active"],
  scope: () => [],
  changes: (stamps) => [[["template", "where", stamps]]],
  place: (row) => (isActive(row) ? present : archived),
  parts: (row) => {
    const template = one(row, "template");
    const found = [
      partOf("product.product", row),
      template === null ? undefined : partOf("product.template", template),
    ];
    return found.filter((part) => part !== undefined);
  },
};
