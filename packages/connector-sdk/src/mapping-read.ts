import { externalId, isMap, parseValue } from "@crossfoot/kernel";
import type {
  EntityName,
  ExternalId,
  Fields,
  GroupValue,
  Json,
  JsonMap,
  Line,
  Parsed,
  Problem,
  Value,
} from "@crossfoot/kernel";
import { readForm } from "./mapping-form.ts";
import { idForm, isList, own, textForm } from "./mapping-json.ts";
import { getPath } from "./mapping-path.ts";
import type {
  EntityMapping,
  FieldMapping,
  FieldSource,
  Path,
  ReadContext,
  ReadResult,
} from "./mapping-types.ts";

/** Most rows of one list; a document with more is refused rather than compared for minutes. */
export const rowsMax = 10_000;

/** Where a field is read: the record, and the record or row that its path starts at. */
interface Place {
  readonly record: JsonMap;
  readonly here: JsonMap;
  readonly context: ReadContext;
}

/** What reading a field gave: a value, a problem, or undefined when the field is absent. */
export type Reading = Parsed | undefined;

const refuse = (code: Problem["code"], expected: string): Parsed & { readonly ok: false } => ({
  ok: false,
  problem: { code, expected },
});

/** A problem of a part, told as one of the whole. */
const within = (name: string, { problem }: { readonly problem: Problem }): Parsed => ({
  ok: false,
  problem: { ...problem, expected: `${name}: ${problem.expected}` },
});

type SourceOf<From extends FieldSource["from"]> = Extract<FieldSource, { readonly from: From }>;

/** Reads one field, part or field of a row. Never throws. */
function readField(mapping: FieldMapping, place: Place): Reading {
  const { source } = mapping;
  switch (source.from) {
    case "constant":
      return { ok: true, value: source.value as Value };
    case "path":
      return readPath(mapping, source, place);
    case "money":
      return readMoney(source, place);
    case "quantity":
      return readQuantity(source, place);
    case "parts":
      return readParts(source, place);
    case "list":
      return readList(mapping.field, source, place);
  }
}

function readPath(mapping: FieldMapping, source: SourceOf<"path">, place: Place): Reading {
  const { path, form } = source;
  const reached = getPath(path, path.fromRecord ? place.record : place.here);
  if (reached.kind === "problem") return { ok: false, problem: reached.problem };
  if (reached.kind === "absent" && !form.missingIsNull) return undefined;
  const raw = reached.kind === "value" ? reached.value : null;
  const read = readForm(mapping.kind, form, { raw, isReckoned: path.root.startsWith("=") });
  if (!read.ok || form.reference === null || typeof read.value !== "string") return read;
  return { ok: true, value: reference(form.reference, externalId(read.value), place.context) };
}

function reference(entity: EntityName, id: ExternalId, context: ReadContext): GroupValue {
  const link = context.linkOf(entity, id);
  return link === undefined ? { awaits: { entity, connection: context.connection, id } } : { link };
}

/**
 * A missing amount is absent, a null one is null and never 0; only an amount that is there needs its
 * currency.
 */
function readMoney(source: SourceOf<"money">, place: Place): Reading {
  const amount = readField(source.amount, place);
  if (amount === undefined || !amount.ok) return amount;
  if (amount.value === null) return amount;
  const currency = readField(source.currency, place);
  if (currency !== undefined && !currency.ok) return currency;
  const money = { amount: amount.value as Json, currency: (currency?.value ?? null) as Json };
  const parsed = parseValue({ kind: "money" }, money);
  return parsed.ok && !isKnown(textForm(money.currency), place.context) ? unknownCurrency : parsed;
}

const unknownCurrency = refuse("currency_unknown", "the code of a currency (ISO 4217)");

const isKnown = (code: string | undefined, { isKnownCurrency }: ReadContext): boolean =>
  code === undefined || isKnownCurrency === undefined || isKnownCurrency(code);

function readQuantity(source: SourceOf<"quantity">, place: Place): Reading {
  const value = readField(source.value, place);
  if (value === undefined || !value.ok) return value;
  if (value.value === null) return value;
  const unit = readField(source.unit, place);
  if (unit !== undefined && !unit.ok) return unit;
  return parseValue(
    { kind: "quantity" },
    { value: value.value as Json, unit: (unit?.value ?? null) as Json },
  );
}

/** A part that is absent is left out; a group of which no part was delivered is absent itself. */
function readParts(source: SourceOf<"parts">, place: Place): Reading {
  const parts: [string, GroupValue[string]][] = [];
  for (const [name, part] of Object.entries(source.parts)) {
    const read = part.isRead ? readField(part, place) : undefined;
    if (read !== undefined && !read.ok) return within(name, read);
    if (read !== undefined) parts.push([name, read.value as GroupValue[string]]);
  }
  return parts.length === 0 ? undefined : { ok: true, value: Object.fromEntries(parts) };
}

/** The rows of a list field: undefined when absent, null when the system says that there is none. */
export function rowsOf(path: Path, from: JsonMap): readonly JsonMap[] | null | undefined | Problem {
  const reached = getPath(path, from);
  if (reached.kind === "absent") return undefined;
  if (reached.kind === "problem") return reached.problem;
  if (reached.value === null) return null;
  if (!isList(reached.value)) return { code: "not_a_list", expected: `a list at ${path.text}` };
  if (reached.value.length > rowsMax)
    return { code: "not_a_list", expected: `a list of at most ${rowsMax} rows` };
  if (!reached.value.every((row) => isMap(row)))
    return { code: "not_a_map", expected: `rows that are maps at ${path.text}` };
  return reached.value;
}

/** True for the rows themselves, not for null, absent or a problem. */
export function isRows(rows: ReturnType<typeof rowsOf>): rows is readonly JsonMap[] {
  return Array.isArray(rows);
}

function readList(field: string, source: SourceOf<"list">, place: Place): Reading {
  const rows = rowsOf(source.path, place.here);
  if (rows === undefined) return undefined;
  if (rows === null) return { ok: true, value: null };
  if (!isRows(rows)) return { ok: false, problem: rows };
  const lines: Line[] = [];
  const keys = new Set<string>();
  for (const [at, row] of rows.entries()) {
    const nativeId = idForm(own(row, source.key));
    if (nativeId === undefined) return refuse("not_text", `row ${at + 1}: a native id in \`${source.key}\``);
    const key = place.context.lineKeyOf(field, nativeId) ?? `${place.context.connection}:${nativeId}`;
    if (keys.has(key))
      return refuse("not_a_list", `row ${at + 1}: a native id that no other row has in \`${source.key}\``);
    keys.add(key);
    const read = readRow(source, { ...place, here: row });
    if (!read.ok) return within(`row ${at + 1}`, read);
    lines.push({ key, fields: read.fields });
  }
  return { ok: true, value: lines };
}

type RowRead = { readonly ok: true; readonly fields: Fields } | (Parsed & { readonly ok: false });

function readRow(source: SourceOf<"list">, place: Place): RowRead {
  const fields: [string, Value][] = [];
  for (const [name, mapping] of Object.entries(source.fields)) {
    const read = mapping.isRead ? readField(mapping, place) : undefined;
    if (read !== undefined && !read.ok) return within(name, read) as Parsed & { readonly ok: false };
    if (read !== undefined) fields.push([name, read.value]);
  }
  return { ok: true, fields: Object.fromEntries(fields) };
}

/** Reads a field unless a root that it needs was not delivered: then it is absent as a whole. */
export function readDelivered(mapping: FieldMapping, native: JsonMap, context: ReadContext): Reading {
  if (!mapping.isRead || mapping.needs.some((root) => own(native, root) === undefined)) return undefined;
  const read = readField(mapping, { record: native, here: native, context });
  const isCurrency = mapping.field === "currency" && mapping.kind.kind === "code";
  if (!isCurrency || read === undefined || !read.ok || read.value === null) return read;
  const money = parseValue({ kind: "money" }, { amount: "0", currency: read.value as Json });
  if (!money.ok) return money;
  return isKnown(textForm(read.value as Json), context) ? read : unknownCurrency;
}

/** Sorts what was read into values and problems. */
export function gather(readings: readonly (readonly [string, Reading])[]): ReadResult {
  const fields: [string, Value][] = [];
  const problems: [string, Problem][] = [];
  for (const [field, read] of readings) {
    if (read === undefined) continue;
    if (read.ok) fields.push([field, read.value]);
    else problems.push([field, read.problem]);
  }
  return { fields: Object.fromEntries(fields), problems: Object.fromEntries(problems) };
}

/**
 * Canonical fields of a native record whose expressions have been evaluated. A field is in `fields`, in
 * `problems`, or in neither: absent. Problems never hold a value. Never throws. Cost: linear in the record.
 */
export function readFields(mapping: EntityMapping, native: JsonMap, context: ReadContext): ReadResult {
  return gather(
    Object.entries(mapping.fields).map(
      ([field, each]) => [field, readDelivered(each, native, context)] as const,
    ),
  );
}

/** A context that knows no link and no line, for questions that need none. */
export const blank: ReadContext = { linkOf: () => undefined, lineKeyOf: () => undefined, connection: "" };

/**
 * What stands at a sub-field's place now; absent and problems read as undefined. For comparisons before a
 * write.
 */
export function valueThere(mapping: FieldMapping, place: Omit<Place, "context">): Value | undefined {
  const read = readField(mapping, { ...place, context: blank });
  return read !== undefined && read.ok ? read.value : undefined;
}
