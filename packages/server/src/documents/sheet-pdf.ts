import PDFDocument from "pdfkit";
import type { Cell, Sheet, SheetPart, SheetTable } from "./sheet.ts";

/** The document as it goes through a printer's hands. */
type Pdf = PDFKit.PDFDocument;

const margin = 40;
const small = 7.5;
const fonts = { text: "Helvetica", bold: "Helvetica-Bold" } as const;

/** Letters beyond those that the fonts of every reader of PDF can show: those are Western European. */
const shown = /[^\u0020-\u007e\u00a0-\u00ff\u20ac\u2013\u2014\u2018\u2019\u201c\u201d\u2022\u2026]/gu;

const plain = (text: string): string => text.replaceAll(shown, "?");
const textOf = (cell: Cell): string =>
  plain(typeof cell === "string" ? cell : `${cell.was ?? ""} ${cell.is ?? ""}`.trim());

const isAmount = (text: string): boolean => /^-?[\d,.' ]+( %)?$/.test(text);

/** Widths of columns by their longest words and texts, together as wide as the page. */
function widthsOf(pdf: Pdf, { columns, rows }: SheetTable, room: number): readonly number[] {
  pdf.font(fonts.text).fontSize(small);
  const wanted = columns.map((title, at) => {
    const texts = [title, ...rows.slice(0, 200).map((row) => textOf(row[at] ?? ""))];
    const longest = Math.max(...texts.map((text) => pdf.widthOfString(text)));
    return Math.min(longest, room / 3) + 8;
  });
  const all = wanted.reduce((sum, width) => sum + width, 0);
  return wanted.map((width) => (width * room) / all);
}

function row(
  pdf: Pdf,
  at: { readonly widths: readonly number[]; readonly font: string },
  cells: readonly string[],
): void {
  pdf.font(at.font).fontSize(small);
  const heights = cells.map((text, of) =>
    pdf.heightOfString(text === "" ? " " : text, { width: (at.widths[of] ?? 0) - 6 }),
  );
  const height = Math.max(...heights) + 4;
  const top = pdf.y;
  let left = margin;
  for (const [of, text] of cells.entries()) {
    const width = at.widths[of] ?? 0;
    const align = of > 0 && isAmount(text) ? "right" : "left";
    pdf.text(text, left + 3, top + 2, { width: width - 6, align });
    left += width;
  }
  pdf
    .moveTo(margin, top + height)
    .lineTo(left, top + height)
    .lineWidth(0.3)
    .stroke("#c8ced4");
  pdf.y = top + height;
  pdf.x = margin;
}

/** Begins another page where less than that is left of this one. */
function keepRoom(pdf: Pdf, height: number): boolean {
  if (pdf.y + height <= pdf.page.height - margin - 20) return false;
  pdf.addPage();
  return true;
}

function table(pdf: Pdf, sheet: SheetTable): void {
  if (sheet.rows.length === 0) return;
  const widths = widthsOf(pdf, sheet, pdf.page.width - 2 * margin);
  const head = (): void => row(pdf, { widths, font: fonts.bold }, sheet.columns.map(plain));
  keepRoom(pdf, 60);
  pdf.moveDown(0.6).font(fonts.bold).fontSize(9).text(plain(sheet.caption), margin).moveDown(0.2);
  head();
  for (const cells of sheet.rows) {
    if (keepRoom(pdf, 34)) head();
    row(pdf, { widths, font: fonts.text }, cells.map(textOf));
  }
}

function part(pdf: Pdf, { title, paragraphs = [], points = [], tables = [], parts = [] }: SheetPart): void {
  keepRoom(pdf, 80);
  pdf.moveDown(0.8).font(fonts.bold).fontSize(13).text(plain(title), margin).moveDown(0.2);
  pdf.font(fonts.text).fontSize(9);
  for (const text of paragraphs) pdf.text(plain(text), margin).moveDown(0.2);
  for (const text of points) {
    keepRoom(pdf, 24);
    pdf.text(`\u2022 ${plain(text)}`, margin);
  }
  for (const each of tables) table(pdf, each);
  for (const each of parts) part(pdf, each);
}

function numberPages(pdf: Pdf, title: string): void {
  const { count } = pdf.bufferedPageRange();
  for (let at = 0; at < count; at += 1) {
    pdf.switchToPage(at);
    pdf.page.margins.bottom = 0;
    const foot = `${plain(title)}    page ${at + 1} of ${count}`;
    pdf.font(fonts.text).fontSize(7).fillColor("#5b6670");
    pdf.text(foot, margin, pdf.page.height - margin, { lineBreak: false }).fillColor("black");
  }
}

/**
 * A document on A4 paper, lying, with a file inside it. The same document makes the same bytes: its date is
 * the one given. Letters beyond Western European ones are told as `?`; the file inside has them. Rejects when
 * the library does.
 */
export async function sheetPdf(
  sheet: Sheet,
  at: { readonly madeAt: Date; readonly file: { readonly name: string; readonly text: string } },
): Promise<Buffer> {
  const pdf = new PDFDocument({
    size: "A4",
    layout: "landscape",
    margin,
    bufferPages: true,
    compress: false,
    info: { Title: plain(sheet.title), Creator: "Crossfoot", CreationDate: at.madeAt, ModDate: at.madeAt },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", () => resolve(Buffer.concat(chunks)));
    pdf.on("error", reject);
  });
  const dates = { creationDate: at.madeAt, modifiedDate: at.madeAt };
  pdf.file(Buffer.from(at.file.text, "utf8"), { name: at.file.name, type: "application/json", ...dates });
  pdf.font(fonts.bold).fontSize(18).text(plain(sheet.title), margin);
  for (const [name, value] of sheet.facts)
    pdf
      .font(fonts.bold)
      .fontSize(9)
      .text(`${plain(name)}: `, margin, pdf.y, { continued: true })
      .font(fonts.text)
      .text(plain(value));
  for (const each of sheet.parts ?? []) part(pdf, each);
  numberPages(pdf, sheet.title);
  pdf.end();
  return done;
}
