import type { AmountName } from "./amounts.ts";
import type { RuleName, RuleSet } from "./rules.ts";
import type { Cause, Change, RateUsed } from "./step.ts";

const modes = {
  half_up: "a half goes up",
  half_away: "a half goes away from zero",
  half_even: "a half goes to the even digit",
  down: "what is over is cut off",
  up: "what is over counts as one more",
};

/** What each value of a rule says. */
const phrases: { readonly [rule in RuleName]?: { readonly [value: string]: string } } = {
  prices: { net: "prices without tax", gross: "prices with tax" },
  pricePer: { kept: "prices per hundred as they are", divided: "prices per hundred divided and rounded" },
  unitConversion: { quantity: "quantities converted", price: "prices converted" },
  lineDiscount: {
    once: "price and discount of a line rounded together",
    amount: "amount and discount of a line rounded apart",
    price: "the price less discount rounded first",
  },
  discountChain: { chained: "each discount from what is left", summed: "all discounts from the whole" },
  discountOrder: {
    as_given: "discounts in their order",
    percent_first: "percentages before amounts",
    amount_first: "amounts before percentages",
  },
  documentDiscount: {
    each_line: "the document's discount taken from each line",
    sum_last: "the document's discount taken from the sum, the rest on the last line",
    sum_carried: "the document's discount taken from the sum and carried on",
  },
  documentDiscountWhen: { before_tax: "a discount before tax", after_tax: "a discount after tax" },
  taxRounding: {
    line: "tax rounded per line",
    running: "tax rounded by the running sum",
    group: "tax rounded once per tax",
    document: "tax rounded once per document",
  },
  taxBase: { rounded: "tax on rounded lines", exact: "tax on lines before rounding" },
  taxIncluded: {
    tax_rounded: "the tax rounded, the net as rest",
    net_rounded: "the net rounded, the tax as rest",
  },
  taxSigns: { together: "returns taxed with the rest", apart: "returns taxed apart" },
  sum: { of_rounded: "rounded lines summed", of_exact: "lines summed before rounding" },
  freeGoods: { untaxed: "gifts untaxed", taxed: "gifts taxed on their worth" },
  mode: modes,
  taxMode: { ...modes, null: "tax rounded like amounts" },
  credit: { mirrored: "a credit note as the mirrored invoice", negative: "a credit note below zero" },
  partial: { alone: "a partial invoice alone", so_far: "a partial invoice as what is due so far" },
  deposits: { payable: "deposits lower what is payable", lines: "deposits as lines" },
  exchange: { totals: "totals converted and rounded", lines: "lines converted and rounded, then summed" },
  rateDate: {
    document: "the rate of the document's date",
    posting: "the rate of the posting date",
    delivery: "the rate of the delivery date",
  },
  taxShares: {
    own: "each line its own share of a tax",
    carried: "shares of a tax carried from line to line",
    last: "the rest of a tax on the last line",
    biggest: "the rest of a tax on the biggest line",
  },
};

const digits = (what: string, value: number | null): string =>
  value === null ? `${what} as they are` : `${what} with ${value} decimals`;

/** What a rule says with a value. */
export function phraseOf(rule: RuleName, value: RuleSet[RuleName]): string {
  if (rule === "quantityDigits") return digits("quantities", value as number | null);
  if (rule === "priceDigits") return digits("prices", value as number | null);
  const known = phrases[rule]?.[typeof value === "string" ? value : JSON.stringify(value)];
  return known ?? `${rule} ${value === null ? "none" : JSON.stringify(value)}`;
}

function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1) ?? ""}`;
}

/** Names of the two systems in a sentence. */
export interface SideNames {
  readonly a: string;
  readonly b: string;
}

const heads = {
  discounts: "other discounts",
  deposits: "other deposits",
  isCredit: "another sign of the document",
  "order of lines": "another order of lines",
};

/** A rate with its date, where it has one. */
const rateText = (rate: RateUsed | null): string => {
  if (rate === null) return "no rate";
  return rate.date === null ? `rate ${rate.rate}` : `rate ${rate.rate} of ${rate.date}`;
};

function causeText(cause: Cause, { a, b }: SideNames): string {
  if (cause.kind === "rule")
    return `${phraseOf(cause.rule, cause.a)} in the ${a}, ${phraseOf(cause.rule, cause.b)} in the ${b}`;
  if (cause.kind === "line") {
    if (cause.fields.includes("line")) return `line ${cause.key} on one side only`;
    return `line ${cause.key} has another ${listed(cause.fields)} in the ${b} than in the ${a}`;
  }
  if (cause.kind === "rate") return `${rateText(cause.a)} in the ${a}, ${rateText(cause.b)} in the ${b}`;
  if (cause.kind === "tax") return `another rate of tax ${cause.code} in the ${b} than in the ${a}`;
  return `${heads[cause.field]} in the ${b} than in the ${a}`;
}

const amountWords: { readonly [name: string]: string } = {
  companyNet: "company net",
  companyTax: "company tax",
  companyGross: "company gross",
};

/** Amounts by which one side is more, as text. */
export function amountsText(effect: { readonly [name in AmountName]?: string }): string {
  const isPlain = effect.payable === effect.gross;
  const told = Object.entries(effect).filter(([name]) => name !== "payable" || !isPlain);
  const parts = told.map(([name, amount]) => `${amountWords[name] ?? name} ${amount}`);
  return parts.length === 0 ? "nothing" : listed(parts);
}

/** A change as a sentence for a person. Names lines by their keys, never values of fields. */
export function sentenceOf({ causes, effect, lines }: Change, names: SideNames): string {
  const shownMax = 12;
  const more = lines.length > shownMax ? [`${lines.length - shownMax} more`] : [];
  const keys = listed([...lines.slice(0, shownMax), ...more]);
  const where = lines.length === 0 ? "" : `; ${lines.length === 1 ? "line" : "lines"} ${keys}`;
  const why = causes.map((cause) => causeText(cause, names)).join(", and ");
  return `${why}: ${amountsText(effect)} in the ${names.b}${where}`;
}
