import { meanings, places, recogniseColumns } from "@crossfoot/matching";
import type { AuditColumn, AuditEntity, Meaning } from "@crossfoot/matching";
import { nearestName } from "@crossfoot/model";
import type { AuditSource } from "../audit/source.ts";
import { entityOf } from "./audit-lists.ts";
import { readColumnMap } from "./column-map.ts";
import type { MapEntry } from "./column-map.ts";
import { badInput } from "./refusal.ts";

const keys = ["a", "b", "kind", "list", "place"];
const form = "{ a: <column of the crm>, b: <column of the erp>, kind: <kind> }";

/** What a map tells of one column. */
interface Told {
  /** Where it stands in the map. */
  readonly where: string;
  readonly a: string | undefined;
  readonly b: string | undefined;
  readonly kind: Meaning | undefined;
  readonly place: string;
  /** The kind of list; undefined: every one that has such a column. */
  readonly list: AuditEntity | undefined;
}

/** A list with the names of its columns. */
interface Headed {
  readonly source: AuditSource;
  readonly names: readonly string[];
}

/**
 * Lists whose columns are what a map says, those that it does not name by what they are recognised as. Its
 * form is that of `match --map`: `columns:` with a list of `{ a, b, kind }`, `a` a column of the CRM's files,
 * `b` of the ERP's. Rejects with a Refusal where it names a column that is not there, or none.
 */
export async function mappedLists(
  file: string,
  sources: readonly AuditSource[],
): Promise<readonly AuditSource[]> {
  const all = (await readColumnMap(file, { keys, form })).map(toldOf);
  const headed = await Promise.all(sources.map(headedOf));
  for (const told of all) checkIsThere(told, headed);
  return headed.map(({ source, names }) => {
    const columns = columnsOf(source, names, all);
    const open = async (): ReturnType<AuditSource["open"]> => ({ ...(await source.open()), names: columns });
    return { ...source, open };
  });
}

function toldOf(entry: MapEntry): Told {
  const [a, b, list] = ["a", "b", "list"].map((key) => entry.text(key));
  if (a === undefined && b === undefined) throw badInput(`${entry.where}: \`a\` or \`b\` names a column`);
  return {
    ...{ where: entry.where, a, b, place: entry.name("place", places) ?? "" },
    kind: entry.name("kind", meanings),
    list: list === undefined ? undefined : entityOf(list),
  };
}

/** Reads the first lines of a list alone. */
async function headedOf(source: AuditSource): Promise<Headed> {
  const { names, rows } = await source.open();
  for await (const _row of rows) break;
  return { source, names: names.map((each) => (typeof each === "string" ? each : each.name)) };
}

/** The name of a column on a side; without `b` both sides use one. */
const nameOn = ({ a, b }: Told, side: string): string | undefined => (side === "crm" ? a : (b ?? a));

const isOf = (told: Told, { entity }: AuditSource): boolean =>
  told.list === undefined || told.list === entity;

/** A column that is named for a side has to be in one of its lists; one name for both, on one of them. */
function checkIsThere(told: Told, headed: readonly Headed[]): void {
  const asked = headed.filter(({ source }) => isOf(told, source) && nameOn(told, source.side) !== undefined);
  const lacking = asked.filter(({ source, names }) => !names.includes(nameOn(told, source.side) ?? ""));
  const isShared = told.b === undefined;
  for (const side of new Set(asked.map(({ source }) => (isShared ? "" : source.side)))) {
    const ofSide = (each: Headed): boolean => isShared || each.source.side === side;
    if (lacking.filter(ofSide).length < asked.filter(ofSide).length) continue;
    const [name = ""] = asked.filter(ofSide).map(({ source }) => nameOn(told, source.side));
    const known = asked.filter(ofSide).flatMap(({ names }) => names);
    const near = nearestName(name, known);
    const hint = near === undefined ? `there are: ${known.join(", ")}` : `did you mean \`${near}\`?`;
    const places = asked.filter(ofSide).map(({ source }) => source.from);
    throw badInput(`${told.where}: no column \`${name}\` in ${places.join(" or ")}; ${hint}`);
  }
}

/** The columns of a list: those that the map names as it says, the others by their names. */
function columnsOf(
  source: AuditSource,
  names: readonly string[],
  all: readonly Told[],
): readonly (string | AuditColumn)[] {
  const own = all.filter((told) => isOf(told, source));
  return names.map((name): string | AuditColumn => {
    const told = own.findLast((each) => nameOn(each, source.side) === name);
    if (told === undefined) return name;
    return { name, meaning: told.kind ?? meantBy(told, source.entity), place: told.place };
  });
}

/** What a column without a kind says: what the name on either side is recognised as. */
function meantBy({ a, b, where }: Told, entity: AuditEntity): Meaning {
  for (const name of [a, b]) {
    const [column] = name === undefined ? [] : recogniseColumns(entity, [name], [[""]]);
    if (column !== undefined && column.meaning !== "other") return column.meaning;
  }
  throw badInput(`${where}: neither name tells what the column holds; write its \`kind\``);
}
