import type { Fields } from "@crossfoot/kernel";
import type { CompanyTotals } from "./arithmetic/amounts.ts";
import { undated } from "./arithmetic/company-rate.ts";
import type { Exchange, PricedDocument } from "./arithmetic/document.ts";
import { explain } from "./arithmetic/explain.ts";
import type { Shown } from "./arithmetic/fit.ts";
import { documentOf, reckonedOf, rulesOf } from "./explained-cent.ts";
import type { Reckoned } from "./explained-cent.ts";
import { amountOf } from "./money-of.ts";

const textOf = (fields: Fields, field: string): string | undefined => {
  const value = fields[field];
  return typeof value === "string" && value !== "" ? value : undefined;
};

/** What a side tells in the company's currency; null where it tells no total in it. */
function companyOf(fields: Fields): CompanyTotals | null {
  const gross = amountOf(fields["companyGross"]);
  if (gross === undefined) return null;
  const [net, tax] = ["companyNet", "companyTax"].map((field) => amountOf(fields[field]));
  const [rate, date] = [textOf(fields, "companyRate"), textOf(fields, "companyRateDate")];
  return {
    ...gross,
    gross: gross.amount,
    ...(net?.currency === gross.currency ? { net: net.amount } : {}),
    ...(tax?.currency === gross.currency ? { tax: tax.amount } : {}),
    ...(rate === undefined ? {} : { rate }),
    ...(date === undefined ? {} : { date }),
  };
}

/** The rate that the other side tells, for a side that tells none of its own. */
function exchangeFor(own: CompanyTotals, other: CompanyTotals): Pick<PricedDocument, "exchange" | "dates"> {
  const { currency, rate } = other;
  if (own.rate !== undefined || rate === undefined) return {};
  const exchange: Exchange = { currency, rates: [{ from: undated, rate }] };
  return { exchange, dates: { document: undated, posting: undated, delivery: undated } };
}

/**
 * Why the totals of a document in the company's currency differ: sentences that account for every cent by the
 * rates that the sides tell, their dates, and where and how each system rounds; null when none do, or no side
 * tells a rate. Where one side tells none, its totals are held against the other's rate. Never throws.
 */
export function explainCompany(pair: {
  readonly crm: Fields;
  readonly erp: Fields;
  /** Names of the systems, such as `odoo`; unknown ones are taken to reckon plainly. */
  readonly systems: { readonly crm: string; readonly erp: string };
}): readonly string[] | null {
  const [crm, erp] = [reckonedOf(pair.crm), reckonedOf(pair.erp)];
  const [mine, theirs] = [companyOf(pair.crm), companyOf(pair.erp)];
  if (crm === null || erp === null || crm.currency !== erp.currency) return null;
  const document = documentOf(crm, erp);
  if (document === null || mine === null || theirs === null) return null;
  const shown = (
    side: "crm" | "erp",
    whole: Reckoned,
    [own, other]: [CompanyTotals, CompanyTotals],
  ): Shown => {
    const date = textOf(pair[side], "date");
    const dates = date === undefined ? {} : { dates: { document: date } };
    const { net, tax, gross } = whole;
    return {
      document: { ...document, ...dates, ...exchangeFor(own, other) },
      rules: rulesOf(pair.systems[side]),
      totals: { net, tax, gross, company: own },
    };
  };
  const found = explain(shown("crm", crm, [mine, theirs]), shown("erp", erp, [theirs, mine]));
  return found.kind === "explained" && found.changes.length > 0 ? found.sentences : null;
}
