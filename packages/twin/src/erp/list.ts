import { parsePlainInstant } from "../calendar.ts";
import type { FaultEffect } from "../fault.ts";
import type { Field } from "../field.ts";
import { textIn, valueAt, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { tamperRows, type Call } from "../route.ts";
import { firstIndex } from "../sorted.ts";
import type { ErpDesk } from "./desk.ts";
import { erpRefusal } from "./wire.ts";

const PAGING: readonly string[] = ["offset", "limit", "changed_from"];

/** A whole number of the query within bounds, or null. */
function wholeIn(
  query: URLSearchParams,
  name: string,
  [least, most]: readonly [number, number],
): number | null {
  const given = query.get(name);
  if (given === null) return null;
  const value = Number(given);
  if (given === "" || !Number.isInteger(value) || value < least || value > most) {
    throw erpRefusal("bad-value", name, `a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Which part of a list is asked for, and the fault that tampers with it. */
export interface Paging {
  readonly offset: number;
  readonly limit: number;
  readonly fault: FaultEffect | null;
}

/** Paging of a list call; `bounds` are the largest and the usual limit. Throws 422 for bad numbers. */
export function pagingOf(call: Call, bounds: { readonly most: number; readonly usual: number }): Paging {
  return {
    offset: wholeIn(call.query, "offset", [0, Number.MAX_SAFE_INTEGER]) ?? 0,
    limit: wholeIn(call.query, "limit", [1, bounds.most]) ?? bounds.usual,
    fault: call.fault,
  };
}

/** One page in the ERP's form: the count of all and the rows from the offset on. */
export function erpPage<T>(all: readonly T[], paging: Paging, show: (row: T) => Json): JsonMap {
  const { limit, fault } = paging;
  let { offset } = paging;
  if (fault?.kind === "cursor-loop") offset = 0;
  if (fault?.kind === "repeat-page") offset = Math.max(0, offset - limit);
  if (fault?.kind === "endless" && all.length > 0) {
    const rows = Array.from({ length: limit }, (_, index) => all[(offset + index) % all.length] as T);
    return { count: offset + 10 * limit, rows: rows.map(show) };
  }
  return { count: all.length, rows: tamperRows(all.slice(offset, offset + limit), fault).map(show) };
}

function searchValue(field: Field, given: string): Json {
  if (field.name === "id" || (field.kind === "reference" && field.by === undefined)) return Number(given);
  return field.kind === "flag" ? given === "true" : given;
}

function filtersOf(
  desk: ErpDesk,
  object: string,
  query: URLSearchParams,
): { field: string; values: Json[] }[] {
  const filters: { field: string; values: Json[] }[] = [];
  for (const name of new Set(query.keys())) {
    if (PAGING.includes(name)) continue;
    const field = desk.books.records.searchable(object, name);
    if (field === null) throw erpRefusal("unknown-field", name, "not a searchable field");
    const given = (query.get(name) ?? "").split(",").map((value) => value.trim());
    filters.push({ field: name, values: given.map((value) => searchValue(field, value)) });
  }
  return filters;
}

function stampOf(record: TwinRecord): string {
  return textIn(record, "changed_at") ?? "";
}

function byStamp(left: TwinRecord, right: TwinRecord): number {
  if (stampOf(left) === stampOf(right)) return 0;
  return stampOf(left) < stampOf(right) ? -1 : 1;
}

function sinceOf(query: URLSearchParams): string | null {
  const given = query.get("changed_from");
  const since = given === null ? null : parsePlainInstant(given);
  if (given === null || since !== null) return since;
  throw erpRefusal("bad-value", "changed_from", "expected YYYY-MM-DD HH:MM:SS");
}

/** What a list call goes to. */
export interface Listing {
  readonly desk: ErpDesk;
  readonly object: string;
  readonly listLagMs: number;
}

/** Answers `GET /{object}`. */
export function listRecords({ desk, object, listLagMs }: Listing, call: Call): JsonMap {
  const paging = pagingOf(call, { most: 200, usual: 50 });
  const [first, ...others] = filtersOf(desk, object, call.query);
  const since = sinceOf(call.query);
  const { ledger } = desk.books;
  const show = (record: TwinRecord): Json => desk.show(object, record);
  if (first === undefined) {
    const all = ledger.list(object, since === null ? "id" : "stamp", listLagMs);
    const from = since === null ? 0 : firstIndex(all, (record) => stampOf(record) >= since);
    return erpPage(from === 0 ? all : all.slice(from), paging, show);
  }
  const found = ledger
    .find({ object, path: first.field, values: first.values }, listLagMs)
    .filter((record) => others.every(({ field, values }) => values.includes(valueAt(record, field) ?? null)));
  if (since === null) return erpPage(found, paging, show);
  return erpPage(found.filter((record) => stampOf(record) >= since).toSorted(byStamp), paging, show);
}
