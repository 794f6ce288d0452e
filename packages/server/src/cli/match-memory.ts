import { badInput } from "./refusal.ts";
import { many } from "./text.ts";

/** What a run may take in megabytes of 2^20 bytes: unless told, and the least and most that can be told. */
const usualMegabytes = 2048;
const leastMegabytes = 512;
const mostMegabytes = 6000;
/**
 * What a run takes, measured (docs/internals/matching.md): megabytes with hardly a record, and more for each
 * column that is compared beyond five; bytes for each byte that its records hold when they were read, and for
 * each word or run of letters that they are found by.
 */
const baseMegabytes = 340;
const usualColumns = 5;
const columnMegabytes = 20;
const timesHeld = 2;
const featureBytes = 8;
const megabyte = 2 ** 20;
/** Numbers of records are told with so many digits. */
const toldDigits = 2;

/** The megabytes that `--memory` allows. Throws a Refusal where it is no number that can be. */
export function memoryAllowed(flag: string | undefined): number {
  if (flag === undefined) return usualMegabytes;
  const megabytes = Number(flag);
  if (!Number.isSafeInteger(megabytes) || megabytes < leastMegabytes || megabytes > mostMegabytes)
    throw badInput(`--memory is a number of megabytes, ${leastMegabytes} to ${mostMegabytes}`);
  return megabytes;
}

/** How far the files of a match were read. */
export interface ReadSoFar {
  readonly file: string;
  /** Rows of this file. */
  readonly rows: number;
  /** Records of both files. */
  readonly records: number;
  /** Bytes that they hold. */
  readonly held: number;
  /** Words and runs of letters that they are found by. */
  readonly features: number;
}

/** What a match may take: `megabytes` for so many files and columns that are compared. */
export interface MatchMemory {
  readonly megabytes: number;
  readonly files: 1 | 2;
  readonly columns: number;
}

/**
 * Refuses records that could not be matched within the memory, long before it is taken. Throws a Refusal with
 * how many fit and what to do.
 */
export function refuseTooMany({ megabytes, files, columns }: MatchMemory, read: ReadSoFar): void {
  const room = megabytes - baseMegabytes - columnMegabytes * Math.max(0, columns - usualColumns);
  const needed = (timesHeld * read.held + featureBytes * read.features) / megabyte;
  if (needed <= room) return;
  const fit = (read.records * room) / needed / files;
  const told = Number(fit.toPrecision(toldDigits));
  throw badInput(
    `${read.file}: too many records to be matched at once: the memory of ${megabytes} megabytes was full ` +
      `at row ${read.rows}. About ${many(told, "such record")}${files === 2 ? " of each file" : ""} fit. ` +
      "Split the files (one country, one region at a time), name fewer columns with --map, or allow more " +
      `with --memory (up to ${mostMegabytes})`,
  );
}
