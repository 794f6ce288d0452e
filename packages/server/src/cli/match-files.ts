import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { evidenceWords, matchSides, questionsOf, summaryOf } from "@crossfoot/matching";
import type { Decision, MatchedEntity, Matching } from "@crossfoot/matching";
import { csvLine } from "../audit/csv-cell.ts";
import type { Context } from "./context.ts";
import { draftOf } from "./draft-file.ts";
import { readDecisions } from "./match-decisions.ts";
import { memoryAllowed } from "./match-memory.ts";
import { readFiles } from "./match-sides.ts";
import type { ReadFiles } from "./match-sides.ts";
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
  readonly decisions?: string;
  readonly memory?: string;
}

const header = ["a_row", "b_row", "a_id", "b_id", "band", "probability", "evidence", "ask", "decision"];

/** `match` on files: which records are the same, as a CSV of pairs with band, probability and evidence. */
export async function matchFilesCommand(context: Context, flags: MatchFlags): Promise<ExitCode> {
  const { a, b, out } = flags;
  if (a === undefined) throw badInput("--a names the first file");
  if (out === undefined) throw badInput("--out names the CSV file that the pairs are written to");
  if ([a, b, flags.decisions].includes(out)) throw badInput("--out names one of the files that are read");
  const { entity } = flags;
  if (entity === undefined) throw badInput("--entity names what the records are: accounts, contacts, ...");
  const megabytes = memoryAllowed(flags.memory);
  const draft = draftOf(out, "nothing was matched");
  try {
    const told = await matchInto(draft, { ...flags, a, entity: entity as MatchedEntity, megabytes });
    renameSync(draft, out);
    context.print({ out, ...told }, () => showMatching(told, { out, room: context.room }));
    return exitCodes.done;
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

interface Asked extends MatchFlags {
  readonly a: string;
  readonly entity: MatchedEntity;
  readonly megabytes: number;
}

/** Matches files, writes the pairs and answers what is told of them. */
async function matchInto(file: string, { a, b, entity, megabytes, ...flags }: Asked): Promise<Told> {
  const files = await readFiles({ a, b, map: flags.map, entity, megabytes });
  const decisions = flags.decisions === undefined ? [] : await readDecisions(flags.decisions, files);
  const { left, right, fields, vocabulary } = files;
  const matching = matchSides(
    { left: left.side, right: right?.side ?? null, fields, vocabulary, entity },
    decisions,
  );
  await pipeline(Readable.from(linesOf(matching, files, decisions)), createWriteStream(file));
  return {
    ...summaryOf(matching, {
      left: { columns: left.columns, count: left.side.count, blank: left.blank },
      right: right === null ? null : { columns: right.columns, count: right.side.count, blank: right.blank },
    }),
    decided: decisions.length,
    notCompared: notComparedOf(files),
    warnings: warningsOf(files),
  };
}

function* linesOf(
  matching: Matching,
  { left, right }: ReadFiles,
  decisions: readonly Decision[],
): Iterable<string> {
  yield csvLine(header);
  const theirs = right ?? left;
  const said = new Map(decisions.map((each) => [`${each.left} ${each.right}`, each.isSame]));
  const open = questionsOf(matching, (one, other) => said.has(`${one} ${other}`));
  const asked = new Map(open.map((at, place) => [at, place + 1]));
  for (const [at, pair] of matching.pairs.entries()) {
    const evidence = pair.candidate === null ? [] : evidenceWords(matching, pair.candidate);
    const words = [...pair.against, ...evidence];
    const decision = said.get(`${pair.left} ${pair.right}`);
    const isTold = decision !== undefined;
    const cells = [
      String(pair.left + 1),
      String(pair.right + 1),
      left.keys.at(pair.left),
      theirs.keys.at(pair.right),
      pair.band,
      pair.probability.toFixed(4),
      isTold
        ? "decided by a person"
        : words.length === 0
          ? "joined through the others of its cluster"
          : words.join("; "),
      String(asked.get(at) ?? ""),
      isTold ? (decision ? "same" : "apart") : "",
    ];
    yield csvLine(cells);
    said.delete(`${pair.left} ${pair.right}`);
  }
  // What a person parted is in no pair; it is written again so that the file can be given to the next run.
  for (const { left: one, right: other, isSame } of decisions) {
    if (!said.delete(`${one} ${other}`)) continue;
    const ids = [left.keys.at(one), theirs.keys.at(other)];
    const word = isSame ? "same" : "apart";
    const chance = isSame ? "1.0000" : "0.0000";
    const rows = [String(one + 1), String(other + 1)];
    yield csvLine([...rows, ...ids, word, chance, "decided by a person", "", word]);
  }
}

/** Columns that no field reads, by file; `right` is null within one. */
function notComparedOf({ left, right, fields }: ReadFiles): Told["notCompared"] {
  const unread = (columns: readonly string[], read: readonly (number | undefined)[]): readonly string[] =>
    columns.filter((_, at) => !read.includes(at));
  return {
    left: unread(
      left.columns,
      fields.flatMap((field) => [field.left, field.leftNext]),
    ),
    right:
      right === null
        ? null
        : unread(
            right.columns,
            fields.flatMap((field) => [field.right, field.rightNext]),
          ),
  };
}

/** What the user has to know before the links are used. */
function warningsOf({ left, right, leftOut }: ReadFiles): readonly string[] {
  const named = (columns: readonly string[]): string => (columns.length === 0 ? "none" : columns.join(", "));
  const again = ({ keys }: ReadFiles["left"], which: string): readonly string[] => {
    const [have, their] = keys.again === 1 ? ["has", "its"] : ["have", "their"];
    const rows = `${many(keys.again, "row")} of the ${which} file`;
    const what = `${rows} ${have} no id of ${their} own: a_row and b_row tell the rows apart.`;
    return keys.again === 0 ? [] : [what];
  };
  return [
    ...again(left, "first"),
    ...(right === null ? [] : again(right, "other")),
    ...(leftOut.left.length + leftOut.right.length === 0
      ? []
      : [
          `No name was compared: the first file has ${named(leftOut.left)}, the other ` +
            `${named(leftOut.right)}. Pair them with --map (see docs/guide/matching.md).`,
        ]),
  ];
}

type Told = ReturnType<typeof summaryOf> & {
  readonly decided: number;
  /** Names of columns that decided nothing. */
  readonly notCompared: { readonly left: readonly string[]; readonly right: readonly string[] | null };
  readonly warnings: readonly string[];
};

function showMatching(told: Told, { out, room }: { readonly out: string; readonly room: number }): string {
  const columns = told.columns.map(({ left, right, kind }) => [left, right ?? "(none)", kind]);
  const counts = [
    `${many(told.links, "pair")} linked, ${many(told.reviews, "pair")} could not be decided, for a person, ` +
      `in ${out}.`,
    `${many(told.alone.left, "record")} of the first file without a partner` +
      (told.alone.right === null ? "." : `, ${many(told.alone.right, "record")} of the other.`),
  ];
  const { left, right } = told.notCompared;
  if (left.length > 0) counts.push(`Not compared, of the first file: ${left.join(", ")}.`);
  if (right !== null && right.length > 0) counts.push(`Not compared, of the other: ${right.join(", ")}.`);
  if (told.decided > 0) counts.push(`${many(told.decided, "pair")} decided by a person were heard.`);
  if (told.reviews > 0)
    counts.push(
      "The column `ask` numbers what to answer first: put same or apart into `decision`, and give the file " +
        "with --decisions.",
    );
  const blank =
    told.blank === 0
      ? []
      : [`${many(told.blank, "record")} say nothing that could be compared, and were left alone.`];
  const warnings = told.warnings.map((each) => `Warning: ${each}`);
  const head = [{ title: "column of --a" }, { title: "column of --b" }, { title: "read as" }];
  return [renderTable(head, columns, room), [...warnings, ...counts, ...blank].join("\n")].join("\n\n");
}
