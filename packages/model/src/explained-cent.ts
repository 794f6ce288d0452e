import { isLines } from "@crossfoot/kernel";
import type { Fields, Line, Value } from "@crossfoot/kernel";
import { Big } from "big.js";
import type { PricedDocument, PricedLine } from "./arithmetic/document.ts";
import { explain } from "./arithmetic/explain.ts";
import { plainRules } from "./arithmetic/rules.ts";
import type { RuleSet } from "./arithmetic/rules.ts";
import { systemRules } from "./arithmetic/systems.ts";
import { minorUnitOf } from "./currency.ts";
import { amountOf } from "./money-of.ts";
import { normalOf } from "./proof.ts";

/** Fields of a document that follow from its lines by the rules of its system. */
export const reckonedFields: ReadonlySet<string> = new Set(["net", "tax", "gross", "openBalance", "lines"]);

/** Steps between rates of tax that are tried, percent, the usual ones first. */
const rateSteps = ["1", "0.5", "0.1"];
const ratePercentMax = 50;

/** What a side shows of a document that can be reckoned again. Amounts are decimal text. */
export interface Reckoned {
  readonly lines: readonly Line[];
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
  readonly currency: string;
}

/** Lines and totals of a side; null where it lacks one, or shows them in several currencies. */
export function reckonedOf(fields: Fields): Reckoned | null {
  const { lines } = fields;
  const [net, tax, gross] = ["net", "tax", "gross"].map((field) => amountOf(fields[field]));
  if (!isLines(lines) || lines.length === 0) return null;
  if (net === undefined || tax === undefined || gross === undefined) return null;
  if (net.currency !== tax.currency || net.currency !== gross.currency) return null;
  return { lines, net: net.amount, tax: tax.amount, gross: gross.amount, currency: net.currency };
}

const partOf = (value: Value | undefined, part: string): string | undefined => {
  if (typeof value !== "object" || value === null || isLines(value)) return undefined;
  const text = (value as { readonly [name: string]: Value })[part];
  return typeof text === "string" ? text : undefined;
};

const stepOf = (currency: string): Big => new Big(10).pow(-(minorUnitOf(currency) ?? 2));

/**
 * The rate of tax by which `tax` is that of `net`, percent, when amounts leave one: among whole percents, or
 * halves, or tenths, exactly one may give it. Null where none or several may.
 */
export function rateOf(net: string, tax: string, slack: Big): string | null {
  const base = new Big(net);
  if (base.eq(0)) return null;
  for (const text of rateSteps) {
    const step = new Big(text);
    const middle = new Big(tax).div(base).times(100).div(step).round();
    const fits = [-1, 0, 1]
      .map((away) => middle.plus(away).times(step))
      .filter((rate) => rate.gte(0) && rate.lte(ratePercentMax))
      .filter((rate) => base.times(rate).div(100).minus(tax).abs().lte(slack));
    if (fits.length === 1) return fits[0]?.toFixed() ?? null;
    if (fits.length > 1) return null;
  }
  return null;
}

/** Lines of both sides that are the same, by key; undefined where one is another. */
function commonLines(crm: readonly Line[], erp: readonly Line[]): readonly Fields[] | undefined {
  if (crm.length !== erp.length) return undefined;
  const others = new Map(erp.map(({ key, fields }) => [key, fields]));
  const common: Fields[] = [];
  for (const { key, fields } of crm) {
    const other = others.get(key);
    if (other === undefined) return undefined;
    for (const part of ["product", "quantity", "unitPrice", "net"]) {
      const [one, two] = [fields[part], other[part]];
      if (one !== undefined && two !== undefined && normalOf(one) !== normalOf(two)) return undefined;
    }
    common.push({ ...other, ...fields });
  }
  return common;
}

function pricedLine(
  fields: Fields,
  at: { readonly key: string; readonly sign: Big; readonly step: Big; readonly taxes: readonly string[] },
): PricedLine | null {
  const net = amountOf(fields["net"])?.amount;
  const quantity = partOf(fields["quantity"], "value");
  const price = amountOf(fields["unitPrice"])?.amount;
  const turned = (text: string): string => new Big(text).times(at.sign).toFixed();
  if (quantity !== undefined && price !== undefined) {
    const whole = new Big(quantity).times(price);
    // A line that comes to something else was discounted; what it came to is all that is known of that.
    if (net === undefined || whole.minus(net).abs().lt(at.step))
      return { key: at.key, quantity: turned(quantity), price, taxes: at.taxes };
  }
  return net === undefined ? null : { key: at.key, quantity: "1", price: turned(net), taxes: at.taxes };
}

/** Rates by line: of its own tax where it shows one, else the one rate of the document. */
function ratesOf(lines: readonly Fields[], whole: Reckoned, step: Big): readonly string[] | null {
  const rates = lines.map((fields) => {
    const [net, tax] = [amountOf(fields["net"]), amountOf(fields["tax"])];
    return net === undefined || tax === undefined ? null : rateOf(net.amount, tax.amount, step);
  });
  const own = rates.flatMap((rate) => (rate === null ? [] : [rate]));
  if (own.length === rates.length) return own;
  const one = rateOf(whole.net, whole.tax, step.times(lines.length));
  return one === null || own.some((rate) => rate !== one) ? null : lines.map(() => one);
}

/** The one document that both sides show, without what its totals are; null where they differ in more. */
export function documentOf(crm: Reckoned, erp: Reckoned): PricedDocument | null {
  const lines = commonLines(crm.lines, erp.lines);
  if (lines === undefined) return null;
  const step = stepOf(crm.currency);
  const rates = ratesOf(lines, crm, step);
  if (rates === null) return null;
  const isCredit = new Big(crm.gross).lt(0);
  const priced = lines.flatMap((fields, at) => {
    const code = rates[at] ?? "0";
    const line = pricedLine(fields, {
      key: String(at + 1),
      sign: new Big(isCredit ? -1 : 1),
      step,
      taxes: [code],
    });
    return line === null ? [] : [line];
  });
  if (priced.length < lines.length) return null;
  const taxes = Object.fromEntries(rates.map((rate) => [rate, { percent: rate }]));
  return { currency: crm.currency, isCredit, lines: priced, taxes };
}

/** Systems that can be set up in several ways, and the way in which they come. */
const usualRules: { readonly [system: string]: string } = { odoo: "odoo_19_per_line" };

/** Rules of a system by its name; an unknown one is taken to reckon plainly. */
export const rulesOf = (system: string): RuleSet =>
  Object.entries(systemRules).find(([name]) => name === (usualRules[system] ?? system))?.[1] ?? plainRules;

/**
 * Why the amounts of a document differ although its lines do not: sentences that account for every cent by
 * the rules of both systems, or null when none do. Tax rates are derived from the amounts, since linked
 * documents carry none; where amounts leave several rates, or lines differ, there is no explanation. Never
 * throws.
 */
export function explainCents(pair: {
  readonly crm: Fields;
  readonly erp: Fields;
  /** Names of the systems, such as `odoo`; unknown ones are taken to reckon plainly. */
  readonly systems: { readonly crm: string; readonly erp: string };
}): readonly string[] | null {
  const [crm, erp] = [reckonedOf(pair.crm), reckonedOf(pair.erp)];
  if (crm === null || erp === null || crm.currency !== erp.currency) return null;
  const document = documentOf(crm, erp);
  if (document === null) return null;
  const totals = ({ net, tax, gross }: Reckoned) => ({ net, tax, gross });
  const found = explain(
    { document, totals: totals(crm), rules: rulesOf(pair.systems.crm) },
    { document, totals: totals(erp), rules: rulesOf(pair.systems.erp) },
  );
  return found.kind === "explained" && found.changes.length > 0 ? found.sentences : null;
}
