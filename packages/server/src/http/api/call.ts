import type { Route } from "@crossfoot/api";
import type { Sight } from "./sight.ts";
import type { Visitor } from "./visitor.ts";

/** Who asks. */
export interface Caller {
  readonly visitor: Visitor;
  readonly sight: Sight;
  /** How the journal names them. */
  readonly by: string;
}

/** One request that passed the door. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** How long the caller waits, ms. */
  readonly budgetMs: number;
  /** Aborts when the server is to end. */
  readonly signal: AbortSignal;
}

/** What a route answers. */
export interface Answer {
  readonly status: 200 | 201 | 202;
  readonly body: unknown;
  readonly location?: string;
  readonly retryAfterSeconds?: number;
}

/** A route with what it does. */
export interface Bound {
  readonly route: Route;
  readonly run: (call: Call) => Promise<Answer>;
  /** Past its budget it goes on, and the caller asks again. */
  readonly isLong: boolean;
  /** What a repeat is told, past its budget, while the first request of its name is at work; a 202. */
  readonly pending?: (call: Call) => Answer;
  /** Answers without end, for a route that is streamed. */
  readonly stream?: (call: Call, at: StreamAt) => Promise<Response>;
}

/** Where a stream goes on, and how it is cut off. */
export interface StreamAt {
  /** The last event that the reader has; null when it begins. */
  readonly lastEventId: string | null;
  /** Whether whoever opened it may still read. */
  readonly isLive: () => Promise<boolean>;
  /** Ends the connection, whatever its reader does. */
  readonly cut: () => void;
}

/** Binds a route to what it does. */
export function bind<Params, Query, Body>(
  route: Route<Params, Query, Body>,
  run: (call: Call<Params, Query, Body>) => Promise<Answer>,
  more: { readonly isLong?: true; readonly pending?: (call: Call<Params, Query, Body>) => Answer } = {},
): Bound {
  const { isLong = false, pending } = more;
  // What comes in was read by the route's own schemas.
  const bound = { route, run: run as Bound["run"], isLong };
  return pending === undefined ? bound : { ...bound, pending: pending as NonNullable<Bound["pending"]> };
}

/** An answer with status 200. */
export const done = (body: unknown): Answer => ({ status: 200, body });
