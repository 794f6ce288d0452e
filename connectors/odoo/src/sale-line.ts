import { compare, decimalOf, divide, multiply, normal, round, subtract, total } from "./decimal.ts";
import { has, nameOf, placesOf } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { refusal } from "./failures.ts";
import { flag, keyOf, many, one, refId, refIds, refKey, refLabel, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Setting } from "./shape.ts";
import type { Join } from "./tree.ts";

const model = "sale.order.line";

/** Names that fields of a line have in this version. */
export const lineNames = (facts: Facts): { readonly taxes: string; readonly unit: string } => ({
  taxes: nameOf(facts, model, ["tax_ids", "tax_id"]),
  unit: nameOf(facts, model, ["product_uom_id", "product_uom"]),
});

/** The lines of an order, and what of their products a line's text is compared with. */
export function lineJoin(facts: Facts): Join {
  const { taxes, unit } = lineNames(facts);
  return {
    field: "order_line",
    model,
    fields: [
      ...[
        "sequence",
        "display_type",
        "product_id",
        "name",
        "product_uom_qty",
        "price_unit",
        "discount",
        "state",
      ],
      ...[
        "qty_delivered",
        "qty_invoiced",
        "price_subtotal",
        "price_tax",
        "price_total",
        "write_date",
        "write_uid",
      ],
      ...[taxes, unit, ...(has(facts, model, "is_delivery") ? ["is_delivery"] : [])],
    ],
    joins: [
      {
        field: "product_id",
        model: "product.product",
        fields: ["default_code", "type", "description_sale", "display_name", "taxes_id"],
      },
    ],
  };
}

/** Decimals of the currency of a document. */
export function currencyOf(
  document: Row,
  facts: Facts,
): { readonly code: string | null; readonly digits: number } {
  const known = facts.currencies[String(refId(document, "currency_id"))];
  return known ?? { code: null, digits: 2 };
}

function isFreight(line: Row, { options }: Setting): boolean {
  if (flag(line, "is_delivery")) return true;
  return (
    options.freightProduct !== null &&
    text(one(line, "product_id"), "default_code") === options.freightProduct
  );
}

/** Lines that are goods or services, in their order; sections, notes and freight are not. */
function goodsLines(order: Row, setting: Setting): readonly Row[] {
  return bookedLines(order).filter((line) => !isFreight(line, setting));
}

/** Lines with an amount: all but sections and notes. */
export const bookedLines = (order: Row): readonly Row[] =>
  many(order, "order_line").filter((line) => text(line, "display_type") === null);

/** A quantity of a line in its unit, as decimal text. */
export const quantityOf = (line: Row, facts: Facts): string | null =>
  decimalOf(line, "product_uom_qty", placesOf(facts, model, "product_uom_qty"));

const priceOf = (line: Row, facts: Facts): string | null =>
  decimalOf(line, "price_unit", placesOf(facts, model, "price_unit"));

const discountOf = (line: Row, facts: Facts): string =>
  decimalOf(line, "discount", placesOf(facts, model, "discount")) ?? "0";

/** The net of a piece, where a line says only its net as a whole. */
export function perPiece(net: string | null, quantity: string | null): string | null {
  if (net === null || quantity === null || compare(quantity, "0") === 0) return null;
  return divide(net, quantity, 6);
}

/** The price of a piece after its discount, exact. */
function netPriceOf(line: Row, facts: Facts): string | null {
  const price = priceOf(line, facts);
  if (price === null) return null;
  const share = subtract("1", multiply(discountOf(line, facts), "0.01"));
  return normal(multiply(price, share)) ?? null;
}

/**
 * What a person wrote on a line: its text without what Odoo fills in, the product's label and its text for
 * sales.
 */
function remarkOf(line: Row): string | null {
  let rest = text(line, "name") ?? "";
  const label = refLabel(line, "product_id");
  for (const filled of [label, text(one(line, "product_id"), "description_sale")]) {
    if (filled === null) continue;
    if (rest === filled) return null;
    if (rest.startsWith(`${filled}\n`)) rest = rest.slice(filled.length + 1);
  }
  return rest === "" ? null : rest;
}

const holdsTax = (line: Row, { taxes }: { readonly taxes: string }, facts: Facts): boolean =>
  refIds(line, taxes).some((id) => facts.includedTaxes.includes(id));

/** Lines of taxed products that no tax stands on: a fiscal position without taxes takes every one away. */
export function untaxedLines(order: Row, { facts }: Setting): number {
  const { taxes } = lineNames(facts);
  return bookedLines(order).filter(
    (line) =>
      refIds(line, taxes).length === 0 &&
      refIds(one(line, "product_id"), "taxes_id").some((id) => facts.taxes[String(id)] !== undefined),
  ).length;
}

/**
 * Lines of a quote: prices before discount, as they are agreed. A price that holds its tax is none of these:
 * it would be taken for one without.
 */
export function quoteLines(order: Row, setting: Setting): Json {
  const { facts } = setting;
  if (goodsLines(order, setting).some((line) => holdsTax(line, lineNames(facts), facts)))
    throw refusal("prices_with_tax", "prices of this quote include tax; only net prices are read", "lines");
  const { unit } = lineNames(facts);
  return goodsLines(order, setting).map((line) => {
    const discount = discountOf(line, facts);
    return {
      id: keyOf(line),
      product: refKey(line, "product_id"),
      quantity: quantityOf(line, facts),
      unit: refLabel(line, unit),
      unit_price: priceOf(line, facts),
      discount_percent: discount === "0" ? null : discount,
      note: remarkOf(line),
    };
  });
}

/**
 * Lines of an order: net prices, and what Odoo shows for each line. Under the rounding of the whole document
 * (`round_globally`) they need not add up to its net: that is read from the header, never added up.
 */
export function orderLines(order: Row, { facts }: Setting): Json {
  const names = lineNames(facts);
  const { digits } = currencyOf(order, facts);
  return bookedLines(order).map((line) => ({
    id: keyOf(line),
    product: refKey(line, "product_id"),
    quantity: quantityOf(line, facts),
    unit: refLabel(line, names.unit),
    unit_price: holdsTax(line, names, facts)
      ? perPiece(decimalOf(line, "price_subtotal", digits), quantityOf(line, facts))
      : netPriceOf(line, facts),
    amount: decimalOf(line, "price_subtotal", digits),
    tax: decimalOf(line, "price_tax", digits),
    note: remarkOf(line),
  }));
}

/** Freight: the lines of the freight product and those that a carrier added, as one net amount. */
export function freightOf(order: Row, setting: Setting): Json {
  const lines = bookedLines(order).filter((line) => isFreight(line, setting));
  const [first] = lines;
  if (first === undefined) return null;
  const { code, digits } = currencyOf(order, setting.facts);
  const amounts = lines.map((line) => decimalOf(line, "price_subtotal", digits) ?? "0");
  return {
    id: lines.length === 1 ? keyOf(first) : null,
    amount: round(total(amounts), digits),
    currency: code,
  };
}
