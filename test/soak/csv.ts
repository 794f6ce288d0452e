/**
 * CSV files of two gigabytes given to `match` and `audit`, in order and broken: done, or refused with line
 * and cause, in bounded memory, and nothing written of what was refused.
 * `npm run soak -- csv [--megabytes 2048] [--only NAME ...]`; needs Linux and twice the room on the disk.
 */
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { fill, fillOneLine, lastLine, lineAt, shortRows, wideRows, withBytes } from "./csv/big-files.ts";
import type { Line } from "./csv/big-files.ts";
import { run } from "./csv/command.ts";
import type { Ran } from "./csv/command.ts";

const { values } = parseArgs({
  options: { megabytes: { type: "string", default: "2048" }, only: { type: "string", multiple: true } },
});
const bytes = Number(values.megabytes) * 2 ** 20;
/** Some seven thousand bytes a row. */
const wideCount = Math.round(bytes / 7000);
/** More than two gigabytes of memory are never taken, and hardly any for what is refused at once. */
const [mostMegabytes, earlyMegabytes] = [2048, 400];
/** Links that a file and its copy in short rows have at least. */
const linkedMin = 0.99;

const folder = mkdtempSync(join(tmpdir(), "crossfoot-csv-"));
const at = (name: string): string => join(folder, name);
const [wide, copy, out] = [at("accounts.csv"), at("copy.csv"), at("out")];
const faults: string[] = [];

/** What a run is to end like. */
interface Wanted {
  readonly codes: readonly number[];
  readonly says?: RegExp;
  readonly memory?: number;
}

function judge(name: string, ran: Ran, wanted: Wanted): void {
  const said = ran.err.split("\n").find((line) => line.startsWith("crossfoot:")) ?? "";
  const told = said.replaceAll(folder, "").slice("crossfoot: ".length);
  console.log(
    `${name}: exit ${ran.code}, ${Math.round(ran.memory)} MB, ${Math.round(ran.seconds)} s ${told}`.trim(),
  );
  const fault = (what: string): number => faults.push(`${name}: ${what}`);
  if (ran.code === null || !wanted.codes.includes(ran.code))
    fault(`exit ${ran.code}, ${ran.err.slice(-600)}`);
  if (wanted.says !== undefined && !wanted.says.test(said)) fault(`said ${JSON.stringify(said)}`);
  if (ran.memory === 0) fault("its memory could not be looked at");
  if (ran.memory > (wanted.memory ?? mostMegabytes)) fault(`took ${Math.round(ran.memory)} MB`);
  const isRefused = ran.code === 4;
  const isWritten = existsSync(out) && !(isDirectory(out) && readdirSync(out).length === 0);
  if (isRefused === isWritten) fault(isRefused ? "was refused, and wrote" : "was done, and wrote nothing");
  rmSync(out, { recursive: true, force: true });
}

function isDirectory(path: string): boolean {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
}

const match = (...files: readonly string[]): readonly string[] => {
  const named = files.flatMap((file, place) => [place === 0 ? "--a" : "--b", file]);
  return ["match", "--entity", "accounts", ...named, "--out", out];
};
const audit = (file: string): readonly string[] => ["audit", "--crm", `accounts=${file}`, "--out", out];

/** A refusal at a line. */
const refused = (line: number, cause: RegExp, memory = mostMegabytes): Wanted => ({
  ...{ codes: [4], memory },
  says: new RegExp(`, line ${line}: ${cause.source}`),
});

/** Links between a row and the row of its number, as a share of all rows. */
async function linked(): Promise<number> {
  let right = 0;
  for await (const line of createInterface({ input: createReadStream(out) })) {
    const [row, other, , , band] = line.split(",");
    if (band === "link" && row === other) right++;
  }
  return right / wideCount;
}

/** Gives both commands the file with some bytes of it changed. */
async function broken(
  name: string,
  [place, changed]: readonly [Line, Buffer],
  wanted: Wanted,
): Promise<void> {
  await withBytes(wide, { at: place.start, bytes: changed }, async () => {
    judge(`match, ${name}`, await run(match(wide)), wanted);
    judge(`audit, ${name}`, await run(audit(wide)), wanted);
  });
}

/** The first sign behind the id of a row. */
const behindId = ({ text }: Line): number => text.indexOf(44) + 1;
/** A row that stands some twentieth behind the beginning. */
const early = (): Line => lineAt(wide, Math.floor(bytes / 20));
const put = ({ text }: Line, place: number, sign: number): Buffer => {
  const changed = Buffer.from(text);
  changed[place] = sign;
  return changed;
};

const cases: { readonly [name: string]: () => Promise<void> } = {
  wide: async () => {
    const ran = await run(match(wide, copy));
    const share = ran.code === 0 ? await linked() : 0;
    judge("match, long rows and their copy in short ones", ran, { codes: [0] });
    console.log(`${(share * 100).toFixed(2)} % of the rows linked with their own copy`);
    if (share < linkedMin) faults.push(`long rows: ${share} linked`);
  },
  alone: async () => {
    const says = /too many records|^$/;
    judge("match, long rows alone", await run(match(wide)), { codes: [0, 4], says });
    judge("audit, long rows", await run(audit(wide)), { codes: [0, 2] });
  },
  quote: async () => {
    const last = lastLine(wide);
    const wanted = refused(wideCount + 1, /a quote was opened and never closed/);
    await broken("a quote left open in the last row", [last, put(last, behindId(last), 34)], wanted);
    const row = early();
    const long = refused(
      row.number,
      /the row is longer than \d+ characters; a quote may have been left open/,
    );
    await broken("a quote left open early", [row, put(row, behindId(row), 34)], long);
  },
  width: async () => {
    const row = early();
    const wanted = refused(row.number, /has another number of cells than the header/);
    await broken("a row of another width", [row, put(row, behindId(row) - 1, 120)], wanted);
  },
  bytes: async () => {
    const row = early();
    const wanted = refused(row.number, /not UTF-8/);
    await broken("a byte that is not UTF-8", [row, put(row, behindId(row) + 2, 0xfc)], wanted);
  },
  separator: async () => {
    const row = early();
    const changed = Buffer.from(row.text.toString().replaceAll(",", ";"));
    const wanted = refused(row.number, /has another number of cells than the header/);
    await broken("a row with another separator", [row, changed], wanted);
  },
  line: async () => {
    fillOneLine(at("line.csv"), bytes);
    const wanted = refused(1, /longer than 1000000 bytes/, earlyMegabytes);
    judge("match, one line", await run(match(at("line.csv"))), wanted);
    judge("audit, one line", await run(audit(at("line.csv"))), wanted);
    rmSync(at("line.csv"));
  },
  short: async () => {
    const short = at("short.csv");
    const rows = fill(short, shortRows({ rows: Infinity, bytes }));
    console.log(`${rows} short rows`);
    const tooMany = {
      codes: [4],
      says: /too many records .* About [\d,]+ such records .*fit\. Split the files/,
    };
    judge("match, short rows", await run(match(short)), tooMany);
    judge("match, short rows on both sides", await run(match(short, copy)), tooMany);
    // Its rows come again after the first four million: few ids are held, and it is done.
    judge("audit, short rows", await run(audit(short)), { codes: [0, 2] });
    rmSync(short);
  },
};

try {
  const rows = fill(wide, wideRows({ rows: wideCount, bytes: Infinity }));
  fill(copy, shortRows({ rows: wideCount, bytes: Infinity }));
  console.log(`${rows} long rows, ${Math.round(lastLine(wide).end / 2 ** 20)} MB`);
  for (const [name, act] of Object.entries(cases))
    if (values.only === undefined || values.only.includes(name)) await act();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.log(fault);
console.log(`${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
