import type { HttpAnswer } from "@crossfoot/connector-sdk";
import { compile } from "./compile.ts";
import type { Limits } from "./language.ts";
import { isMap } from "./wire.ts";
import type { Json } from "./wire.ts";

/** What a description declares about the system's limits; null where it says nothing. */
export interface DeclaredLimits {
  readonly requests: number | null;
  readonly windowMs: number | null;
  readonly concurrency: number | null;
}

/** What one answer told about the limits; null where it told nothing. Times in ms since 1970. */
export interface ToldLimits {
  readonly limit: number | null;
  readonly remaining: number | null;
  readonly resetAt: number | null;
  readonly retryAt: number | null;
}

/** Declared limits of a description, for the quota broker. Never throws. */
export function limitsOf(description: Json): DeclaredLimits {
  const { requests, windowMs, concurrency } = limitsIn(description);
  return { requests: requests ?? null, windowMs: windowMs ?? null, concurrency: concurrency ?? null };
}

/**
 * Limits that an answer tells in its headers, read as the description says. `now` in ms since 1970. Never
 * throws.
 */
export function readLimits(description: Json, answer: Pick<HttpAnswer, "headers">, now: number): ToldLimits {
  const named = limitsIn(description).headers;
  const header = (name: string | undefined): string | undefined =>
    name === undefined ? undefined : answer.headers[name.toLowerCase()];
  const reset = named?.reset === undefined ? undefined : header(named.reset.header);
  return {
    limit: countOf(header(named?.limit)),
    remaining: countOf(header(named?.remaining)),
    resetAt: reset === undefined ? null : instantOf(reset, named?.reset?.form ?? "seconds", now),
    retryAt: retryAtOf(answer.headers, now),
  };
}

function limitsIn(description: Json): Limits {
  return isMap(description) && isMap(description["limits"]) ? compile(description).limits : {};
}

/**
 * `Retry-After` as ms since 1970: seconds from now, or an HTTP date; null without the header or when it is
 * neither.
 */
export function retryAtOf(headers: HttpAnswer["headers"], now: number): number | null {
  const text = headers["retry-after"];
  if (text === undefined || text.trim() === "") return null;
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Math.ceil(now + Number(text) * 1000);
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

function countOf(text: string | undefined): number | null {
  const match = /^\s*(\d+)/.exec(text ?? "");
  return match === null ? null : Number(match[1]);
}

function instantOf(text: string, form: "epoch" | "epochMs" | "seconds" | "iso", now: number): number | null {
  if (form === "iso") {
    const ms = Date.parse(text);
    return Number.isNaN(ms) ? null : ms;
  }
  const count = Number(text);
  if (text.trim() === "" || !Number.isFinite(count)) return null;
  return form === "epoch" ? count * 1000 : form === "epochMs" ? count : now + count * 1000;
}
