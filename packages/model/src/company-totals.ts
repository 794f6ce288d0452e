/** Totals of a document in the currency of the company, as facts that each system shows by itself. */
import type { Fields } from "@crossfoot/kernel";
import { amountOf } from "./money-of.ts";

/** Amounts in the company's currency. Each is there only where a system tells it. */
export const companyAmounts = ["companyNet", "companyTax", "companyGross"] as const;

/**
 * What these amounts follow from: units of the company's currency for one of the document's, and the business
 * date of that rate. They explain a difference, and are none.
 */
const groundsOfCompany: ReadonlySet<string> = new Set(["companyRate", "companyRateDate"]);

const amountNames: ReadonlySet<string> = new Set(companyAmounts);

/** Whether a field is an amount in the company's currency. Pure. */
export const isCompanyAmount = (field: string): boolean => amountNames.has(field);

/** Whether a field is a fact about the company's currency: compared at most, carried never. Pure. */
export const isCompanyFact = (field: string): boolean =>
  isCompanyAmount(field) || groundsOfCompany.has(field);

/**
 * Of some fields those that say something about agreement: which both sides show, without what only explains
 * amounts, and without amounts of companies that keep their books in different currencies. Never throws.
 */
export function comparedFields(
  fields: readonly string[],
  sides: { readonly crm: Fields; readonly erp: Fields },
): readonly string[] {
  return fields.filter((field) => {
    const [crm, erp] = [sides.crm[field], sides.erp[field]];
    if (crm === undefined || erp === undefined || groundsOfCompany.has(field)) return false;
    if (!isCompanyAmount(field)) return true;
    // A blank is a total that was not told.
    const [mine, theirs] = [amountOf(crm), amountOf(erp)];
    return mine !== undefined && theirs !== undefined && mine.currency === theirs.currency;
  });
}
