/** Documents in the recordings of real servers: what the server showed is what the rule set gives. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { recompute, systemRules } from "@crossfoot/model";
import type { PricedDocument, PricedLine, SystemRules } from "@crossfoot/model";
import { describe, expect, test } from "vitest";

type Row = { readonly [field: string]: unknown };

/** A document as a server showed it: what goes in, and what must come out. */
interface Seen {
  readonly document: PricedDocument;
  readonly totals: { readonly net: number; readonly tax: number; readonly gross: number };
  readonly nets: readonly number[];
}

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** All rows anywhere in a recording. */
function rowsIn(value: unknown): readonly Row[] {
  if (Array.isArray(value)) return value.flatMap(rowsIn);
  if (!isRow(value)) return [];
  return [value, ...Object.values(value).flatMap(rowsIn)];
}

const rowsOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? value.filter(isRow) : []);
const read = (path: string): readonly Row[] =>
  rowsIn(JSON.parse(readFileSync(join(import.meta.dirname, "../../../connectors", path), "utf8")));
/** A number of a server: bare, or in Tryton's wrapping. */
const numberIn = (value: unknown): number => Number(isRow(value) ? value["decimal"] : value);

function document(lines: readonly PricedLine[], codes: readonly string[]): PricedDocument {
  return {
    currency: "EUR",
    lines,
    taxes: Object.fromEntries(codes.map((code) => [code, { percent: code }])),
  };
}

function odooOrder(row: Row): Seen | null {
  const lines = rowsOf(row["order_line"]);
  if (lines.length === 0 || typeof row["amount_untaxed"] !== "number") return null;
  const taxesOf = (line: Row): string[] => rowsOf(line["tax_ids"]).map(({ amount }) => String(amount));
  const priced = lines.map((line) => ({
    key: String(line["id"]),
    quantity: String(line["product_uom_qty"]),
    price: String(line["price_unit"]),
    discounts: [{ kind: "percent" as const, value: String(line["discount"]) }],
    taxes: taxesOf(line),
  }));
  return {
    document: document(priced, lines.flatMap(taxesOf)),
    totals: {
      net: row["amount_untaxed"],
      tax: Number(row["amount_tax"]),
      gross: Number(row["amount_total"]),
    },
    nets: lines.map((line) => Number(line["price_subtotal"])),
  };
}

function trytonSale(row: Row): Seen | null {
  const lines = rowsOf(row["lines."]);
  if (row["total_amount"] === undefined || lines.length === 0) return null;
  if (!lines.every((line) => Array.isArray(line["taxes."]))) return null;
  const taxesOf = (line: Row): string[] =>
    rowsOf(line["taxes."]).map(({ rate }) => String(Math.round(numberIn(rate) * 100)));
  const priced = lines.map((line) => ({
    key: String(line["id"]),
    quantity: String(line["quantity"]),
    price: String(numberIn(line["unit_price"])),
    taxes: taxesOf(line),
  }));
  return {
    document: document(priced, lines.flatMap(taxesOf)),
    totals: {
      net: numberIn(row["untaxed_amount"]),
      tax: numberIn(row["tax_amount"]),
      gross: numberIn(row["total_amount"]),
    },
    nets: lines.map((line) => numberIn(line["amount"])),
  };
}

/** Whether the rules give what was seen; numbers of servers are compared as the decimals they print. */
function faultOf({ document: paper, totals, nets }: Seen, system: SystemRules): string | null {
  const made = recompute(paper, systemRules[system]);
  if (!made.ok) return JSON.stringify(made.why);
  const { net, tax, gross, lines } = made.totals;
  const got = [net, tax, gross, ...lines.map((line) => line.net)].join(" ");
  const seen = [totals.net, totals.tax, totals.gross, ...nets].map(String).join(" ");
  return got === seen ? null : `seen ${seen}, reckoned ${got}`;
}

const isSeen = (found: Seen | null): found is Seen => found !== null;

describe("documents in the recordings of real servers", () => {
  test("of Odoo 19 follow from its rules, per line or globally, and not from the other", () => {
    const [perLine, ...globally] = read("odoo/recordings/v19.json").map(odooOrder).filter(isSeen);
    if (perLine === undefined) throw new Error("no order in the recording");
    expect(globally.length).toBeGreaterThan(1);
    expect(faultOf(perLine, "odoo_19_per_line")).toBe(null);
    expect(globally.map((each) => faultOf(each, "odoo_19_globally"))).toEqual(globally.map(() => null));
    expect(faultOf(perLine, "odoo_19_globally")).not.toBe(null);
    expect(globally.map((each) => faultOf(each, "odoo_19_per_line"))).not.toContain(null);
  });
  test("of Tryton follow from its rules, with tax and without", () => {
    const all = read("tryton/recordings/reads-documents.json").map(trytonSale).filter(isSeen);
    expect(all.length).toBeGreaterThan(2);
    expect(all.map((each) => faultOf(each, "tryton"))).toEqual(all.map(() => null));
  });
});
