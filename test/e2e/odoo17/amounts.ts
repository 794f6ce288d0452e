import type { At } from "./database.ts";
import { follow } from "./look.ts";
import { idOf, idsIn, numberIn, rounded, textIn } from "./values.ts";
import type { Json, Row, Values } from "./values.ts";

/** One line with an amount. */
export interface Line {
  readonly quantity: number;
  readonly price: number;
  readonly discount: number;
  readonly taxes: readonly number[];
}

/** Amounts of a line: its net, its tax, and each tax of it before it is rounded. */
interface LineAmounts {
  readonly net: number;
  readonly tax: number;
  readonly byTax: readonly (readonly [id: number, amount: number])[];
}

/** Decimals of the currencies that are used here. */
const digits = 2;

export function amountsOf(at: At, line: Line): LineAmounts {
  const net = rounded(line.quantity * line.price * (1 - line.discount / 100), digits);
  const byTax = line.taxes.map((id): readonly [number, number] => {
    const percent = numberIn(at.db.find("account.tax", id), "amount");
    return [id, (net * percent) / 100];
  });
  const tax = byTax.reduce((sum, [, amount]) => sum + rounded(amount, digits), 0);
  return { net, tax: rounded(tax, digits), byTax };
}

/** Totals of a document under the company's way of rounding; the net is that of the rounded lines in both. */
export function totalsOf(
  at: At,
  lines: readonly Line[],
): { readonly net: number; readonly tax: number; readonly byTax: ReadonlyMap<number, number> } {
  const company = at.db.find("res.company", at.tx.company);
  const isGlobal = textIn(company, "tax_calculation_rounding_method") === "round_globally";
  const byTax = new Map<number, number>();
  let net = 0;
  for (const line of lines) {
    const amounts = amountsOf(at, line);
    net += amounts.net;
    for (const [id, amount] of amounts.byTax)
      byTax.set(id, (byTax.get(id) ?? 0) + (isGlobal ? amount : rounded(amount, digits)));
  }
  for (const [id, amount] of byTax) byTax.set(id, rounded(amount, digits));
  const tax = [...byTax.values()].reduce((sum, amount) => sum + amount, 0);
  return { net: rounded(net, digits), tax: rounded(tax, digits), byTax };
}

/** What of a line's price a price list says, and by which rule; a percentage is folded into the price. */
export function priceOf(
  at: At,
  wanted: { readonly list: Row | undefined; readonly product: Row; readonly quantity: number },
): { readonly price: number; readonly rule: Json } {
  const { list, product, quantity } = wanted;
  const template = follow(at, "product.product", product, "product_tmpl_id");
  const own = numberIn(template, "list_price");
  const about: { readonly [kind: string]: (rule: Row) => boolean } = {
    "0_product_variant": (rule) => rule["product_id"] === product["id"],
    "1_product": (rule) => rule["product_tmpl_id"] === template?.["id"],
    "2_product_category": (rule) => rule["categ_id"] === template?.["categ_id"],
    "3_global": () => true,
  };
  const rules = at.db
    .rows("product.pricelist.item")
    .filter((rule) => rule["pricelist_id"] === list?.["id"])
    .filter((rule) => about[textIn(rule, "applied_on")]?.(rule) === true)
    .filter((rule) => numberIn(rule, "min_quantity") <= quantity)
    .toSorted(
      (a, b) =>
        textIn(a, "applied_on").localeCompare(textIn(b, "applied_on")) ||
        numberIn(b, "min_quantity") - numberIn(a, "min_quantity") ||
        idOf(b) - idOf(a),
    );
  const [rule] = rules;
  if (rule === undefined) return { price: own, rule: false };
  const price =
    rule["compute_price"] === "fixed"
      ? numberIn(rule, "fixed_price")
      : own * (1 - numberIn(rule, "percent_price") / 100);
  return { price: rounded(price, digits), rule: idOf(rule) };
}

/** A line of an order as amounts need it. */
export const saleLine = (row: Values): Line => ({
  quantity: numberIn(row, "product_uom_qty"),
  price: numberIn(row, "price_unit"),
  discount: numberIn(row, "discount"),
  taxes: idsIn(row["tax_id"]),
});

/** A line of an invoice as amounts need it. */
export const invoiceLine = (row: Values): Line => ({
  quantity: numberIn(row, "quantity"),
  price: numberIn(row, "price_unit"),
  discount: numberIn(row, "discount"),
  taxes: idsIn(row["tax_ids"]),
});
