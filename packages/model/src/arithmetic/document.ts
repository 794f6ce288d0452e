/**
 * A discount. A percentage of what it is taken from, or an amount: of the whole line or document, or of each
 * unit (lines only).
 */
export type Discount =
  | { readonly kind: "percent"; readonly value: string }
  | { readonly kind: "amount"; readonly value: string; readonly per?: "unit" };

/** A tax: a percentage of the net amount, an amount per unit of quantity, or both. */
export interface TaxRate {
  /** `19` is 19 %. */
  readonly percent?: string;
  readonly perUnit?: string;
  /** Taxes of the same line that belong to what this one is taken from (a compound tax). */
  readonly on?: readonly string[];
}

/** A line of a quote, order or invoice. All numbers are decimal text. */
export interface PricedLine {
  /** Unique in its document. */
  readonly key: string;
  readonly quantity: string;
  readonly unit?: string;
  readonly price: string;
  /** How many units the price is for: `100` for a price per hundred. Absent: 1. */
  readonly pricePer?: string;
  /** Unit that the price is for. Absent: that of the quantity. */
  readonly priceUnit?: string;
  readonly discounts?: readonly Discount[];
  readonly taxes?: readonly string[];
  /** Given away: it costs nothing; whether it is taxed is a rule. */
  readonly isFree?: boolean;
  /** Quantity of the same order line that earlier partial invoices billed. */
  readonly invoicedBefore?: string;
}

/** Money paid before: it lowers what is payable, or stands as a line, by rule. */
export interface Deposit {
  readonly key: string;
  /** With tax, in the document's currency. */
  readonly amount: string;
  readonly taxes?: readonly string[];
}

/** Rates into the company's currency: units of `currency` for one of the document's, from a date on. */
export interface Exchange {
  readonly currency: string;
  readonly rates: readonly { readonly from: string; readonly rate: string }[];
}

/** What a document's totals follow from, once the rules are known. */
export interface PricedDocument {
  /** ISO 4217. */
  readonly currency: string;
  /** A credit note: quantities are what is given back, and the totals are negative. */
  readonly isCredit?: boolean;
  readonly lines: readonly PricedLine[];
  /** Discounts of the whole document. */
  readonly discounts?: readonly Discount[];
  readonly taxes?: { readonly [code: string]: TaxRate };
  readonly deposits?: readonly Deposit[];
  /** Business dates, `yyyy-mm-dd`, by which an exchange rate is chosen. */
  readonly dates?: { readonly [name in RateDate]?: string };
  readonly exchange?: Exchange;
}

/** Which date of a document chooses its exchange rate. */
export type RateDate = "document" | "posting" | "delivery";

/** Amounts of one line as its system shows them. */
export interface LineTotals {
  readonly key: string;
  readonly net: string;
  readonly tax: string;
}

/** Amounts of one tax of a document. */
export interface TaxTotals {
  readonly tax: string;
  readonly base: string;
  readonly amount: string;
}

/** Totals of a document: decimal text in its currency, without zeros at the end. */
export interface Totals {
  readonly net: string;
  readonly tax: string;
  /** Net plus tax, less what a discount after tax takes. */
  readonly gross: string;
  /** What rounding to the coins in use added. */
  readonly cashRounding: string;
  /** What is to be paid: gross with the coins' rounding, less deposits. */
  readonly payable: string;
  readonly lines: readonly LineTotals[];
  readonly taxes: readonly TaxTotals[];
  /** The same in the company's currency; null without an exchange. */
  readonly company: {
    readonly currency: string;
    readonly rate: string;
    readonly net: string;
    readonly tax: string;
    readonly gross: string;
  } | null;
}
