import { readFile } from "node:fs/promises";
import { meanings, places, recogniseColumns } from "@crossfoot/matching";
import type { AuditColumn, AuditEntity, Meaning } from "@crossfoot/matching";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap } from "@crossfoot/kernel";
import { nearestName } from "@crossfoot/model";
import type { AuditSource } from "../audit/source.ts";
import { describeProblem } from "../config/problem.ts";
import { readYaml } from "../config/yaml-file.ts";
import { entityOf } from "./audit-lists.ts";
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
  const all = await readMap(file);
  const headed = await Promise.all(sources.map(headedOf));
  for (const told of all) checkIsThere(told, headed);
  return headed.map(({ source, names }) => {
    const columns = columnsOf(source, names, all);
    const open = async (): ReturnType<AuditSource["open"]> => ({ ...(await source.open()), names: columns });
    return { ...source, open };
  });
}

async function readMap(file: string): Promise<readonly Told[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch {
    throw badInput(`\`${file}\` cannot be read`);
  }
  const read = readYaml({ name: file, text });
  const [problem] = read.problems;
  if (problem !== undefined) throw badInput(describeProblem(problem));
  const list = isMap(read.json) ? read.json["columns"] : undefined;
  if (!Array.isArray(list) || list.length === 0) throw badInput(`${file}: \`columns\` is a list of ${form}`);
  return list.map((entry: Json, at) => toldOf(entry, `${file}, columns ${at + 1}`));
}

function toldOf(entry: Json, where: string): Told {
  if (!isMap(entry)) throw badInput(`${where}: not ${form}`);
  const strange = Object.keys(entry).find((key) => !keys.includes(key));
  if (strange !== undefined) throw badInput(`${where}: no key \`${strange}\`; there are: ${keys.join(", ")}`);
  const [a, b, list] = ["a", "b", "list"].map((key) => textOf(entry, key, where));
  if (a === undefined && b === undefined) throw badInput(`${where}: \`a\` or \`b\` names a column`);
  const place = oneOf(textOf(entry, "place", where) ?? "", { where, key: "place", known: places });
  const kind = textOf(entry, "kind", where);
  return {
    ...{ where, a, b, place },
    kind: kind === undefined ? undefined : oneOf(kind, { where, key: "kind", known: meanings }),
    list: list === undefined ? undefined : entityOf(list),
  };
}

function textOf(entry: JsonMap, key: string, where: string): string | undefined {
  const value = entry[key];
  if (value === undefined || typeof value === "string") return value;
  throw badInput(`${where}: \`${key}\` is no text; put it in quotes`);
}

function oneOf<Name extends string>(
  text: string,
  at: { readonly where: string; readonly key: string; readonly known: readonly Name[] },
): Name {
  const found = at.known.find((name) => name === text);
  if (found !== undefined) return found;
  const names = at.known.filter((name) => name !== "");
  const near = nearestName(text, names);
  const hint = near === undefined ? `there are: ${names.join(", ")}` : `did you mean \`${near}\`?`;
  throw badInput(`${at.where}: no ${at.key} \`${text}\`; ${hint}`);
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
