/** Families of what trade does with documents: units, coins, gifts, deposits, parts, returns, exchange. */
import { add, div, mul, of, part, round, shown, sub, text } from "./fractions.ts";
import type { Part } from "./fractions.ts";
import { documentOf, drawLines, heads, linesText, lineWorking, total } from "./sheet.ts";
import type { Drawn, Family } from "./sheet.ts";

const cent = (value: Part): Part => round(value, "0.01");
const exactOf = ({ quantity, price }: Drawn): Part => mul(part(quantity), part(price));
const plain = (drawn: readonly Drawn[]): readonly Drawn[] => drawn.map((line) => ({ ...line, percent: "0" }));
const once = (nets: readonly Part[], rate = "19"): Part => cent(mul(total(nets), of(rate)));

const units: readonly Family[] = [
  {
    file: "price-per-dozen",
    rule:
      "The price is for a dozen, the quantity in pieces: the quantity is converted exactly; or " +
      "the price per piece is rounded to 4 digits first.",
    source: "a dozen is 12 pieces",
    count: 8,
    make: (dice, at) => {
      const isPrice = at % 2 === 1;
      const whole = { quantityDigits: 0, rates: ["19"] };
      const drawn = plain(drawLines(dice, whole));
      const dozen = part("12");
      const exact = drawn.map(({ quantity, price }) =>
        isPrice
          ? mul(part(quantity), round(div(part(price), dozen), "0.0001"))
          : div(mul(part(quantity), part(price)), dozen),
      );
      const nets = exact.map(cent);
      const document = documentOf(drawn);
      const lines = document.lines.map((line) => ({ ...line, unit: "pcs", priceUnit: "dz" }));
      return {
        document: { ...document, lines },
        system: "plain",
        ...(isPrice ? { otherwise: { unitConversion: "price", priceDigits: 4 } as const } : {}),
        totals: heads(total(nets), once(nets)),
        lines: linesText(nets),
        working: exact.map((value, line) => `${line + 1}: ${shown(value)}, is ${text(cent(value))}`),
      };
    },
  },
  {
    file: "price-per-100-divided",
    rule:
      "A price per 100 is divided and rounded to 4 digits, halves away from zero, before it is " +
      "multiplied.",
    source: "vendor notes: Odoo, Tryton and Business Central have no price unit",
    count: 6,
    make: (dice) => {
      const drawn = plain(drawLines(dice, { priceDigits: 3, rates: ["19"] }));
      const exact = drawn.map(({ quantity, price }) =>
        mul(part(quantity), round(div(part(price), part("100")), "0.0001")),
      );
      const nets = exact.map(cent);
      const document = documentOf(drawn);
      return {
        document: { ...document, lines: document.lines.map((line) => ({ ...line, pricePer: "100" })) },
        system: "plain",
        otherwise: { pricePer: "divided", priceDigits: 4 },
        totals: heads(total(nets), once(nets)),
        lines: linesText(nets),
        working: exact.map((value, line) => `${line + 1}: ${shown(value)}, is ${text(cent(value))}`),
      };
    },
  },
];

const money: readonly Family[] = [
  {
    file: "coins",
    rule:
      "What is payable is the gross rounded to the coins in use: 0.05 for CHF, 1 for SEK, " +
      "halves away from zero.",
    source:
      "coins in use: the Swiss 5-Rappen piece (Münzverordnung, SR 941.101), the krona (Swedish law " +
      "1970:1029); EN 16931, BT-114 (rounding amount) and BR-CO-16",
    count: 8,
    make: (dice, at) => {
      const [currency, coin] = at % 2 === 0 ? (["CHF", "0.05"] as const) : (["SEK", "1"] as const);
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const gross = add(total(nets), once(nets));
      const payable = round(gross, coin);
      return {
        document: documentOf(drawn, { currency }),
        system: "plain",
        otherwise: { cash: { steps: { CHF: "0.05", SEK: "1" }, mode: "half_away" } },
        totals: {
          ...heads(total(nets), once(nets)),
          payable: text(payable),
          cashRounding: text(sub(payable, gross)),
        },
        lines: linesText(nets),
        working: lineWorking(drawn, drawn.map(exactOf), nets),
      };
    },
  },
  {
    file: "exchange",
    rule:
      "Net, tax and gross are converted at the rate of the document's date and rounded apart; " +
      "or net and tax are sums of converted lines and taxes, and the gross is their sum.",
    source: "vendor notes on ERPNext, base currency: each amount is rounded apart",
    count: 8,
    make: (dice, at) => {
      const rate = part("1.08345");
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const tax = once(nets);
      const convert = (amount: Part): Part => cent(mul(amount, rate));
      const isByLine = at % 2 === 1;
      const net = isByLine ? total(nets.map(convert)) : convert(total(nets));
      const gross = isByLine ? add(net, convert(tax)) : convert(add(total(nets), tax));
      const rates = [
        { from: "2026-01-01", rate: "1.2" },
        { from: "2026-03-01", rate: "1.08345" },
        { from: "2026-04-01", rate: "1.3" },
      ];
      return {
        document: documentOf(drawn, {
          exchange: { currency: "USD", rates },
          dates: { document: "2026-03-31" },
        }),
        system: "plain",
        ...(isByLine ? { otherwise: { exchange: "lines" } as const } : {}),
        totals: {
          ...heads(total(nets), tax),
          company: { net: text(net), tax: text(convert(tax)), gross: text(gross) },
        },
        lines: linesText(nets),
        working: lineWorking(drawn, drawn.map(exactOf), nets),
      };
    },
  },
];

const trade: readonly Family[] = [
  {
    file: "gifts",
    rule: "A gift costs nothing. Its tax is nothing either; or it is that of its worth.",
    source:
      "EN 16931, BR-CO-17, on a base of 0; taxed on its worth: Council Directive 2006/112/EC, article " +
      "16 (given away, it is a supply) and article 74 (the base is what the goods would cost)",
    count: 6,
    make: (dice, at) => {
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const worth = drawn.map((line) => cent(exactOf(line)));
      const nets = worth.map((net, line) => (line === 0 ? part("0") : net));
      const isTaxed = at % 2 === 1;
      const document = documentOf(drawn);
      return {
        document: {
          ...document,
          lines: document.lines.map((line, place) => (place === 0 ? { ...line, isFree: true } : line)),
        },
        system: "plain",
        ...(isTaxed ? { otherwise: { freeGoods: "taxed" } as const } : {}),
        totals: heads(total(nets), once(isTaxed ? worth : nets)),
        lines: linesText(nets),
        working: [`line 1 is a gift worth ${text(worth[0] ?? part("0"))}`],
      };
    },
  },
  {
    file: "deposits",
    rule: "A deposit of 23.8 lowers what is payable; or it is a line of -20.00 with -3.80 of 19 % tax.",
    source:
      "EN 16931, BR-CO-16: due = total with VAT - paid before + rounding; as a line: Odoo " +
      "documentation, Down payments (a line below zero with its tax). Arithmetic identity: 23.80 = " +
      "20.00 + 0.19 x 20.00",
    count: 6,
    make: (dice, at) => {
      const drawn = plain(drawLines(dice, { rates: ["19"] }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      const isLine = at % 2 === 1;
      const all = isLine ? [...nets, part("-20")] : nets;
      const gross = add(total(all), once(all));
      return {
        document: documentOf(drawn, { deposits: [{ key: "d", amount: "23.8", taxes: ["19"] }] }),
        system: "plain",
        ...(isLine ? { otherwise: { deposits: "lines" } as const } : {}),
        totals: {
          ...heads(total(all), once(all)),
          payable: text(isLine ? gross : sub(gross, part("23.8"))),
        },
        lines: linesText(all),
        working: lineWorking(drawn, drawn.map(exactOf), nets),
      };
    },
  },
  {
    file: "partial-invoices",
    rule:
      "Of each line some were billed before. What is due so far (before and now) is rounded, " +
      "and what was due before, rounded the same way, comes off.",
    source:
      "arithmetic identity: with r(x) = round(x x price), an invoice is r(before + now) - r(before); " +
      "the invoices of an order line add up to r(all), for what stands between falls out. Tax: EN " +
      "16931, BR-CO-17, of both sums",
    count: 8,
    make: (dice) => {
      const drawn = plain(drawLines(dice, { priceDigits: 3, rates: ["19"] }));
      const before = drawn.map(() => String(dice.between(0, 9)));
      const soFar = drawn.map((line, at) =>
        cent(mul(add(part(line.quantity), part(before[at] ?? "0")), part(line.price))),
      );
      const then = drawn.map((line, at) => cent(mul(part(before[at] ?? "0"), part(line.price))));
      const nets = soFar.map((all, at) => sub(all, then[at] ?? part("0")));
      const document = documentOf(drawn);
      return {
        document: {
          ...document,
          lines: document.lines.map((line, at) => ({ ...line, invoicedBefore: before[at] ?? "0" })),
        },
        system: "plain",
        otherwise: { partial: "so_far" },
        totals: heads(total(nets), sub(once(soFar), once(then))),
        lines: linesText(nets),
        working: nets.map(
          (net, at) => `${at + 1}: ${text(soFar[at] ?? net)} - ${text(then[at] ?? net)} = ${text(net)}`,
        ),
      };
    },
  },
  {
    file: "credit-notes",
    rule:
      "Halves go towards plus infinity. A credit note is the invoice with its sign turned; or " +
      "it is reckoned on quantities below zero, and a half goes the other way.",
    source: "vendor notes on ERPNext: an invoice and its return one cent apart",
    count: 8,
    make: (dice, at) => {
      const drawn = plain(drawLines(dice, { priceDigits: 3, rates: ["10"] })).map((line) => ({
        ...line,
        quantity: dice.oneOf(["0.5", "1.5", "2.5"]),
      }));
      const isBelow = at % 2 === 1;
      const up = (value: Part): Part => round(value, "0.01", "plus");
      const turn = (value: Part): Part => sub(part("0"), value);
      const one = (value: Part): Part => (isBelow ? up(turn(value)) : turn(up(value)));
      const nets = drawn.map((line) => one(exactOf(line)));
      const tax = isBelow ? up(mul(total(nets), of("10"))) : turn(up(mul(turn(total(nets)), of("10"))));
      return {
        document: documentOf(drawn, { isCredit: true }),
        system: "plain",
        otherwise: { mode: "half_up", ...(isBelow ? { credit: "negative" } : {}) },
        totals: heads(total(nets), tax),
        lines: linesText(nets),
        working: drawn.map(
          (line, place) => `${place + 1}: ${shown(exactOf(line))}, is ${text(nets[place] ?? part("0"))}`,
        ),
      };
    },
  },
  {
    file: "extremes",
    rule: "A millionth and a thousand million of things, in one document; nothing is lost between.",
    source:
      "EN 16931, BR-CO-10 (the net is the sum of the lines) and BR-CO-17 (tax = base x rate, to two " +
      "decimals). Arithmetic identity: a x 10^-m times b x 10^-n is ab x 10^-(m+n), worked in whole " +
      "numbers, so that no digit is lost",
    count: 4,
    make: (dice) => {
      const quantities = ["0.000001", "1000000000", "-0.5", "999999999.999999"];
      const drawn = quantities.map((quantity) => ({
        quantity,
        price: `${dice.between(1, 999_999)}.${dice.between(10_000, 99_999)}`,
        percent: "0",
        rate: "19",
      }));
      const nets = drawn.map((line) => cent(exactOf(line)));
      return {
        document: documentOf(drawn),
        system: "plain",
        totals: heads(total(nets), once(nets)),
        lines: linesText(nets),
        working: lineWorking(drawn, drawn.map(exactOf), nets),
      };
    },
  },
];

/** Documents of trade. */
export const tradeFamilies: readonly Family[] = [...units, ...money, ...trade];
