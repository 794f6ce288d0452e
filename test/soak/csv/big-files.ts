import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

/** Bytes written at once. */
const blockBytes = 1 << 24;
/** Rows of short cells that are made; later ones repeat the last block. */
const madeMax = 4_000_000;
const towns = "Leeds,York,Bath,Derby,Truro,Ripon,Wells,Ely,Lichfield,Durham".split(",");
const first = "Acorn,Birch,Cedar,Delta,Ember,Falcon,Granite,Harbour,Indigo,Juniper,Kestrel,Linden".split(",");
const trades = "Foods,Steel,Paints,Tools,Lamps,Boats,Tiles,Looms,Pumps,Valves,Bricks,Cables,Seeds".split(",");
const phrase = "the quick brown fox jumps over the lazy dog and runs ";

/** What a made-up account says: a name that few share, a street, a town and a phone number. */
function accountOf(row: number): string {
  const word = ((row * 7919) % 4_000_037).toString(36);
  const name = `${first[row % first.length]} ${word} ${trades[(row >> 2) % trades.length]} Ltd`;
  const street = `${(row % 97) + 1} ${first[(row >> 3) % first.length]} Street`;
  return `${name},${street},${towns[row % towns.length]},+44 20 ${70_000_000 + (row % 9_000_000)}`;
}

/** How a file is filled. */
interface Filling {
  readonly header: string;
  /** The cells of a row behind its id, without line end. */
  readonly rowOf: (row: number) => string;
  /** Rows or bytes after which it ends, whatever comes first. */
  readonly rows: number;
  readonly bytes: number;
}

/** Accounts with one cell of some seven thousand signs that no other column says. */
export function wideRows(ends: Pick<Filling, "rows" | "bytes">): Filling {
  const filler = phrase.repeat(140);
  return {
    ...{ header: "id,name,street,city,phone,payload", ...ends },
    rowOf: (row) => `${accountOf(row)},${filler.slice(row % phrase.length, 6900 + (row % 100))}`,
  };
}

/** Accounts in short rows. */
export function shortRows(ends: Pick<Filling, "rows" | "bytes">): Filling {
  return { header: "id,name,street,city,phone", ...ends, rowOf: accountOf };
}

/** Writes a file; answers how many rows it has. Its header is line 1, and row n, from 1, is line n + 1. */
export function fill(file: string, { header, rowOf, rows, bytes }: Filling): number {
  const out = openSync(file, "w");
  let written = writeSync(out, `${header}\n`);
  let row = 0;
  let block = "";
  let blockRows = 0;
  while (row < rows && written < bytes) {
    if (row < madeMax) {
      block = "";
      blockRows = 0;
      for (; block.length < blockBytes && row + blockRows < rows; blockRows++)
        block += `${row + blockRows},${rowOf(row + blockRows)}\n`;
    }
    written += writeSync(out, block);
    row += blockRows;
  }
  closeSync(out);
  return row;
}

/** Writes one line without an end. */
export function fillOneLine(file: string, bytes: number): void {
  const out = openSync(file, "w");
  const block = Buffer.from("x".repeat(blockBytes));
  for (let written = 0; written < bytes;) written += writeSync(out, block);
  closeSync(out);
}

/** A row of a file that was filled. */
export interface Line {
  /** Counts from 1. */
  readonly number: number;
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
}

/** Longer than any row. */
const windowBytes = 1 << 16;

/** The first row that begins at a place or behind it. */
export function lineAt(file: string, place: number): Line {
  const window = readAt(file, place, windowBytes);
  const start = window.indexOf(10) + 1;
  const text = window.subarray(start, window.indexOf(10, start));
  return lineOf(text, place + start);
}

/** The last row. */
export function lastLine(file: string): Line {
  const out = openSync(file, "r");
  const { size } = fstatSync(out);
  closeSync(out);
  const from = Math.max(0, size - windowBytes);
  const window = readAt(file, from, size - from);
  const start = window.lastIndexOf(10, window.length - 2) + 1;
  return lineOf(window.subarray(start, window.length - 1), from + start);
}

/** The id of a row counts from 0, and the header is a line too. */
function lineOf(text: Buffer, start: number): Line {
  const id = Number(text.subarray(0, text.indexOf(44)).toString());
  return { number: id + 2, start, end: start + text.length + 1, text };
}

function readAt(file: string, place: number, length: number): Buffer {
  const source = openSync(file, "r");
  const window = Buffer.alloc(length);
  const read = readSync(source, window, 0, length, place);
  closeSync(source);
  return window.subarray(0, read);
}

/** Does something with a file while other bytes stand at a place of it. */
export async function withBytes(
  file: string,
  { at, bytes }: { readonly at: number; readonly bytes: Buffer },
  act: () => Promise<void>,
): Promise<void> {
  const before = readAt(file, at, bytes.length);
  const put = (these: Buffer): void => {
    const out = openSync(file, "r+");
    writeSync(out, these, 0, these.length, at);
    closeSync(out);
  };
  put(bytes);
  try {
    await act();
  } finally {
    put(before);
  }
}
