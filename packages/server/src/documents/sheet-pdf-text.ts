import type { Cell } from "./sheet.ts";

/** The document as it goes through a printer's hands. */
export type Pdf = PDFKit.PDFDocument;

/** White space around a page, points. */
export const margin = 40;

/** Names of the fonts of a document. */
export const fonts = { text: "text", bold: "bold" } as const;

/**
 * Letters that DejaVu Sans Condensed 2.37 has: Latin with all its signs, Greek, Cyrillic, Armenian, Hebrew,
 * Arabic, Georgian, currencies and usual signs.
 */
const shownRanges: readonly (readonly [from: number, to: number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x2ff],
  [0x300, 0x36f],
  [0x370, 0x527],
  [0x531, 0x58a],
  [0x5b0, 0x5f4],
  [0x60c, 0x6f9],
  [0x10a0, 0x10fc],
  [0x1e00, 0x1fff],
  [0x2010, 0x2027],
  [0x2030, 0x203a],
  [0x20a0, 0x20b8],
  [0x2100, 0x2189],
  [0x2190, 0x22ff],
  [0x25a0, 0x25ff],
  [0xfb50, 0xfb8f],
  [0xfe70, 0xfefc],
];

const isShown = (letter: string): boolean => {
  const code = letter.codePointAt(0) ?? 0;
  return shownRanges.some(([from, to]) => code >= from && code <= to);
};

/** Whether a text has letters that stand as `?` on paper, since the font does not have them. */
export const isLacking = (text: string): boolean =>
  Array.from(text.normalize("NFC").replaceAll(/\s+/gu, " ")).some((letter) => !isShown(letter));

const fromRight = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u;
const hardSpace = "\u00a0";

/**
 * Words that are read from the right, one after the other, are held together: the font turns them as one. It
 * puts the space behind them on the other side, so that there is another one.
 */
function inReadingOrder(text: string): string {
  if (!fromRight.test(text)) return text;
  const runs: string[] = [];
  let isRun = false;
  for (const word of text.split(" ")) {
    const isTurned = fromRight.test(word);
    const last = runs.pop();
    if (last === undefined) runs.push(word);
    else if (isTurned && isRun) runs.push(`${last}${hardSpace}${word}`);
    else runs.push(isRun ? `${last} ` : last, word);
    isRun = isTurned;
  }
  return runs.join(" ");
}

/** Text as it can be printed: what the font has no letter for is a `?`. Line breaks become spaces. */
export function plain(text: string): string {
  const line = text.normalize("NFC").replaceAll(/\s+/gu, " ");
  return inReadingOrder(line.replaceAll(/./gu, (letter) => (isShown(letter) ? letter : "?")));
}

/** The text of a cell. */
export const textOf = (cell: Cell): string =>
  plain(typeof cell === "string" ? cell : `${cell.was ?? ""} ${cell.is ?? ""}`.trim());
