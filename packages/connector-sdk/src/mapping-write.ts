import { isMap } from "@crossfoot/kernel";
import type { Fields, Json, JsonMap, Line, Problem, Value } from "@crossfoot/kernel";
import { idForm, own, pick, withKey } from "./mapping-json.ts";
import { parsePath, setPath } from "./mapping-path.ts";
import { isRows, rowsOf } from "./mapping-read.ts";
import type {
  Awaited,
  EntityMapping,
  FieldMapping,
  FieldSource,
  PatchResult,
  WriteContext,
} from "./mapping-types.ts";
import { writeMeasure } from "./mapping-write-measure.ts";
import { isSent, placeAt, writeSingle } from "./mapping-write-value.ts";
import type { Fault, Given, Site } from "./mapping-write-value.ts";

type ListSource = Extract<FieldSource, { readonly from: "list" }>;

/** What one write is made in. `isCreate`: the write makes the record. */
export interface WriteOptions {
  /** The newest native record; empty on a create. */
  readonly current: JsonMap;
  readonly context: WriteContext;
  readonly isCreate: boolean;
}

/**
 * The native patch that brings canonical fields into a record: the inverse of `readFields`. `current` is
 * the newest native record, empty on a create; what stands beside a written part is kept from it. A field
 * that is absent from `fields` is never written; null is written as null. A field with a problem or an open
 * reference is left out of the patch as a whole and named. Never throws. Cost: linear in the fields written
 * and the rows of their lists.
 */
export function writePatch(mapping: EntityMapping, fields: Fields, options: WriteOptions): PatchResult {
  const { current, context } = options;
  const awaits: Awaited[] = [];
  const problems: [string, Problem][] = [];
  const start = {
    record: null,
    isCreate: options.isCreate,
    fields: mapping.fields,
    values: fields,
  };
  let map = options.isCreate ? withConstants(mapping, current) : current;
  const touched = new Set(
    options.isCreate ? Object.keys(mapping.constants).flatMap((text) => rootsOfText(text)) : [],
  );
  for (const [field, each] of inOrder(mapping.fields)) {
    const value = own(fields as JsonMap, field) as Value | undefined;
    if (value === undefined || !isSent(each, options.isCreate)) continue;
    const site: Site = { ...start, map, touched: new Set(), writing: { context, awaits: [] } };
    const fault = writeField(each, value, site);
    awaits.push(...site.writing.awaits);
    if (fault !== undefined) problems.push([field, fault]);
    if (fault !== undefined || site.writing.awaits.length > 0) continue;
    map = site.map;
    for (const root of site.touched) touched.add(root);
  }
  return { patch: pick(map, touched), problems: Object.fromEntries(problems), awaits: unique(awaits) };
}

const rootsOfText = (text: string): readonly string[] => {
  const parsed = parsePath(text);
  return "path" in parsed ? [parsed.path.root] : [];
};

function withConstants(mapping: EntityMapping, current: JsonMap): JsonMap {
  let map = current;
  for (const [text, value] of Object.entries(mapping.constants)) {
    const parsed = parsePath(text);
    const placed = "path" in parsed ? setPath(parsed.path, map, { value, addsMissing: true }) : undefined;
    if (placed?.ok === true) map = placed.map;
  }
  return map;
}

const ranks = { constant: 0, path: 0, parts: 1, money: 2, quantity: 2, list: 3 };

/**
 * Single values first, so that an amount is checked against the currency that its document is about to
 * have.
 */
function inOrder(fields: {
  readonly [field: string]: FieldMapping;
}): readonly (readonly [string, FieldMapping])[] {
  return Object.entries(fields).toSorted(([, a], [, b]) => ranks[a.source.from] - ranks[b.source.from]);
}

function unique(awaits: readonly Awaited[]): readonly Awaited[] {
  return [...new Map(awaits.map((each) => [JSON.stringify(each), each])).values()];
}

function writeField(mapping: FieldMapping, value: Value, site: Site): Fault {
  const { source } = mapping;
  switch (source.from) {
    case "constant":
    case "path":
      return writeSingle(mapping, { value, site });
    case "money":
    case "quantity":
      return writeMeasure(mapping, value, site);
    case "parts":
      return writeParts(source.parts, value, site);
    case "list":
      return writeList(mapping.field, source, { value, site });
  }
}

function writeParts(parts: { readonly [part: string]: FieldMapping }, value: Value, site: Site): Fault {
  if (value !== null && !isMap(value as Json)) return { code: "not_a_map", expected: "a group of parts" };
  for (const [name, part] of inOrder(parts)) {
    const given = value === null ? null : (own(value as unknown as JsonMap, name) as Value | undefined);
    if (given === undefined || !isSent(part, site.isCreate)) continue;
    const fault = writeField(part, given, site);
    if (fault !== undefined) return { ...fault, expected: `${name}: ${fault.expected}` };
  }
  return undefined;
}

const isExpression = (key: string): boolean => key.startsWith("=");

/** Rows by native id and by the line key that we left in them. */
interface RowIndex {
  readonly byId: ReadonlyMap<string, JsonMap>;
  readonly byMark: ReadonlyMap<string, JsonMap>;
}

function indexOf(rows: readonly JsonMap[], { key, lineRef }: ListSource): RowIndex {
  const byId = new Map<string, JsonMap>();
  const byMark = new Map<string, JsonMap>();
  for (const row of rows) {
    const id = idForm(own(row, key));
    const mark = lineRef === null ? undefined : own(row, lineRef);
    if (id !== undefined) byId.set(id, row);
    if (typeof mark === "string" && mark !== "") byMark.set(mark, row);
  }
  return { byId, byMark };
}

/**
 * The current row of a line: by its known native id, by the mark that it carries, or by a key made of its
 * own id.
 */
function rowOf(
  field: string,
  line: Line,
  { index, context }: { index: RowIndex; context: WriteContext },
): JsonMap | undefined {
  const id = context.lineIdOf(field, line.key);
  if (id !== undefined) return index.byId.get(id);
  const prefix = `${context.connection ?? ""}:`;
  const isOwn = context.connection !== undefined && line.key.startsWith(prefix);
  return index.byMark.get(line.key) ?? (isOwn ? index.byId.get(line.key.slice(prefix.length)) : undefined);
}

const isLine = (line: unknown): line is Line =>
  isMap(line as Json) && typeof (line as Line).key === "string" && isMap((line as Line).fields as Json);

function writeList(field: string, source: ListSource, { value, site }: Given): Fault {
  const rows = rowsOf(source.path, site.map);
  if (rows === undefined && !site.isCreate) {
    return {
      code: "not_a_list",
      expected: `the current rows of \`${source.path.text}\`, to keep what stands in them`,
    };
  }
  if (rows !== undefined && rows !== null && !isRows(rows)) return rows;
  if (value === null) return placeAt(source.path, site, { value: null, addsMissing: false, canStart: true });
  if (!Array.isArray(value) || !value.every(isLine))
    return { code: "not_a_list", expected: "a list of lines" };
  const lines: readonly Line[] = value;
  const index = indexOf(rows ?? [], source);
  const used = new Set<JsonMap>();
  const written: JsonMap[] = [];
  for (const [at, line] of lines.entries()) {
    const row = rowOf(field, line, { index, context: site.writing.context });
    if (row !== undefined && used.has(row))
      return { code: "not_a_list", expected: `line ${at + 1}: a row that no other line has` };
    if (row !== undefined) used.add(row);
    const result = writeRow(source, line, { row, site });
    if ("code" in result) return { ...result, expected: `line ${at + 1}: ${result.expected}` };
    written.push(result.map);
  }
  return placeAt(source.path, site, { value: written, addsMissing: true, canStart: true });
}

interface RowGiven {
  readonly row: JsonMap | undefined;
  readonly site: Site;
}

/**
 * A row as it is sent: the current row with the mapped fields set, so that its native id and all else is
 * kept.
 */
function writeRow(
  source: ListSource,
  line: Line,
  { row, site }: RowGiven,
): Problem | { readonly map: JsonMap } {
  const before = Object.fromEntries(Object.entries(row ?? {}).filter(([key]) => !isExpression(key)));
  const inner: Site = {
    writing: site.writing,
    map: before,
    record: site.record ?? site.map,
    isCreate: row === undefined,
    touched: new Set(),
    fields: source.fields,
    values: line.fields,
  };
  for (const [name, mapping] of inOrder(source.fields)) {
    const value = own(line.fields as JsonMap, name) as Value | undefined;
    if (value === undefined || !isSent(mapping, inner.isCreate)) continue;
    const fault = writeField(mapping, value, inner);
    if (fault !== undefined) return { ...fault, expected: `${name}: ${fault.expected}` };
  }
  return { map: source.lineRef === null ? inner.map : withKey(inner.map, source.lineRef, line.key) };
}
