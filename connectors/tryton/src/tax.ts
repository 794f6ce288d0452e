import { add, allocate, multiply } from "./decimal.ts";
import { keyOf, many, one, text } from "./native.ts";
import type { Row } from "./native.ts";

/**
 * Fields of the taxes of a line, with the path of the line in front. Groups of taxes have their rates on the
 * children.
 */
export function taxFields(prefix: string): readonly string[] {
  const own = ["type", "rate", "amount"].map((field) => `${prefix}taxes.${field}`);
  return [...own, ...["type", "rate", "amount"].map((field) => `${prefix}taxes.childs.${field}`)];
}

/**
 * Tax of one line before rounding: percentages of its amount, fixed amounts per piece; undefined for other
 * kinds.
 */
function exactTax(line: Row): string | undefined {
  const price = text(line, "unit_price");
  const quantity = line["quantity"];
  if (price === null || typeof quantity !== "number") return "0";
  const pieces = quantity.toPrecision(15);
  const base = multiply(price, pieces);
  let sum = "0";
  for (const tax of many(line, "taxes").flatMap((each) => [each, ...many(each, "childs")])) {
    const [type, rate, amount] = [text(tax, "type"), text(tax, "rate"), text(tax, "amount")];
    if (type === "percentage" && rate !== null) sum = add(sum, multiply(base, rate));
    else if (type === "fixed" && amount !== null) sum = add(sum, multiply(amount, pieces));
    else if (type !== "none") return undefined;
  }
  return sum;
}

/** Decimals of the document's currency. */
export const currencyDigits = (document: Row): number => Number(one(document, "currency")?.["digits"] ?? 2);

/**
 * Tax of each line by its id. Tryton rounds tax per document, so a line's tax is its share of the document's,
 * rounded so that the shares add up to it exactly. Empty when the taxes are not explained by their rates (a
 * manual tax, a reverse charge, a kind of tax not known here): then no line says a tax rather than a wrong
 * one.
 */
export function shareTax(
  lines: readonly Row[],
  sum: string | null,
  digits: number,
): ReadonlyMap<string, string> {
  const exact = lines.map(exactTax);
  if (sum === null || exact.some((tax) => tax === undefined)) return new Map();
  const known = exact.filter((tax) => tax !== undefined);
  const shares = allocate(known, sum, digits);
  if (shares === undefined) return new Map();
  return new Map(lines.map((line, at) => [keyOf(line), shares[at] ?? "0"]));
}
