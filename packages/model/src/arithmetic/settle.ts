import { Big } from "big.js";
import { amountStep } from "./check-rules.ts";
import type { Exchange, PricedDocument, Totals } from "./document.ts";
import { fractionOf } from "./fraction.ts";
import { roundTo, textOf } from "./rounding.ts";
import type { RuleSet } from "./rules.ts";
import type { Worked } from "./work.ts";

/** The rate of the last date that is not after `on`; undefined when there is none. */
export function rateOn(exchange: Exchange, on: string): string | undefined {
  const past = exchange.rates.filter(({ from }) => from <= on);
  return past.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1)?.rate;
}

/** Amounts in the company's currency, which has rules' step of its own. */
function companyTotals(
  worked: Worked,
  gross: Big,
  how: { readonly document: PricedDocument; readonly rules: RuleSet },
): Totals["company"] {
  const { document, rules } = how;
  if (document.exchange === undefined) return null;
  const { currency } = document.exchange;
  const rate = rateOn(document.exchange, document.dates?.[rules.rateDate] ?? "") ?? "0";
  const step = amountStep(rules, currency);
  const convert = (amount: Big): Big => roundTo(fractionOf(amount.times(rate)), step, rules.mode);
  if (rules.exchange === "totals") {
    const [net, tax] = [convert(worked.net), convert(worked.tax)];
    return { currency, rate, net: textOf(net), tax: textOf(tax), gross: textOf(convert(gross)) };
  }
  const sum = (amounts: readonly Big[]): Big =>
    amounts.reduce((all, amount) => all.plus(convert(amount)), new Big(0));
  const net = sum(worked.lines.map((line) => line.net));
  const tax = sum([...worked.taxes.values()].map(({ amount }) => amount));
  const whole = net.plus(tax).minus(convert(worked.after));
  return { currency, rate, net: textOf(net), tax: textOf(tax), gross: textOf(whole) };
}

/** From worked amounts to totals: the discount after tax, coins, deposits, the company's currency. */
export function settleTotals(document: PricedDocument, rules: RuleSet, worked: Worked): Totals {
  const gross = worked.net.plus(worked.tax).minus(worked.after);
  const coin = rules.cash?.steps[document.currency];
  const rounded =
    rules.cash === null || coin === undefined
      ? gross
      : roundTo(fractionOf(gross), new Big(coin), rules.cash.mode);
  const paid =
    rules.deposits === "lines"
      ? new Big(0)
      : (document.deposits ?? []).reduce((sum, { amount }) => sum.plus(amount), new Big(0));
  return {
    net: textOf(worked.net),
    tax: textOf(worked.tax),
    gross: textOf(gross),
    cashRounding: textOf(rounded.minus(gross)),
    payable: textOf(rounded.minus(paid)),
    lines: worked.lines.map(({ key, net, tax }) => ({ key, net: textOf(net), tax: textOf(tax) })),
    taxes: [...worked.taxes].map(([tax, { base, amount }]) => ({
      tax,
      base: textOf(base),
      amount: textOf(amount),
    })),
    company: companyTotals(worked, gross, { document, rules }),
  };
}
