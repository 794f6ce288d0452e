/** Families that show one rule each. Rules are the plain ones but for what a family says. */
import { add, div, less, mul, of, part, round, shown, sub, text } from "./fractions.ts";
import type { Part } from "./fractions.ts";
import { carried, documentOf, drawLines, heads, linesText, lineWorking, ratesOf, total } from "./sheet.ts";
import type { Drawn, Family } from "./sheet.ts";

const cent = (value: Part): Part => round(value, "0.01");
const exactOf = ({ quantity, price, percent }: Drawn): Part =>
  mul(part(quantity), part(price), less(percent));
const plain = (drawn: readonly Drawn[]): readonly Drawn[] => drawn.map((line) => ({ ...line, percent: "0" }));

/** Tax once per rate, from rounded nets, to a step. */
function taxOf(drawn: readonly Drawn[], nets: readonly Part[], step = "0.01"): Part {
  const sums = ratesOf(drawn).map((rate) =>
    round(mul(total(nets.filter((_, at) => drawn[at]?.rate === rate)), of(rate)), step),
  );
  return total(sums);
}

const contained: readonly Family[] = [
  {
    file: "tax-contained-per-line",
    rule:
      "Prices contain tax. The tax of a line is amount - amount / (1 + rate), rounded to the " +
      "cent; the net is the rest.",
    source: "vendor notes on Odoo, section arithmetic: three times 69.99",
    count: 10,
    make: (dice) => {
      const drawn = plain(drawLines(dice));
      const amounts = drawn.map((line) => cent(exactOf(line)));
      const taxes = amounts.map((amount, at) =>
        cent(sub(amount, div(amount, add(part("1"), of(drawn[at]?.rate ?? "0"))))),
      );
      const tax = total(taxes);
      return {
        document: documentOf(drawn),
        system: "plain",
        otherwise: { prices: "gross", taxRounding: "line" },
        totals: heads(sub(total(amounts), tax), tax),
        lines: linesText(
          amounts.map((amount, at) => sub(amount, taxes[at] ?? part("0"))),
          taxes,
        ),
        working: lineWorking(drawn, drawn.map(exactOf), amounts),
      };
    },
  },
  {
    file: "tax-contained-per-rate",
    rule:
      "Prices contain tax. The tax of a rate is taken out of the sum of its lines and rounded " +
      "once; the net is the rest.",
    source: "vendor notes on Business Central (prices incl. VAT) and Odoo (globally)",
    count: 10,
    make: (dice) => {
      const drawn = plain(drawLines(dice));
      const amounts = drawn.map((line) => cent(exactOf(line)));
      const taxes = ratesOf(drawn).map((rate) => {
        const sum = total(amounts.filter((_, at) => drawn[at]?.rate === rate));
        return cent(sub(sum, div(sum, add(part("1"), of(rate)))));
      });
      const tax = total(taxes);
      return {
        document: documentOf(drawn),
        system: "plain",
        otherwise: { prices: "gross" },
        totals: heads(sub(total(amounts), tax), tax),
        working: lineWorking(drawn, drawn.map(exactOf), amounts),
      };
    },
  },
];

const currencies: readonly Family[] = (
  [
    ["JPY", "1"],
    ["KWD", "0.001"],
  ] as const
).map(([currency, step]) => ({
  file: `currency-${currency.toLowerCase()}`,
  rule: `Amounts of ${currency} have the step ${step}: lines and the tax of each rate are rounded to it.`,
  source: "ISO 4217, minor units",
  count: 8,
  make: (dice) => {
    const drawn = drawLines(dice, { priceDigits: currency === "JPY" ? 1 : 4 });
    const exact = drawn.map(exactOf);
    const nets = exact.map((value) => round(value, step));
    return {
      document: documentOf(drawn, { currency }),
      system: "plain",
      totals: heads(total(nets), taxOf(drawn, nets, step)),
      lines: linesText(nets),
      working: lineWorking(drawn, exact, nets),
    };
  },
}));

const discounts: readonly Family[] = [
  {
    file: "document-discount-carried",
    rule:
      "A discount of the document is taken from the sum of the rounded lines, rounded once, and " +
      "shared out in proportion: each share is what the rounded sum so far gained. Tax is on " +
      "what is left of the lines.",
    source:
      "EN 16931, BR-CO-13: total without VAT = sum of lines - allowances of the document; BR-CO-17: tax " +
      "= base x rate, to two decimals. Arithmetic identity of the shares: share i = round(d1 + .. + di) " +
      "- round(d1 + .. + d(i-1)), di = discount x line i / sum, so that the shares add up to the " +
      "discount; the same carry as Business Central's VAT per line " +
      "(../shared/vendors/business-central.md, section 8)",
    count: 8,
    make: (dice) => {
      const drawn = drawLines(dice);
      const before = drawn.map((line) => cent(exactOf(line)));
      const percent = dice.oneOf(["2", "3.5", "10"]);
      const whole = cent(mul(total(before), of(percent)));
      const shares = carried(
        before.map((net) => div(mul(whole, net), total(before))),
        cent,
      );
      const nets = before.map((net, at) => sub(net, shares[at] ?? part("0")));
      return {
        document: documentOf(drawn, { discounts: [{ kind: "percent", value: percent }] }),
        system: "plain",
        totals: heads(sub(total(before), whole), taxOf(drawn, nets)),
        lines: linesText(nets),
        working: [
          ...lineWorking(drawn, drawn.map(exactOf), before),
          `${percent} % of ${text(total(before))} is ${text(whole)}: ${shares.map(text).join(", ")}`,
        ],
      };
    },
  },
  {
    file: "document-discount-last",
    rule:
      "An amount off the document is shared out in proportion; each share is rounded alone, and " +
      "the last line bears the rest.",
    source: "vendor notes on ERPNext, document discount",
    count: 6,
    make: (dice) => {
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const before = drawn.map((line) => cent(exactOf(line)));
      const off = part("0.99");
      const alone = before.map((net) => cent(div(mul(off, net), total(before))));
      const rest = sub(off, total(alone));
      const nets = before.map((net, at) =>
        sub(net, add(alone[at] ?? part("0"), at === alone.length - 1 ? rest : part("0"))),
      );
      return {
        document: documentOf(drawn, { discounts: [{ kind: "amount", value: "0.99" }] }),
        system: "plain",
        otherwise: { documentDiscount: "sum_last" },
        totals: heads(sub(total(before), off), taxOf(drawn, nets)),
        lines: linesText(nets),
        working: [...lineWorking(drawn, drawn.map(exactOf), before), `0.99: ${alone.map(text).join(", ")}`],
      };
    },
  },
  {
    file: "document-discount-after-tax",
    rule:
      "A discount after tax is a percentage of net and tax, rounded; it lowers the gross, and " +
      "the tax stays.",
    source: "vendor notes on NetSuite: Calculate Tax Before Discount is Applied",
    count: 6,
    make: (dice) => {
      const drawn = drawLines(dice);
      const nets = drawn.map((line) => cent(exactOf(line)));
      const tax = taxOf(drawn, nets);
      const off = cent(mul(add(total(nets), tax), of("3")));
      const { net, tax: taxed } = heads(total(nets), tax);
      return {
        document: documentOf(drawn, { discounts: [{ kind: "percent", value: "3" }] }),
        system: "plain",
        otherwise: { documentDiscountWhen: "after_tax" },
        totals: { net, tax: taxed, gross: text(sub(add(total(nets), tax), off)) },
        lines: linesText(nets),
        working: [...lineWorking(drawn, drawn.map(exactOf), nets), `3 % of the gross is ${text(off)}`],
      };
    },
  },
  {
    file: "discounts-in-order",
    rule:
      "Of a line come off 10 %, then 1.00, then 5 %: chained in the order given; or percentages " +
      "first; or all from the whole.",
    source:
      "arithmetic identity: with p = quantity x price, as given (0.9 p - 1) x 0.95; percentages first " +
      "0.9 x 0.95 p - 1; all from the whole p - 0.10 p - 0.05 p - 1 = 0.85 p - 1. Tax: EN 16931, " +
      "BR-CO-17",
    count: 9,
    make: (dice, at) => {
      const drawn = plain(drawLines(dice));
      const way = (["as_given", "percent_first", "summed"] as const)[at % 3] ?? "as_given";
      const one = part("1");
      const exact = drawn.map((line) => {
        const whole = exactOf(line);
        if (way === "as_given") return mul(sub(mul(whole, less("10")), one), less("5"));
        if (way === "percent_first") return sub(mul(whole, less("10"), less("5")), one);
        return sub(mul(whole, less("15")), one);
      });
      const nets = exact.map(cent);
      const document = documentOf(drawn);
      const off = [
        { kind: "percent", value: "10" },
        { kind: "amount", value: "1" },
        { kind: "percent", value: "5" },
      ] as const;
      return {
        document: { ...document, lines: document.lines.map((line) => ({ ...line, discounts: off })) },
        system: "plain",
        otherwise: way === "summed" ? { discountChain: "summed" } : { discountOrder: way },
        totals: heads(total(nets), taxOf(drawn, nets)),
        lines: linesText(nets),
        working: exact.map((value, line) => `${line + 1}: ${shown(value)}, is ${text(cent(value))}`),
      };
    },
  },
];

const taxes: readonly Family[] = [
  {
    file: "compound-tax",
    rule:
      "A second tax of 9.975 % is taken from the net and the first tax of 5 %, both exact; each " +
      "is rounded once.",
    source: "compound taxes as ERPNext's On Previous Row Amount",
    count: 8,
    make: (dice) => {
      const drawn = plain(drawLines(dice, { rates: ["5"] }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const first = mul(total(nets), of("5"));
      const second = mul(add(total(nets), first), of("9.975"));
      const document = documentOf(drawn);
      return {
        document: {
          ...document,
          lines: document.lines.map((line) => ({ ...line, taxes: ["gst", "qst"] })),
          taxes: { gst: { percent: "5" }, qst: { percent: "9.975", on: ["gst"] } },
        },
        system: "plain",
        totals: heads(total(nets), add(cent(first), cent(second))),
        lines: linesText(nets),
        working: [...lineWorking(drawn, drawn.map(exactOf), nets), `${shown(first)} and ${shown(second)}`],
      };
    },
  },
  {
    file: "tax-per-unit",
    rule: "A deposit tax of 0.255 per unit beside 19 % of the net; each is rounded once.",
    source:
      "Odoo documentation, Taxes, Tax Computation: Fixed is an amount that stays the same per unit, " +
      "whatever the price; the percentage: EN 16931, BR-CO-17. Arithmetic identity: 0.255 q1 + 0.255 q2 " +
      "= 0.255 (q1 + q2), rounded once",
    count: 6,
    make: (dice) => {
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const units = cent(mul(part("0.255"), total(drawn.map(({ quantity }) => part(quantity)))));
      const document = documentOf(drawn);
      return {
        document: {
          ...document,
          lines: document.lines.map((line) => ({ ...line, taxes: ["19", "unit"] })),
          taxes: { ...document.taxes, unit: { perUnit: "0.255" } },
        },
        system: "plain",
        totals: heads(total(nets), add(taxOf(drawn, nets), units)),
        lines: linesText(nets),
        working: [...lineWorking(drawn, drawn.map(exactOf), nets), `per unit ${text(units)}`],
      };
    },
  },
  {
    file: "tax-cut-off",
    rule: "Amounts are rounded half away from zero, tax is cut off to whole tenths (a tax step of 0.1).",
    source: "vendor notes on NetSuite: Tax Rounding Method down, precision .1",
    count: 6,
    make: (dice) => {
      const drawn = drawLines(dice, { rates: ["19"] });
      const nets = drawn.map((line) => cent(exactOf(line)));
      const tax = round(mul(total(nets), of("19")), "0.1", "cut");
      return {
        document: documentOf(drawn),
        system: "plain",
        otherwise: { taxStep: "0.1", taxMode: "down" },
        totals: heads(total(nets), tax),
        lines: linesText(nets),
        working: lineWorking(drawn, drawn.map(exactOf), nets),
      };
    },
  },
];

/** Documents that show one rule. */
export const ruleFamilies: readonly Family[] = [...contained, ...currencies, ...discounts, ...taxes];
