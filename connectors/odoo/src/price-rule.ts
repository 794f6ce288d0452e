import { add, compare, decimalOf, divide, multiply, subtract } from "./decimal.ts";
import { msOf } from "./dates.ts";
import { idOf, refId, text } from "./native.ts";
import type { Row } from "./native.ts";

/** A product as far as its price needs it. */
export interface Priced {
  readonly id: number;
  readonly template: number | undefined;
  /** Ids of its category and of all above it. */
  readonly categories: readonly number[];
  readonly listPrice: string;
  readonly cost: string;
}

/** A price list; a rate of 0 says that none is known. */
export interface PriceList {
  readonly id: number;
  /** Rules that may fit a product, most special first, whatever the quantity and the day. */
  readonly rulesFor: (product: Priced) => readonly Row[];
  /** Units of the list's currency for one of the company's. */
  readonly rate: string;
}

/** What a price depends on beside the product. */
export interface At {
  readonly lists: ReadonlyMap<number, PriceList>;
  readonly quantity: string;
  /** ms since 1970. */
  readonly now: number;
  /** Decimals of a unit price; null for no limit. */
  readonly places: number | null;
  /** How many lists led on to this one. */
  readonly depth: number;
}

/** Lists that one rule may lead on to before it counts as a circle. */
const depthMax = 8;

/** Rules in the order in which Odoo takes the first that fits: most special, highest quantity, latest. */
function inOrder(rules: readonly Row[]): readonly Row[] {
  const quantity = (row: Row): number => Number(row["min_quantity"] ?? 0);
  return rules.toSorted((a, b) => {
    const [left, right] = [text(a, "applied_on") ?? "", text(b, "applied_on") ?? ""];
    if (left !== right) return left < right ? -1 : 1;
    if (quantity(a) !== quantity(b)) return quantity(b) - quantity(a);
    const categories = (refId(b, "categ_id") ?? 0) - (refId(a, "categ_id") ?? 0);
    return categories === 0 ? idOf(b) - idOf(a) : categories;
  });
}

/** The rules of a list by what they are about, so that a product is held against few of them. */
export function rulesByProduct(rules: readonly Row[]): PriceList["rulesFor"] {
  const places = new Map(inOrder(rules).map((rule, at) => [rule, at]));
  const by = Map.groupBy(places.keys(), subjectOf);
  return ({ id, template, categories }) => {
    const subjects = [`product ${id}`, `template ${template ?? 0}`, "all"];
    const found = [...subjects, ...categories.map((each) => `category ${each}`)].flatMap(
      (subject) => by.get(subject) ?? [],
    );
    return found.toSorted((a, b) => (places.get(a) ?? 0) - (places.get(b) ?? 0));
  };
}

function subjectOf(rule: Row): string {
  switch (text(rule, "applied_on")) {
    case "0_product_variant":
      return `product ${refId(rule, "product_id") ?? 0}`;
    case "1_product":
      return `template ${refId(rule, "product_tmpl_id") ?? 0}`;
    case "2_product_category":
      return `category ${refId(rule, "categ_id") ?? 0}`;
    default:
      return "all";
  }
}

/** Quantities at which the price of a product may change in a list, or in those that its rules rest on. */
export function breaksOf(
  list: PriceList,
  product: Priced,
  at: Pick<At, "lists" | "depth">,
): readonly string[] {
  const rules = list.rulesFor(product);
  const own = rules.map((rule) => decimalOf(rule, "min_quantity", null) ?? "0");
  const others = rules.flatMap((rule) => {
    const other =
      text(rule, "base") === "pricelist" ? at.lists.get(refId(rule, "base_pricelist_id") ?? 0) : undefined;
    if (other === undefined || at.depth >= depthMax) return [];
    return breaksOf(other, product, { ...at, depth: at.depth + 1 });
  });
  return [...new Set(["0", ...own, ...others])].toSorted(compare);
}

function fits(rule: Row, { quantity, now }: At): boolean {
  const from = msOf(text(rule, "date_start"));
  const to = msOf(text(rule, "date_end"));
  if ((from !== undefined && from > now) || (to !== undefined && to < now)) return false;
  const least = decimalOf(rule, "min_quantity", null) ?? "0";
  return compare(least, "0") <= 0 || compare(quantity, least) >= 0;
}

/**
 * The price of a product in a list at a quantity, in the list's currency: the first rule that fits, else the
 * list price. Undefined when it cannot be told: a circle of lists, or one that is not there.
 */
export function priceIn(list: PriceList, product: Priced, at: At): string | undefined {
  const rule = list.rulesFor(product).find((each) => fits(each, at));
  const inList = (price: string): string | undefined =>
    compare(list.rate, "0") === 0 ? undefined : multiply(price, list.rate);
  if (rule === undefined) return inList(product.listPrice);
  const kind = text(rule, "compute_price");
  if (kind === "fixed") return decimalOf(rule, "fixed_price", null) ?? undefined;
  const base = baseOf(rule, { list, product, at });
  if (base === undefined) return undefined;
  const off = (percent: string): string => multiply(base, subtract("1", multiply(percent, "0.01")));
  const amount = (field: string): string => decimalOf(rule, field, null) ?? "0";
  if (kind === "percentage") return off(amount("percent_price"));
  return formula(rule, base, off(amount("price_discount")));
}

function baseOf(
  rule: Row,
  on: { readonly list: PriceList; readonly product: Priced; readonly at: At },
): string | undefined {
  const { list, product, at } = on;
  if (compare(list.rate, "0") === 0) return undefined;
  const base = text(rule, "base");
  if (base === "standard_price") return multiply(product.cost, list.rate);
  if (base !== "pricelist") return multiply(product.listPrice, list.rate);
  const other = at.lists.get(refId(rule, "base_pricelist_id") ?? 0);
  if (other === undefined || at.depth >= depthMax || compare(other.rate, "0") === 0) return undefined;
  const price = priceIn(other, product, { ...at, depth: at.depth + 1 });
  return price === undefined ? undefined : divide(multiply(price, list.rate), other.rate, 10);
}

/** Discount, rounding, surcharge and margins, in Odoo's order. */
function formula(rule: Row, base: string, discounted: string): string {
  const amount = (field: string): string => decimalOf(rule, field, null) ?? "0";
  const isSet = (field: string): boolean => compare(amount(field), "0") !== 0;
  let price = discounted;
  if (isSet("price_round")) {
    const step = amount("price_round");
    price = multiply(divide(price, step, 0), step);
  }
  if (isSet("price_surcharge")) price = add(price, amount("price_surcharge"));
  const least = add(base, amount("price_min_margin"));
  if (isSet("price_min_margin") && compare(price, least) < 0) price = least;
  const most = add(base, amount("price_max_margin"));
  if (isSet("price_max_margin") && compare(price, most) > 0) price = most;
  return price;
}
