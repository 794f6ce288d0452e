import { HOME_CURRENCY, inHome } from "../exchange.ts";
import { mapIn, textIn, type JsonMap, type TwinRecord } from "../json.ts";
import type { RecordHooks } from "../records.ts";

const amountOf = (map: JsonMap | null, field: string): string | null => textIn(mapIn(map, field), "amount");

/** Adds the totals in the home currency to a document whose own stand in `totals`, or beside each other. */
function withHomeTotals(document: TwinRecord): TwinRecord {
  const totals = mapIn(document, "totals");
  const own =
    totals === null
      ? { net: "net", tax: "tax", gross: "amount", at: document as JsonMap }
      : { net: "net", tax: "tax", gross: "gross", at: totals };
  const home = inHome({
    net: amountOf(own.at, own.net),
    tax: amountOf(own.at, own.tax),
    gross: amountOf(own.at, own.gross),
    currency: textIn(document, "currency"),
    day: textIn(document, "date"),
  });
  return {
    ...document,
    homeCurrency: home === null ? null : HOME_CURRENCY,
    homeNet: home?.net ?? null,
    homeTax: home?.tax ?? null,
    homeGross: home?.gross ?? null,
    homeRate: home?.rate ?? null,
    homeRateDate: home?.rateDay ?? null,
  };
}

/** The rule of orders and invoices of a CRM that reckons them in its home currency. */
export const HOME_TOTALS_HOOKS: RecordHooks = { prepare: (document) => withHomeTotals(document) };
