import type { AuditFinding } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { recogniseColumns } from "./columns.ts";
import type { AuditEntity } from "./columns.ts";
import { auditList } from "./list.ts";
import type { ListAudit } from "./list.ts";

const terms = { today: "2026-01-31", staleDays: 1095 };

interface Looked {
  readonly audit: ListAudit;
  readonly found: readonly AuditFinding[];
}

/** Looks at a list of lines whose cells stand between bars. */
function looked(
  entity: AuditEntity,
  lines: readonly string[],
  { before = [], hasLines = false }: { before?: readonly ListAudit[]; hasLines?: boolean } = {},
): Looked {
  const [names = [], ...rows] = lines.map((line) => line.split("|"));
  const columns = recogniseColumns(entity, names, rows);
  const audit = auditList({ side: "crm", entity, columns, hasLines }, terms, before);
  const found = [...rows.flatMap((row) => audit.look(row)), ...audit.end()];
  return { audit, found };
}

const told = ({ found }: Looked): readonly string[] =>
  found.map(({ rule, field, id, value }) => [rule, field, id, value].join(" "));

describe("amounts that are finer than the currency has money", () => {
  const head = "number|account|date|currency|net|tax amount|total";
  const of = (currency: string, ...amounts: readonly string[]): readonly string[] =>
    told(looked("orders", [head, `S1|1|2025-12-01|${currency}|${amounts.join("|")}`]));

  it.each([
    ["JPY", "1000.50", "100", "1100.50", ["net 1000.50", "total 1100.50"]],
    ["KWD", "1.2345", "0", "1.2345", ["net 1.2345", "total 1.2345"]],
    ["EUR", "10.005", "1.90", "11.905", ["net 10.005", "total 11.905"]],
    ["eur", "10,0051", "0", "10,0051", ["net 10,0051", "total 10,0051"]],
  ] as const)("%s %s", (currency, net, tax, gross, fields) => {
    const fine = of(currency, net, tax, gross).filter((each) => each.startsWith("amount-too-fine"));
    expect(fine).toEqual(fields.map((each) => `amount-too-fine ${each.replace(" ", " S1 ")}`));
  });

  it.each([
    ["JPY", "1000", "100", "1100"],
    ["JPY", "1000.00", "100.0", "1100.000"],
    // A thousand yen, as half the world writes it: nothing in the list says that the mark parts decimals.
    ["JPY", "1,000", "100", "1,100"],
    ["JPY", "1.000", "100", "1.100"],
    ["KWD", "1.234", "0.000", "1.234"],
    ["EUR", "1.234,50", "0", "1.234,50"],
    ["EUR", "1000.5000", "0", "1000.50"],
    // Nobody knows how fine an unknown currency is.
    ["", "1.23456", "0", "1.23456"],
  ])("%s %s is none of them", (currency, net, tax, gross) => {
    expect(of(currency, net, tax, gross).filter((each) => each.startsWith("amount"))).toEqual([]);
  });

  it("a stray price is one; where many prices are fine, that is the way of the list", () => {
    const names = "id|sku|name|unit|currency|list price";
    const all = (fine: number): readonly string[] =>
      told(
        looked("products", [
          names,
          ...Array.from(
            { length: 20 },
            (_, at) => `${at}|S${at}|Screw ${at}|pcs|EUR|${at < fine ? "0.0125" : "0.50"}`,
          ),
        ]),
      );
    expect(all(1)).toEqual(["amount-too-fine list price 0 0.0125"]);
    expect(all(8)).toEqual([]);
  });
});

const docHead = "number|account|date|currency|net|tax amount|total";
const lineHead = "order|product|quantity|unit price|discount %|net amount";
const doc = "S1|1|2025-12-01|EUR|100.00|19.00|119.00";

/** Orders, then lines of them; what is found in both. */
function both(orders: readonly string[], lines: readonly string[]): Looked {
  if (orders.length === 0) return looked("lines", lines);
  const { audit, found } = looked("orders", orders, { hasLines: true });
  const of = looked("lines", lines, { before: [audit] });
  return { audit: of.audit, found: [...found, ...of.found] };
}
const rules = (orders: readonly string[], lines: readonly string[]): readonly string[] =>
  both(orders, lines).found.map(({ rule, entity, id }) => `${rule} ${entity} ${id}`);

describe("net, tax and total of a document", () => {
  const of = (currency: string, more: string, cells: string): readonly string[] =>
    told(looked("orders", [`${docHead}${more}`, `S1|1|2025-12-01|${currency}|${cells}`])).map(
      (each) => each.split(" ")[0] ?? "",
    );

  it.each([
    ["EUR", "|freight", "201.04|16.08|222.15|5.03", []],
    ["EUR", "|freight|handling fee", "201.04|16.08|223.15|5.03|1.00", []],
    // The net has it already.
    ["EUR", "|freight", "201.04|16.08|217.12|5.03", []],
    ["EUR", "|discount", "201.04|16.08|212.12|5.00", []],
    ["EUR", "|freight", "201.04|16.08|222.25|5.03", ["total-wrong"]],
    ["KWD", "", "1.234|0.100|1.339", ["total-wrong"]],
    ["KWD", "", "1.234|0.100|1.335", []],
    ["JPY", "", "1000|100|1101", []],
    ["JPY", "", "1000|100|1110", ["total-wrong"]],
    // Rounded to the coins in use: 5 Rappen, whole or half crowns, rupees.
    ["CHF", "", "100.01|8.10|108.10", []],
    ["CHF", "", "100.02|8.10|108.15", []],
    ["CHF", "|freight", "95.02|8.10|108.15|5.00", []],
    ["CHF", "", "-100.02|-8.10|-108.15", []],
    ["SEK", "", "100.40|25.10|126.00", []],
    ["SEK", "", "100.40|25.10|125.00", []],
    ["NOK", "", "100.40|25.10|126.00", []],
    ["DKK", "", "100.40|25.30|125.50", []],
    ["INR", "", "1000.40|180.07|1180.00", []],
    // A step or more away, no multiple of it, or no coins but cents.
    ["CHF", "", "100.02|8.10|108.20", ["total-wrong"]],
    ["CHF", "", "100.02|8.10|108.16", ["total-wrong"]],
    ["CHF", "", "100.05|8.10|108.20", ["total-wrong"]],
    ["SEK", "", "100.40|25.10|126.50", ["total-wrong"]],
    ["SEK", "", "100.40|25.10|127.00", ["total-wrong"]],
    ["EUR", "", "100.02|19.00|119.05", ["total-wrong"]],
  ] as const)("%s%s: %s", (currency, more, cells, rulesFound) => {
    expect(of(currency, more, cells)).toEqual(rulesFound);
  });
});

describe("a line against itself", () => {
  const line = (...cells: readonly (string | number)[]): readonly string[] =>
    rules([], [lineHead, ["S1", "P1", ...cells].join("|")]);

  it.each([
    [2, "10.00", "", "20.00"],
    [2, "10.00", "10", "18.00"],
    [3, "33.33", "", "100.00"],
    // 15 % off each piece, rounded; and off the line.
    [100, "9.99", "15", "849.00"],
    [100, "9.99", "15", "849.15"],
    [-1, "10.00", "", "-10.00"],
    ["0.000001", "1000000000", "", "1000.00"],
    [1, "0.00", "", "0.00"],
    // The price has 19 % of tax in it, and the amount has none.
    [1, "119.00", "", "100.00"],
    [5, "", "", "20.00"],
  ])("%s times %s less %s is %s", (...cells) => {
    expect(line(...cells)).toEqual([]);
  });

  it.each([
    [2, "10.00", "", "25.00"],
    [2, "10.00", "10", "20.00"],
    [2, "10.00", "", "2.00"],
    [3, "33.33", "", "100.10"],
  ])("%s times %s less %s is not %s", (...cells) => {
    expect(line(...cells)).toEqual(["line-wrong lines row 1"]);
  });

  it("a discount may be an amount of the line or of a piece, percent, or a part of one", () => {
    const head = "order|product|qty|price|discount|subtotal";
    const cells = ["2|10.00|3.00|17.00", "2|10.00|3.00|14.00", "2|10.00|15|17.00", "2|10.00|0.15|17.00"];
    expect(rules([], [head, ...cells.map((each) => `S1|P1|${each}`)])).toEqual([]);
    expect(rules([], [head, "S1|P1|2|10.00|3.00|18.00"])).toEqual(["line-wrong lines row 1"]);
  });

  it("prices of a list that have their discount already, and totals with tax, are its way", () => {
    const head = "order|product|qty|price|discount|line total";
    const off = [1, 2, 3, 4].map((each) => `S1|P1|${each}|10.00|5|${each * 10}.00`);
    expect(rules([], [head, ...off])).toEqual([]);
    const taxed = [1, 2, 3, 4].map((each) => `S1|P1|${each}|10.00||${(each * 11.9).toFixed(2)}`);
    expect(rules([], [head, ...taxed])).toEqual([]);
    const plain = [1, 2, 3, 4].map((each) => `S1|P1|${each}|10.00||${each * 10}.00`);
    expect(rules([], [head, ...plain, "S1|P1|1|10.00||11.90"])).toEqual(["line-wrong lines row 5"]);
  });

  it("a rate of tax is no amount of it", () => {
    const head = "order|product|qty|price|vat %|net|gross";
    expect(rules([], [head, "S1|P1|2|10.00|19|20.00|23.80"])).toEqual([]);
    const named = head.replace("vat %", "tax_rate");
    expect(rules([], [named, "S1|P1|2|10.00|19|20.00|23.80"])).toEqual([]);
  });
});

describe("the lines of a document against it", () => {
  const lines = [lineHead, "S1|P1|2|30.00||60.00", "S1|P2|4|10.00||40.00"];

  it("lines that come to its net are right; others are told of the document", () => {
    expect(rules([docHead, doc], lines)).toEqual([]);
    const wrong = both([docHead, doc], [...lines.slice(0, 2), "S1|P2|3|10.00||30.00"]).found;
    expect(wrong).toMatchObject([
      {
        rule: "sum-wrong",
        entity: "orders",
        id: "S1",
        field: "net",
        value: "100",
        says: "2 lines come to 90.00",
      },
    ]);
  });

  it.each([
    ["freight|discount", "10.00|", "110.00"],
    ["shipping_cost|discount", "10.00|20.00", "90.00"],
    ["shipping cost|discount %", "10.00|10", "100.00"],
    ["handling|rebate", "0|0.1", "90.00"],
  ])("with %s of %s they come to %s", (columns, cells, net) => {
    const head = `${docHead}|${columns}`;
    const order = `S1|1|2025-12-01|EUR|${net}|0|${net}|${cells}`;
    expect(rules([head, order], lines)).toEqual([]);
    const other = order.replaceAll(net, `${Number(net) + 1}.00`);
    expect(rules([head, other], lines)).toEqual(["sum-wrong orders S1"]);
  });

  it("lines with tax come to the total, and rounded ones to what is rounded once", () => {
    const head = "order|product|quantity|price|line total";
    const order = "S1|1|2025-12-01|EUR|84.03|15.97|100.00";
    expect(rules([docHead, order], [head, "S1|P1|1|60.00|60.00", "S1|P2|4|10.00|40.00"])).toEqual([]);
    const thirds = [1, 2, 3, 4, 5, 6].map((each) => `S1|P${each}|1|16.67||16.67`);
    expect(rules([docHead, doc], [lineHead, ...thirds])).toEqual([]);
  });

  it("a total that is rounded to the coins in use is what its lines come to", () => {
    const head = "order|product|quantity|price|line total";
    const of = (currency: string, total: string): readonly string[] =>
      rules([docHead, `S1|1|2025-12-01|${currency}|92.52|7.50|${total}`], [head, "S1|P1|1|100.02|100.02"]);
    expect([of("CHF", "100.05"), of("SEK", "100.00"), of("CHF", "100.00")]).toEqual([[], [], []]);
    expect(of("CHF", "100.10")).toEqual(["total-wrong orders S1", "sum-wrong orders S1"]);
  });

  it("without an amount of their own lines come to quantity times price", () => {
    const head = "order id|product id|unit price|quantity|discount";
    const cells = ["S1|P1|60.00|1|0", "S1|P2|50.00|1|0.2"];
    expect(rules([docHead, doc], [head, ...cells])).toEqual([]);
    expect(rules([docHead, doc], [head, ...cells.slice(0, 1)])).toEqual(["sum-wrong orders S1"]);
  });

  it("amounts have the decimals of the document's currency", () => {
    const yen = "S1|1|2025-12-01|JPY|1000|0|1000";
    expect(rules([docHead, yen], [lineHead, "S1|P1|3|333||1000"])).toEqual([]);
    const dinar = "S1|1|2025-12-01|KWD|1.234|0.000|1.234";
    expect(rules([docHead, dinar], [lineHead, "S1|P1|2|0.617||1.234"])).toEqual([]);
    expect(rules([docHead, dinar], [lineHead, "S1|P1|2|0.617||1.244"])).toEqual([
      ...["line-wrong lines row 1", "sum-wrong orders S1"],
    ]);
  });

  it("a credit note may have its amounts below zero and its quantities above", () => {
    const note = "S1|1|2025-12-01|EUR|-100.00|-19.00|-119.00";
    expect(rules([docHead, note], [lineHead, "S1|P1|2|50.00||-100.00"])).toEqual([]);
  });

  it("a total below zero by mistake is the fault of no line", () => {
    const wrong = "S1|1|2025-12-01|EUR|100.00|19.00|-119.00";
    const found = rules([docHead, wrong], [lineHead, "S1|P1|2|50.00||100.00"]);
    expect(found).toEqual(["total-wrong orders S1"]);
  });

  it("what cannot be read, or has no lines, is not judged", () => {
    const unread = rules([docHead, doc], [...lines, "S1|P3|1|ten||10.00"]);
    expect(unread).toEqual(["number-invalid lines row 3"]);
  });

  it("where most documents are not the sum of their lines that is one remark", () => {
    const orders = [1, 2, 3, 4, 5].map((at) => doc.replace("S1", `S${at}`));
    const of = [1, 2, 3, 4, 5].map((at) => `S${at}|P1|1|93.00||93.00`);
    const { audit, found } = both([docHead, ...orders], [lineHead, ...of]);
    expect(found).toEqual([]);
    expect(audit.remarks()).toEqual([
      expect.stringMatching(/^crm: of 5 orders with lines 5 are not the sum/),
    ]);
  });
});
