import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { afterEach, beforeEach, expect, it } from "vitest";
import { csvCell, csvLine, fromCsvCell } from "../audit/csv-cell.ts";
import { writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { MatchReport } from "../runtime/engine.ts";
import { pairsCsv } from "./match-records.ts";
import { command } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);
const cellsOf = (text: string): readonly (readonly string[])[] => parse(text, { relax_column_count: true });

/** Cells that a spreadsheet would compute, or rewrite: all but numbers below zero. */
const computedIn = (text: string): readonly string[] =>
  cellsOf(text)
    .flat()
    .filter((cell) => /^[=+\-@\t\r\n＝＋－＠]/.test(cell) && !/^-\d[\d.,]*$/.test(cell));

const nasty = [
  ...["=1+1", "+49-30-1234567", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "-cmd|' /C calc'!A0"],
  ...["'=1+1", "''-x", "+1", "--5", "-1.234,5x"],
];
const calm = ["-5", "-1234.50", "-1.234,50", "Acorn; Foods", "'s-Hertogenbosch", "", "a=b", 'say "hi"', "’"];

it.each(nasty)("%j is not computed, and comes back whole", (text) => {
  const written = csvLine(["id", text]);
  expect(computedIn(written)).toEqual([]);
  expect(cellsOf(written)[0]?.map(fromCsvCell)).toEqual(["id", text]);
});

it.each(calm)("%j is written as it is", (text) => {
  expect(cellsOf(csvLine(["id", text]))[0]).toEqual(["id", text]);
  expect(fromCsvCell(text)).toBe(text);
});

it("any text comes back, and none is computed", () => {
  const texts = fc.string({ unit: fc.constantFrom(...Array.from("=+-@\t\r\n'\",;a1.＝ ")) });
  fc.assert(
    fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), (cells) => {
      const written = csvLine(["id", ...cells]);
      expect(computedIn(written)).toEqual([]);
      expect(cellsOf(written)[0]?.map(fromCsvCell)).toEqual(["id", ...cells]);
    }),
    { seed: 6, numRuns: 2000 },
  );
});

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

it("no file that audit writes is computed, and a repair is told by the value that stands there", async () => {
  const values = [...nasty, ...calm].filter((text) => text.trim() !== "");
  const head = `id,name,${quoted("=city")},phone,email,country`;
  const rows = values.map((text) =>
    [text, `${text}  Works`, `${text} `, "+49-30-12", text, "DE"].map(quoted).join(","),
  );
  writeFiles(folder.path, {
    "crm/accounts.csv": [head, ...rows].join("\n"),
    "erp/accounts.csv": [head, ...rows.map((row) => row.replace("Works", "Workshop"))].join("\n"),
    "m.yaml": 'columns: [{ a: "=city", kind: city }]',
  });
  const flags = ["--crm", at("crm"), "--erp", at("erp"), "--map", at("m.yaml"), "--out", at("out")];
  expect((await command(["audit", ...flags])).code).toBe(2);
  const files = readdirSync(at("out")).filter((file) => file.endsWith(".csv"));
  expect(files.toSorted()).toEqual([
    ...["fields.csv", "findings.csv", "repairs-crm-accounts.csv", "repairs-erp-accounts.csv"],
  ]);
  for (const file of files)
    expect([file, computedIn(readFileSync(at(`out/${file}`), "utf8"))]).toEqual([file, []]);
  const repairs = cellsOf(readFileSync(at("out/repairs-crm-accounts.csv"), "utf8")).map((row) =>
    row.map(fromCsvCell),
  );
  const told = (text: string): readonly string[] | undefined =>
    repairs.find(([id, field]) => id === text && field === "=city");
  for (const text of ["=1+1", "+49-30-1234567", "'=1+1", "-5"])
    expect(told(text)?.slice(0, 4)).toEqual([text, "=city", `${text} `, text]);
});

it("no file that match writes is computed, and it can be given back with its decisions", async () => {
  const names = "Acorn Foods,Birch Steel,Cedar Paints,Delta Tools,Ember Lamps,Falcon Boats".split(",");
  const ids = ["=1+1", "+49-30", "@b", "'=1+1", "-5", "--5"];
  const lines = names.map((name, row) =>
    [ids[row] ?? "", name, `${row + 3} High Street`].map(quoted).join(","),
  );
  writeFiles(folder.path, {
    "a.csv": ["id,name,street", ...lines].join("\n"),
    "b.csv": ["id,name,street", ...lines].join("\n"),
  });
  const flags = ["match", "--entity", "accounts", "--a", at("a.csv"), "--b", at("b.csv"), "--out"];
  expect((await command([...flags, at("pairs.csv")])).code).toBe(0);
  const written = readFileSync(at("pairs.csv"), "utf8");
  expect(computedIn(written)).toEqual([]);
  const rows = cellsOf(written);
  expect(rows.slice(1).map((row) => fromCsvCell(row[2] ?? ""))).toEqual(ids);
  const decided = rows.map((row, place) =>
    csvLine([...row.slice(0, 8).map(fromCsvCell), place === 0 ? "decision" : "same"]),
  );
  writeFiles(folder.path, { "d.csv": decided.join("") });
  expect((await command([...flags, at("again.csv"), "--decisions", at("d.csv")])).code).toBe(0);
  expect(readFileSync(at("again.csv"), "utf8").match(/decided by a person/g)).toHaveLength(names.length);

  const records = nasty.map((id) => ({ connection: "crm", id, label: id }));
  const pairs = records.map((record) => {
    return { entity: "accounts", records: [record, record], band: "link", probability: 1, says: [record.id] };
  });
  const reports = [
    { entity: "accounts", pairs, compared: {}, troubles: [] },
  ] as unknown as readonly MatchReport[];
  expect(computedIn(pairsCsv(reports))).toEqual([]);
  expect(cellsOf(pairsCsv(reports))).toHaveLength(nasty.length + 1);
});

it("there is one place that writes cells", () => {
  const root = new URL("../", import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !/\.test\.ts$|testing/.test(file),
  );
  expect(files.length).toBeGreaterThan(300);
  // Whoever doubles quotes writes CSV.
  const writers = files.filter((file) => readFileSync(new URL(file, root), "utf8").includes(`'""'`));
  expect(writers.toSorted()).toEqual(["audit/csv-cell.ts", "cli/show-value.ts"]);
  expect(csvCell("=1")).toBe("'=1");
});
