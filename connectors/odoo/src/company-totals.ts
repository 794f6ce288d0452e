import { decimals } from "@crossfoot/connector-sdk";
import { dayOf } from "./dates.ts";
import { decimalOf, divide } from "./decimal.ts";
import { text } from "./native.ts";
import type { Row } from "./native.ts";
import { made } from "./shape.ts";
import type { Root } from "./shape.ts";

/** Decimals of a rate that is turned round: of a billion it takes a millionth at most. */
const ratePlaces = 15;

/** Odoo tells units of the document's currency for one of the company's; the rate here is the other way. */
function rateOf(row: Row, field: string): string | null {
  const value = row[field];
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) return null;
  return divide("1", decimals.ofFloat(value, { decimals: ratePlaces, rounding: "halfUp" }), ratePlaces);
}

/** An amount in the company's currency. Odoo signs it: a credit note is below zero. */
const amount = (field: string): Root =>
  made((row, { facts }) => decimalOf(row, field, facts.currency.digits), { field });

const companyCurrency: Root = made((_, { facts }) => facts.currency.code);

/**
 * The day of the rate of an invoice: its own, as long as the rate is what the table says of that day. One
 * that a person typed in, or a table that was changed since, is of no day that is known.
 */
function invoiceRateDate(row: Row): string | null {
  const [used, tabled] = [row["invoice_currency_rate"], row["expected_currency_rate"]];
  return typeof used === "number" && used === tabled ? text(row, "invoice_date") : null;
}

/** Fields of an invoice in the company's currency; those of the rate are not in every version. */
export const companyFields = ["amount_untaxed_signed", "amount_tax_signed", "amount_total_signed"] as const;

/** Rates of an invoice, where the version has them. */
export const rateFields = ["invoice_currency_rate", "expected_currency_rate"] as const;

/** What an invoice comes to in the company's currency. */
export const invoiceCompany: { readonly [root: string]: Root } = {
  company_currency: companyCurrency,
  company_net: amount("amount_untaxed_signed"),
  company_tax: amount("amount_tax_signed"),
  company_total: amount("amount_total_signed"),
  company_rate: made((row) => rateOf(row, "invoice_currency_rate")),
  company_rate_date: made(invoiceRateDate),
};

/** The rate of an order: Odoo keeps no totals of orders in the company's currency. Dates are days by UTC. */
export const orderCompany: { readonly [root: string]: Root } = {
  company_rate: made((row) => rateOf(row, "currency_rate")),
  company_rate_date: made((row) => dayOf(text(row, "date_order"), "UTC")),
};
