import { isKnownCurrency } from "../currency.ts";
import { commonUnits } from "../unit.ts";
import { misshapenAt } from "./document-shape.ts";
import type { Discount, PricedDocument, PricedLine, TaxRate } from "./document.ts";

/** Why a document cannot be recomputed. Closed list. */
export type DocumentFault =
  | "not_a_document"
  | "currency_unknown"
  | "too_many_lines"
  | "key_twice"
  | "number_unreadable"
  | "price_per_not_positive"
  | "tax_unknown"
  | "tax_twice"
  | "tax_circle"
  | "unit_unknown"
  | "other_category"
  | "amount_discount_of_a_part"
  | "discount_without_lines"
  | "date_unreadable"
  | "date_missing"
  | "rate_missing"
  | "tax_not_containable";

/** A document that cannot be recomputed: the fault and where it is. */
export interface DocumentRefusal {
  readonly fault: DocumentFault;
  /** Key of a line or deposit, code of a tax, path of what has another form, or null for the document. */
  readonly at: string | null;
}

/** Ten times the longest document that any of the systems takes in one call. */
export const maxLines = 5000;
const date = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const decimal = /^-?\d{1,24}(\.\d{1,24})?$/;

const fault = (name: DocumentFault, at: string | null = null): DocumentRefusal => ({ fault: name, at });

/** Whether a text is a number as documents hold it: digits with a point, of a bounded length; or none. */
export const isNumber = (text: string | undefined): boolean => text === undefined || decimal.test(text);

function unitRefusal(line: PricedLine): DocumentRefusal | null {
  if (line.priceUnit === undefined || line.priceUnit === line.unit) return null;
  const [of, per] = [commonUnits[line.unit ?? ""], commonUnits[line.priceUnit]];
  if (of === undefined || per === undefined) return fault("unit_unknown", line.key);
  return of.category === per.category ? null : fault("other_category", line.key);
}

function taxFault(
  { key, taxes = [] }: { readonly key: string; readonly taxes?: readonly string[] },
  document: PricedDocument,
): DocumentRefusal | null {
  if (!taxes.every((code) => Object.hasOwn(document.taxes ?? {}, code))) return fault("tax_unknown", key);
  return new Set(taxes).size === taxes.length ? null : fault("tax_twice", key);
}

function lineRefusal(line: PricedLine, document: PricedDocument): DocumentRefusal | null {
  const discounts = line.discounts ?? [];
  const numbers = [line.quantity, line.price, line.pricePer, line.invoicedBefore];
  if (![...numbers, ...discounts.map(({ value }) => value)].every(isNumber))
    return fault("number_unreadable", line.key);
  if (line.pricePer !== undefined && Number(line.pricePer) <= 0)
    return fault("price_per_not_positive", line.key);
  const tax = taxFault(line, document);
  if (tax !== null) return tax;
  const isFixed = ({ kind, ...rest }: Discount): boolean => kind === "amount" && !("per" in rest);
  if (line.invoicedBefore !== undefined && discounts.some(isFixed))
    return fault("amount_discount_of_a_part", line.key);
  return unitRefusal(line);
}

/** A tax that is taken from itself, by whatever way round. */
function isCircle(
  code: string,
  taxes: { readonly [code: string]: TaxRate },
  seen: readonly string[],
): boolean {
  if (seen.includes(code)) return true;
  return (taxes[code]?.on ?? []).some((below) => isCircle(below, taxes, [...seen, code]));
}

function taxRefusal(document: PricedDocument): DocumentRefusal | null {
  const taxes = document.taxes ?? {};
  for (const [code, tax] of Object.entries(taxes)) {
    if (!isNumber(tax.percent) || !isNumber(tax.perUnit)) return fault("number_unreadable", code);
    if (isCircle(code, taxes, [])) return fault("tax_circle", code);
  }
  return null;
}

function headRefusal(document: PricedDocument): DocumentRefusal | null {
  if (!isKnownCurrency(document.currency)) return fault("currency_unknown");
  if (document.lines.length > maxLines) return fault("too_many_lines");
  const discounts = document.discounts ?? [];
  if (!discounts.every(({ value }) => isNumber(value))) return fault("number_unreadable");
  const isPart = document.lines.some(({ invoicedBefore }) => invoicedBefore !== undefined);
  if (isPart && discounts.some(({ kind }) => kind === "amount")) return fault("amount_discount_of_a_part");
  if (document.lines.length === 0 && discounts.some(({ kind }) => kind === "amount"))
    return fault("discount_without_lines");
  return exchangeRefusal(document);
}

/** Rates are chosen by comparing dates as text, so a date has one form. */
function exchangeRefusal(document: PricedDocument): DocumentRefusal | null {
  if (document.exchange === undefined) return null;
  const dates = [...Object.values(document.dates ?? {}), ...document.exchange.rates.map(({ from }) => from)];
  const bad = dates.find((each) => !date.test(each));
  if (bad !== undefined) return fault("date_unreadable", bad);
  if (!isKnownCurrency(document.exchange.currency)) return fault("currency_unknown");
  const isRate = ({ rate }: { readonly rate: string }): boolean => isNumber(rate) && Number(rate) > 0;
  return document.exchange.rates.every(isRate) ? null : fault("number_unreadable");
}

/** Why a document cannot be recomputed under any rules, or null. Never throws. */
export function refuseDocument(document: PricedDocument): DocumentRefusal | null {
  const misshapen = misshapenAt(document);
  if (misshapen !== null) return fault("not_a_document", misshapen);
  const head = headRefusal(document) ?? taxRefusal(document);
  if (head !== null) return head;
  const keys = new Set<string>();
  for (const line of document.lines) {
    if (keys.has(line.key)) return fault("key_twice", line.key);
    keys.add(line.key);
    const refusal = lineRefusal(line, document);
    if (refusal !== null) return refusal;
  }
  for (const deposit of document.deposits ?? []) {
    if (keys.has(deposit.key)) return fault("key_twice", deposit.key);
    keys.add(deposit.key);
    if (!isNumber(deposit.amount)) return fault("number_unreadable", deposit.key);
    const tax = taxFault(deposit, document);
    if (tax !== null) return tax;
  }
  return null;
}
