import { parsePlainInstant } from "../calendar.ts";
import type { FaultEffect } from "../fault.ts";
import type { Field } from "../field.ts";
import { textIn, valueAt, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { tamperRows, type Call } from "../route.ts";
import { firstIndex } from "../sorted.ts";
import type { ErpDesk } from "./desk.ts";
import { erpRefusal } from "./wire.ts";

const PAGING: readonly string[] = ["offset", "limit", "changed_from"];

/** A whole number of the query within bounds, or the default. */
function wholeIn(
  query: URLSearchParams,
  name: string,
  least: number,
  most: number,
  standard: number,
): number {
  const given = query.get(name);
  if (given === null) return standard;
  const value = Number(given);
  if (given === "" || !Number.isInteger(value) || value < least || value > most) {
    throw erpRefusal("bad-value", name, `a whole number from ${least} to ${most}`);
  }
  return value;
}

/** Offset and limit of a list call. Throws 422 for bad ones. */
export function pagingOf(
  query: URLSearchParams,
  most: number,
  standard: number,
): { offset: number; limit: number } {
  return {
    offset: wholeIn(query, "offset", 0, Number.MAX_SAFE_INTEGER, 0),
    limit: wholeIn(query, "limit", 1, most, standard),
  };
}

/** One page in the ERP's form: the count of all and the rows from the offset on. */
export function erpPage<T>(
  all: readonly T[],
  paging: { offset: number; limit: number },
  fault: FaultEffect | null,
  show: (row: T) => Json,
): JsonMap {
  const { limit } = paging;
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

/** Answers `GET /{object}`. */
export function listRecords(desk: ErpDesk, object: string, call: Call, listLagMs: number): JsonMap {
  const { query, fault } = call;
  const paging = pagingOf(query, 200, 50);
  const [first, ...others] = filtersOf(desk, object, query);
  const { ledger } = desk.books;
  const given = query.get("changed_from");
  const since = given === null ? null : parsePlainInstant(given);
  if (given !== null && since === null) {
    throw erpRefusal("bad-value", "changed_from", "expected YYYY-MM-DD HH:MM:SS");
  }
  const order = since === null ? "id" : "stamp";
  const stampOf = (record: TwinRecord): string => textIn(record, "changed_at") ?? "";
  let found: readonly TwinRecord[];
  if (first === undefined) {
    found = ledger.list(object, order, listLagMs);
    if (since !== null) found = found.slice(firstIndex(found, (record) => stampOf(record) >= since));
  } else {
    found = ledger
      .find(object, first.field, first.values, listLagMs)
      .filter((record) =>
        others.every((filter) => filter.values.includes(valueAt(record, filter.field) ?? null)),
      );
    if (since !== null) {
      found = found
        .filter((record) => stampOf(record) >= since)
        .toSorted((left, right) =>
          stampOf(left) < stampOf(right) ? -1 : stampOf(left) > stampOf(right) ? 1 : 0,
        );
    }
  }
  return erpPage(found, paging, fault, (record) => desk.show(object, record));
}
