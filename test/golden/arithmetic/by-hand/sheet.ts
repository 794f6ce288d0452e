/** What a worked document looks like on paper, and how a family of them is written down. */
import type { PricedDocument, RuleSet, SystemRules } from "@crossfoot/model";
import type { Dice } from "../dice.ts";
import { add, part, shown, sub, text } from "./fractions.ts";
import type { Part } from "./fractions.ts";

/** One document with its totals, and how they came about. */
export interface Worked {
  readonly name: string;
  readonly document: PricedDocument;
  /** The rule set by its system, and what is set otherwise. */
  readonly system: SystemRules | "plain";
  readonly otherwise?: Partial<RuleSet>;
  readonly totals: {
    readonly net: string;
    readonly tax: string;
    readonly gross: string;
    readonly payable?: string;
    readonly cashRounding?: string;
    readonly company?: { readonly net: string; readonly tax: string; readonly gross: string };
  };
  /** Net of each line, and tax where the rule says one for each line. */
  readonly lines?: readonly { readonly net: string; readonly tax?: string }[];
  readonly working: readonly string[];
}

/** Documents of one rule. */
export interface Family {
  readonly file: string;
  /** The rule in words, as it was worked. */
  readonly rule: string;
  readonly source: string;
  readonly make: (dice: Dice, at: number) => Omit<Worked, "name">;
  readonly count: number;
}

/** A line that is to be drawn: all its numbers are text. */
export interface Drawn {
  readonly quantity: string;
  readonly price: string;
  readonly percent: string;
  readonly rate: string;
}

const cents = (dice: Dice, high: number, digits: number): string => {
  const all = String(dice.between(1, high)).padStart(digits + 1, "0");
  return digits === 0 ? all : `${all.slice(0, -digits)}.${all.slice(-digits)}`;
};

/** Lines with prices near a half cent more often than chance. */
export function drawLines(
  dice: Dice,
  how: {
    readonly priceDigits?: number;
    readonly quantityDigits?: number;
    readonly rates?: readonly string[];
  } = {},
): readonly Drawn[] {
  const digits = how.priceDigits ?? 2;
  return Array.from({ length: dice.between(2, 6) }, () => ({
    quantity: dice.isLucky(60) ? String(dice.between(1, 40)) : cents(dice, 900, how.quantityDigits ?? 1),
    price: cents(dice, dice.oneOf([99, 9999, 99_999]), digits),
    percent: dice.oneOf(["0", "0", "5", "12.5", "33.33", "2"]),
    rate: dice.oneOf(how.rates ?? ["19", "19", "7", "0"]),
  }));
}

/** The document of drawn lines: one tax per rate. */
export function documentOf(drawn: readonly Drawn[], more: Partial<PricedDocument> = {}): PricedDocument {
  const rates = [...new Set(drawn.map(({ rate }) => rate))];
  return {
    currency: "EUR",
    lines: drawn.map(({ quantity, price, percent, rate }, at) => ({
      key: String(at + 1),
      quantity,
      price,
      ...(percent === "0" ? {} : { discounts: [{ kind: "percent", value: percent }] }),
      taxes: [rate],
    })),
    taxes: Object.fromEntries(rates.map((rate) => [rate, { percent: rate }])),
    ...more,
  };
}

/** The rates that occur, in the order of the lines. */
export const ratesOf = (drawn: readonly Drawn[]): readonly string[] => [
  ...new Set(drawn.map(({ rate }) => rate)),
];

/** Sum of a number per line. */
export const total = (all: readonly Part[]): Part => add(part("0"), ...all);

/** Net, tax and gross as text. */
export const heads = (net: Part, tax: Part): { net: string; tax: string; gross: string } => ({
  net: text(net),
  tax: text(tax),
  gross: text(add(net, tax)),
});

/** Texts of the amounts of lines. */
export const linesText = (nets: readonly Part[], taxes?: readonly Part[]): Worked["lines"] & object =>
  nets.map((net, at) => {
    const tax = taxes?.[at];
    return tax === undefined ? { net: text(net) } : { net: text(net), tax: text(tax) };
  });

/** `1: 3 x 0.33 less 5 % = 0.9405, is 0.94` */
export const lineWorking = (
  drawn: readonly Drawn[],
  exact: readonly Part[],
  nets: readonly Part[],
): string[] =>
  drawn.map(({ quantity, price, percent }, at) => {
    const off = percent === "0" ? "" : ` less ${percent} %`;
    const [before, after] = [exact[at] ?? part("0"), nets[at] ?? part("0")];
    return `${at + 1}: ${quantity} x ${price}${off} = ${shown(before)}, is ${text(after)}`;
  });

/** Shares of a rounded total: each is what the rounded sum so far gained. */
export function carried(parts: readonly Part[], roundOff: (value: Part) => Part): readonly Part[] {
  let [sum, given] = [part("0"), part("0")];
  return parts.map((each) => {
    sum = add(sum, each);
    const upTo = roundOff(sum);
    const share = sub(upTo, given);
    given = upTo;
    return share;
  });
}
