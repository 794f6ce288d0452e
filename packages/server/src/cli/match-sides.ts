import { realpath } from "node:fs/promises";
import {
  bytesOfVocabulary,
  mappedFields,
  matchingFields,
  namesLeftOut,
  namingKinds,
  RowKeys,
  SideReader,
  vocabularyOf,
} from "@crossfoot/matching";
import type { Field, MatchedEntity, Side, Table, Vocabulary } from "@crossfoot/matching";
import { readMatchMap } from "./match-map.ts";
import { refuseTooMany } from "./match-memory.ts";
import { eachMatchRow, readMatchTable, refuseOtherEncodings } from "./match-table.ts";
import { badInput } from "./refusal.ts";

/** Rows that tell what the columns hold; the whole files are read once more, and are never held. */
const sampleRows = 20_000;
/** Rows between two looks at the memory. */
const lookEvery = 4096;

/** A file that was read. */
export interface ReadFile {
  readonly columns: readonly string[];
  readonly side: Side;
  readonly keys: RowKeys;
  /** Records that say nothing in any column that is compared. */
  readonly blank: number;
}

/** Both files, ready to be matched; `right` is null for duplicates within the first. */
export interface ReadFiles {
  readonly left: ReadFile;
  readonly right: ReadFile | null;
  readonly fields: readonly Field[];
  readonly vocabulary: Vocabulary;
  /** Columns of names that are compared with nothing, where no name is compared at all. */
  readonly leftOut: ReturnType<typeof namesLeftOut>;
}

/** Which files are read, and as what. */
export interface FilesAsked {
  readonly a: string;
  readonly b: string | undefined;
  readonly map: string | undefined;
  readonly entity: MatchedEntity;
  /** Megabytes that the whole match may take. */
  readonly megabytes: number;
}

/**
 * Reads the files row by row into columns of numbers. Rejects with a Refusal, also where there are more
 * records than the memory can match.
 */
export async function readFiles({ a, b, map, entity, megabytes }: FilesAsked): Promise<ReadFiles> {
  if (b !== undefined && (await isOneFile(a, b)))
    throw badInput("--a and --b are one file; its duplicates are found without --b");
  await refuseOtherEncodings(b === undefined ? [a] : [a, b]);
  const left = await readMatchTable(a, sampleRows);
  const right = b === undefined ? null : await readMatchTable(b, sampleRows);
  const fields = await fieldsOf(map, { left, right }, entity);
  if (fields.length === 0)
    throw badInput(
      "no column of both files says the same; name them with --map (see docs/guide/matching.md)",
    );
  if (!fields.some(({ kind }) => namingKinds.has(kind)))
    throw badInput(
      `no column names a record (${readAs(fields)}); ` +
        "say with --map which do (see docs/guide/matching.md)",
    );
  const vocabulary = vocabularyOf(fields);
  const memory = { megabytes, files: b === undefined ? 1 : 2, columns: fields.length } as const;
  const before = { records: 0, held: 0, features: 0 };
  const read = async (file: string, columns: readonly string[], end: "left" | "right"): Promise<ReadFile> => {
    const reader = new SideReader(vocabulary, fields, { end, entity });
    const keys = new RowKeys(columns);
    const held = (): number => before.held + reader.bytes + keys.bytes;
    await eachMatchRow(file, {
      row: (cells) => {
        reader.add(cells);
        keys.add(cells);
        if (reader.count % lookEvery === 0)
          refuseTooMany(memory, {
            ...{ file, rows: reader.count, records: before.records + reader.count },
            held: held() + bytesOfVocabulary(vocabulary),
            features: before.features + reader.features,
          });
        return true;
      },
    });
    before.held = held();
    before.records += reader.count;
    before.features += reader.features;
    return { columns, side: reader.side(), keys, blank: reader.blank };
  };
  return {
    left: await read(a, left.columns, "left"),
    right: b === undefined || right === null ? null : await read(b, right.columns, "right"),
    fields,
    vocabulary,
    leftOut: namesLeftOut({ left, right }, fields, entity),
  };
}

/** The columns with what they are read as. */
const readAs = (fields: readonly Field[]): string =>
  fields.map(({ name, kind }) => `${name} is read as ${kind}`).join(", ");

/** Whether two paths lead to one file; a path that leads nowhere is told where it is read. */
async function isOneFile(one: string, other: string): Promise<boolean> {
  const [mine, theirs] = await Promise.all([one, other].map((path) => realpath(path).catch(() => path)));
  return mine === theirs;
}

async function fieldsOf(
  map: string | undefined,
  tables: { readonly left: Table; readonly right: Table | null },
  entity: MatchedEntity,
): Promise<readonly Field[]> {
  if (map === undefined) return matchingFields(tables, entity);
  const pairs = await readMatchMap(map);
  try {
    return mappedFields(tables, pairs, entity);
  } catch (error) {
    throw error instanceof RangeError ? badInput(`${map}: ${error.message}`) : error;
  }
}
