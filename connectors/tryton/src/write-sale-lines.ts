import type { NativeWrite } from "@crossfoot/connector-sdk";
import { compare, round } from "./decimal.ts";
import { combined, netPrice, priceDigits, shownPercent } from "./discount.ts";
import { refusal } from "./failures.ts";
import type { Facts } from "./facts.ts";
import type { Lookups } from "./lookups.ts";
import { lineChanges, taxIds } from "./line-what-if.ts";
import type { SaleHead } from "./line-what-if.ts";
import { isBlank, isList, isMap, isSame, mapsOf, scalar, text, trytonId } from "./native.ts";
import type { Json, JsonMap } from "./native.ts";
import type { Rpc } from "./rpc.ts";
import { decimal } from "./wire.ts";

/**
 * Says on a sale that its prices hold the quote's discounts, so that later price changes are not put on top
 * of them.
 */
export const foldedNote = "The prices contain the discounts of the quote.";

/** Said of a product whose sale Tryton confirms, and can neither ship nor bill. */
export const unbooked = "a product has no accounting category in Tryton";

/** A sale that is being prepared: its values so far, and the parts it writes. */
export interface SaleDraft {
  readonly rpc: Rpc;
  readonly write: NativeWrite;
  readonly lookups: Lookups;
  readonly facts: Facts;
  readonly values: Record<string, Json>;
  readonly parts: string[];
}

interface Priced {
  readonly net: string;
  readonly gross: string;
  readonly percent: string;
  readonly isFolded: boolean;
}

/**
 * Net price of a row. Tryton keeps a line's discount only with `sale_discount` and with four digits of its
 * rate, and never one of the whole quote.
 */
function priced(draft: SaleDraft, row: JsonMap): Priced {
  const gross = text(row, "unit_price");
  if (gross === null)
    throw refusal("price_missing", "a line has no price; a missing price is never zero", "lines");
  const own = text(row, "discount_percent") ?? "0";
  const header = text(draft.write.patch, "discount_percent") ?? "0";
  const hasHeader = compare(header, "0") !== 0;
  const percent = hasHeader ? combined(own, header) : own;
  const hasDiscount = compare(percent, "0") !== 0;
  const net = hasDiscount ? netPrice(gross, percent) : round(gross, priceDigits);
  const isKept = draft.facts.hasDiscounts && !hasHeader && compare(shownPercent(gross, net), percent) === 0;
  return { net, gross, percent, isFolded: hasDiscount && !isKept };
}

/** Refuses a quote without lines. */
export function needsLines(rows: readonly JsonMap[]): void {
  if (rows.length === 0) throw refusal("lines_missing", "a quote needs at least one line", "lines");
}

/**
 * Commands for the lines: what is gone is deleted (a draft's lines leave no trace), what is there is changed.
 */
export async function prepareLines(draft: SaleDraft, head: SaleHead): Promise<void> {
  const { patch, current } = draft.write;
  const isCreate = draft.write.kind === "create";
  const commands: Json[] = [];
  const shown = isCreate ? [] : mapsOf(current["lines"]);
  const wanted = patch["lines"] === undefined ? undefined : mapsOf(patch["lines"]);
  if (isCreate) needsLines(wanted ?? []);
  const kept = new Set((wanted ?? shown).map((row) => trytonId(row["id"])));
  for (const row of shown) {
    const id = trytonId(row["id"]);
    if (id === undefined || kept.has(id)) continue;
    draft.parts.push(`sale.line,${id}`);
    commands.push(["delete", [id]]);
  }
  const created: JsonMap[] = [];
  for (const row of wanted ?? []) {
    const id = trytonId(row["id"]);
    const before = id === undefined ? undefined : shown.find((each) => trytonId(each["id"]) === id);
    if (id === undefined || before === undefined) created.push(await lineValues(draft, head, row));
    else if (!isSame(before, { ...before, ...row })) {
      draft.parts.push(`sale.line,${id}`);
      commands.push(["write", [id], await changedLine(draft, head, { before, row: { ...before, ...row } })]);
    }
  }
  if (patch["freight"] !== undefined) await freight(draft, head, { commands, created });
  if (created.length > 0) commands.push(["create", created]);
  if (commands.length > 0) draft.values["lines"] = commands;
}

/** Quantity of a row as the float that Tryton stores; refused when a float cannot hold it. */
function quantityOf(row: JsonMap): number {
  const quantity = text(row, "quantity");
  if (quantity === null) throw refusal("quantity_missing", "a line has no quantity", "lines");
  const number = Number(quantity);
  if (Number.isFinite(number) && compare(String(number), quantity) === 0) return number;
  throw refusal("quantity_unreadable", "a quantity is no number that Tryton can hold", "lines");
}

/** A line's own goods and price. */
interface LineGoods {
  readonly product: number;
  readonly unit: number;
  readonly quantity: number;
  readonly price: Priced;
}

/** The goods and the price of a row, refused when Tryton or this connector does not take them. */
export async function lineGoods(draft: SaleDraft, row: JsonMap): Promise<LineGoods> {
  const product = trytonId(row["product"]);
  if (product === undefined) throw refusal("product_missing", "a line has no product", "lines");
  const quantity = quantityOf(row);
  const symbol = text(row, "unit");
  if (symbol === null) throw refusal("unit_missing", "a quantity has no unit", "lines");
  const unit = await draft.lookups.unit(product, symbol);
  // Tryton's screens offer active products only, its server takes any.
  if (!(await draft.lookups.isSold(product)))
    throw refusal("not_salable", "this product is not sold any more, or not at all", "lines");
  if (!(await draft.lookups.isBooked(product))) throw refusal("setup_incomplete", unbooked, "lines");
  return { product, quantity, unit, price: priced(draft, row) };
}

async function lineValues(draft: SaleDraft, head: SaleHead, row: JsonMap): Promise<JsonMap> {
  const { product, quantity, unit, price } = await lineGoods(draft, row);
  const taxes = taxIds(await lineChanges(draft, head, { product, unit, quantity }));
  return {
    type: "line",
    product,
    quantity,
    unit,
    ...priceValues(draft, price),
    taxes: [["add", taxes]],
    note: text(row, "note"),
  };
}

function priceValues(draft: SaleDraft, price: Priced): JsonMap {
  if (price.isFolded) {
    if (draft.write.kind !== "create") {
      const message =
        "Tryton cannot keep this discount beside the price; it is taken on the creation of a quote only";
      throw refusal("discount_unsupported", message, "lines");
    }
    const own = text(draft.values, "comment");
    if (!(own ?? "").includes(foldedNote))
      draft.values["comment"] = own === null ? foldedNote : `${own}\n${foldedNote}`;
    return { unit_price: decimal(price.net) };
  }
  const base: JsonMap = draft.facts.hasDiscounts
    ? { base_price: decimal(round(price.gross, priceDigits)) }
    : {};
  return { unit_price: decimal(price.net), ...base };
}

async function changedLine(
  draft: SaleDraft,
  head: SaleHead,
  change: { readonly before: JsonMap; readonly row: JsonMap },
): Promise<JsonMap> {
  const { before, row } = change;
  const changes = (...keys: readonly string[]): boolean => keys.some((key) => !isSame(before[key], row[key]));
  if (changes("product")) return otherProduct(draft, head, row);
  return {
    ...(changes("quantity") ? { quantity: quantityOf(row) } : {}),
    ...(changes("unit")
      ? { unit: await draft.lookups.unit(trytonId(row["product"]) ?? 0, text(row, "unit") ?? "") }
      : {}),
    ...(changes("unit_price", "discount_percent") ? priceValues(draft, priced(draft, row)) : {}),
    ...(changes("note") ? { note: text(row, "note") } : {}),
  };
}

/** A line with another product gets that product's taxes in place of its own. */
async function otherProduct(draft: SaleDraft, head: SaleHead, row: JsonMap): Promise<JsonMap> {
  const values = await lineValues(draft, head, row);
  const [line] = await draft.rpc.search({
    model: "sale.line",
    domain: [["id", "=", trytonId(row["id"]) ?? 0]],
    fields: ["taxes"],
  });
  const former = isList(line?.["taxes"]) ? line["taxes"] : [];
  const [given] = isList(values["taxes"]) ? values["taxes"] : [];
  const wanted = isList(given) && isList(given[1]) ? given[1] : [];
  // Only differences: what is removed and added in one call ends up removed.
  const gone = former.filter((tax) => !wanted.includes(tax));
  const missing = wanted.filter((tax) => !former.includes(tax));
  return {
    ...values,
    taxes: [
      ["remove", gone],
      ["add", missing],
    ],
  };
}

/** Freight is a line of its own, of the product that the options name. */
async function freight(
  draft: SaleDraft,
  head: SaleHead,
  into: { readonly commands: Json[]; readonly created: JsonMap[] },
): Promise<void> {
  const { patch, current } = draft.write;
  const given = patch["freight"];
  const shown = current["freight"];
  const id = isMap(shown) ? trytonId(shown["id"]) : undefined;
  const amount = isMap(given) && !isBlank(given["amount"]) ? scalar(given["amount"]) : "0";
  const isNone = compare(amount, "0") === 0;
  if (isNone && !isMap(shown)) return;
  if (isMap(shown) && id === undefined)
    throw refusal("freight_unsupported", "the freight of this sale stands on several lines", "freight");
  if (id !== undefined) draft.parts.push(`sale.line,${id}`);
  if (isNone && id !== undefined) {
    into.commands.push(["delete", [id]]);
    return;
  }
  const price = decimal(round(amount, priceDigits));
  if (id !== undefined) {
    into.commands.push(["write", [id], { quantity: 1, unit_price: price }]);
    return;
  }
  const product = await freightProduct(draft);
  const unit = await draft.lookups.saleUnit(product);
  const taxes = taxIds(await lineChanges(draft, head, { product, unit, quantity: 1 }));
  into.created.push({ type: "line", product, quantity: 1, unit, unit_price: price, taxes: [["add", taxes]] });
}

/** The product that freight is sold as. */
export async function freightProduct({ rpc, lookups }: SaleDraft): Promise<number> {
  const code = rpc.options.freightProduct;
  if (code !== null) return lookups.productByCode(code);
  throw refusal(
    "freight_unsupported",
    "set the option freightProduct to the product of a freight line",
    "freight",
  );
}
