import type { Field, Kind, MatchedEntity, Table } from "../kinds.ts";
import { fold } from "../text/fold.ts";
import { meaningKinds, meaningOf } from "./meaning.ts";
import { kindOf } from "./recognise.ts";

/** Columns named by the user: a left column and the right one that says the same, and what they hold. */
export interface ColumnPair {
  readonly left: string;
  readonly right: string;
  readonly kind?: Kind;
}

/** The columns of one table, each with what it holds. */
interface Column {
  readonly at: number;
  readonly header: string;
  readonly kind: Kind;
}

function columnsOf(table: Table, entity: MatchedEntity): readonly Column[] {
  return table.columns.map((name, at) => ({ at, header: fold(name), kind: kindOf(table, at, entity) }));
}

/**
 * The fields both tables have: equal headers first, then, where a kind stands once and unpaired on
 * each side,
 * by kind. For one table, each column beside itself. Ignored columns give no field. Never throws.
 */
export function fieldsOf(
  tables: { readonly left: Table; readonly right: Table | null },
  entity: MatchedEntity,
): readonly Field[] {
  const left = columnsOf(tables.left, entity);
  if (tables.right === null)
    return telling(
      left
        .filter(({ kind }) => kind !== "ignored")
        .map(({ at, kind }) => ({ name: tables.left.columns[at] ?? "", kind, left: at, right: at })),
    );
  const right = columnsOf(tables.right, entity);
  const free = new Set(right.map(({ at }) => at));
  const fields: Field[] = [];
  const pair = (mine: Column, theirs: Column): void => {
    free.delete(theirs.at);
    const isRead = mine.kind !== "ignored" && !meaningKinds.has(theirs.kind);
    const kind = isRead ? mine.kind : theirs.kind;
    fields.push({ name: tables.left.columns[mine.at] ?? "", kind, left: mine.at, right: theirs.at });
  };
  const rest: Column[] = [];
  const composed = composedName(left, right);
  const taken = new Set(composed === null ? [] : composed.parts);
  if (composed !== null) {
    free.delete(composed.field.right);
    if (composed.field.rightNext !== undefined) free.delete(composed.field.rightNext);
    const { left: first, leftNext: second } = composed.field;
    const named = [first, ...(second === undefined ? [] : [second])];
    const name = named.map((at) => tables.left.columns[at] ?? "").join(" + ");
    fields.push({ ...composed.field, name });
  }
  for (const mine of left) {
    if (taken.has(mine)) continue;
    const theirs = right.find((each) => free.has(each.at) && each.header === mine.header);
    if (theirs === undefined) rest.push(mine);
    else if (mine.kind !== "ignored" && theirs.kind !== "ignored") pair(mine, theirs);
    else free.delete(theirs.at);
  }
  const both = { left: tables.left, right: tables.right };
  const pairAll = (find: typeof alike): void => {
    const mine = rest.filter(({ at }) => !fields.some((field) => field.left === at));
    const theirs = right.filter(({ at }) => free.has(at));
    for (const [one, other] of find(both, mine, theirs)) pair(one, other);
  };
  pairAll(synonyms);
  pairAll(alike);
  if (!fields.some(isWhole)) pairAll(described);
  return telling(fields.toSorted((one, other) => one.left - other.left));
}

/**
 * The whole name of people where one table has it in one column and the other in two, the given and the
 * family name; null where both write it alike. `parts` are the left table's columns that it takes.
 */
function composedName(
  left: readonly Column[],
  right: readonly Column[],
): { readonly field: Omit<Field, "name">; readonly parts: readonly Column[] } | null {
  const partsOf = (columns: readonly Column[]): readonly [Column, Column] | null => {
    const given = columns.find(({ kind }) => kind === "given");
    const family = columns.find(({ kind }) => kind === "family");
    return given === undefined || family === undefined ? null : [given, family];
  };
  const wholeOf = (columns: readonly Column[]): Column | undefined =>
    columns.find(({ kind }) => kind === "person");
  const [mine, theirs] = [partsOf(left), partsOf(right)];
  if ((mine === null) === (theirs === null)) return null;
  if (mine !== null) {
    const whole = wholeOf(right);
    if (whole === undefined) return null;
    const [given, family] = mine;
    return {
      field: { kind: "person", left: given.at, leftNext: family.at, right: whole.at },
      parts: [given, family],
    };
  }
  const whole = wholeOf(left);
  if (theirs === null || whole === undefined) return null;
  const [given, family] = theirs;
  return {
    field: { kind: "person", left: whole.at, right: given.at, rightNext: family.at },
    parts: [whole],
  };
}

/** Columns that are compared where the user names none; more add memory and say the same again. */
const fieldsMax = 12;
/** What tells a record best comes first. */
const byTelling: readonly Kind[] = [
  ...(["name", "person", "given", "family", "tax", "mail", "code", "phone"] as const),
  ...([
    "web",
    "employer",
    "street",
    "postcode",
    "house",
    "place",
    "country",
    "date",
    "text",
    "number",
    "unit",
    "category",
  ] as const),
];

/**
 * The most telling of many fields, in their order: the first of every kind before the second of any, for an
 * export has a hundred columns and says the name in one of them.
 */
function telling(fields: readonly Field[]): readonly Field[] {
  if (fields.length <= fieldsMax) return fields;
  const seen = new Map<Kind, number>();
  const ranked = fields.map((field) => {
    const turn = seen.get(field.kind) ?? 0;
    seen.set(field.kind, turn + 1);
    return { field, rank: turn * byTelling.length + byTelling.indexOf(field.kind) };
  });
  const kept = new Set(
    ranked
      .toSorted((one, other) => one.rank - other.rank)
      .slice(0, fieldsMax)
      .map(({ field }) => field),
  );
  return fields.filter((field) => kept.has(field));
}

/** Headers that say the same in other words. */
const sayings: readonly RegExp[] = [
  /^(?:\w+ )?(?:country|land|staat|pays|pais|paese)(?: (?:code|name|region))*$/,
  /^(?:\w+ )?(?:city|town|ort|stadt|ville|ciudad|citta|locality)$/,
  /^(?:\w+ )?(?:unit|uom|unit of measure|einheit|unite|unidad)(?: code)?$/,
];

/** Columns whose headers say the same in other words, where only one on each side says so. */
function synonyms(
  _: { readonly left: Table; readonly right: Table },
  left: readonly Column[],
  right: readonly Column[],
): readonly (readonly [Column, Column])[] {
  return sayings.flatMap((saying) => {
    const [mine, theirs] = [left, right].map((columns) =>
      columns.filter(({ header, kind }) => kind !== "ignored" && saying.test(header)),
    ) as [Column[], Column[]];
    const [one, other] = [mine[0], theirs[0]];
    if (one === undefined || other === undefined || mine.length + theirs.length > 2) return [];
    return [[one, other] as const];
  });
}

/** Kinds that hold the name of a record. */
const wholeKinds: readonly Kind[] = ["name", "person", "given", "family"];
const isWhole = ({ kind }: { readonly kind: Kind }): boolean => wholeKinds.includes(kind);

/**
 * A column of names in one table that another calls its description: the pair with the most words in common.
 */
function described(
  tables: { readonly left: Table; readonly right: Table },
  left: readonly Column[],
  right: readonly Column[],
): readonly (readonly [Column, Column])[] {
  const named = (columns: readonly Column[]): readonly Column[] =>
    columns
      .filter(({ kind }) => kind === "name" || kind === "text")
      .map((each) => ({ ...each, kind: "name" }));
  return alike(tables, named(left), named(right)).slice(0, 1);
}

/**
 * Columns that hold names and were compared with nothing, of each table, where nothing that holds a name is
 * compared at all; empty where something is. What is told to the user. Never throws.
 */
export function namesLeftOut(
  tables: { readonly left: Table; readonly right: Table | null },
  fields: readonly Field[],
  entity: MatchedEntity,
): { readonly left: readonly string[]; readonly right: readonly string[] } {
  if (tables.right === null || fields.some(isWhole)) return { left: [], right: [] };
  const names = (table: Table): readonly string[] =>
    columnsOf(table, entity).flatMap((column) =>
      isWhole(column) || column.kind === "text" ? [table.columns[column.at] ?? ""] : [],
    );
  return { left: names(tables.left), right: names(tables.right) };
}

/** Rows whose words tell how far two columns hold the same. */
const sampleMax = 2000;
/** Two columns of one kind that are not the only ones of it share at least this part of their words. */
const sharedMin = 0.05;

/** Columns of one kind, the pairs with the most words in common first; each column once. */
function alike(
  tables: { readonly left: Table; readonly right: Table },
  left: readonly Column[],
  right: readonly Column[],
): readonly (readonly [Column, Column])[] {
  const paired: { readonly mine: Column; readonly theirs: Column; readonly shared: number }[] = [];
  for (const mine of left) {
    if (mine.kind === "ignored") continue;
    const mates = right.filter((each) => each.kind === mine.kind);
    const isOnly = mates.length === 1 && left.filter(({ kind }) => kind === mine.kind).length === 1;
    for (const theirs of mates) {
      const shared = sharedWords(wordsIn(tables.left, mine), wordsIn(tables.right, theirs));
      if (isOnly || shared >= sharedMin) paired.push({ mine, theirs, shared });
    }
  }
  const taken = new Set<Column>();
  return paired
    .toSorted((one, other) => other.shared - one.shared || one.mine.at - other.mine.at)
    .flatMap(({ mine, theirs }) => {
      if (taken.has(mine) || taken.has(theirs)) return [];
      taken.add(mine).add(theirs);
      return [[mine, theirs] as const];
    });
}

/** The words in a column; of a country or unit what they mean. */
function wordsIn(table: Table, { at, kind }: Column): ReadonlySet<string> {
  const words = new Set<string>();
  for (const row of table.rows.slice(0, sampleMax))
    for (const word of (meaningOf(row[at] ?? "", kind) ?? fold(row[at] ?? "")).split(" "))
      if (word !== "") words.add(word);
  return words;
}

/** Words of the smaller set that the other has too, as a share. */
function sharedWords(mine: ReadonlySet<string>, theirs: ReadonlySet<string>): number {
  let shared = 0;
  for (const word of mine) if (theirs.has(word)) shared++;
  return shared / Math.max(1, Math.min(mine.size, theirs.size));
}

/**
 * The fields of a map that the user wrote. Throws a RangeError that names the first column that is not
 * there.
 */
export function mappedFields(
  tables: { readonly left: Table; readonly right: Table | null },
  pairs: readonly ColumnPair[],
  entity: MatchedEntity,
): readonly Field[] {
  return pairs.map((pair) => {
    const left = tables.left.columns.indexOf(pair.left);
    const right = (tables.right ?? tables.left).columns.indexOf(pair.right);
    if (left < 0)
      throw new RangeError(`the map names a column ${pair.left} that the first table does not have`);
    if (right < 0)
      throw new RangeError(`the map names a column ${pair.right} that the other table does not have`);
    return { name: pair.left, kind: pair.kind ?? kindOf(tables.left, left, entity), left, right };
  });
}
