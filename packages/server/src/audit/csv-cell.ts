/** What a spreadsheet computes: a formula, also in wide letters or behind a control sign. */
const computed = /^'*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
/** A number below zero is only a number. */
const belowZero = /^-\d+(?:[.,]\d+)*$/;
const guarded = /^'+[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;

/**
 * A cell of a CSV file that people open in a spreadsheet: in quotes where it has to be, and behind a single
 * quote what a spreadsheet would compute or rewrite, such as `=1+1`, `@name` or a phone number with `+`. A
 * number below zero stays. {@link fromCsvCell} gives the text again. Never throws. Source: OWASP, page
 * "CSV Injection".
 */
export function csvCell(text: string): string {
  const safe = computed.test(text) && !belowZero.test(text) ? `'${text}` : text;
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cells as a line of a CSV file. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(",")}\n`;
}

/** The text of a cell that was written by {@link csvCell} and read by any CSV reader. Never throws. */
export function fromCsvCell(cell: string): string {
  return guarded.test(cell) ? cell.slice(1) : cell;
}
