import { parseIsoInstant } from "../calendar.ts";
import type { FaultEffect } from "../fault.ts";
import { textIn, type Json, type JsonMap, type TwinRecord } from "../json.ts";
import { tamperRows } from "../route.ts";
import { firstIndex } from "../sorted.ts";
import { crmRefusal } from "./wire.ts";

/** Where a page ended: the stamp (empty in a list by id) and the id of its last record. */
interface Position {
  readonly order: "id" | "stamp";
  readonly object: string;
  readonly stamp: string;
  readonly id: string;
}

/** What a caller asked of a list. */
export interface ListRequest {
  readonly object: string;
  readonly order: "id" | "stamp";
  readonly limit: number;
  readonly after: Position | null;
  /** ISO instant from which on records are listed, or null. */
  readonly since: string | null;
  /** The fault that tampers with the page, or null. */
  readonly fault: FaultEffect | null;
}

/** A whole number within bounds from the query, or the default. */
export function limitOf(query: URLSearchParams, most: number, standard: number): number {
  return checkedLimit(query.get("limit"), most, standard);
}

/** A limit given as text or number. Throws 400 when it is none or out of bounds. */
export function checkedLimit(given: Json | undefined, most: number, standard: number): number {
  if (given === null || given === undefined) return standard;
  const limit = typeof given === "number" ? given : typeof given === "string" ? Number(given) : Number.NaN;
  if (!Number.isInteger(limit) || limit < 1 || limit > most) {
    throw crmRefusal("bad-value", "limit", `a whole number from 1 to ${most}`);
  }
  return limit;
}

function encode(position: Position): string {
  const { object, order, stamp, id } = position;
  return Buffer.from(JSON.stringify([object, order, stamp, id])).toString("base64url");
}

/** The position in a cursor. Throws 400 for a cursor of another list. */
export function decodeCursor(cursor: string | null, object: string, order: "id" | "stamp"): Position | null {
  if (cursor === null) return null;
  try {
    const parts = JSON.parse(Buffer.from(cursor, "base64url").toString()) as readonly string[];
    const [ofObject, ofOrder, stamp = "", id = ""] = parts;
    if (ofObject === object && ofOrder === order) return { object, order, stamp, id };
  } catch {
    // falls through to the refusal below: not a cursor of ours
  }
  throw crmRefusal("bad-value", "after", "not a cursor of this list");
}

/** An instant of the query. Throws 400 when it is none. */
export function instantOf(query: URLSearchParams, name: string): string | null {
  const given = query.get(name);
  if (given === null) return null;
  const instant = parseIsoInstant(given);
  if (instant === null) throw crmRefusal("bad-value", name, "expected an ISO instant with its zone");
  return instant;
}

function startOf(records: readonly TwinRecord[], request: ListRequest): number {
  const { after, since, order } = request;
  if (after !== null) {
    return firstIndex(records, (record) => {
      if (order === "id") return String(record.id) > after.id;
      const stamp = textIn(record, "updatedAt") ?? "";
      return stamp > after.stamp || (stamp === after.stamp && String(record.id) > after.id);
    });
  }
  return since === null ? 0 : firstIndex(records, (record) => (textIn(record, "updatedAt") ?? "") >= since);
}

/** One page of records in the CRM's form; `records` are in the order of the request. */
export function pageOf(
  records: readonly TwinRecord[],
  request: ListRequest,
  show: (record: TwinRecord) => Json = (record) => record,
): JsonMap {
  const { object, order, limit, fault } = request;
  const cursorOf = (record: TwinRecord | undefined): string =>
    encode({
      object,
      order,
      id: String(record?.id ?? ""),
      stamp: order === "id" ? "" : (textIn(record, "updatedAt") ?? ""),
    });
  let start = startOf(records, request);
  if (fault?.kind === "repeat-page") start = Math.max(0, start - limit);
  const shown = records.slice(start, start + limit);
  const own = request.after === null ? cursorOf(records[start - 1]) : encode(request.after);
  let next = start + limit < records.length ? cursorOf(shown.at(-1)) : null;
  if (fault?.kind === "endless" && next === null) next = cursorOf(undefined);
  if (fault?.kind === "cursor-loop") next = own;
  return {
    results: tamperRows(shown, fault).map(show),
    paging: next === null ? {} : { next: { after: next } },
  };
}
