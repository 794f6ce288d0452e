import type { PriceRule } from "@crossfoot/connector-sdk";
import { compare, ofFloat } from "./decimal.ts";
import { isList, keyOf, many, one, scalar, text } from "./native.ts";
import type { Json, Row } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { converted } from "./unit.ts";

/** A price list as far as its rules decide which of them makes a price. */
export interface RuleBook {
  readonly id: string;
  /** Whether quantities are counted in the unit of sale instead of the default unit. */
  readonly isPerSaleUnit: boolean;
  /** In the order in which Tryton tries them: the first that fits makes the price. */
  readonly lines: readonly Row[];
  /** Parent of each category of products; empty when no rule is of a category. */
  readonly parents: ReadonlyMap<string, string>;
}

/** Most categories of products that are read to tell whose rule it is. */
const categoriesMax = 10_000;

/** The rules of a price list. A list that is gone has none. */
export async function loadRules(rpc: Rpc, priceList: number): Promise<RuleBook> {
  const [list] = await rpc.search({
    model: "product.price_list",
    domain: [["id", "=", priceList]],
    fields: ["unit", ...["sequence", "product", "category", "quantity"].map((field) => `lines.${field}`)],
  });
  const lines = many(list ?? null, "lines").toSorted(inTurn);
  const isByCategory = lines.some((line) => line["category"] !== null);
  const categories = isByCategory
    ? await rpc.search({ model: "product.category", domain: [], fields: ["parent"], limit: categoriesMax })
    : [];
  const parents = categories.flatMap((row) => (row["parent"] === null ? [] : [row]));
  return {
    id: String(priceList),
    isPerSaleUnit: text(list ?? null, "unit") === "product_sale",
    lines,
    parents: new Map(parents.map((row) => [keyOf(row), scalar(row["parent"])])),
  };
}

/** Tryton's order of a sequence: those without one first, then by it, equal ones by id. */
function inTurn(a: Row, b: Row): number {
  const [first, second] = [a["sequence"], b["sequence"]].map((each) =>
    typeof each === "number" ? each : Number.NEGATIVE_INFINITY,
  );
  if (first !== second) return (first ?? 0) < (second ?? 0) ? -1 : 1;
  return Number(a["id"]) - Number(b["id"]);
}

/** Fields of a product that its rule is found by. */
export const ruleFields: readonly string[] = ["categories_all"];

/**
 * Which rule of a price list makes the price of a line, as Tryton itself looks for it (its price does not
 * say): the first whose product, category and least quantity fit. `product` has the fields of its units
 * under `default_uom.` and `sale_uom.`.
 */
export function ruleOf(
  book: RuleBook | null,
  line: { readonly product: Row; readonly quantity: string; readonly unit: Row | null },
): PriceRule {
  if (book === null) return { kind: "list_price", id: null, minQuantity: null };
  const { product, quantity, unit } = line;
  const counted = one(product, book.isPerSaleUnit ? "sale_uom" : "default_uom");
  const count = converted(quantity, unit, counted).replace("-", "");
  const categories = withParents(product["categories_all"], book.parents);
  const found = book.lines.find((each) => {
    const from = minQuantity(each);
    return (
      (each["product"] === null || scalar(each["product"]) === keyOf(product)) &&
      (each["category"] === null || categories.has(scalar(each["category"]))) &&
      (from === null || compare(from, count) <= 0)
    );
  });
  if (found === undefined) return { kind: "pricebook", id: null, minQuantity: null };
  return { kind: "rule", id: keyOf(found), minQuantity: minQuantity(found) };
}

function minQuantity(line: Row): string | null {
  const { quantity } = line;
  return typeof quantity === "number" ? ofFloat(quantity, 12) : null;
}

/** Categories with all those above them. */
function withParents(given: Json | undefined, parents: RuleBook["parents"]): ReadonlySet<string> {
  const found = new Set(isList(given) ? given.map(scalar) : []);
  for (const category of found) {
    const parent = parents.get(category);
    if (parent !== undefined) found.add(parent);
  }
  return found;
}
