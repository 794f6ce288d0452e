import type { CallLimit } from "@crossfoot/kernel";
import type { HttpAnswer } from "./http.ts";

/** Limits of a system as its connector knows them. */
export interface DeclaredLimits {
  readonly windows: readonly CallLimit[];
  /** Calls at one time; null when the system names no such limit. */
  readonly concurrency: number | null;
}

/** What one answer told about a limit; null where it told nothing. */
export interface ToldLimit {
  /** Name of the limit, as declared where it is. */
  readonly name: string;
  readonly limit: number | null;
  readonly remaining: number | null;
  /** From the answer until the limit starts afresh, ms. */
  readonly resetMs: number | null;
}

/** What one answer told about all limits. */
export interface ToldLimits {
  readonly limits: readonly ToldLimit[];
  /** The system refused the call because we are too fast. */
  readonly isThrottled: boolean;
  /** How long it told us to wait, ms from the answer; null without a hint, less than 0 when it has passed. */
  readonly waitMs: number | null;
}

/** A connector's knowledge of limits. Pure. */
export interface ConnectorLimits {
  readonly declared: DeclaredLimits;
  /** Reads an answer. `now` is our clock, ms since 1970, for systems that send no `Date`. Never throws. */
  readonly told: (answer: HttpAnswer, now: number) => ToldLimits;
}

/** The system's own time of an answer, by its `Date` header; our clock without one. */
export function answeredAt(headers: HttpAnswer["headers"], now: number): number {
  const ms = Date.parse(headers["date"] ?? "");
  return Number.isNaN(ms) ? now : ms;
}

/**
 * `Retry-After` as ms from the answer: seconds, or an HTTP date, which is held against the answer's own
 * `Date`, so that no two clocks are compared. Null without the header or when it is neither.
 */
export function waitMsOf(headers: HttpAnswer["headers"], now: number): number | null {
  const text = headers["retry-after"]?.trim() ?? "";
  if (text === "") return null;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1000);
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms - answeredAt(headers, now);
}

/** When to come back, ms by our clock: as the answer says, else after `otherwiseMs`. */
export const retryAtOf = (headers: HttpAnswer["headers"], now: number, otherwiseMs: number): number =>
  now + Math.max(0, waitMsOf(headers, now) ?? otherwiseMs);

/** What an answer tells by HTTP alone: 429, and 503 with a `Retry-After`, mean that we are too fast. */
export function toldByStatus({ status, headers }: HttpAnswer, now: number): ToldLimits {
  const waitMs = waitMsOf(headers, now);
  return { limits: [], isThrottled: status === 429 || (status === 503 && waitMs !== null), waitMs };
}
