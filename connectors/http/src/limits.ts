import { answeredAt, toldByStatus } from "@crossfoot/connector-sdk";
import type { CallLimit, ConnectorLimits, HttpAnswer, ToldLimit, ToldLimits } from "@crossfoot/connector-sdk";
import { compile } from "./compile.ts";
import { tableError } from "./failures.ts";
import { parseJson } from "./json.ts";
import type { Errors, LimitHeaders, Limits } from "./language.ts";
import { isMap } from "./wire.ts";
import type { Json } from "./wire.ts";

/** Name of the limit that a description writes without a list of windows. */
const onlyName = "window";

/** One limit of a description: what it allows, and the headers that tell it. */
interface Window {
  readonly limit: CallLimit | null;
  readonly name: string;
  readonly headers: LimitHeaders;
}

/** Limits of a description, and how its answers tell them. Never throws. */
export function limitsOf(description: Json): ConnectorLimits {
  const { limits, errors } = partsOf(description);
  const windows = windowsOf(limits);
  return {
    declared: {
      windows: windows.flatMap(({ limit }) => (limit === null ? [] : [limit])),
      concurrency: limits.concurrency ?? null,
    },
    told: (answer, now) => readLimits({ windows, errors }, answer, now),
  };
}

function partsOf(description: Json): { readonly limits: Limits; readonly errors: Errors } {
  if (!isMap(description)) return { limits: {}, errors: {} };
  const { limits, errors } = compile(description);
  return { limits, errors };
}

function windowsOf(limits: Limits): readonly Window[] {
  const { requests, windowMs, headers } = limits;
  const only: Window = {
    name: onlyName,
    limit:
      requests === undefined || windowMs === undefined
        ? null
        : { name: onlyName, requests, windowMs, zone: null },
    headers: headers ?? {},
  };
  const more = (limits.windows ?? []).map(({ name, requests, windowMs, zone, headers }): Window => {
    const limit = { name, requests, windowMs: windowMs ?? null, zone: zone ?? null };
    return { name, limit, headers: headers ?? {} };
  });
  const isSaid = only.limit !== null || headers !== undefined;
  return isSaid ? [only, ...more] : more;
}

function readLimits(
  at: { readonly windows: readonly Window[]; readonly errors: Errors },
  answer: HttpAnswer,
  now: number,
): ToldLimits {
  const told = toldByStatus(answer, now);
  const limits = at.windows.flatMap((window) => readWindow(window, answer, now));
  return { ...told, limits, isThrottled: told.isThrottled || isThrottle(at.errors, answer, now) };
}

function readWindow(
  { name, headers: named }: Window,
  { headers }: HttpAnswer,
  now: number,
): readonly ToldLimit[] {
  const header = (key: string | undefined): string | undefined =>
    key === undefined ? undefined : headers[key.toLowerCase()];
  const limit = countOf(header(named.limit));
  const remaining = countOf(header(named.remaining));
  const reset = header(named.reset?.header);
  const at = answeredAt(headers, now);
  const resetMs = reset === undefined ? null : resetMsOf(reset, named.reset?.form ?? "seconds", at);
  if (limit === null && remaining === null) return [];
  return [{ name, limit, remaining, resetMs }];
}

/** A system may say that we are too fast by another status than 429, or inside a success. */
function isThrottle(errors: Errors, { status, headers, body }: HttpAnswer, now: number): boolean {
  const rows = (errors.table ?? []).filter(({ failure }) => failure === "throttled");
  if (rows.length === 0 || (status < 400 && errors.bodies === undefined)) return false;
  const seen = { status, headers, body: parseJson(body) };
  const call = { on: "read", isWrite: false, what: "" };
  return tableError({ errors: { ...errors, table: rows }, now }, call, seen) !== undefined;
}

function countOf(text: string | undefined): number | null {
  const match = /^\s*(\d+)/.exec(text ?? "");
  return match === null ? null : Number(match[1]);
}

function resetMsOf(text: string, form: "epoch" | "epochMs" | "seconds" | "iso", at: number): number | null {
  if (form === "iso") {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? null : ms - at;
  }
  const count = Number(text);
  if (text.trim() === "" || !Number.isFinite(count)) return null;
  return form === "epoch" ? count * 1000 - at : form === "epochMs" ? count - at : count * 1000;
}
