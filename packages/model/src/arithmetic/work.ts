import { Big } from "big.js";
import { amountStep } from "./check-rules.ts";
import type { Deposit, PricedDocument, PricedLine } from "./document.ts";
import { fractionOf, plus } from "./fraction.ts";
import { sumExact, sumShown, valueLine } from "./line.ts";
import type { LineRules, ValuedLine } from "./line.ts";
import { taxLines } from "./line-tax.ts";
import { roundTo } from "./rounding.ts";
import type { RuleSet } from "./rules.ts";
import { documentDiscount, spreadDiscounts } from "./spread.ts";
import { restTaxes, roundTaxes, taxRulesOf } from "./tax-rounding.ts";

/** Amounts of a document before deposits and coins. */
export interface Worked {
  readonly lines: readonly { readonly key: string; readonly net: Big; readonly tax: Big }[];
  readonly taxes: ReadonlyMap<string, { readonly base: Big; readonly amount: Big }>;
  readonly net: Big;
  readonly tax: Big;
  /** What a discount after tax takes. */
  readonly after: Big;
}

const nought = new Big(0);

/** A deposit as a line of its own, below zero. It contains its tax. */
function depositLine(deposit: Deposit, document: PricedDocument, { rules, step }: LineRules): ValuedLine {
  const whole = fractionOf(new Big(deposit.amount).times(-1));
  const head = { key: deposit.key, taxes: deposit.taxes ?? [], quantity: fractionOf("0"), worth: null };
  const line = { ...head, exact: whole, shown: roundTo(whole, step, rules.mode) };
  if (rules.prices === "gross") return line;
  const [taxed] = taxLines([line], document.taxes ?? {}, { ...rules, prices: "gross", taxBase: "exact" });
  const exact = taxed?.netExact ?? whole;
  return { ...head, exact, shown: roundTo(exact, step, rules.mode) };
}

function valued(document: PricedDocument, how: LineRules): readonly ValuedLine[] {
  const lines = document.lines.map((line) => valueLine(line, how));
  const discounts = how.rules.documentDiscountWhen === "before_tax" ? (document.discounts ?? []) : [];
  const spread = spreadDiscounts(lines, discounts, how);
  if (how.rules.deposits === "payable") return spread;
  return [...spread, ...(document.deposits ?? []).map((each) => depositLine(each, document, how))];
}

/** Amounts of the quantities as they stand: no sign turned, nothing billed before. */
function plainWork(document: PricedDocument, rules: RuleSet): Worked {
  const step = amountStep(rules, document.currency);
  const how = { rules, step };
  const lines = taxLines(valued(document, how), document.taxes ?? {}, rules);
  const isRest = rules.prices === "gross" && rules.taxIncluded === "net_rounded";
  const rounding = taxRulesOf(rules, step);
  const tax = isRest ? restTaxes(lines, rounding) : roundTaxes(lines, rounding);
  const goods =
    rules.sum === "of_rounded" ? sumShown(lines).above : roundTo(sumExact(lines), step, rules.mode);
  const net = rules.prices === "net" ? goods : goods.minus(tax.total);
  const amounts = lines.map((line, at) => {
    const own = tax.byLine[at] ?? nought;
    return { key: line.key, net: rules.prices === "net" ? line.shown : line.shown.minus(own), tax: own };
  });
  const taxes = new Map<string, { base: Big; amount: Big }>();
  for (const [code, amount] of tax.byTax) {
    const base = amounts.reduce(
      (sum, { net: own }, at) => (lines[at]?.taxes.includes(code) === true ? sum.plus(own) : sum),
      nought,
    );
    taxes.set(code, { base, amount });
  }
  const gross = plus(fractionOf(net), fractionOf(tax.total));
  const after =
    rules.documentDiscountWhen === "after_tax"
      ? documentDiscount(document.discounts ?? [], gross, how)
      : nought;
  return { lines: amounts, taxes, net, tax: tax.total, after };
}

/** The first less the second, line by line and tax by tax. */
function difference(a: Worked, b: Worked): Worked {
  const before = new Map(b.lines.map((line) => [line.key, line]));
  return {
    lines: a.lines.map((line) => ({
      key: line.key,
      net: line.net.minus(before.get(line.key)?.net ?? 0),
      tax: line.tax.minus(before.get(line.key)?.tax ?? 0),
    })),
    taxes: new Map(
      [...a.taxes].map(([code, { base, amount }]) => [
        code,
        {
          base: base.minus(b.taxes.get(code)?.base ?? 0),
          amount: amount.minus(b.taxes.get(code)?.amount ?? 0),
        },
      ]),
    ),
    net: a.net.minus(b.net),
    tax: a.tax.minus(b.tax),
    after: a.after.minus(b.after),
  };
}

const upTo = (line: PricedLine, isAll: boolean): PricedLine => {
  const before = new Big(line.invoicedBefore ?? "0");
  return { ...line, quantity: (isAll ? before.plus(line.quantity) : before).toFixed() };
};

/** A document's amounts under the rules, as they would be on an invoice. */
export function workOut(document: PricedDocument, rules: RuleSet): Worked {
  const isPart = document.lines.some(({ invoicedBefore }) => invoicedBefore !== undefined);
  if (!isPart || rules.partial === "alone") return plainWork(document, rules);
  const soFar = { ...document, lines: document.lines.map((line) => upTo(line, true)) };
  const { deposits: _, ...rest } = document;
  const before = { ...rest, lines: document.lines.map((line) => upTo(line, false)) };
  return difference(plainWork(soFar, rules), plainWork(before, rules));
}
