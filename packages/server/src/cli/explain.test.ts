import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const line = (key: string, price: string): object => ({ key, quantity: "1", price, taxes: ["vat"] });
const document = {
  currency: "EUR",
  lines: [line("1", "2.45"), line("2", "2.45")],
  taxes: { vat: { percent: "19" } },
};
const perLine = {
  document,
  rules: { taxRounding: "line" },
  totals: { net: "4.90", tax: "0.94", gross: "5.84" },
};
const once = { document, system: "odoo_19_globally", totals: { net: "4.90", tax: "0.93", gross: "5.83" } };

/** Explains two files; a text is written as it is. */
function explained(crm: unknown, erp: unknown, flags: readonly string[] = []): Promise<Ended> {
  const text = (file: unknown): string => (typeof file === "string" ? file : JSON.stringify(file));
  writeFiles(folder.path, { "crm.json": text(crm), "erp.json": text(erp) });
  const files = ["crm.json", "erp.json"].map((name) => join(folder.path, name));
  return command(["explain", ...files, ...flags]);
}

it("names the rules and the lines that make the cent", async () => {
  const ended = await explained(perLine, once);
  expect([ended.err, ended.code]).toEqual(["", 0]);
  expect(ended.out).toContain("Every cent is accounted for:");
  expect(ended.out).toContain("tax rounded per line in the CRM");
  expect(ended.out).toContain("lines 1 and 2");
});

it("accounts for totals in the company's currency by the rate of another date", async () => {
  const exchange = {
    currency: "CHF",
    rates: [
      { from: "2026-01-01", rate: "0.9" },
      { from: "2026-02-01", rate: "0.95" },
    ],
  };
  const abroad = { ...document, exchange, dates: { document: "2026-01-31", posting: "2026-02-01" } };
  const ended = await explained(
    { document: abroad, rules: { rateDate: "document" } },
    { document: abroad, rules: { rateDate: "posting" } },
    ["--json"],
  );
  expect(ended.code).toBe(0);
  const told = JSON.parse(ended.out) as { readonly kind: string; readonly sentences: readonly string[] };
  expect([told.kind, told.sentences.length]).toEqual(["explained", 1]);
  expect(told.sentences[0]).toMatch(/rate/);
});

it("says when nothing accounts for it, and when both say the same", async () => {
  const typed = { ...once, totals: { net: "4.90", tax: "9.99", gross: "14.89" } };
  const none = await explained(perLine, typed);
  expect([none.code, none.out]).toEqual([2, expect.stringContaining("No rules account for this:")]);
  const same = await explained(once, once);
  expect([same.code, same.out]).toEqual([0, expect.stringContaining("Both totals say the same.")]);
});

it.each([
  ["no JSON", "{", "cannot be read as JSON"],
  ["a list", [], "is no JSON map"],
  ["an unknown key", { ...once, sistem: "odoo" }, "`sistem` is none of its keys"],
  ["an unknown system", { ...once, system: "odoo_19_global" }, "did you mean `odoo_19_globally`"],
  [
    "a system that is like no other",
    { ...once, system: "abacus" },
    "no system is called `abacus`. There are: tryton",
  ],
  ["a rule that is none", { ...once, rules: { taxRonding: "line" } }, "rule `taxRonding`: is no rule"],
  ["coins as a number", { ...once, rules: { cash: { steps: { EUR: 5 }, mode: "down" } } }, "rule `cash`: "],
  ["rules as a list", { ...once, rules: [] }, "`rules` is a map"],
  ["no document", { system: "tryton" }, "document: not a document"],
  [
    "a number for a text",
    { document: { ...document, lines: [{ key: "1", quantity: 1, price: "1" }] } },
    "lines[0]",
  ],
  [
    "an amount that is none",
    { ...once, totals: { net: "1,00", tax: "0", gross: "1" } },
    "totals.net is no amount",
  ],
  ["totals without gross", { ...once, totals: { net: "1.00", tax: "0" } }, "totals.gross is no amount"],
  ["totals as a list", { ...once, totals: [] }, "`totals` is a map"],
  [
    "company totals without a currency",
    { ...once, totals: { ...once.totals, company: { net: "1", tax: "0", gross: "1" } } },
    "totals.company is a map",
  ],
  ["another currency", { ...once, document: { ...document, currency: "USD" } }, "in EUR"],
])("%s is refused with the file and the cause", async (_what, erp, says) => {
  const ended = await explained(perLine, erp);
  expect([ended.code, ended.err]).toEqual([4, expect.stringContaining(says)]);
});
