import { ConnectorError, waitMsOf } from "@crossfoot/connector-sdk";
import type { HttpAnswer } from "@crossfoot/connector-sdk";
import type { ErrorRow, Errors } from "./language.ts";
import { at, holds } from "./path.ts";
import { textOf } from "./wire.ts";
import type { Failure, Json } from "./wire.ts";

/** What kind of call an answer belongs to: decides what an unknown answer means. */
export interface CallKind {
  /** `read`, or the kind of the write. */
  readonly on: string;
  readonly isWrite: boolean;
  /** What was asked, for messages: names of entity and native object, never a value. */
  readonly what: string;
}

/** An answer, with its body where it is JSON. */
export interface Refusal {
  readonly status: number | null;
  readonly headers: HttpAnswer["headers"];
  readonly body: Json | undefined;
}

/** What an answer is judged by: the description's errors, and our clock for `Retry-After`. */
export interface Judge {
  readonly errors: Errors;
  readonly now: number;
}

/**
 * The error for an answer that is no success, by the description's table, else by status class. An answer
 * nobody recognises is transient on a read and in doubt on a write. What the system said in words is never
 * repeated: it may hold what was sent, credentials included.
 */
export function classify(judge: Judge, call: CallKind, seen: Refusal): ConnectorError {
  const listed = tableError(judge, call, seen);
  if (listed !== undefined) return listed;
  const code = codeOf(judge.errors, seen);
  const failure = defaultFailure(seen.status, call.isWrite);
  return refusal({ ...judge, failure, as: ownCode(code, seen.status), call, seen, code });
}

/** The error that the table gives for an answer, or undefined when no row fits. */
export function tableError(judge: Judge, call: CallKind, seen: Refusal): ConnectorError | undefined {
  const code = codeOf(judge.errors, seen);
  const row = (judge.errors.table ?? []).find((one) => rowFits(one, { call, seen, code }));
  return row === undefined
    ? undefined
    : refusal({ ...judge, failure: row.failure, as: row.as ?? ownCode(code, seen.status), call, seen, code });
}

/** One failed row of a batch. */
export interface FailedRow {
  readonly status: number | null;
  readonly row: Json;
  readonly code: Json | undefined;
  /** Path of the field in the row, when it is another than in a whole answer. */
  readonly field?: string;
  /** Class of a row that the table does not know; by its status when nothing is said. */
  readonly otherwise?: Failure;
}

/**
 * The error for one failed row of an answer; of a batch of writes, one without status and without a table row
 * is in doubt.
 */
export function classifyRow(judge: Judge, call: CallKind, failed: FailedRow): ConnectorError {
  const { status, code, field, otherwise } = failed;
  const seen: Refusal = { status, headers: {}, body: failed.row };
  const row = (judge.errors.table ?? []).find((one) => rowFits(one, { call, seen, code }));
  const failure = row?.failure ?? otherwise ?? defaultFailure(status, call.isWrite);
  const errors = field === undefined ? judge.errors : { ...judge.errors, field };
  return refusal({ now: judge.now, errors, failure, as: row?.as ?? ownCode(code, status), call, seen, code });
}

/** An error of our own making about an answer that cannot be used. */
export function badAnswer(
  call: CallKind & { readonly status?: number },
  code: string,
  message: string,
): ConnectorError {
  const failure: Failure = call.isWrite ? "in_doubt" : "transient";
  return new ConnectorError({
    failure,
    code,
    status: call.status ?? null,
    message: `${call.what}: ${message}`,
  });
}

interface Found extends Judge {
  readonly failure: Failure;
  readonly as: string;
  readonly call: CallKind;
  readonly seen: Refusal;
  readonly code: Json | undefined;
}

function refusal(found: Found): ConnectorError {
  const { failure, as, call, seen, errors, now } = found;
  const field = errors.field === undefined ? null : plainName(at(seen.body, errors.field));
  const named = plainName(found.code);
  const requestId =
    errors.requestId === undefined ? null : plainName(seen.headers[errors.requestId.header.toLowerCase()]);
  const waitMs = waitMsOf(seen.headers, now);
  const answered = seen.status === null ? "with a failed row" : String(seen.status);
  const about = field === null ? "" : `, about ${field}`;
  const coded = named === null ? "" : ` ${named}`;
  return new ConnectorError({
    failure,
    code: as,
    message: `${call.what}: the system answered ${answered}${coded} to ${call.on}${about}`,
    status: seen.status,
    retryAt: waitMs === null ? null : now + waitMs,
    requestId,
    field,
  });
}

/** A short technical name; anything else may be a customer's value and is left out. */
function plainName(value: Json | undefined): string | null {
  const text = textOf(value);
  return text !== undefined && /^[\w.[\]:/-]{1,80}$/.test(text) ? text : null;
}

function codeOf(errors: Errors, seen: Refusal): Json | undefined {
  if (errors.code === undefined) return undefined;
  if (typeof errors.code === "string") return at(seen.body, errors.code);
  return seen.headers[errors.code.header.toLowerCase()];
}

/** Our stable code where the table names none: the system's own, in lower case, else the status. */
function ownCode(code: Json | undefined, status: number | null): string {
  const name = plainName(code);
  if (name !== null && /^[A-Za-z][\w-]*$/.test(name)) return name.toLowerCase().replaceAll("-", "_");
  return status === null ? "row_refused" : `http_${status}`;
}

function rowFits(
  row: ErrorRow,
  found: { readonly call: CallKind; readonly seen: Refusal; readonly code: Json | undefined },
): boolean {
  const { call, seen, code } = found;
  if (row.on !== undefined && !row.on.some((on) => on === call.on || (on === "write" && call.isWrite)))
    return false;
  if (row.status !== undefined && !listOf(row.status).some((one) => statusFits(one, seen.status)))
    return false;
  if (row.code !== undefined && !listOf(row.code).some((one) => one === code)) return false;
  return (row.when ?? []).every((condition) => holds(condition, seen));
}

const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];

function statusFits(wanted: number | string, status: number | null): boolean {
  if (status === null) return false;
  return typeof wanted === "number" ? wanted === status : wanted === `${Math.floor(status / 100)}xx`;
}

const byStatus: { readonly [status: number]: Failure } = {
  401: "unauthorised",
  403: "unsupported",
  405: "unsupported",
  412: "stale",
  423: "transient",
  425: "transient",
  429: "throttled",
  501: "unsupported",
};

/** A status says no for certain only in 4xx (and 501); whatever else comes after a write may have landed. */
function defaultFailure(status: number | null, isWrite: boolean): Failure {
  const known = status === null ? undefined : byStatus[status];
  if (known !== undefined) return known;
  if (status !== null && status >= 400 && status < 500 && status !== 408) return "invalid";
  return isWrite ? "in_doubt" : "transient";
}
