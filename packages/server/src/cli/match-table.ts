import { createReadStream } from "node:fs";
import { pipeline, Transform } from "node:stream";
import { parse } from "csv-parse";
import type { Table } from "@crossfoot/matching";
import { delimiterOf, headOf } from "./adopt-table.ts";
import { badInput } from "./refusal.ts";

/** Most rows of one file: they are compared in memory. */
const rowsMax = 2_000_000;
/** Longest record; a longer one is a quote that was never closed. */
const recordBytesMax = 1_000_000;

/**
 * Reads a CSV file in UTF-8 with a header line, row by row. Rejects with a Refusal that names the line and
 * the cause: another encoding, a quote out of place or left open, a row of another width, too many rows.
 */
export async function readMatchTable(file: string): Promise<Table> {
  let columns: readonly string[] = [];
  const rows: (readonly string[])[] = [];
  for await (const { header, row } of readTableRows(file)) {
    columns = header;
    if (rows.length >= rowsMax) throw badInput(`${file} has more than ${rowsMax} rows; split it`);
    rows.push(row);
  }
  return { columns, rows };
}

/**
 * The rows of a CSV file, each with the header, as they are read: memory does not grow with the file. Rejects
 * as {@link readMatchTable} does, but for the number of rows.
 */
export async function* readTableRows(
  file: string,
): AsyncIterable<{ readonly header: readonly string[]; readonly row: readonly string[] }> {
  const delimiter = delimiterOf(await headOf(file));
  const parser = parse({
    ...{ bom: true, delimiter, skip_empty_lines: true, max_record_size: recordBytesMax },
  });
  const source = createReadStream(file);
  pipeline(source, utf8Check(file), parser, () => {
    // The reader below meets every failure itself.
  });
  let header: readonly string[] | null = null;
  let isBare = true;
  try {
    for await (const record of parser) {
      if (header === null) header = headerOf(file, record as string[]);
      else {
        isBare = false;
        yield { header, row: record as string[] };
      }
    }
  } catch (error) {
    throw named(file, error);
  } finally {
    source.destroy();
  }
  if (header === null) throw badInput(`${file} is empty; the first line names the columns`);
  if (isBare) throw badInput(`${file} has a header and no lines`);
}

function headerOf(file: string, record: readonly string[]): readonly string[] {
  const trimmed = record.map((column) => column.trim());
  const twice = trimmed.find((column, at) => trimmed.indexOf(column) !== at);
  if (twice !== undefined) throw badInput(`${file} has two columns \`${twice}\`; the names must differ`);
  return trimmed;
}

/** Lets bytes pass that are UTF-8, and fails with the first line that is not. */
function utf8Check(file: string): Transform {
  let line = 1;
  let rest = Buffer.alloc(0);
  const check = (lines: Buffer): void => {
    if (isUtf8(lines)) {
      for (let at = lines.indexOf(10); at >= 0; at = lines.indexOf(10, at + 1)) line++;
      return;
    }
    for (const each of splitLines(lines)) {
      if (!isUtf8(each)) throw badInput(`${file}, line ${line}: not UTF-8; save it as CSV UTF-8`);
      line++;
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done): void {
      try {
        const whole = Buffer.concat([rest, chunk]);
        const end = whole.lastIndexOf(10) + 1;
        if (end === 0 && whole.length > recordBytesMax)
          throw badInput(`${file}, line ${line}: longer than ${recordBytesMax} bytes; is this a CSV file?`);
        check(whole.subarray(0, end));
        rest = whole.subarray(end);
        done(null, whole.subarray(0, end));
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

function* splitLines(bytes: Buffer): Iterable<Buffer> {
  let start = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, start)) {
    yield bytes.subarray(start, at + 1);
    start = at + 1;
  }
  yield bytes.subarray(start);
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const causes: { readonly [code: string]: string } = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "has another number of cells than the header",
  CSV_INVALID_CLOSING_QUOTE: "a quote ends in the middle of a cell; inside quotes a quote is written twice",
  INVALID_OPENING_QUOTE: "a quote begins in the middle of a cell; put the whole cell in quotes",
  CSV_QUOTE_NOT_CLOSED: "a quote was opened and never closed",
  CSV_MAX_RECORD_SIZE: `the row is longer than ${recordBytesMax} characters; a quote may have been left open`,
};

/** A failure of the parser in our words: with its line, without what stands there. */
function named(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  const cause = causes[error.code];
  if (cause === undefined) return error;
  const line = "lines" in error && typeof error.lines === "number" ? error.lines : null;
  return badInput(`${file}${line === null ? "" : `, line ${line}`}: ${cause}`);
}
