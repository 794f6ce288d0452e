import { externalId } from "@crossfoot/kernel";
import type { FieldKind } from "@crossfoot/kernel";
import { entities, nearestName } from "@crossfoot/model";
import type { EntityName } from "@crossfoot/model";
import { fromCsvCell } from "../audit/csv-cell.ts";
import type { Project } from "../config/project.ts";
import { givenRule } from "../runtime/engine.ts";
import type { RepairAsked } from "../runtime/engine.ts";
import { delimiterOf, headOf, parseText } from "./adopt-table.ts";
import { badInput } from "./refusal.ts";

/** Most values of one file, so that a plan of it can be held in memory. */
const bulkValuesMax = 100_000;
/** A cell that takes the value away. Source: Salesforce, Bulk API 2.0, "Valid CSV Record Rows". */
const emptyCell = "#N/A";
const faultsTold = 20;

/** Whose values a file has. */
export interface BulkTarget {
  readonly connection: Project["connections"][number];
  readonly entity: EntityName;
  /** Places by the name of their column, beside columns that are named as their place. */
  readonly map: { readonly [column: string]: string };
}

interface Column {
  readonly path: string;
  readonly at: number;
  /** Column of what is to stand there now, for the value to be changed; -1 for none. */
  readonly was: number;
}

/**
 * The values that a file gives, in its order: CSV in UTF-8 whose first line names the columns: `id`, places
 * such as `email` or `billingAddress.city`, and `was <place>` for what must still stand there. An empty cell
 * leaves its value alone, `#N/A` takes it away. Rejects with a Refusal that names lines and causes: nothing
 * of a file is taken where a line of it is not understood.
 */
export async function readBulk(file: string, target: BulkTarget): Promise<readonly RepairAsked[]> {
  const delimiter = delimiterOf(await headOf(file));
  const asked: RepairAsked[] = [];
  const faults: string[] = [];
  const lineOf = new Map<string, number>();
  let header: { readonly id: number; readonly columns: readonly Column[]; readonly count: number } | null =
    null;
  for await (const { record, line } of parseText(file, { delimiter })) {
    if (header === null) {
      header = headerOf(record, target);
      continue;
    }
    const id = idOf(record[header.id] ?? "", target);
    const earlier = lineOf.get(id);
    if (record.length !== header.count)
      faults.push(`line ${line}: ${record.length} columns, the header has ${header.count}`);
    else if (id === "") faults.push(`line ${line}: it has no id`);
    else if (earlier !== undefined) faults.push(`line ${line}: ${id} stands on line ${earlier} already`);
    else asked.push(...valuesOf(record, header.columns, { target, id }));
    lineOf.set(id, line);
    if (asked.length > bulkValuesMax)
      throw badInput(`${file} gives more than ${bulkValuesMax} values (line ${line}); make files of it`);
  }
  if (header === null) throw badInput(`${file} is empty; the first line names the columns`);
  if (faults.length > 0) {
    const more = faults.length > faultsTold ? `; and ${faults.length - faultsTold} more` : "";
    throw badInput(`${file}: ${faults.slice(0, faultsTold).join("; ")}${more}. Nothing of it is planned.`);
  }
  if (asked.length === 0) throw badInput(`${file} gives no value`);
  return asked;
}

/** The id in a cell: as the system has it, or as we name records, `crm:1001`. */
function idOf(cell: string, { connection }: BulkTarget): string {
  const text = fromCsvCell(cell);
  return text.startsWith(`${connection.id}:`) ? text.slice(connection.id.length + 1) : text;
}

function valuesOf(
  record: readonly string[],
  columns: readonly Column[],
  at: { readonly target: BulkTarget; readonly id: string },
): readonly RepairAsked[] {
  const { entity, connection } = at.target;
  const textOf = (cell: string): string => (cell === emptyCell ? "" : fromCsvCell(cell));
  return columns.flatMap((column): readonly RepairAsked[] => {
    const cell = record[column.at] ?? "";
    const was = record[column.was] ?? "";
    if (cell === "") return [];
    return [
      {
        ...{ rule: givenRule, entity, connection: connection.id, id: externalId(at.id), path: column.path },
        ...{ was: column.was < 0 ? null : textOf(was), to: textOf(cell) },
      },
    ];
  });
}

/** Places of an entity whose value a person can write in one cell. */
function placesOf(entity: EntityName): readonly string[] {
  const isPlain = ({ kind }: FieldKind): boolean => kind !== "reference" && kind !== "collection";
  return Object.entries(entities[entity].fields).flatMap(([name, kind]) =>
    kind.kind === "group"
      ? Object.keys(kind.parts).map((part) => `${name}.${part}`)
      : isPlain(kind)
        ? [name]
        : [],
  );
}

function headerOf(
  header: readonly string[],
  { entity, map, connection }: BulkTarget,
): { readonly id: number; readonly columns: readonly Column[]; readonly count: number } {
  const own = Object.values(connection.mapping.entities[entity]?.fields ?? {}).map(({ field }) => field);
  const places = [
    ...new Set([...placesOf(entity), ...own.filter((each) => !(each in entities[entity].fields))]),
  ];
  const names = header.map((name) => map[name] ?? name);
  const shown = header.map((name) => `\`${name}\``).join(", ");
  const strange = Object.keys(map).find((name) => !header.includes(name));
  if (strange !== undefined)
    throw badInput(`--map names a column \`${strange}\` that is not there: ${shown}`);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw badInput(`two columns are \`${twice}\`: ${shown}`);
  const id = names.indexOf("id");
  if (id < 0) throw badInput(`no column is \`id\`, the id of the record in ${connection.id}: ${shown}`);
  const check = (name: string): string => {
    if (places.includes(name)) return name;
    const near = nearestName(name, places);
    throw badInput(
      `\`${name}\` is no place of ${entity}` +
        `${near === undefined ? "" : `; did you mean \`${near}\``}? There are: ${places.join(", ")}`,
    );
  };
  const columns = names.flatMap((name, at): readonly Column[] => {
    if (at === id) return [];
    if (!name.startsWith("was ")) return [{ path: check(name), at, was: names.indexOf(`was ${name}`) }];
    if (!names.includes(check(name.slice(4)))) throw badInput(`\`${name}\` has no column with the new value`);
    return [];
  });
  if (columns.length === 0) throw badInput(`no column has values: ${shown}`);
  return { id, columns, count: header.length };
}
