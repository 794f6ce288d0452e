import { createRequire } from "node:module";
import PDFDocument from "pdfkit";
import { drawTable, keepRoom } from "./sheet-pdf-table.ts";
import { fonts, isLacking, margin, plain } from "./sheet-pdf-text.ts";
import type { Pdf } from "./sheet-pdf-text.ts";
import type { Sheet, SheetPart } from "./sheet.ts";

const require = createRequire(import.meta.url);
/** Files of a font with Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew and Arabic letters. */
const fontFiles: { readonly [name in keyof typeof fonts]: string } = {
  text: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf"),
  bold: require.resolve("dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf"),
};

function part(pdf: Pdf, { title, paragraphs = [], points = [], tables = [], parts = [] }: SheetPart): void {
  keepRoom(pdf, 80);
  pdf.moveDown(0.8).font(fonts.bold).fontSize(13).text(plain(title), margin).moveDown(0.2);
  for (const text of paragraphs) pdf.font(fonts.text).fontSize(9).text(plain(text), margin).moveDown(0.2);
  for (const text of points) {
    const line = `\u2022 ${plain(text)}`;
    pdf.font(fonts.text).fontSize(9);
    keepRoom(pdf, pdf.heightOfString(line, { width: pdf.page.width - 2 * margin }));
    pdf.text(line, margin);
  }
  for (const each of tables) drawTable(pdf, each);
  for (const each of parts) part(pdf, each);
}

/** Every text of a document. */
function* textsOf(sheet: SheetPart): Generator<string, undefined> {
  const { title, paragraphs = [], points = [], tables = [], parts = [] } = sheet;
  yield* [title, ...paragraphs, ...points];
  for (const { caption, columns, rows, sums = [] } of tables) {
    yield* [caption, ...columns];
    for (const cell of [...rows, ...sums].flat())
      yield typeof cell === "string" ? cell : `${cell.was ?? ""}${cell.is ?? ""}`;
  }
  for (const each of parts) yield* textsOf(each);
}

/** Said at the head of a document that cannot print all of its letters. */
const lackingNote =
  "Letters that the font of this document does not have stand as ?. The file inside the document has them.";

const isLackingAny = (sheet: Sheet): boolean =>
  sheet.facts.some((fact) => fact.some(isLacking)) || [...textsOf(sheet)].some(isLacking);

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
 * the one given. Letters that the font does not have, Chinese ones among them, stand as `?`, which is said at
 * its head; the file inside has them. Rejects when the library does.
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
    info: { Title: sheet.title, Creator: "Crossfoot", CreationDate: at.madeAt, ModDate: at.madeAt },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    pdf.on("end", () => resolve(Buffer.concat(chunks)));
    pdf.on("error", reject);
  });
  const dates = { creationDate: at.madeAt, modifiedDate: at.madeAt };
  pdf.file(Buffer.from(at.file.text, "utf8"), { name: at.file.name, type: "application/json", ...dates });
  pdf.registerFont(fonts.text, fontFiles.text);
  pdf.registerFont(fonts.bold, fontFiles.bold);
  pdf.font(fonts.bold).fontSize(18).text(plain(sheet.title), margin);
  for (const [name, value] of sheet.facts)
    pdf
      .font(fonts.bold)
      .fontSize(9)
      .text(`${plain(name)}: `, margin, pdf.y, { continued: true })
      .font(fonts.text)
      .text(plain(value));
  if (isLackingAny(sheet)) pdf.moveDown(0.4).font(fonts.text).fontSize(9).text(lackingNote, margin);
  for (const each of sheet.parts ?? []) part(pdf, each);
  numberPages(pdf, sheet.title);
  pdf.end();
  return done;
}
