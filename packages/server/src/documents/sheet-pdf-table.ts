import { fonts, margin, plain, textOf } from "./sheet-pdf-text.ts";
import type { Pdf } from "./sheet-pdf-text.ts";
import { isAmount, isOfAmounts } from "./sheet.ts";
import type { SheetTable } from "./sheet.ts";

const small = 7.5;
/** Space around the text of a cell, points. */
const inset = { side: 3, top: 2 } as const;
/** Room under the text that the number of the page takes. */
const footRoom = 20;

const roomOf = (pdf: Pdf): number => pdf.page.height - margin - footRoom;

/** Begins another page where less than that is left of this one. */
export function keepRoom(pdf: Pdf, height: number): boolean {
  if (pdf.y + height <= roomOf(pdf)) return false;
  pdf.addPage();
  return true;
}

/** The longest part of a text that is not broken. */
const longestWord = (text: string): string =>
  text.split(/[ -]/).reduce((longest, word) => (word.length > longest.length ? word : longest), "");

/**
 * Widths of columns, together as wide as the page: no less than the longest word, where that is no more than
 * an even share of the page, and the rest by the longest texts. Amounts are never broken.
 */
function widthsOf(pdf: Pdf, { columns, rows, sums = [] }: SheetTable, room: number): readonly number[] {
  const wide = 2 * inset.side + 2;
  const wanted = columns.map((title, at) => {
    const texts = [...rows.slice(0, 200), ...sums].map((row) => textOf(row[at] ?? ""));
    pdf.font(fonts.bold).fontSize(small);
    const heads = [plain(title), ...sums.map((row) => textOf(row[at] ?? ""))];
    const bold = heads.map(
      (text) => [pdf.widthOfString(text), pdf.widthOfString(longestWord(text))] as const,
    );
    pdf.font(fonts.text).fontSize(small);
    const usual = texts.map((text): readonly [number, number] => {
      const whole = pdf.widthOfString(text);
      return [whole, isAmount(text) ? whole : pdf.widthOfString(longestWord(text))];
    });
    const all = [...bold, ...usual];
    const most = Math.max(...all.map(([whole]) => whole));
    const amount = Math.max(0, ...usual.map(([whole], row) => (isAmount(texts[row] ?? "") ? whole : 0)));
    const words = Math.max(...all.map(([, word]) => word));
    const least = Math.max(Math.min(words, room / Math.max(4, columns.length)), Math.min(amount, room / 4));
    return { least: least + wide, most: Math.min(Math.max(most, least), room / 2) + wide };
  });
  const sum = (of: "least" | "most"): number => wanted.reduce((total, each) => total + each[of], 0);
  const [least, most] = [sum("least"), sum("most")];
  if (most <= room) return wanted.map((each) => each.most);
  if (least >= room) return wanted.map((each) => (each.least * room) / least);
  // What is left beyond the longest words goes to those that want it, by how much they do.
  const share = (room - least) / (most - least);
  return wanted.map((each) => each.least + (each.most - each.least) * share);
}

interface Line {
  readonly widths: readonly number[];
  readonly font: string;
  /** Columns that stand at the right whatever they hold. */
  readonly isRight?: (column: number) => boolean;
}

function heightOf(pdf: Pdf, { widths, font }: Line, cells: readonly string[]): number {
  pdf.font(font).fontSize(small);
  const heights = cells.map((text, at) =>
    pdf.heightOfString(text === "" ? " " : text, { width: (widths[at] ?? 0) - 2 * inset.side }),
  );
  // A cell that is longer than a page is cut: the file inside the document has it whole.
  return Math.min(Math.max(...heights) + 2 * inset.top, roomOf(pdf) - margin - 60);
}

/** Draws a row; its amounts stand at the right. */
function draw(pdf: Pdf, line: Line, cells: readonly string[]): void {
  const height = heightOf(pdf, line, cells);
  const top = pdf.y;
  let left = margin;
  for (const [at, text] of cells.entries()) {
    const width = line.widths[at] ?? 0;
    const align = at > 0 && (isAmount(text) || line.isRight?.(at) === true) ? "right" : "left";
    pdf.text(text, left + inset.side, top + inset.top, {
      width: width - 2 * inset.side,
      height: height - inset.top,
      ellipsis: true,
      align,
    });
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

/** Rows that begin alike are kept together up to so many: CRM, ERP and what they differ by. */
const togetherMax = 3;

/** How many rows from this one on begin alike, when it is the first of them. */
function alikeFrom(lines: readonly (readonly [Line, readonly string[]])[], at: number): number {
  const first = lines[at]?.[1][0];
  if (first === undefined || lines[at - 1]?.[1][0] === first) return 1;
  const next = lines.findIndex(([, cells], later) => later > at && cells[0] !== first);
  const count = (next < 0 ? lines.length : next) - at;
  return count > togetherMax ? 1 : count;
}

/**
 * Draws a table; its head is repeated on each page, a row is never torn apart, and few rows that begin alike
 * stay together.
 */
export function drawTable(pdf: Pdf, sheet: SheetTable): void {
  if (sheet.rows.length === 0) return;
  const widths = widthsOf(pdf, sheet, pdf.page.width - 2 * margin);
  const [bold, usual]: readonly Line[] = [
    { widths, font: fonts.bold },
    { widths, font: fonts.text },
  ];
  if (bold === undefined || usual === undefined) return;
  const titles = sheet.columns.map(plain);
  const caption = (text: string): void => {
    pdf.font(fonts.bold).fontSize(9).text(plain(text), margin).moveDown(0.2);
    draw(pdf, { ...bold, isRight: (column) => isOfAmounts(sheet, column) }, titles);
  };
  keepRoom(pdf, 60);
  pdf.moveDown(0.6);
  caption(sheet.caption);
  const lines = [
    ...sheet.rows.map((row) => [usual, row.map(textOf)] as const),
    ...(sheet.sums ?? []).map((row) => [bold, row.map(textOf)] as const),
  ];
  for (const [at, [line, cells]] of lines.entries()) {
    const alike = lines.slice(at, at + alikeFrom(lines, at));
    const height = alike.reduce((sum, [own, texts]) => sum + heightOf(pdf, own, texts), 0);
    const isOnePage = height < roomOf(pdf) - margin - 60;
    if (keepRoom(pdf, isOnePage ? height : heightOf(pdf, line, cells)))
      caption(`${sheet.caption} (continued)`);
    draw(pdf, line, cells);
  }
}
