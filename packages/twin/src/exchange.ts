import { addDays } from "./calendar.ts";
import { big, currencyDecimals, fixed, roundTo, shortest, type Big } from "./decimal.ts";

/** The currency in which both companies keep their books. */
export const HOME_CURRENCY = "EUR";

/** Euros for one of each currency, before it moves. Made up. */
const BASE_RATES: Readonly<Record<string, string>> = {
  EUR: "1",
  USD: "0.86",
  GBP: "1.15",
  CHF: "1.06",
  JPY: "0.0056",
  KWD: "2.8",
};
const RATE_DECIMALS = 6;
const DAY_MS = 86_400_000;
/** The first Monday of 1970. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** A rate, and the day since which it holds. */
interface Rate {
  readonly rate: Big;
  readonly from: string;
}

/**
 * The rate of a day, `2026-01-31`: published every Monday, within a hundredth of the base, never twice the
 * same in a row but for the euro. Null for an unknown currency.
 */
function rateOn(currency: string, day: string): Rate | null {
  const base = BASE_RATES[currency];
  if (base === undefined) return null;
  const week = Math.floor((Date.parse(`${day}T00:00:00Z`) - FIRST_MONDAY_MS) / (7 * DAY_MS));
  const from = addDays("1970-01-05", week * 7);
  if (currency === HOME_CURRENCY) return { rate: big(base), from };
  const move = big(((((week * 37) % 21) + 21) % 21) - 10).div(1_000);
  return { rate: roundTo(big(base).times(move.plus(1)), RATE_DECIMALS, "half-up"), from };
}

/** Totals of a document in its own currency. */
export interface OwnTotals {
  readonly net: string | null;
  readonly tax: string | null;
  readonly gross: string | null;
  readonly currency: string | null;
  /** The day by whose rate it is converted. */
  readonly day: string | null;
}

/** The same in the home currency. Rates are euros for one of the document's currency. */
export interface HomeTotals {
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly rate: string;
  readonly rateDay: string;
}

/** Converts each total and rounds it by itself. Null while a total or the day is missing. */
export function inHome({ net, tax, gross, currency, day }: OwnTotals): HomeTotals | null {
  if (net === null || tax === null || gross === null || currency === null || day === null) return null;
  const found = rateOn(currency, day);
  if (found === null) return null;
  const decimals = currencyDecimals(HOME_CURRENCY) ?? 2;
  const home = (amount: string): string =>
    fixed(roundTo(big(amount).times(found.rate), decimals, "half-up"), decimals);
  return {
    ...{ net: home(net), tax: home(tax), gross: home(gross) },
    ...{ rate: shortest(found.rate), rateDay: found.from },
  };
}
