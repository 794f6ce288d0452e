import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import type { MatchedEntity, Table } from "@crossfoot/matching";

/** A data set with its truth, ready to be matched. */
export interface MatchSet {
  readonly name: string;
  readonly entity: MatchedEntity;
  readonly left: Table;
  readonly right: Table | null;
  /** True pairs as row numbers, `left` times ten million plus `right`; within one table the smaller first. */
  readonly truth: ReadonlySet<number>;
}

/** A pair of rows as one number. */
export const pairKey = (left: number, right: number): number => left * 10_000_000 + right;

/** Reads a CSV file into a table. */
export function readTable(file: URL): Table {
  const records = parse(readFileSync(file), { bom: true });
  const [columns = [], ...rows] = records;
  return { columns, rows };
}

/** A truth file that names a record which is not there. */
export class BadTruth extends Error {
  constructor(file: URL, at: { readonly line: number; readonly id: string; readonly where: string }) {
    super(`${fileURLToPath(file)}, line ${at.line}: no record \`${at.id}\` in ${at.where}`);
    this.name = "BadTruth";
  }
}

/** The rows of a truth file, each with the line that it ends on. */
function readTruth(file: URL): readonly { readonly line: number; readonly cells: readonly string[] }[] {
  const records = parse(readFileSync(file), { bom: true, info: true }) as unknown as readonly {
    readonly record: readonly string[];
    readonly info: { readonly lines: number };
  }[];
  return records.slice(1).map((each) => {
    return { line: each.info.lines, cells: each.record };
  });
}

function without(table: Table, dropped: readonly string[]): Table {
  const kept = table.columns.map((_, at) => at).filter((at) => !dropped.includes(table.columns[at] ?? ""));
  const pick = (row: readonly string[]): readonly string[] => kept.map((at) => row[at] ?? "");
  return { columns: pick(table.columns), rows: table.rows.map(pick) };
}

function twoTables(name: string, folder: URL, entity: MatchedEntity): MatchSet {
  const left = readTable(new URL(`${name}/left.csv`, folder));
  const right = readTable(new URL(`${name}/right.csv`, folder));
  const places = (table: Table): ReadonlyMap<string, number> =>
    new Map(table.rows.map((row, at) => [row[0] ?? "", at]));
  const [lefts, rights] = [places(left), places(right)];
  const truth = new Set<number>();
  const file = new URL(`${name}/matches.csv`, folder);
  for (const { line, cells } of readTruth(file)) {
    const rowOf = (at: 0 | 1): number => {
      const id = cells[at] ?? "";
      const row = (at === 0 ? lefts : rights).get(id);
      if (row === undefined)
        throw new BadTruth(file, { line, id, where: `${at === 0 ? "left" : "right"}.csv` });
      return row;
    };
    truth.add(pairKey(rowOf(0), rowOf(1)));
  }
  return { name, entity, left, right, truth };
}

function oneTable(
  name: string,
  folder: URL,
  view: { readonly shown: string; readonly dropped: readonly string[] },
): MatchSet {
  const left = readTable(new URL(`febrl/${name}.csv`, folder));
  const groups = new Map<string, number[]>();
  const places = new Map(left.rows.map((row, at) => [row[0] ?? "", at]));
  const file = new URL(`febrl/${name}_truth.csv`, folder);
  for (const { line, cells } of readTruth(file)) {
    const [id = "", entity = ""] = cells;
    const at = places.get(id);
    if (at === undefined) throw new BadTruth(file, { line, id, where: `${name}.csv` });
    groups.set(entity, [...(groups.get(entity) ?? []), at]);
  }
  const truth = new Set<number>();
  for (const group of groups.values())
    for (const one of group) for (const other of group) if (one < other) truth.add(pairKey(one, other));
  return { name: view.shown, entity: "contacts", left: without(left, view.dropped), right: null, truth };
}

const easy = ["date_of_birth", "soc_sec_id"];

/** All sets with tables, in the order they are shown. */
export function loadSets(folder: URL): readonly MatchSet[] {
  return [
    twoTables("fodors-zagats", folder, "accounts"),
    twoTables("abt-buy", folder, "products"),
    twoTables("dblp-acm", folder, "products"),
    ...["dataset1", "dataset2", "dataset3"].map((name) =>
      oneTable(name, folder, { shown: `febrl ${name}`, dropped: [] }),
    ),
    ...["dataset1", "dataset2", "dataset3"].map((name) =>
      oneTable(name, folder, { shown: `febrl ${name}, names and address`, dropped: easy }),
    ),
  ];
}
