import { excessOf, ratioOf, verdictOf } from "./result.ts";
import type { Row } from "./result.ts";

/** A line of the table with the store it was measured on. */
export interface PlacedRow extends Row {
  readonly name: string;
  readonly home: string;
}

const digits = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);

function targetText({ target, stretch, judged, sense, unit }: Row): string {
  if (target === null) return "";
  const what = { ratio: "x", excess: ` ${unit} more`, measured: ` ${unit}` }[judged];
  const bound = `${sense === "at most" ? "<=" : ">="} ${target.toLocaleString("en")}${what}`;
  return stretch === null ? bound : `${bound} (${stretch}x)`;
}

function cells(row: PlacedRow): readonly string[] {
  const ratio = ratioOf(row);
  const excess = row.judged === "excess" ? excessOf(row) : null;
  const more = excess === null ? "" : `${excess < 0 ? "" : "+"}${digits(excess)} ${row.unit}, `;
  return [
    row.what,
    row.home,
    targetText(row),
    `${digits(row.measured)} ${row.unit}`,
    row.limit === null ? "" : `${digits(row.limit)} ${row.unit}`,
    ratio === null ? "" : `${more}${ratio.toPrecision(3)}x`,
    verdictOf(row),
  ];
}

const heads = ["what", "store", "target", "measured", "limit", "ratio", "verdict"];

/** The table as text for a terminal. */
export function tableText(rows: readonly PlacedRow[]): string {
  const lines = [heads, ...rows.map(cells)];
  const widths = heads.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
