import type { AuditFinding } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { runAudit } from "./run.ts";
import type { AuditReport } from "./report.ts";
import type { AuditSource } from "./source.ts";

const terms = { today: "2026-01-31", staleDays: 1095 };

/** How a country writes amounts: by its own number format, or as one program there exports them. */
interface Way {
  readonly name: string;
  readonly money: (amount: number) => string;
  readonly count: (amount: number) => string;
}

const byLocale = (locale: string): Way => {
  const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const count = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
  return { name: locale, money: (amount) => money.format(amount), count: (amount) => count.format(amount) };
};

/** Whole amounts without decimals, as spreadsheets show them: `1.000` beside `1.234,50`. */
const short = (locale: string): Way => {
  const way = byLocale(locale);
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const money = (amount: number): string =>
    Number.isInteger(amount) ? whole.format(amount) : way.money(amount);
  return { ...way, name: `${locale}, short`, money };
};

const locales = ["de-DE", "en-US", "de-CH", "fr-FR", "en-IN", "sv-SE", "es-ES", "pt-BR", "de-AT", "pl-PL"];
const ways: readonly Way[] = [
  ...locales.flatMap((locale) => [byLocale(locale), short(locale)]),
  { name: "an old Swiss program", money: (n) => swiss(n.toFixed(2)), count: (n) => swiss(String(n)) },
  { name: "no groups, comma", money: (n) => n.toFixed(2).replace(".", ","), count: plainComma },
  { name: "three decimals in quantities", money: (n) => n.toFixed(2), count: (n) => n.toFixed(3) },
  { name: "three decimals, comma", money: commas(2), count: commas(3) },
];

function swiss(plain: string): string {
  return plain.replaceAll(/\B(?=(?:\d{3})+(?!\d))(?<!\.\d*)/g, "'");
}
function plainComma(amount: number): string {
  return String(amount).replace(".", ",");
}
function commas(digits: number): (amount: number) => string {
  return (amount) => amount.toFixed(digits).replace(".", ",");
}

/** Numbers that look drawn and are the same in every run. */
function drawn(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

interface World {
  readonly products: readonly { readonly price: number; readonly cost: number }[];
  readonly documents: readonly {
    readonly net: number;
    readonly tax: number;
    readonly gross: number;
    readonly lines: readonly { readonly product: number; readonly quantity: number; readonly net: number }[];
  }[];
}

const cents = (amount: number): number => Math.round(amount * 100) / 100;

/** Articles from cents to hundred thousands, and documents of one to four lines, all of them right. */
function worldOf(seed: number): World {
  const draw = drawn(seed);
  const products = Array.from({ length: 60 }, (_, at) => {
    const cost = at % 3 === 0 ? (draw(90) + 1) * 100 : (draw(9_000_000) + 50) / 100;
    return { cost, price: at % 3 === 0 ? cost + 1000 : cents(cost * 1.25) };
  });
  const documents = Array.from({ length: 60 }, () => {
    const lines = Array.from({ length: draw(4) + 1 }, () => {
      const product = draw(products.length);
      const quantity = draw(5) === 0 ? (draw(8000) + 250) / 8 : (draw(4) + 1) * (draw(3) === 0 ? 1000 : 1);
      return { product, quantity, net: cents(quantity * (products[product]?.price ?? 0)) };
    });
    const net = cents(lines.reduce((sum, line) => sum + line.net, 0));
    const tax = cents(net * 0.19);
    return { net, tax, gross: cents(net + tax), lines };
  });
  return { products, documents };
}

function sourceOf(side: string, entity: AuditSource["entity"], table: readonly string[][]): AuditSource {
  const [names = [], ...rows] = table;
  async function* all(): AsyncIterable<{ readonly cells: readonly string[] }> {
    for (const cells of rows) yield { cells };
    await Promise.resolve();
  }
  const opened = { names, columns: null, isLinked: false };
  return {
    side,
    entity,
    from: `${side}-${entity}.csv`,
    open: () => Promise.resolve({ ...opened, rows: all() }),
  };
}

/** The folder that a system exports: articles, quotes, orders, and lines of the orders. */
function exported(side: string, { products, documents }: World, way: Way): readonly AuditSource[] {
  const head = ["number", "date", "currency", "net", "tax amount", "total"];
  const documentRows = (sign: string): string[][] =>
    documents.map(({ net, tax, gross }, at) => [
      ...[`${sign}${at}`, "2025-12-01", "EUR"],
      ...[net, tax, gross].map(way.money),
    ]);
  return [
    sourceOf(side, "products", [
      ["sku", "name", "unit", "currency", "list price", "cost"],
      ...products.map(({ price, cost }, at) => [
        ...[`ART-${at}`, `Valve ${at}`, "pcs", "EUR", way.money(price), way.money(cost)],
      ]),
    ]),
    sourceOf(side, "quotes", [head, ...documentRows("Q")]),
    sourceOf(side, "orders", [head, ...documentRows("S")]),
    sourceOf(side, "lines", [
      ["order", "product", "quantity", "unit price", "net amount"],
      ...documents.flatMap(({ lines }, at) =>
        lines.map(({ product, quantity, net }) => [
          ...[`S${at}`, `ART-${product}`, way.count(quantity)],
          ...[way.money(products[product]?.price ?? 0), way.money(net)],
        ]),
      ),
    ]),
  ];
}

interface Ran {
  readonly report: AuditReport;
  /** What was found of amounts. */
  readonly found: readonly string[];
}

const ofMoney = /^(?:number|amount|price|total|line|sum|disagree|format)/;

async function audited(sources: readonly AuditSource[]): Promise<Ran> {
  const all: AuditFinding[] = [];
  const sink = (findings: readonly AuditFinding[]): Promise<void> => {
    all.push(...findings);
    return Promise.resolve();
  };
  const report = await runAudit({ sources, terms, sink, onProgress: () => undefined });
  const found = all
    .filter(({ rule }) => ofMoney.test(rule))
    .map(({ rule, side, entity, id, field }) => [rule, side, entity, id, field].join(" "));
  return { report, found };
}

/** A world in which some totals, lines and prices are wrong, and what is to be found of them. */
function planted(world: World): { readonly world: World; readonly wrong: readonly string[] } {
  const isTotal = (at: number): boolean => at % 7 === 3;
  const isLine = (at: number): boolean => at % 7 === 5;
  const isCheap = (at: number): boolean => at % 10 === 4;
  let row = 0;
  const wrong: string[] = [];
  const documents = world.documents.map((document, at) => {
    if (isTotal(at)) wrong.push(`total-wrong crm quotes Q${at} total`, `total-wrong crm orders S${at} total`);
    const lines = document.lines.map((line, place) => {
      row += 1;
      if (!isLine(at) || place > 0) return line;
      wrong.push(`line-wrong crm lines row ${row} net amount`, `sum-wrong crm orders S${at} net`);
      return { ...line, net: cents(line.net * 2 + 7.31) };
    });
    return { ...document, lines, gross: cents(document.gross + (isTotal(at) ? 7.31 : 0)) };
  });
  const products = world.products.map((each, at) => {
    if (!isCheap(at)) return each;
    wrong.push(`price-below-cost crm products ART-${at} list price`);
    return { ...each, cost: each.price + 5 };
  });
  return { world: { documents, products }, wrong };
}

describe.each(ways)("lists as $name writes them", (way) => {
  it("nothing is found of right amounts, whatever the other side's way", async () => {
    for (const seed of [1, 2, 3]) {
      const world = worldOf(seed);
      const other = ways[(ways.indexOf(way) + seed * 3) % ways.length] ?? way;
      const { found } = await audited([...exported("crm", world, way), ...exported("erp", world, other)]);
      expect(found).toEqual([]);
    }
  });

  it("each wrong total, line, sum and price is found, and nothing else", async () => {
    const { world, wrong } = planted(worldOf(4));
    const { found } = await audited(exported("crm", world, way));
    expect(found.toSorted()).toEqual([...wrong].toSorted());
  });
});

describe("amounts that no list tells how to read", () => {
  const head = ["number", "date", "currency", "net", "tax amount", "total"];
  const orders = (side: string, rows: readonly (readonly string[])[]): AuditSource =>
    sourceOf(side, "orders", [head, ...rows.map((cells, at) => [`S${at}`, "2025-12-01", "EUR", ...cells])]);

  it("are told once, and what hangs on them is not", async () => {
    const open = [
      ["1.000", "190", "1.190"],
      ["2.500", "475", "2.975"],
    ];
    const { found, report } = await audited([orders("crm", open)]);
    expect(found).toEqual([]);
    expect(report.remarks).toEqual([
      "crm: orders: in 2 records an amount such as 1.000 or 1,000 may be a thousand or one, and none shows " +
        "which; what hangs on it was not judged",
    ]);
    // Neither a thousand and one hundred and ninety nor one and so much come to it.
    const wrong = await audited([orders("crm", [...open, ["1.000", "190", "500"]])]);
    expect(wrong.found).toEqual(["total-wrong crm orders S2 total"]);
  });

  it("one amount of the list is enough; two that contradict each other are none", async () => {
    const wrong = ["1.000", "190", "191"];
    const german = await audited([orders("crm", [wrong, ["12,50", "0", "12,50"]])]);
    expect(german.found).toEqual(["total-wrong crm orders S0 total"]);
    expect(german.report.remarks).toEqual([]);
    const english = await audited([orders("crm", [wrong, ["12.50", "0", "12.50"]])]);
    expect(english.found).toEqual([]);
    const both = await audited([orders("crm", [wrong, ["12,50", "0", "12.50"]])]);
    expect(both.found.filter((each) => !each.startsWith("format"))).toEqual([]);
    expect(both.report.remarks).toEqual([expect.stringContaining("others show the one and the other")]);
  });

  it("are compared where every reading says the same", async () => {
    const left = orders("crm", [
      ["1.000", "0", "1.000"],
      ["500", "0", "500"],
    ]);
    const right = orders("erp", [
      ["1,000", "0", "1,000"],
      ["2.500", "0", "2.500"],
    ]);
    const { found } = await audited([left, right]);
    expect(found).toEqual(["disagree crm orders S1 net", "disagree crm orders S1 total"]);
  });
});
