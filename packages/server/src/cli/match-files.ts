import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { describeMatching, evidenceOf, mappedFields, matchTables } from "@crossfoot/matching";
import type { Field, MatchedEntity, Matching, Table } from "@crossfoot/matching";
import type { Context } from "./context.ts";
import { readMatchMap } from "./match-map.ts";
import { readMatchTable } from "./match-table.ts";
import { badInput, exitCodes } from "./refusal.ts";
import type { ExitCode } from "./refusal.ts";
import { renderTable } from "./table.ts";
import { many } from "./text.ts";

/** What `match` is asked about files. */
export interface MatchFlags {
  readonly a?: string;
  readonly b?: string;
  readonly entity?: string;
  readonly map?: string;
  readonly out?: string;
  readonly stored?: boolean;
}

/** Evidence told per pair; more of it decides nothing. */
const evidenceMax = 4;
const header = ["a_row", "b_row", "a_id", "b_id", "band", "probability", "evidence"];

/** `match` on files: which records are the same, as a CSV of pairs with band, probability and evidence. */
export async function matchFilesCommand(context: Context, flags: MatchFlags): Promise<ExitCode> {
  const { a, b, out } = flags;
  if (a === undefined) throw badInput("--a names the first file");
  if (out === undefined) throw badInput("--out names the CSV file that the pairs are written to");
  if (out === a || out === b) throw badInput("--out names one of the files that are read");
  const entity = flags.entity;
  if (entity === undefined) throw badInput("--entity is accounts, contacts or products");
  const left = await readMatchTable(a);
  const right = b === undefined ? null : await readMatchTable(b);
  const fields = await fieldsOf(flags.map, { left, right }, entity as MatchedEntity);
  const matching = matchTables({ entity: entity as MatchedEntity, left, right, fields });
  if (matching.fields.length === 0)
    throw badInput(
      "no column of both files says the same; name them with --map (see docs/guide/matching.md)",
    );
  await pipeline(Readable.from(linesOf(matching, { left, right })), createWriteStream(out));
  const told = describeMatching(matching, { left, right });
  context.print({ out, ...told }, () => showMatching(told, { out, room: context.room }));
  return exitCodes.done;
}

interface Tables {
  readonly left: Table;
  readonly right: Table | null;
}

async function fieldsOf(
  map: string | undefined,
  tables: Tables,
  entity: MatchedEntity,
): Promise<readonly Field[] | null> {
  if (map === undefined) return null;
  const pairs = await readMatchMap(map);
  try {
    return mappedFields(tables, pairs, entity);
  } catch (error) {
    throw error instanceof RangeError ? badInput(`${map}: ${error.message}`) : error;
  }
}

/** A cell of CSV: in quotes where it has to be. */
export function cellOf(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function* linesOf(matching: Matching, { left, right }: Tables): Iterable<string> {
  yield `${header.join(",")}\n`;
  const theirs = right ?? left;
  for (const pair of matching.pairs) {
    const evidence = pair.candidate === null ? [] : evidenceOf(matching, pair.candidate);
    const words = evidence
      .filter(({ weight }) => weight !== 0)
      .slice(0, evidenceMax)
      .map(({ field, says }) => `${field} ${says}`);
    const cells = [
      String(pair.left + 1),
      String(pair.right + 1),
      left.rows[pair.left]?.[keyOf(left)] ?? "",
      theirs.rows[pair.right]?.[keyOf(theirs)] ?? "",
      pair.band,
      pair.probability.toFixed(4),
      words.length === 0 ? "joined through the others of its cluster" : words.join("; "),
    ];
    yield `${cells.map(cellOf).join(",")}\n`;
  }
}

/** The column that names a record: one called so, else the first. */
function keyOf(table: Table): number {
  const named = table.columns.findIndex((column) =>
    /^(?:.*[ _-])?(?:id|key|number|no)$/i.test(column.trim()),
  );
  const isKey = named >= 0 && new Set(table.rows.map((row) => row[named])).size === table.rows.length;
  return isKey ? named : 0;
}

type Told = ReturnType<typeof describeMatching>;

function showMatching(told: Told, { out, room }: { readonly out: string; readonly room: number }): string {
  const columns = told.columns.map(({ left, right, kind }) => [left, right ?? "(none)", kind]);
  const counts = [
    `${many(told.links, "pair")} linked, ${many(told.reviews, "pair")} for a person, in ${out}.`,
    `${many(told.alone.left, "record")} of the first file without a partner` +
      (told.alone.right === null ? "." : `, ${many(told.alone.right, "record")} of the other.`),
  ];
  const blank =
    told.blank === 0
      ? []
      : [`${many(told.blank, "record")} say nothing that could be compared, and were left alone.`];
  const head = [{ title: "column of --a" }, { title: "column of --b" }, { title: "read as" }];
  return [renderTable(head, columns, room), [...counts, ...blank].join("\n")].join("\n\n");
}
