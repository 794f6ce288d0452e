import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, Transform, Writable } from "node:stream";
import { pipeline as piped } from "node:stream/promises";
import { parse } from "csv-parse";
import type { Table } from "@crossfoot/matching";
import { delimiterOf, endsByReturn, headOf, lineEnds } from "./adopt-table.ts";
import { badInput } from "./refusal.ts";

/** Longest record; a longer one is a quote that was never closed. */
const recordBytesMax = 1_000_000;

/** Who is told the rows of a file, one after the other. */
export interface RowVisitor {
  readonly header?: (columns: readonly string[]) => void;
  /** `line` is where the row ends in the file, 0 where it is not asked for. False ends the reading. */
  readonly row: (cells: readonly string[], line: number) => boolean;
  /** Whether the lines are asked for; they cost some time. */
  readonly isLineAsked?: boolean;
}

/** A row of a file with its header; `line` is where it ends, 0 where lines are not asked for. */
interface TableRow {
  readonly header: readonly string[];
  readonly row: readonly string[];
  readonly line: number;
}

/**
 * The rows of a CSV file in UTF-8 with a header line, as they are read: memory does not grow with the file.
 * Throws a Refusal that names the line and the cause: another encoding, another separator, a quote out of
 * place or left open, a row of another width.
 */
export async function* readTableRows(
  file: string,
  { isLineAsked }: { readonly isLineAsked: boolean } = { isLineAsked: false },
): AsyncIterable<TableRow> {
  const head = await headOf(file);
  const [delimiter, end] = [delimiterOf(head), endsByReturn(head) ? 13 : 10];
  let begins = 1;
  const parser = parse({
    ...{ bom: true, delimiter, skip_empty_lines: true, max_record_size: recordBytesMax },
    ...{ info: isLineAsked, record_delimiter: [...lineEnds] },
    on_record: (record, { lines }) => {
      begins = lines + 1;
      return record;
    },
  });
  const source = createReadStream(file, { highWaterMark: 1 << 18 });
  pipeline(source, utf8Check(file, end), parser, () => {
    // The reader below meets every failure itself.
  });
  let header: readonly string[] | null = null;
  let isBare = true;
  try {
    for await (const record of parser) {
      const { cells, line } = rowOf(record);
      if (header === null) header = headerOf(file, cells);
      else {
        isBare = false;
        yield { header, row: cells, line };
      }
    }
  } catch (error) {
    throw named(file, error, begins);
  } finally {
    source.destroy();
  }
  if (header === null) throw badInput(`${file} is empty; the first line names the columns`);
  if (isBare) throw badInput(`${file} has a header and no lines`);
}

/** Tells a visitor every row of a file, and holds none of them. Rejects as `readTableRows` does. */
export async function eachMatchRow(file: string, visitor: RowVisitor): Promise<void> {
  let isFirst = true;
  for await (const { header, row, line } of readTableRows(file, {
    isLineAsked: visitor.isLineAsked === true,
  })) {
    if (isFirst) visitor.header?.(header);
    isFirst = false;
    if (!visitor.row(row, line)) return;
  }
}

/** A row as the parser gives it, with or without its line. */
function rowOf(told: unknown): { readonly cells: readonly string[]; readonly line: number } {
  if (Array.isArray(told)) return { cells: told, line: 0 };
  const { record, ...rest } = told as { readonly record: readonly string[] };
  const [place]: readonly { readonly lines: number }[] = Object.values(rest);
  return { cells: record, line: place?.lines ?? 0 };
}

/** Signs of a sample at most: rows may be a hundred thousand signs wide. */
const sampleSignsMax = 32_000_000;

/** Reads the first `max` rows of a CSV file, or fewer where they are wide; see `eachMatchRow`. */
export async function readMatchTable(file: string, max: number): Promise<Table> {
  let columns: readonly string[] = [];
  const rows: (readonly string[])[] = [];
  let signs = 0;
  await eachMatchRow(file, {
    header: (names) => {
      columns = names;
    },
    row: (cells) => {
      for (const cell of cells) signs += cell.length;
      return rows.push(cells) < max && signs < sampleSignsMax;
    },
  });
  return { columns, rows };
}

function headerOf(file: string, cells: readonly string[]): readonly string[] {
  const columns = cells.map((column) => column.trim());
  const twice = columns.find((column, at) => columns.indexOf(column) !== at);
  if (twice !== undefined) throw badInput(`${file} has two columns \`${twice}\`; the names must differ`);
  const [only = ""] = columns;
  const other = /[\^~#:]/.exec(only)?.[0];
  if (columns.length === 1 && other !== undefined && only.split(other).length > 2)
    throw badInput(
      `${file}, line 1: one column; it may be parted by ${JSON.stringify(other)}, ` +
        "and only comma, semicolon, tab and bar are read",
    );
  return columns;
}

/** Bytes of a file that are looked at in one go. */
const lookBytes = 1 << 22;

/**
 * Looks through whole files for bytes that are not UTF-8, before any of them is worked on: two gigabytes take
 * seconds, and no bound that is met sooner hides it. Rejects with a Refusal that names file, line and cause.
 */
export async function refuseOtherEncodings(files: readonly string[]): Promise<void> {
  for (const file of files) {
    // What can only be read once, or is not there, is told by who reads it.
    const isFile = (await stat(file).catch(() => null))?.isFile() === true;
    if (!isFile || (await isWhollyUtf8(file))) continue;
    const end = endsByReturn(await headOf(file)) ? 13 : 10;
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    await piped(createReadStream(file, { highWaterMark: 1 << 18 }), utf8Check(file, end), nowhere);
  }
}

async function isWhollyUtf8(file: string): Promise<boolean> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file, { highWaterMark: lookBytes }) as AsyncIterable<Buffer>) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const cut = wholeSigns(bytes);
    const whole = bytes.subarray(0, cut);
    if (!isUtf8(whole) || whole.includes(0)) return false;
    rest = bytes.subarray(cut);
  }
  return isUtf8(rest);
}

/** How many bytes there are without a sign of UTF-8 that is cut at the end. */
function wholeSigns(bytes: Buffer): number {
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return bytes.length - back;
  }
  return bytes.length;
}

/** Lets bytes pass that are UTF-8, and fails with the first line that is not. The byte `end` ends lines. */
function utf8Check(file: string, end: number): Transform {
  let line = 1;
  let rest = Buffer.alloc(0);
  const check = (lines: Buffer): void => {
    if (isUtf8(lines) && !lines.includes(0)) {
      for (let at = lines.indexOf(end); at >= 0; at = lines.indexOf(end, at + 1)) line++;
      return;
    }
    for (const each of splitLines(lines, end)) {
      if (each.includes(0))
        throw badInput(`${file}, line ${line}: not UTF-8 (zero bytes, as in UTF-16); save it as CSV UTF-8`);
      if (!isUtf8(each)) throw badInput(`${file}, line ${line}: not UTF-8; save it as CSV UTF-8`);
      line++;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      try {
        const whole = Buffer.concat([rest, chunk]);
        const last = whole.lastIndexOf(end) + 1;
        if (last === 0 && whole.length > recordBytesMax)
          throw badInput(`${file}, line ${line}: longer than ${recordBytesMax} bytes; is this a CSV file?`);
        check(whole.subarray(0, last));
        rest = whole.subarray(last);
        done(null, whole.subarray(0, last));
      } catch (error) {
        done(error as Error);
      }
    },
    flush(done): void {
      try {
        check(rest);
        done(null, rest);
      } catch (error) {
        done(error as Error);
      }
    },
  });
}

function* splitLines(bytes: Buffer, end: number): Iterable<Buffer> {
  let start = 0;
  for (let at = bytes.indexOf(end); at >= 0; at = bytes.indexOf(end, start)) {
    yield bytes.subarray(start, at + 1);
    start = at + 1;
  }
  yield bytes.subarray(start);
}

const causes: { readonly [code: string]: string } = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "has another number of cells than the header",
  CSV_INVALID_CLOSING_QUOTE: "a quote ends in the middle of a cell; inside quotes a quote is written twice",
  INVALID_OPENING_QUOTE: "a quote begins in the middle of a cell; put the whole cell in quotes",
  CSV_QUOTE_NOT_CLOSED: "a quote was opened and never closed",
  CSV_MAX_RECORD_SIZE: `the row is longer than ${recordBytesMax} characters; a quote may have been left open`,
};
/** What is only met long behind the line in which it went wrong: that is where the row begins. */
const lateCodes: ReadonlySet<string> = new Set(["CSV_QUOTE_NOT_CLOSED", "CSV_MAX_RECORD_SIZE"]);

/**
 * A failure of the parser in our words: with its line, without what stands there. The row that could not be
 * read begins at line `begins`.
 */
function named(file: string, error: unknown, begins: number): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  const cause = causes[error.code];
  if (cause === undefined) return error;
  const line =
    !lateCodes.has(error.code) && "lines" in error && typeof error.lines === "number" ? error.lines : begins;
  return badInput(`${file}, line ${line}: ${cause}`);
}
