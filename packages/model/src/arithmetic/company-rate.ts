/** Which exchange rate each side's totals in the company's currency are held against. */
import { Big } from "big.js";
import { attempt, isSameTotals } from "./amounts.ts";
import type { CompanyTotals } from "./amounts.ts";
import type { Exchange, PricedDocument, RateDate } from "./document.ts";
import type { Shown } from "./fit.ts";
import type { RuleSet } from "./rules.ts";
import { rateOn } from "./settle.ts";
import type { RateUsed } from "./step.ts";

const dateNames: readonly RateDate[] = ["document", "posting", "delivery"];

/** Date of a rate that no date is known of: before all others. */
export const undated: string = "0001-01-01";

type Dates = NonNullable<PricedDocument["dates"]>;

const allOn = (date: string): Dates => ({ document: date, posting: date, delivery: date });

/** The rate by which a document is converted under the rules; null without one. */
export function rateUsed({ exchange, dates }: PricedDocument, rules: RuleSet): RateUsed | null {
  const on = dates?.[rules.rateDate];
  const rate = exchange === undefined || on === undefined ? undefined : rateOn(exchange, on);
  if (rate === undefined || on === undefined) return null;
  return { rate, date: on === undated ? null : on };
}

const isRate = (rate: string | undefined, wanted: string): boolean =>
  rate !== undefined && new Big(rate).eq(wanted);

/** The side with the rate that it shows: of its table where that gives it, else as the only one. */
function withShownRate(
  side: Shown,
  { currency, rate, date }: CompanyTotals & { readonly rate: string },
): Shown {
  const { exchange, dates = {} } = side.document;
  const table = exchange?.currency === currency ? exchange : { currency, rates: [] };
  const named = dateNames.filter((name) =>
    date === undefined ? isRate(rateOn(table, dates[name] ?? ""), rate) : dates[name] === date,
  );
  const on = date ?? dates[named[0] ?? "document"] ?? undated;
  const isTabled = isRate(rateOn(table, on), rate);
  const rates = isTabled ? table.rates : [{ from: date ?? undated, rate }];
  const rateDate = named.includes(side.rules.rateDate) ? side.rules.rateDate : named[0];
  return {
    ...side,
    document: {
      ...side.document,
      exchange: { currency, rates },
      dates: rateDate === undefined ? allOn(date ?? undated) : dates,
    },
    rules: rateDate === undefined ? side.rules : { ...side.rules, rateDate },
  };
}

/** A side by its own rate; undefined when it shows amounts and there is no rate to hold them against. */
function withOwnRate(side: Shown, company: CompanyTotals): Shown | undefined {
  const { rate } = company;
  if (rate !== undefined) return withShownRate(side, { ...company, rate });
  return side.document.exchange?.currency === company.currency ? side : undefined;
}

/** Both tables as one; undefined when they contradict each other, or a rate has no date. */
function oneTable(a: Exchange, b: Exchange): Exchange | undefined {
  const rates = [...new Map([...a.rates, ...b.rates].map((each) => [each.from, each])).values()];
  if (rates.some(({ from }) => from === undated)) return undefined;
  const holds = (exchange: Exchange): boolean =>
    exchange.rates.every(({ from, rate }) => isRate(rates.find((each) => each.from === from)?.rate, rate));
  return holds(a) && holds(b) ? { currency: a.currency, rates: rates.toSorted(byDate) } : undefined;
}

const byDate = (a: { readonly from: string }, b: { readonly from: string }): number =>
  a.from < b.from ? -1 : 1;

/**
 * Both sides over one table of rates and each other's dates, so that only the choice of the date is left to
 * differ; as they are where that would change what a side comes to by its own.
 */
function overOneTable(a: Shown, b: Shown): { readonly a: Shown; readonly b: Shown } {
  const [mine, theirs] = [a.document, b.document];
  if (mine.exchange === undefined || theirs.exchange === undefined) return { a, b };
  const exchange = oneTable(mine.exchange, theirs.exchange);
  if (exchange === undefined) return { a, b };
  const joined = (side: Shown, own: Dates, other: Dates): Shown => ({
    ...side,
    document: { ...side.document, exchange, dates: { ...other, ...own } },
  });
  const one = joined(a, mine.dates ?? {}, theirs.dates ?? {});
  const two = joined(b, theirs.dates ?? {}, mine.dates ?? {});
  const isAsBefore = (before: Shown, after: Shown): boolean => {
    const [was, is] = [attempt(before.document, before.rules), attempt(after.document, after.rules)];
    return was !== undefined && is !== undefined && isSameTotals(was, is);
  };
  return isAsBefore(a, one) && isAsBefore(b, two) ? { a: one, b: two } : { a, b };
}

/** The side without anything of the company's currency. */
function withoutCompany(side: Shown): Shown {
  const { exchange: _, ...document } = side.document;
  const { company: __, ...totals } = side.totals;
  return { ...side, document, totals };
}

/** Both sides with the rates that their company totals follow from, or the side that has none. */
export type Rated =
  | { readonly ok: true; readonly a: Shown; readonly b: Shown }
  | { readonly ok: false; readonly side: "a" | "b" };

/**
 * Both sides with the rates that their totals in the company's currency are held against. A rate that a
 * side shows stands before its table. Where a side shows no such totals, or the currencies of the companies
 * differ, those totals are not compared and both come without. Never throws.
 */
export function withRates(a: Shown, b: Shown): Rated {
  const [mine, theirs] = [a.totals.company ?? null, b.totals.company ?? null];
  if (mine === null || theirs === null || mine.currency !== theirs.currency)
    return { ok: true, a: withoutCompany(a), b: withoutCompany(b) };
  const [one, two] = [withOwnRate(a, mine), withOwnRate(b, theirs)];
  if (one === undefined || two === undefined) return { ok: false, side: one === undefined ? "a" : "b" };
  return { ok: true, ...overOneTable(one, two) };
}
