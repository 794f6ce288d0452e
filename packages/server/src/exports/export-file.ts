import { csvLine } from "../audit/csv-cell.ts";
import { writeWholeOf } from "../platform/whole-file.ts";
import { exportColumns, exportRows } from "./export-rows.ts";
import type { ExportName, ExportSource } from "./export-rows.ts";

/** Forms of an export. */
export const exportFormats = ["csv", "jsonl"] as const;
/** `csv` for a spreadsheet, `jsonl` one JSON map a line. */
export type ExportFormat = (typeof exportFormats)[number];

/** The text of an export, a line at a time. */
export async function* exportText(
  source: ExportSource,
  asked: { readonly name: ExportName; readonly format: ExportFormat; readonly since: string | null },
): AsyncGenerator<string> {
  const columns = exportColumns[asked.name];
  if (asked.format === "csv") yield csvLine(columns);
  for await (const row of exportRows(source, asked.name, asked.since)) {
    const cells = columns.map((column) => row[column] ?? null);
    yield asked.format === "csv"
      ? csvLine(cells.map((cell) => cell ?? ""))
      : `${JSON.stringify(Object.fromEntries(columns.map((column, at) => [column, cells[at]])))}\n`;
  }
}

/**
 * Writes an export into a file of its owner alone, whole or not at all. Answers false where `signal` broke it
 * off; rejects with errors of the disk and of the store.
 */
export function writeExport(
  path: string,
  text: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<boolean> {
  return writeWholeOf(path, text, signal);
}
