import { ConnectorError } from "@crossfoot/connector-sdk";
import type {
  IdPage,
  NativeRecord,
  Page,
  ProbeAnswer,
  ProbeRequest,
  ReadRequest,
} from "@crossfoot/connector-sdk";
import { kindOf, send } from "./call.ts";
import type { Answer, Call, Target } from "./call.ts";
import { withChildren } from "./children.ts";
import { decode, encode, linkTarget, positionValues, printOf } from "./cursor.ts";
import type { Position } from "./cursor.ts";
import { canonical } from "./json.ts";
import type { IdsSpec, ListSpec, ProbeSpec } from "./language.ts";
import { advance, overlapOf } from "./paging.ts";
import type { PageSeen } from "./paging.ts";
import { at } from "./path.ts";
import { idIn, readRow, readRows } from "./record.ts";
import { rowsOf } from "./rows.ts";
import { granularityOf, readStamp, writeStamp } from "./stamps.ts";
import { idOf, isMap, textOf } from "./wire.ts";
import type { Json } from "./wire.ts";

/** Two rows at least, or a page that repeats one row would never move on. */
const pageSizeMin = 2;
const idPageSizeDefault = 500;
/** Records that one reference may have found before it is no reference. */
const probeRowsMax = 50;

/** One page of a reading. Rejects with a ConnectorError; rows that cannot be read come beside the records. */
export async function readPage(target: Target, request: ReadRequest): Promise<Page> {
  const spec = request.since === null ? target.spec.list : (target.spec.changes ?? target.spec.list);
  if (spec === undefined) throw unsupported(target, "list");
  const from = decode(request.cursor);
  const limit = Math.max(pageSizeMin, Math.min(request.pageSize, spec.pageSizeMax ?? request.pageSize));
  const since = sinceText(spec, from.since ?? request.since);
  const { answer, rows } = await askPage(target, { spec, from, limit, since });
  const ids = rows.map((row) => rowKey(target, row));
  const needsStamps = spec.paging?.walk === "stamp" || spec.paging?.kind === "keyset";
  const stamps = needsStamps ? rows.map((row) => stampIn(target, row)) : [];
  const next = advance({ spec, call: kindOf(target, "read") }, from, { answer, ids, stamps, limit });
  const fresh = freshRows(spec, from, { rows, ids, stamps });
  const read = readRows(target, fresh, request.roots);
  const completed = await withChildren(target, read, request.roots);
  return { ...completed, next: next === null ? null : encode(next) };
}

/**
 * One page of ids. `isComplete` is false once rows were seen to move, or when fewer came than the system
 * counts.
 */
export async function readIdPage(target: Target, cursor: string | null): Promise<IdPage> {
  const spec = target.spec.ids;
  if (spec === undefined) throw unsupported(target, "ids");
  const from = decode(cursor);
  const limit = Math.max(pageSizeMin, spec.pageSizeMax ?? idPageSizeDefault);
  const { answer, rows } = await askPage(target, { spec, from, limit, since: undefined });
  const ids = rows.map((row) => idOf(at(row, spec.id)) ?? printOf(canonical(row)));
  const listing = { spec, call: kindOf(target, "read"), mayEndShort: true };
  const next = advance(listing, from, { answer, ids, stamps: [], limit });
  const fresh = freshRows(spec, from, { rows, ids, stamps: [] });
  const known = fresh.map((row) => idOf(at(row, spec.id)));
  const found = known.filter((id) => id !== undefined);
  const isWhole =
    spec.complete !== false && from.moves === 0 && (next?.moves ?? 0) === 0 && found.length === known.length;
  const repeated = spec.paging?.kind === "offset" ? (overlapOf(from, { ids, stamps: [] }) ?? 0) : 0;
  const isCounted = next !== null || hasAll(spec, answer, from.rows + new Set(ids).size - repeated);
  return {
    ids: [...new Set(found)],
    next: next === null ? null : encode(next),
    isComplete: isWhole && isCounted,
  };
}

function hasAll(spec: IdsSpec, answer: Answer, rows: number): boolean {
  const total = spec.paging?.total === undefined ? undefined : at(answer.body, spec.paging.total);
  return typeof total !== "number" || total < 0 || rows >= total;
}

/** The rows without the one that was read again to see whether the list has moved. */
function freshRows(spec: ListSpec, from: Position, page: PageRows): readonly Json[] {
  const isRepeated = spec.paging?.kind === "offset" && overlapOf(from, page) === 1;
  return isRepeated ? page.rows.slice(1) : page.rows;
}

interface PageRows extends Pick<PageSeen, "ids" | "stamps"> {
  readonly rows: readonly Json[];
}

interface PageCall {
  readonly spec: ListSpec;
  readonly from: Position;
  readonly limit: number;
  readonly since: string | undefined;
}

async function askPage(
  target: Target,
  page: PageCall,
): Promise<{ readonly answer: Answer; readonly rows: readonly Json[] }> {
  const { spec, from, limit, since } = page;
  const kind = kindOf(target, "read");
  const last = from.lastStamp === null ? null : sinceText(spec, from.lastStamp);
  const position = positionValues(spec.paging, { ...from, lastStamp: last ?? null });
  const values = { ...position, limit, since: sinceValue(spec, since) };
  const method = spec.method ?? "GET";
  const also = spec.empty ?? [];
  const link = spec.paging?.kind === "link" && typeof from.at === "string" ? from.at : undefined;
  const asked = link === undefined ? spec : linked(target, spec, link);
  const call: Call = { spec: asked, values, kind, method, also };
  const answer = await send(target, call);
  return { answer, rows: rowsOf(answer, { path: spec.rows, empty: also, call }) };
}

/** A followed link replaces path and query; the rest of the request stays. */
function linked(target: Target, spec: ListSpec, link: string): ListSpec {
  const { base } = target.system.description;
  const { path, query } = linkTarget(link, base);
  const literal = (text: string): string => text.replaceAll("${", () => "$${");
  const below = base !== "" && path.startsWith(base) ? path.slice(base.length) : path;
  const literals = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, literal(value)]));
  return { ...spec, path: literal(below), query: literals };
}

function sinceText(spec: ListSpec, since: string | null): string | undefined {
  const stamp = spec.since ?? { form: "iso" as const };
  if (since === null) return spec.since?.start;
  const form = stamp.form ?? "iso";
  if (spec.since?.exclusive !== true) return writeStamp(since, { ...stamp, form });
  const earlier = new Date(Date.parse(since) - granularityOf(form)).toISOString();
  return writeStamp(earlier, { ...stamp, form });
}

/** An epoch is a number, so that it stays one in a body. */
function sinceValue({ since }: ListSpec, text: string | undefined): Json | undefined {
  const isEpoch = since?.form === "epoch" || since?.form === "epochMs";
  return isEpoch && text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

function rowKey(target: Target, row: Json): string {
  return idIn(target.spec.record.id, row) ?? printOf(canonical(row));
}

function stampIn(target: Target, row: Json): string | null {
  const { modifiedAt } = target.spec.record;
  return modifiedAt === undefined ? null : (readStamp(at(row, modifiedAt.path), modifiedAt) ?? null);
}

function unsupported(target: Target, section: string): ConnectorError {
  const message = `${target.entity} (${target.spec.object}): the description has no ${section}`;
  return new ConnectorError({ failure: "unsupported", code: `no_${section}`, message });
}

/** Records that carry our reference, else those that match by business values. */
export async function probe(target: Target, request: ProbeRequest): Promise<ProbeAnswer> {
  const { spec } = target;
  const field = spec.reference?.field;
  if (spec.probe !== undefined && field !== undefined) {
    const found = await search(target, spec.probe, request);
    // A system that ignores the filter answers with anything: only a row that shows our reference is ours.
    const isOurs = (row: Json): boolean => isMap(row) && isSame(textOf(at(row, field)), request.reference);
    return { records: recordsOf(target, found.filter(isOurs), request.roots), by: "reference" };
  }
  if (spec.fingerprint === undefined) throw unsupported(target, "probe");
  const found = await search(target, spec.fingerprint, request);
  return { records: recordsOf(target, found, request.roots), by: "fingerprint" };
}

/** Our reference may come back trimmed or in other case; it is ours all the same. */
const isSame = (text: string | undefined, reference: string): boolean =>
  text !== undefined && text.trim().toLowerCase() === reference.trim().toLowerCase();

async function search(target: Target, spec: ProbeSpec, request: ProbeRequest): Promise<readonly Json[]> {
  const { reference, write } = request;
  const values = { reference, key: write.key, patch: write.patch, limit: probeRowsMax };
  const call: Call = {
    spec,
    values,
    kind: kindOf(target, "read"),
    method: spec.method ?? "GET",
    also: spec.empty ?? [],
  };
  return rowsOf(await send(target, call), { path: spec.rows, empty: spec.empty ?? [], call });
}

function recordsOf(target: Target, rows: readonly Json[], roots: readonly string[]): readonly NativeRecord[] {
  const readings = rows.map((row) => readRow(target, row, { roots }));
  const records = readings.flatMap((reading) => (reading.ok ? [reading.record] : []));
  const [first] = readings;
  // Found, and not readable: that is no absence.
  if (records.length === 0 && first !== undefined && !first.ok) throw new ConnectorError(first.row.failure);
  return records;
}
