/** Families that follow one system each. */
import { add, less, mul, of, part, round, shown, sub, text } from "./fractions.ts";
import type { Part, Ties } from "./fractions.ts";
import { carried, documentOf, drawLines, heads, linesText, lineWorking, ratesOf, total } from "./sheet.ts";
import type { Drawn, Family } from "./sheet.ts";

const exactOf = ({ quantity, price, percent }: Drawn): Part =>
  mul(part(quantity), part(price), less(percent));
const cent = (value: Part, ties: Ties = "away"): Part => round(value, "0.01", ties);

/** One rounded sum per rate, of what `base` says of each line. */
function perRate(
  drawn: readonly Drawn[],
  bases: readonly Part[],
  ties: Ties = "away",
): { readonly tax: Part; readonly working: readonly string[] } {
  const all = ratesOf(drawn).map((rate) => {
    const own = bases.filter((_, at) => drawn[at]?.rate === rate);
    const exact = mul(total(own), of(rate));
    return { rate, exact, tax: cent(exact, ties) };
  });
  return {
    tax: total(all.map(({ tax }) => tax)),
    working: all.map(({ rate, exact, tax }) => `${rate} %: ${shown(exact)}, is ${text(tax)}`),
  };
}

const odooSource = "shared vendor notes on Odoo, section arithmetic, tried on 17 and 19; SOURCES.md";

const odoo: readonly Family[] = [
  {
    file: "odoo-per-line",
    rule:
      "A line is quantity x price x (1 - discount), rounded to the cent, halves away from zero. " +
      "Its tax is rounded from that.",
    source: odooSource,
    count: 10,
    make: (dice) => {
      const drawn = drawLines(dice, { quantityDigits: 2 });
      const exact = drawn.map(exactOf);
      const nets = exact.map((value) => cent(value));
      const taxes = nets.map((net, at) => cent(mul(net, of(drawn[at]?.rate ?? "0"))));
      return {
        document: documentOf(drawn),
        system: dice.oneOf(["odoo_17_per_line", "odoo_19_per_line"] as const),
        totals: heads(total(nets), total(taxes)),
        lines: linesText(nets, taxes),
        working: lineWorking(drawn, exact, nets),
      };
    },
  },
  {
    file: "odoo-17-globally",
    rule:
      "Lines as per line; the tax of a rate is rounded once, from the sum of the unrounded " +
      "lines. The net is the sum of the rounded lines.",
    source: odooSource,
    count: 10,
    make: (dice) => {
      const drawn = drawLines(dice, { quantityDigits: 2 });
      const exact = drawn.map(exactOf);
      const nets = exact.map((value) => cent(value));
      const { tax, working } = perRate(drawn, exact);
      return {
        document: documentOf(drawn),
        system: "odoo_17_globally",
        totals: heads(total(nets), tax),
        lines: linesText(nets),
        working: [...lineWorking(drawn, exact, nets), ...working],
      };
    },
  },
  {
    file: "odoo-19-globally",
    rule:
      "The net is the sum of the unrounded lines, rounded once; so is the tax of each rate. " +
      "Prices keep all decimals.",
    source: odooSource,
    count: 10,
    make: (dice) => {
      const drawn = drawLines(dice, { priceDigits: 4, quantityDigits: 2 });
      const exact = drawn.map(exactOf);
      const nets = exact.map((value) => cent(value));
      const { tax, working } = perRate(drawn, exact);
      return {
        document: documentOf(drawn),
        system: "odoo_19_globally",
        totals: heads(cent(total(exact)), tax),
        lines: linesText(nets),
        working: [...lineWorking(drawn, exact, nets), `sum: ${shown(total(exact))}`, ...working],
      };
    },
  },
];

/** Tryton's price: less the discount, to four digits, halves to the even digit. */
const trytonPrice = ({ price, percent }: Drawn): Part =>
  round(mul(part(price), less(percent)), "0.0001", "even");

const tryton: readonly Family[] = [
  {
    file: "tryton",
    rule:
      "The price less discount is rounded to 4 digits, halves to even. A line is quantity x " +
      "that price, to the cent, halves to even. The tax of a rate is rounded once, from the " +
      "unrounded lines.",
    source: "connectors/tryton/SOURCES.md, tried on 6.0.29",
    count: 12,
    make: (dice) => {
      const drawn = drawLines(dice, { priceDigits: 3 });
      const exact = drawn.map((line) => mul(trytonPrice(line), part(line.quantity)));
      const nets = exact.map((value) => cent(value, "even"));
      const { tax, working } = perRate(drawn, exact, "even");
      return {
        document: documentOf(drawn),
        system: "tryton",
        totals: heads(total(nets), tax),
        lines: linesText(nets),
        working: [...lineWorking(drawn, exact, nets), ...working],
      };
    },
  },
  {
    file: "tryton-per-line",
    rule:
      "As Tryton, but the tax of a rate is added up line by line and rounded after each line, " +
      "halves to even.",
    source: "account/tax.py of Tryton 6.0, read",
    count: 8,
    make: (dice) => {
      const drawn = drawLines(dice, { priceDigits: 3, rates: ["10", "12.5"] });
      const exact = drawn.map((line) => mul(trytonPrice(line), part(line.quantity)));
      const nets = exact.map((value) => cent(value, "even"));
      const sums = new Map<string, Part>();
      const working: string[] = [];
      for (const [at, { rate }] of drawn.entries()) {
        const next = add(sums.get(rate) ?? part("0"), mul(exact[at] ?? part("0"), of(rate)));
        sums.set(rate, cent(next, "even"));
        working.push(`${rate} % after line ${at + 1}: ${shown(next)}, is ${text(cent(next, "even"))}`);
      }
      return {
        document: documentOf(drawn),
        system: "tryton_per_line",
        totals: heads(total(nets), total([...sums.values()])),
        lines: linesText(nets),
        working: [...lineWorking(drawn, exact, nets), ...working],
      };
    },
  },
];

const central: readonly Family[] = [
  {
    file: "business-central",
    rule:
      "Quantity x price is rounded to the cent; so is the discount of it; the line is the " +
      "difference. The tax of a rate is rounded once from the rounded lines; a line's tax is " +
      "what the rounded sum so far gained.",
    source:
      "VATAmountLine.Table.al and public copies of the line tables, " +
      "vendor notes on Business Central, section 8",
    count: 10,
    make: (dice) => {
      const drawn = drawLines(dice, { priceDigits: 4, rates: ["19"] });
      const gross = drawn.map(({ quantity, price }) => cent(mul(part(quantity), part(price))));
      const nets = gross.map((amount, at) => sub(amount, cent(mul(amount, of(drawn[at]?.percent ?? "0")))));
      const { tax, working } = perRate(drawn, nets);
      const shares = carried(
        nets.map((net) => mul(net, of("19"))),
        (value) => cent(value),
      );
      return {
        document: documentOf(drawn),
        system: "business_central",
        totals: heads(total(nets), tax),
        lines: linesText(nets, shares),
        working: [...lineWorking(drawn, gross, nets), ...working],
      };
    },
  },
  {
    file: "business-central-return",
    rule:
      "A line below zero is a group of its own: its tax is rounded first, and what rounding " +
      "left over is carried to the tax of the other lines of that rate.",
    source: "VATAmountLine.Table.al, UpdateLines, vendor notes on Business Central, section 8",
    count: 8,
    make: (dice) => {
      const plain = drawLines(dice, { rates: ["10"] }).map((line) => ({ ...line, percent: "0" }));
      const drawn = plain.map((line, at) => (at === 1 ? { ...line, quantity: `-${line.quantity}` } : line));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const below = mul(nets[1] ?? part("0"), of("10"));
      const first = cent(below);
      const others = mul(total(nets.filter((_, at) => at !== 1)), of("10"));
      const second = cent(add(sub(below, first), others));
      return {
        document: documentOf(drawn),
        system: "business_central",
        totals: heads(total(nets), add(first, second)),
        lines: linesText(nets),
        working: [
          ...lineWorking(drawn, drawn.map(exactOf), nets),
          `below zero: ${shown(below)}, is ${text(first)}; left ${shown(sub(below, first))}`,
          `others: ${shown(others)} and what is left, is ${text(second)}`,
        ],
      };
    },
  },
];

/** ERPNext's rate after discount: two digits, banker's rounding. */
const erpnextRate = ({ price, percent }: Drawn): Part => cent(mul(part(price), less(percent)), "even");

const erpnext: readonly Family[] = [false, true].map((isPerRow) => ({
  file: isPerRow ? "erpnext-per-row" : "erpnext",
  rule: `The rate less discount is rounded to 2 digits, then the amount of the line, halves to even. ${
    isPerRow
      ? "The tax of each line is rounded (Round Tax Amount Row-wise)."
      : "The tax of a row of the tax table is added up unrounded and rounded once."
  } In CHF the rounded total is the grand total to 0.05.`,
  source: "taxes_and_totals.py, vendor notes on ERPNext, section 8",
  count: 9,
  make: (dice) => {
    const drawn = drawLines(dice, { rates: ["8.1", "2.6"] });
    const exact = drawn.map((line) => mul(erpnextRate(line), part(line.quantity)));
    const nets = exact.map((value) => cent(value, "even"));
    const rows = nets.map((net, at) => cent(mul(net, of(drawn[at]?.rate ?? "0")), "even"));
    const { tax, working } = isPerRow ? { tax: total(rows), working: [] } : perRate(drawn, nets, "even");
    const gross = add(total(nets), tax);
    const payable = round(gross, "0.05", "even");
    return {
      document: documentOf(drawn, { currency: "CHF" }),
      system: isPerRow ? "erpnext_per_row" : "erpnext",
      totals: { ...heads(total(nets), tax), payable: text(payable), cashRounding: text(sub(payable, gross)) },
      lines: linesText(nets, isPerRow ? rows : undefined),
      working: [...lineWorking(drawn, exact, nets), ...working],
    };
  },
}));

const others: readonly Family[] = [
  {
    file: "netsuite-transaction-level",
    rule:
      "Amount and discount of a line are rounded apart. The tax of a rate is rounded once; each " +
      "line's tax is rounded alone and the last line bears the rest.",
    source: "NetSuite help, sections N1814149 and 1557736138; vendor notes on NetSuite, section 8",
    count: 8,
    make: (dice) => {
      const drawn = drawLines(dice, { rates: ["8.875"] });
      const gross = drawn.map(({ quantity, price }) => cent(mul(part(quantity), part(price))));
      const nets = gross.map((amount, at) => sub(amount, cent(mul(amount, of(drawn[at]?.percent ?? "0")))));
      const { tax, working } = perRate(drawn, nets);
      const alone = nets.map((net) => cent(mul(net, of("8.875"))));
      const rest = sub(tax, total(alone));
      const shares = alone.map((share, at) => (at === alone.length - 1 ? add(share, rest) : share));
      return {
        document: documentOf(drawn),
        system: "netsuite_transaction_level",
        totals: heads(total(nets), tax),
        lines: linesText(nets, shares),
        working: [...lineWorking(drawn, gross, nets), ...working],
      };
    },
  },
  {
    file: "s4hana-price-unit",
    rule:
      "Price x quantity / price unit is rounded after the multiplication, the discount apart. " +
      "The tax of the group is that of the document; lines are rounded alone and the biggest " +
      "bears the rest.",
    source: "KBA 3267065; vendor notes on S/4HANA, section 8",
    count: 10,
    make: (dice) => {
      const drawn = drawLines(dice, { rates: ["20"], quantityDigits: 3 });
      const hundred = part("0.01");
      const gross = drawn.map(({ quantity, price }) => cent(mul(part(quantity), part(price), hundred)));
      const nets = gross.map((amount, at) => sub(amount, cent(mul(amount, of(drawn[at]?.percent ?? "0")))));
      const tax = cent(mul(total(nets), of("20")));
      const document = documentOf(drawn);
      const lines = document.lines.map((line) => ({ ...line, pricePer: "100" }));
      return {
        document: { ...document, lines },
        system: "s4hana_group_condition",
        totals: heads(total(nets), tax),
        lines: linesText(nets),
        working: [
          ...lineWorking(drawn, gross, nets).map((line) => line.replace(" x ", " x 1/100 of ")),
          `20 %: ${shown(mul(total(nets), of("20")))}, is ${text(tax)}`,
        ],
      };
    },
  },
];

/** Documents as one system reckons them. */
export const systemFamilies: readonly Family[] = [...odoo, ...tryton, ...central, ...erpnext, ...others];
