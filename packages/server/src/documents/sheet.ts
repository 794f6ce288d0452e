/** A passage that was struck, was put in, or both; null where there is none. */
interface Struck {
  readonly was: string | null;
  readonly is: string | null;
}

/** What a cell of a table holds: a text, or a text that a redline changed. */
export type Cell = string | Struck;

/** A table of a document. */
export interface SheetTable {
  /** What it shows, for those who cannot see it at a glance. */
  readonly caption: string;
  readonly columns: readonly string[];
  /** Rows with a cell for each column; the first names the row. */
  readonly rows: readonly (readonly Cell[])[];
  /** Rows below the others that add them up. */
  readonly sums?: readonly (readonly Cell[])[];
}

/** A chapter of a document, with chapters of its own below it. */
export interface SheetPart {
  readonly title: string;
  readonly paragraphs?: readonly string[];
  readonly points?: readonly string[];
  readonly tables?: readonly SheetTable[];
  readonly parts?: readonly SheetPart[];
}

/** A document for people, before it is a page or a text. All of its texts are plain: nothing is markup. */
export interface Sheet extends SheetPart {
  /** Facts of its head, such as version and hash, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** Whether a text is an amount or a count, which stands at the right of its column. */
export const isAmount = (text: string): boolean => /^-?[\d,.' ]+( %)?$/.test(text);

/** Whether a column holds amounts or counts alone, so that its head stands at the right as well. */
export function isOfAmounts({ rows, sums = [] }: SheetTable, column: number): boolean {
  const cells = [...rows, ...sums].map((row) => row[column] ?? "").filter((value) => value !== "");
  return (
    column > 0 && cells.length > 0 && cells.every((value) => typeof value === "string" && isAmount(value))
  );
}
