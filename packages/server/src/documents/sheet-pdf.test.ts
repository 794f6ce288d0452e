import { describe, expect, test } from "vitest";
import { isLacking, plain } from "./sheet-pdf-text.ts";
import { sheetPdf } from "./sheet-pdf.ts";
import type { SheetTable } from "./sheet.ts";

const at = { madeAt: new Date("2026-02-01T00:00:00Z"), file: { name: "x.json", text: "{}" } };
const pdfOf = async (table: Partial<SheetTable>): Promise<string> => {
  const whole: SheetTable = { caption: "Totals", columns: ["Account", "Open"], rows: [], ...table };
  const sheet = { title: "Statement", facts: [], parts: [{ title: "Part", tables: [whole] }] };
  return (await sheetPdf(sheet, at)).toString("latin1");
};
const pagesOf = (pdf: string): number => pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
/** What stands in the table by which a reader of PDF finds the letters of its glyphs. */
const lettersOf = (pdf: string): ReadonlySet<string> => {
  const maps = pdf.match(/beginbfrange[\s\S]*?endbfrange/g) ?? [];
  const codes = maps.flatMap((map) =>
    [...map.matchAll(/<([0-9a-f]{4})>(?=[ \]])/gi)].map(([, code]) => code ?? ""),
  );
  return new Set(codes.map((code) => String.fromCodePoint(Number.parseInt(code, 16))));
};

describe("a document as PDF", () => {
  test.each([
    ["Polish", "Łódź Żółć"],
    ["Czech", "Příbor"],
    ["Hungarian", "Őrült Űr"],
    ["Turkish", "İstanbul Çiğ"],
    ["Greek", "Αθήνα"],
    ["Russian", "Север"],
    ["Vietnamese", "Hồ Chí"],
    ["Hebrew", "חברת"],
  ])("prints %s letters", async (_, name) => {
    const letters = lettersOf(await pdfOf({ rows: [[name, "1"]] }));
    expect(name.split("").filter((letter) => letter !== " " && !letters.has(letter))).toEqual([]);
    expect(plain(name)).toBe(name);
  });

  test("prints a question mark for letters that its font does not have", () => {
    expect(plain("株式会社 Ada\n& Söhne \u{1f600}")).toBe("???? Ada & Söhne ?");
  });

  test("says at its head that letters are missing where any are, and only there", async () => {
    const linesOf = (pdf: string): number => pdf.match(/\bTj\b|\bTJ\b/g)?.length ?? 0;
    const [shown, lacking] = [
      await pdfOf({ rows: [["Ada & Söhne", "1"]] }),
      await pdfOf({ rows: [["株式会社", "1"]] }),
    ];
    expect(linesOf(lacking)).toBe(linesOf(shown) + 1);
    expect([isLacking("Αθήνα\nСевер"), isLacking("株")]).toEqual([false, true]);
  });

  test("what heads amounts stands at the right as they do, and what heads words at the left", async () => {
    /** Where texts begin, from the left, in the order of a row after its head. */
    const beginningsOf = (pdf: string): readonly number[] =>
      [...pdf.matchAll(/^1 0 0 1 ([\d.]+) [\d.]+ Tm$/gm)].map(([, x]) => Number(x));
    const [name, head, account, amount] = beginningsOf(
      await pdfOf({ rows: [["Ada", "1000000000.00"]], sums: [["All", ""]] }),
    ).slice(-6);
    expect(head).toBeGreaterThan((amount ?? 0) + 10);
    expect(name).toBe(account);
    const [, title, , word] = beginningsOf(await pdfOf({ rows: [["Ada", "1000000000 pieces"]] })).slice(-5);
    expect(title).toBe(word);
  });

  test("rows that begin alike stay on one page, unless there are many of them", async () => {
    const three = (name: string): readonly (readonly string[])[] => [
      [name, "1"],
      [name, "2"],
      [name, "3"],
    ];
    const filler = (count: number): readonly (readonly string[])[] =>
      Array.from({ length: count }, (_, line) => [`account ${line}`, "1"]);
    /** Lines of each page's tables, heads included: each ends with one stroke. */
    const linesOf = (pdf: string): readonly number[] =>
      pdf.split("endstream").flatMap((page) => page.match(/^S$/gm)?.length ?? []);
    const [whole = 0] = linesOf(await pdfOf({ rows: filler(100) }));
    const alike = await pdfOf({ rows: [...filler(whole - 3), ...three("a"), ...three("b")] });
    expect(linesOf(alike)).toEqual([whole - 2, 7]);
    const many = Array.from({ length: 9 }, (_, line) => ["same", String(line)]);
    expect(linesOf(await pdfOf({ rows: [...filler(whole - 3), ...many] }))[0]).toBe(whole);
  });

  test("holds words together that are read from the right, and leaves the others", () => {
    expect(plain("Firma שלום עולם GmbH")).toBe("Firma שלום\u00a0עולם  GmbH");
  });

  test("a table goes on over as many pages as it needs", async () => {
    const rows = Array.from({ length: 100 }, (_, line) => [`account ${line}`, "1"]);
    const [short, long] = [await pdfOf({ rows: rows.slice(0, 5) }), await pdfOf({ rows })];
    expect([pagesOf(short), pagesOf(long)]).toEqual([1, 3]);
  });

  test("a row that is too high for what is left of a page goes to the next one", async () => {
    const text = "long ".repeat(900);
    const rows = Array.from({ length: 4 }, () => [text, "1"]);
    expect(pagesOf(await pdfOf({ rows }))).toBeLessThanOrEqual(4);
  });

  test("a cell that is longer than a page is cut and does not run over the next", async () => {
    expect(pagesOf(await pdfOf({ rows: [["endless ".repeat(20_000), "1"]] }))).toBe(2);
  });
});
