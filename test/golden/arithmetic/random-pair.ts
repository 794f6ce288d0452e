/** Random documents in two systems: what each shows, and the rules each is believed to have. */
import { recompute, ruleValues, systemRules } from "@crossfoot/model";
import type { Discount, ListedRule, PricedDocument, PricedLine, RuleSet, Shown } from "@crossfoot/model";
import { diceOf } from "./dice.ts";
import type { Dice } from "./dice.ts";

/** A pair with what was planted in it. */
export interface RandomPair {
  readonly a: Shown;
  readonly b: Shown;
  /** `rules`: known rules. `hidden`: one side has one rule otherwise than believed. `edited`: a line was
   * changed on one side. `typed`: one side's tax was changed by hand. */
  readonly plant: "rules" | "hidden" | "edited" | "typed";
}

const taxes = {
  full: { percent: "19" },
  low: { percent: "7" },
  odd: { percent: "8.875" },
  state: { percent: "9.975", on: ["full"] },
  bottle: { perUnit: "0.25" },
};
const taxSets = [["full"], ["full"], ["low"], ["odd"], ["full", "state"], ["low", "bottle"], []] as const;

function decimalText(dice: Dice, whole: number, digits: number): string {
  const text = `${dice.between(0, whole)}.${String(dice.between(0, 10 ** digits - 1)).padStart(digits, "0")}`;
  return digits === 0 ? text.slice(0, -2) : text;
}

function discountsOf(dice: Dice): readonly Discount[] {
  if (!dice.isLucky(40)) return [];
  const percent: Discount = { kind: "percent", value: dice.oneOf(["5", "12.5", "3", "33.33"]) };
  const amount: Discount = { kind: "amount", value: decimalText(dice, 2, 2) };
  return dice.oneOf([[percent], [amount], [percent, { kind: "percent", value: "2" }], [percent, amount]]);
}

function lineOf(dice: Dice, at: number): PricedLine {
  const quantity = dice.isLucky(70) ? String(dice.between(1, 24)) : decimalText(dice, 9, dice.between(1, 3));
  return {
    key: String(at + 1),
    quantity: dice.isLucky(6) ? `-${quantity}` : quantity,
    unit: "pcs",
    price: decimalText(dice, dice.oneOf([1, 9, 99, 999]), dice.oneOf([2, 2, 2, 3, 4])),
    discounts: discountsOf(dice),
    taxes: dice.oneOf(taxSets),
    ...(dice.isLucky(8) ? { pricePer: "100" } : {}),
    ...(dice.isLucky(6) ? { priceUnit: "dz" } : {}),
    ...(dice.isLucky(4) ? { isFree: true } : {}),
  };
}

function documentOf(dice: Dice): PricedDocument {
  return {
    currency: dice.oneOf(["EUR", "EUR", "USD", "CHF", "JPY", "KWD"]),
    lines: Array.from({ length: dice.between(1, 7) }, (_, at) => lineOf(dice, at)),
    taxes,
    ...(dice.isLucky(25) ? { discounts: [{ kind: "percent", value: dice.oneOf(["2", "10", "1.5"]) }] } : {}),
    ...(dice.isLucky(10) ? { isCredit: true } : {}),
    ...(dice.isLucky(10) ? { deposits: [{ key: "d", amount: "1.99", taxes: ["full"] }] } : {}),
  };
}

const names = Object.keys(ruleValues) as readonly ListedRule[];

/** One rule at random set otherwise. */
function turned(dice: Dice, rules: RuleSet): RuleSet {
  const rule = dice.oneOf(names);
  return { ...rules, [rule]: dice.oneOf<unknown>(ruleValues[rule]) };
}

function rulesOf(dice: Dice): RuleSet {
  const known = dice.oneOf(Object.values(systemRules));
  const gross = dice.isLucky(20) ? { ...known, prices: "gross" as const } : known;
  return dice.isLucky(30) ? turned(dice, gross) : gross;
}

function editedOf(dice: Dice, document: PricedDocument): PricedDocument {
  const at = dice.between(0, document.lines.length - 1);
  const lines = document.lines.flatMap((line, place) => {
    if (place !== at) return [line];
    const other = [
      { ...line, price: "4.56" },
      { ...line, quantity: "7" },
    ].map((each) => [each]);
    return dice.oneOf([[], ...other, [line, { ...line, key: "x" }]]);
  });
  return { ...document, lines };
}

function shown(document: PricedDocument, rules: RuleSet, believed: RuleSet): Shown | null {
  const made = recompute(document, rules);
  if (!made.ok) return null;
  const { net, tax, gross, payable } = made.totals;
  return { document, rules: believed, totals: { net, tax, gross, payable } };
}

/** The tax of a side as somebody typed it: some steps more, and the gross with it. */
function typed(dice: Dice, side: Shown): Shown {
  const cents = dice.between(1, 40);
  const more = (text: string): string => {
    const step = side.document.currency === "JPY" ? 1000 : 10;
    return ((Math.round(Number(text) * 1000) + cents * step) / 1000).toFixed(3);
  };
  const { net, tax, gross, payable } = side.totals;
  const totals = { net, tax: more(tax), gross: more(gross), payable: more(payable ?? gross) };
  return { ...side, totals };
}

/** The pair of a seed. Rule sets that cannot exist are drawn again. */
export function randomPair(seed: number): RandomPair {
  const dice = diceOf(seed);
  for (;;) {
    const plant = dice.oneOf(["rules", "rules", "rules", "hidden", "hidden", "edited", "typed"] as const);
    const document = documentOf(dice);
    const [rulesA, rulesB] = [rulesOf(dice), rulesOf(dice)];
    const real = plant === "hidden" ? turned(dice, rulesB) : rulesB;
    const a = shown(document, rulesA, rulesA);
    const b = shown(plant === "edited" ? editedOf(dice, document) : document, real, rulesB);
    const believed = shown(document, rulesB, rulesB);
    if (a === null || b === null || believed === null) continue;
    return { a, b: plant === "typed" ? typed(dice, b) : b, plant };
  }
}

const rates = [
  { from: "2026-01-01", rate: "1.08345" },
  { from: "2026-03-01", rate: "0.9217" },
  { from: "2026-03-15", rate: "151.385" },
];
const dates = { document: "2026-02-20", posting: "2026-03-04", delivery: "2026-03-20" };

/** A side as its system shows it with the company's currency: over a table, or with its rate alone. */
function companySide(dice: Dice, document: PricedDocument, rules: RuleSet): Shown | null {
  const made = recompute(document, rules);
  if (!made.ok || made.totals.company === null) return null;
  const { net, tax, gross, company } = made.totals;
  const isShown = dice.isLucky(40);
  const { rate, ...amounts } = company;
  const { exchange: _, ...bare } = document;
  return {
    document: isShown ? bare : document,
    rules,
    totals: {
      net,
      tax,
      gross,
      company: isShown
        ? { ...amounts, rate, ...(dice.isLucky(60) ? { date: dates[rules.rateDate] } : {}) }
        : amounts,
    },
  };
}

/** The pair of a seed with totals in the company's currency: rules of both sides known, rates at random. */
export function randomCompanyPair(seed: number): { readonly a: Shown; readonly b: Shown } {
  const dice = diceOf(seed);
  for (;;) {
    const currency = dice.oneOf(["USD", "JPY", "KWD"]);
    const document = { ...documentOf(dice), dates, exchange: { currency, rates } };
    const drawn = (): RuleSet => ({
      ...dice.oneOf(Object.values(systemRules)),
      exchange: dice.oneOf(ruleValues.exchange),
      rateDate: dice.oneOf(ruleValues.rateDate),
    });
    const other = dice.isLucky(25)
      ? { ...document, exchange: { currency, rates: [{ from: "2026-01-01", rate: "1.0999" }] } }
      : document;
    const [a, b] = [companySide(dice, document, drawn()), companySide(dice, other, drawn())];
    if (a !== null && b !== null) return { a, b };
  }
}
