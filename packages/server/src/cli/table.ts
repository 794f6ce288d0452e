import { cut, pad, safeText, widthOf } from "./text.ts";

/** A column: its heading, on which side its text starts, and the least width it may be squeezed to. */
export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
  /** Columns without it keep their full width. */
  readonly least?: number;
}

const gap = "  ";
/** A long text in the last column needs no line under its heading as long as itself. */
const lastRuleMax = 40;

/** Widths of the columns: natural, then the widest of the flexible ones gives way until the line fits. */
function widthsOf(columns: readonly Column[], cells: readonly (readonly string[])[], room: number): number[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...cells.map((row) => widthOf(row[at] ?? ""))),
  );
  const least = columns.map(({ least: given, title }, at) =>
    given === undefined ? (widths[at] ?? 0) : Math.max(given, widthOf(title)),
  );
  const total = (): number => widths.reduce((sum, width) => sum + width, gap.length * (columns.length - 1));
  while (total() > room) {
    let widest = -1;
    for (const [at, width] of widths.entries()) {
      if (width > (least[at] ?? 0) && width > (widths[widest] ?? 0)) widest = at;
    }
    if (widest < 0) break;
    widths[widest] = (widths[widest] ?? 1) - 1;
  }
  return widths;
}

/**
 * Rows under their headings, aligned, no wider than `room` where the flexible columns allow. Control
 * characters are written out, so that a value from a connected system cannot act on the terminal. Without
 * rows: nothing.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | number)[])[],
  room: number = Number.POSITIVE_INFINITY,
): string {
  if (rows.length === 0) return "";
  const cells = rows.map((row) =>
    row.map((cell) => (typeof cell === "number" ? cell.toLocaleString("en-US") : safeText(cell))),
  );
  const widths = widthsOf(columns, cells, room);
  const line = (row: readonly string[]): string =>
    columns
      .map(({ align = "left" }, at) => pad(cut(row[at] ?? "", widths[at] ?? 0), widths[at] ?? 0, align))
      .join(gap)
      .trimEnd();
  const last = widths.length - 1;
  const rule = widths
    .map((width, at) => "─".repeat(at === last ? Math.min(width, lastRuleMax) : width))
    .join(gap);
  return [line(columns.map(({ title }) => title)), rule, ...cells.map((row) => line(row))].join("\n");
}
