import type { FaultEffect } from "./fault.ts";
import type { Json, JsonMap } from "./json.ts";

/** A call as a route sees it: parsed, authenticated, with the fault that fires on it. */
export interface Call {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** The JSON body; null when there was none. */
  readonly body: Json;
  /** Login of the caller. */
  readonly actor: string;
  readonly fault: FaultEffect | null;
}

/** What a route answers. A body of undefined is an empty answer. */
export interface Answer {
  readonly status: number;
  readonly body?: Json;
}

/** One route, with what the OpenAPI document tells about it. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** After the base, parameters as `:id`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly query?: readonly string[];
  /** JSON Schema of the body. */
  readonly request?: JsonMap;
  /** Status and JSON Schema of the answer in the good case. */
  readonly success: number;
  readonly response?: JsonMap;
  readonly run: (call: Call) => Answer;
}

/** Rows of a page after the faults that tamper with lists. */
export function tamperRows<T>(rows: readonly T[], fault: FaultEffect | null): T[] {
  if (fault?.kind === "skip-rows") return rows.filter((_row, index) => !fault.rows.includes(index));
  if (fault?.kind !== "twice") return [...rows];
  return rows.flatMap((row, index) => (index === fault.row ? [row, row] : [row]));
}
