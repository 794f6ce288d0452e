import type { RateDate } from "./document.ts";
import { roundingModes } from "./rounding.ts";
import type { RoundingMode } from "./rounding.ts";

/** By which a system comes from the lines of a document to its totals. JSON; amounts are decimal text. */
export interface RuleSet {
  /** Whether prices, discounts and amounts of lines are without or with tax. */
  readonly prices: "net" | "gross";
  /** Decimals that a quantity is rounded to before it is used; null: as it is. */
  readonly quantityDigits: number | null;
  /** Decimals that a unit price is rounded to before it is used; null: as it is. */
  readonly priceDigits: number | null;
  /** A price per 100 is kept as one, or divided and rounded like any price. */
  readonly pricePer: "kept" | "divided";
  /** What is converted when the price is for another unit than the quantity. */
  readonly unitConversion: "quantity" | "price";
  /**
   * `once`: price, quantity and discounts are rounded together. `amount`: the amount before discount and
   * each discount are rounded apart. `price`: the price less discount is rounded to `priceDigits` first.
   */
  readonly lineDiscount: "once" | "amount" | "price";
  /** Each percentage is of what the one before left, or all are of the whole. */
  readonly discountChain: "chained" | "summed";
  readonly discountOrder: "as_given" | "percent_first" | "amount_first";
  /**
   * `each_line`: a percentage is taken from each line before it is rounded. Else it is taken from the sum and
   * shared out: the shares are rounded and the last line bears the rest, or the rest is carried on.
   */
  readonly documentDiscount: "each_line" | "sum_last" | "sum_carried";
  /** After tax: the tax is that of the whole amount, and the discount lowers the gross. */
  readonly documentDiscountWhen: "before_tax" | "after_tax";
  /**
   * Where tax is rounded. `line`: each tax of each line. `running`: the sum so far, after each line.
   * `group`: once per tax. `document`: once for all taxes.
   */
  readonly taxRounding: "line" | "running" | "group" | "document";
  /** What tax is taken from: the line as shown, or as it was before it was rounded. */
  readonly taxBase: "rounded" | "exact";
  /** With gross prices: which of both is rounded; the other is what is left. */
  readonly taxIncluded: "tax_rounded" | "net_rounded";
  /** How the tax of a group shows on its lines. Without effect on totals. */
  readonly taxShares: "own" | "carried" | "last" | "biggest";
  /** `apart`: lines below zero are a group of their own, and its rest is carried to the others. */
  readonly taxSigns: "together" | "apart";
  /** The document's amount is the sum of its lines as shown, or of what they were before. */
  readonly sum: "of_rounded" | "of_exact";
  readonly freeGoods: "untaxed" | "taxed";
  readonly mode: RoundingMode;
  /** Mode of tax; null: as `mode`. */
  readonly taxMode: RoundingMode | null;
  /** Step of amounts by currency; absent: the currency's minor unit. */
  readonly steps: { readonly [currency: string]: string };
  /** Step of tax; null: that of amounts. */
  readonly taxStep: string | null;
  /** Coins that the payable amount is rounded to, by currency; null: none. */
  readonly cash: {
    readonly steps: { readonly [currency: string]: string };
    readonly mode: RoundingMode;
  } | null;
  /** A credit note is the invoice with the sign turned, or is reckoned on negative quantities. */
  readonly credit: "mirrored" | "negative";
  /** A partial invoice stands alone, or is what is due so far less what was billed before. */
  readonly partial: "alone" | "so_far";
  readonly deposits: "payable" | "lines";
  /** The company's amounts are converted totals, each rounded apart, or sums of converted lines. */
  readonly exchange: "totals" | "lines";
  readonly rateDate: RateDate;
}

/** Name of a rule. */
export type RuleName = keyof RuleSet;

/** Rules whose values are a list; of the numbers of digits, the list is of those in use. */
export type ListedRule = Exclude<RuleName, "steps" | "taxStep" | "cash">;

/** The values of each listed rule. */
export const ruleValues: { readonly [rule in ListedRule]: readonly RuleSet[rule][] } = {
  prices: ["net", "gross"],
  quantityDigits: [null, 0, 2, 3, 5],
  priceDigits: [null, 2, 3, 4, 5],
  pricePer: ["kept", "divided"],
  unitConversion: ["quantity", "price"],
  lineDiscount: ["once", "amount", "price"],
  discountChain: ["chained", "summed"],
  discountOrder: ["as_given", "percent_first", "amount_first"],
  documentDiscount: ["each_line", "sum_last", "sum_carried"],
  documentDiscountWhen: ["before_tax", "after_tax"],
  taxRounding: ["line", "running", "group", "document"],
  taxBase: ["rounded", "exact"],
  taxIncluded: ["tax_rounded", "net_rounded"],
  taxShares: ["own", "carried", "last", "biggest"],
  taxSigns: ["together", "apart"],
  sum: ["of_rounded", "of_exact"],
  freeGoods: ["untaxed", "taxed"],
  mode: roundingModes,
  taxMode: [null, ...roundingModes],
  credit: ["mirrored", "negative"],
  partial: ["alone", "so_far"],
  deposits: ["payable", "lines"],
  exchange: ["totals", "lines"],
  rateDate: ["document", "posting", "delivery"],
};

/** Rules without a surprise: net prices, one rounding per line and per tax, a half away from zero. */
export const plainRules: RuleSet = {
  prices: "net",
  quantityDigits: null,
  priceDigits: null,
  pricePer: "kept",
  unitConversion: "quantity",
  lineDiscount: "once",
  discountChain: "chained",
  discountOrder: "as_given",
  documentDiscount: "sum_carried",
  documentDiscountWhen: "before_tax",
  taxRounding: "group",
  taxBase: "rounded",
  taxIncluded: "tax_rounded",
  taxShares: "carried",
  taxSigns: "together",
  sum: "of_rounded",
  freeGoods: "untaxed",
  mode: "half_away",
  taxMode: null,
  steps: {},
  taxStep: null,
  cash: null,
  credit: "mirrored",
  partial: "alone",
  deposits: "payable",
  exchange: "totals",
  rateDate: "document",
};
