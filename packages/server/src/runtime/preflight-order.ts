import { decimals } from "@crossfoot/connector-sdk";
import type { OrderRule, PriceAnswer, PricedRow, RefusedRow } from "@crossfoot/connector-sdk";
import type { Fields, Line } from "@crossfoot/kernel";
import { minorUnitOf } from "@crossfoot/model";
import type { PreflightFinding } from "./moment-port.ts";
import { finding, isZero, linesOf, part, text } from "./preflight-words.ts";

/** What the ERP would refuse of a quote although no answer of its operations says so. */
export interface Demands {
  readonly refuses: readonly OrderRule[];
  /** Codes of the warehouses that its stock answers told; empty when none did. */
  readonly warehouses: readonly string[];
  /** Whether a line has goods that are counted. */
  readonly hasGoods: boolean;
}

/** What the header of a quote misses for an order. */
export function judgeWarehouse(
  quote: Fields,
  { refuses, warehouses, hasGoods }: Demands,
): readonly PreflightFinding[] {
  const warehouse = text(quote["warehouse"]);
  if (warehouse === null && hasGoods && refuses.includes("warehouse_missing"))
    return [
      finding("blocked", "warehouse_missing", {
        message: "the ERP takes no order of goods without a warehouse",
        fix: "name a warehouse on the quote",
      }),
    ];
  const isUnknown = warehouse !== null && warehouses.length > 0 && !warehouses.includes(warehouse);
  if (!isUnknown || !refuses.includes("warehouse_unknown")) return [];
  return [
    finding("blocked", "warehouse_unknown", {
      message: "the ERP has no such warehouse",
      quoted: warehouse,
      fix: `choose one of ${warehouses.join(", ")}`,
    }),
  ];
}

/** What the ERP would refuse of a line's own price. */
export function judgeOwnPrice({ fields }: Line, refuses: readonly OrderRule[]): readonly PreflightFinding[] {
  const price = part(fields["unitPrice"], "amount");
  if (price === null && refuses.includes("price_missing"))
    return [
      finding("blocked", "price_unknown", {
        message: "the line has no price, and the ERP does not put one in its place",
        fix: "take the ERP's price over into the quote",
      }),
    ];
  if (price === null || decimals.compare(price, "0") > 0 || !refuses.includes("price_zero")) return [];
  return [
    finding("blocked", "price_differs", {
      message: "the ERP takes no line at a price of zero",
      quoted: price,
      fix: "put a price on the line, or give the discount elsewhere",
    }),
  ];
}

/** Whether freight or a discount of the whole comes on top of the lines. */
export const hasExtras = (quote: Fields): boolean =>
  !isZero(part(quote["freight"], "amount")) || !isZero(text(quote["discountPercent"]));

type Rows = readonly (PricedRow | RefusedRow | undefined)[];

/**
 * What the order would count against a credit limit: it carries the quote's own prices. The ERP's own totals
 * where these are the same; else by the taxes that it told, without its rounding. Not
 * whole where a price or a tax of a line is not known: what the others come to.
 */
export function amountOf(
  quote: Fields,
  { totals, rows }: { readonly totals: PriceAnswer["totals"]; readonly rows: Rows },
  measured: "net" | "gross",
): { readonly amount: string; readonly isWhole: boolean } {
  const lines = linesOf(quote);
  const isAsTold = lines.every(({ fields }, at) => isPriced(fields, rows[at]));
  if (totals !== null && isAsTold && !hasExtras(quote)) return { amount: totals[measured], isWhole: true };
  const kept = lessPercent(text(quote["discountPercent"]));
  const amounts = lines.map(({ fields }, at) => {
    const row = rows[at];
    const price = part(fields["unitPrice"], "amount") ?? (row?.ok === true ? row.unitPrice : null);
    const quantity = part(fields["quantity"], "value");
    const percent = measured === "net" ? "0" : taxOf(row);
    if (price === null || quantity === null || percent === null) return null;
    const own = decimals.multiply(
      lessPercent(text(fields["discountPercent"])),
      decimals.multiply(price, quantity),
    );
    return { net: decimals.multiply(own, kept), percent };
  });
  const known = amounts.flatMap((each) => each ?? []);
  const highest =
    known
      .map(({ percent }) => percent)
      .toSorted(decimals.compare)
      .at(-1) ?? "0";
  const freight = { net: part(quote["freight"], "amount") ?? "0", percent: highest };
  const amounted = [...known, freight].map((each) =>
    decimals.multiply(each.net, decimals.add("1", hundredth(each.percent))),
  );
  const places = minorUnitOf(text(quote["currency"]) ?? "") ?? 2;
  const amount = decimals.round(decimals.total(amounted), { decimals: places, rounding: "halfUp" });
  return { amount, isWhole: known.length === lines.length };
}

/** A percentage as a share of one; none is 0. */
const hundredth = (percent: string | null): string =>
  decimals.multiply(decimals.normal(percent ?? "0") ?? "0", "0.01");

/** What is left of one after a discount in percent. */
export const lessPercent = (percent: string | null): string => decimals.subtract("1", hundredth(percent));

/** Whether a line has the ERP's own price and discount. */
function isPriced(fields: Fields, row: Rows[number]): boolean {
  if (row?.ok !== true) return false;
  const price = part(fields["unitPrice"], "amount") ?? row.unitPrice;
  const discount = text(fields["discountPercent"]) ?? "0";
  return (
    isZero(decimals.subtract(price, row.unitPrice)) &&
    isZero(decimals.subtract(discount, row.discountPercent))
  );
}

/** Taxes of a line in percent; null where one of them is none. */
function taxOf(row: Rows[number]): string | null {
  if (row?.ok !== true) return null;
  const percents = row.taxes.map(({ percent }) => percent);
  const known = percents.flatMap((each) => each ?? []);
  return known.length < percents.length ? null : decimals.total(known);
}
