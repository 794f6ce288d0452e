import type { HttpAnswer, NativeRecord, NativeWrite, UnreadableRow } from "@crossfoot/connector-sdk";
import type { Target } from "./call.ts";
import type { EntitySpec, IdSpec, RecordSpec } from "./language.ts";
import { at, holds } from "./path.ts";
import { readStamp } from "./stamps.ts";
import { idOf, isList, isMap, own, textOf } from "./wire.ts";
import type { ExternalId, Json, JsonMap, ObservationKind } from "./wire.ts";

/** Root that asks for the whole row. */
const everything = "*";

/** A row, read: a record, or why it could not be. */
export type Reading =
  | { readonly ok: true; readonly record: NativeRecord }
  | { readonly ok: false; readonly row: UnreadableRow };

/**
 * The id of a row as text, or undefined when it has none. Joined of several values where the system has no
 * id.
 */
export function idIn(spec: IdSpec, row: Json): ExternalId | undefined {
  if (spec.join === undefined) return idOf(at(row, spec.path ?? "id"));
  const parts = spec.join.map((path) => idOf(at(row, path)));
  return parts.includes(undefined) ? undefined : idOf(parts.join(spec.with ?? "|"));
}

/** The values that a joined id was made of, by their paths; undefined for an id that is none of ours. */
export function idParts(spec: IdSpec, id: ExternalId): JsonMap | undefined {
  const parts = id.split(spec.with ?? "|");
  if (spec.join === undefined || parts.length !== spec.join.length) return undefined;
  return Object.fromEntries(spec.join.map((path, index) => [path, parts[index] ?? ""]));
}

/** What a row was read from. */
export interface RowContext {
  /** Roots asked for; null gives every key of the row (an answer to a write, where nobody said which). */
  readonly roots: readonly string[] | null;
  /** Headers of the answer, when it held this one record. */
  readonly headers?: HttpAnswer["headers"];
}

/** Reads one row into a record, or says why not. Never throws. */
export function readRow(target: Target, row: Json | undefined, context: RowContext): Reading {
  const { record: spec } = target.spec;
  const refuse = (id: ExternalId | null, code: string, message: string): Reading => {
    return { ok: false, row: setAside(target, id, { code, message }) };
  };
  if (!isMap(row)) return refuse(null, "row_not_a_map", "a row is no map");
  const id = idIn(spec.id, row);
  if (id === undefined) {
    return refuse(null, "id_missing", `a row has no id at ${(spec.id.join ?? [spec.id.path]).join(", ")}`);
  }
  const modifiedAt =
    spec.modifiedAt === undefined ? null : readStamp(at(row, spec.modifiedAt.path), spec.modifiedAt);
  if (modifiedAt === undefined) {
    const path = spec.modifiedAt?.path ?? "";
    return refuse(id, "stamp_unreadable", `the stamp at ${path} is not in the form told`);
  }
  const version = versionIn(spec, row, context.headers);
  const order = spec.version?.ordered === true && version !== null ? Number(version) : Number.NaN;
  const { kind, into } = kindIn(spec, row);
  const record: NativeRecord = {
    id,
    kind,
    native: nativeIn(spec, row, context.roots),
    version,
    versionOrder: Number.isFinite(order) ? order : null,
    modifiedAt,
    actor: spec.actor === undefined ? null : (textOf(at(row, spec.actor)) ?? null),
    into,
  };
  return { ok: true, record };
}

/** Whether any answer to a write shows the record as a reading would; see {@link asRead}. */
export function showsAll({ record, with: children }: Pick<EntitySpec, "record" | "with">): boolean {
  return Object.keys(children ?? {}).length === 0 && record.absentIsNull !== true;
}

/**
 * The record in an answer to a write as a reading would show it, or null when the answer does not say enough:
 * child rows that need a call of their own are not in it; and where every root asked for is null when it is
 * left out, only the view before the write says which roots these are.
 */
export function asRead(target: Target, write: NativeWrite, record: NativeRecord | null): NativeRecord | null {
  const { spec } = target;
  if (record === null || showsAll(spec)) return record;
  const roots = Object.keys(write.current).filter((root) => !root.startsWith("="));
  if (Object.keys(spec.with ?? {}).length > 0 || roots.length === 0) return null;
  const blanks = roots
    .filter((root) => !Object.hasOwn(record.native, root))
    .map((root) => [root, null] as const);
  return { ...record, native: { ...record.native, ...Object.fromEntries(blanks) } };
}

/** A row set aside alone: its id when it has one, and a failure `invalid`. */
export function setAside(
  target: Target,
  id: ExternalId | null,
  reason: { readonly code: string; readonly message: string },
): UnreadableRow {
  const message = `${target.entity} (${target.spec.object}): ${reason.message}`;
  const failure = { failure: "invalid" as const, code: reason.code, message };
  return { id, failure: { ...failure, status: null, retryAt: null, requestId: null, field: null } };
}

function versionIn(
  spec: RecordSpec,
  row: JsonMap,
  headers: HttpAnswer["headers"] | undefined,
): string | null {
  if (spec.version === undefined) return null;
  if (spec.version.header !== undefined) return headers?.[spec.version.header.toLowerCase()] ?? null;
  return textOf(at(row, spec.version.path ?? "version")) ?? null;
}

function kindIn(
  spec: RecordSpec,
  row: JsonMap,
): { readonly kind: ObservationKind; readonly into: ExternalId | null } {
  const seen = { body: row };
  for (const kind of ["merged", "converted"] as const) {
    const moved = spec[kind];
    const into = moved === undefined ? undefined : idOf(at(row, moved.into));
    if (into === undefined || (moved?.when !== undefined && !holds(moved.when, seen))) continue;
    return { kind, into };
  }
  if (spec.deleted !== undefined && holds(spec.deleted, seen)) return { kind: "deleted", into: null };
  if (spec.archived !== undefined && holds(spec.archived, seen)) return { kind: "archived", into: null };
  return { kind: "present", into: null };
}

/**
 * The roots asked for, as they stand; a root that the system leaves out for want of a value is null if it
 * says so.
 */
function nativeIn(spec: RecordSpec, row: JsonMap, roots: readonly string[] | null): JsonMap {
  const isWhole = roots === null || roots.includes(everything);
  const blank = Array.isArray(spec.absentIsNull) ? (spec.absentIsNull as readonly string[]) : [];
  const names = isWhole ? new Set([...Object.keys(row), ...blank]) : new Set(roots);
  const entries: (readonly [string, Json])[] = [];
  for (const root of names) {
    if (root.startsWith("=")) continue;
    const value = own(row, root);
    const isNull = spec.absentIsNull === true ? !isWhole : blank.includes(root);
    if (value !== undefined) entries.push([root, withBlanks(value, spec.absentIsNullIn?.[root])]);
    else if (isNull) entries.push([root, null]);
  }
  return Object.fromEntries(entries);
}

function withBlanks(value: Json, keys: readonly string[] | undefined): Json {
  if (keys === undefined) return value;
  if (isList(value)) return value.map((row) => withBlanks(row, keys));
  if (!isMap(value)) return value;
  const left = keys.filter((key) => !Object.hasOwn(value, key)).map((key) => [key, null] as const);
  return left.length === 0 ? value : { ...value, ...Object.fromEntries(left) };
}

/**
 * Rows of one page. Two rows with one id are both set aside, under that id and alone: nothing tells which is
 * true, nor what else the list has mixed up.
 */
export function readRows(
  target: Target,
  rows: readonly Json[],
  roots: readonly string[],
): { readonly records: readonly NativeRecord[]; readonly unreadable: readonly UnreadableRow[] } {
  const readings = rows.map((row) => readRow(target, row, { roots }));
  const times = new Map<ExternalId, number>();
  for (const reading of readings) {
    if (reading.ok) times.set(reading.record.id, (times.get(reading.record.id) ?? 0) + 1);
  }
  const records = readings.flatMap((reading) =>
    reading.ok && times.get(reading.record.id) === 1 ? [reading.record] : [],
  );
  const aside = readings.flatMap((reading) => (reading.ok ? [] : [reading.row]));
  const reason = { code: "duplicate_id", message: "two rows of a page have one id" };
  const repeated = [...times].filter(([, count]) => count > 1).map(([id]) => setAside(target, id, reason));
  return { records, unreadable: [...aside, ...repeated] };
}
