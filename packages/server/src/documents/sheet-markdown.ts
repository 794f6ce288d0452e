import type { Cell, Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** Plain text as it may stand in Markdown: nothing in it is markup, and it stays on its line. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\\`*_[\]|~#]/g, String.raw`\$&`)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/^(\s*)(\d+)([.)])/, String.raw`$1$2\$3`)
    .replace(/^(\s*)([-+=])/, String.raw`$1\$2`);
}

function cell(value: Cell): string {
  if (typeof value === "string") return plain(value);
  const { was, is } = value;
  const struck = was === null ? [] : [`<del>${plain(was)}</del>`];
  const put = is === null ? [] : [`<ins>${plain(is)}</ins>`];
  return [...struck, ...put].join(" ");
}

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

function table({ columns, rows, sums = [] }: SheetTable): readonly string[] {
  if (rows.length === 0) return [];
  return [
    line(columns.map((column) => plain(column))),
    line(columns.map(() => "---")),
    ...[...rows, ...sums].map((row) => line(row.map((value) => cell(value)))),
    "",
  ];
}

function part(own: SheetPart, level: number): readonly string[] {
  const { title, paragraphs = [], points = [], tables = [], parts = [] } = own;
  return [
    `${"#".repeat(Math.min(level, 6))} ${plain(title)}`,
    "",
    ...paragraphs.flatMap((text) => [plain(text), ""]),
    ...points.map((text) => `- ${plain(text)}`),
    ...(points.length > 0 ? [""] : []),
    ...tables.flatMap((each) => table(each)),
    ...parts.flatMap((each) => part(each, level + 1)),
  ];
}

/** A document as Markdown. Texts are escaped: none of them can make a heading, a link or a tag. */
export function sheetMarkdown(sheet: Sheet): string {
  const facts = sheet.facts.map(([name, value]) => `- ${plain(name)}: ${plain(value)}`);
  const [title = "", blank = "", ...rest] = part(sheet, 1);
  return [title, blank, ...facts, "", ...rest].join("\n").trimEnd().concat("\n");
}
