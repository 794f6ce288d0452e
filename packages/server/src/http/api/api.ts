import { hash, randomUUID } from "node:crypto";
import { apiBase, budgetMsMax, routes } from "@crossfoot/api";
import type { Route } from "@crossfoot/api";
import { Hono } from "hono";
import type { Context } from "hono";
import type { Log } from "../../ports.ts";
import type { Engine } from "../../runtime/engine.ts";
import { isSound, readBody } from "./body.ts";
import { createBuckets, limitHeaders } from "./bucket.ts";
import { createSessions } from "../people/sessions.ts";
import type { Sessions, SessionSpan } from "../people/sessions.ts";
import { createDoor, fromOf } from "./door.ts";
import type { Bound, Call, Caller, StreamAt } from "./call.ts";
import { createStreams } from "./event-stream.ts";
import { createTail } from "./event-tail.ts";
import { duplicateRoutes } from "./duplicates.ts";
import type { DuplicateEngine } from "./duplicates.ts";
import { eventRoutes } from "./events.ts";
import type { Door, Knock } from "./door.ts";
import { readPart } from "./faults.ts";
import { momentRoutes } from "./moment.ts";
import { operationRoutes } from "./operations.ts";
import type { OperationEngine, Pausable } from "./operations.ts";
import { planRoutes } from "./plans.ts";
import type { PlanEngine } from "./plans.ts";
import { Problem, problemAnswer, problemOf } from "./problem.ts";
import { recordRoutes } from "./records.ts";
import type { RecordEngine } from "./records.ts";
import { createRefusals } from "./refusals.ts";
import type { Refusals } from "./refusals.ts";
import { createRepeats, written } from "./repeat.ts";
import type { Repeats, Written } from "./repeat.ts";
import { sightOf } from "./sight.ts";
import type { SubscriptionFacts } from "../../runtime/subscriptions.ts";
import type { Visibility } from "./sight.ts";
import { tryRule } from "../people/sign-in.ts";
import { personRoutes } from "./persons.ts";
import { webhookRoutes } from "./webhooks.ts";
import { markOf, nameOf } from "./visitor.ts";
import type { Visitor } from "./visitor.ts";

/** What the API needs of the engine. */
export type ApiEngine = OperationEngine &
  DuplicateEngine &
  PlanEngine &
  RecordEngine &
  Pick<Engine, "access" | "events" | "moment" | "subscriptions">;

/** What the API knows beside the engine. */
export interface ApiOptions extends Pausable {
  readonly visibility: Visibility;
  /** Whom events are told to. */
  readonly subscriptions: readonly SubscriptionFacts[];
  /** How long sessions of people last. */
  readonly sessionSpan: SessionSpan;
  /** Requests that a key has in a minute. */
  readonly ratePerMinute: number;
  /** Our clock, ms since 1970. */
  readonly now: () => number;
  readonly log?: Log;
  /** Does something later, for the life of the program; timers that keep nothing alive when missing. */
  readonly later?: (ms: number, work: () => Promise<void>) => void;
  /** Waits, and ends early when the signal aborts; timers when missing. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** The API, ready to be served, and what the pages share with it. */
export interface Api {
  readonly door: Door;
  readonly sessions: Sessions;
  readonly refusals: Refusals;
  readonly fetch: (request: Request, env?: unknown) => Response | Promise<Response>;
  /** Ends all streams and opens no more: a server that is to end would wait for them. */
  readonly endStreams: () => void;
  /** Ends what goes on at its next safe place, and stores what was noted. */
  readonly close: () => Promise<void>;
}

interface Parts {
  readonly options: ApiOptions;
  readonly door: Door;
  readonly refusals: Refusals;
  readonly repeats: Repeats;
  readonly allowance: ReturnType<typeof createBuckets>;
  readonly signal: AbortSignal;
}

const laterByTimer = (ms: number, work: () => Promise<void>): void => {
  setTimeout(() => void work().catch(() => undefined), ms).unref();
};

/**
 * The routes of the table below {@link apiBase}. In this order a request meets: its name, the key, the rate
 * of the key, role and scope, its schemas, the answer that is kept of it, and what does it.
 */
export function createApi(engine: ApiEngine, options: ApiOptions): Api {
  const { now, log, sleep, later = laterByTimer } = options;
  const access = engine.access();
  const stopping = new AbortController();
  const logging = log === undefined ? {} : { log };
  const refusals = createRefusals({ access, now, later, ...logging });
  const sessions = createSessions(access, options.sessionSpan);
  const door = createDoor({ access, sessions, refusals, now });
  const parts: Parts = {
    options,
    refusals,
    door,
    repeats: createRepeats({ access, uuid: randomUUID, now, later, sleep }),
    allowance: createBuckets(options.ratePerMinute, now),
    signal: stopping.signal,
  };
  const tail = createTail(engine.events(), now);
  const streaming = new AbortController();
  const streams = createStreams({ tail, now, sleep, signal: streaming.signal });
  const happening = eventRoutes(engine.events(), tail, streams);
  const app = new Hono();
  for (const bound of allBound(engine, options, happening)) {
    const { method, path } = bound.route;
    app.on(method.toUpperCase(), honoPath(path), (context) => serve(parts, bound, context));
  }
  for (const path of new Set(routes.map((route) => route.path)))
    app.all(honoPath(path), (context) => refuse(context, methodUnknown(path)));
  app.notFound((context) => refuse(context, new Problem("route_unknown", "see docs/reference/api.md")));
  const forgetting = async (): Promise<void> => {
    await access.forgetAnswers().catch(() => undefined);
    await access.forgetPeople(tryRule.forgetMs).catch(() => undefined);
    later(3_600_000, forgetting);
  };
  later(3_600_000, forgetting);
  return {
    ...{ door, sessions, refusals },
    fetch: (request, env) => app.fetch(request, env ?? {}),
    endStreams: () => streaming.abort(),
    async close() {
      streaming.abort();
      stopping.abort();
      await parts.repeats.idle();
      await refusals.flush();
    },
  };
}

/** Every route of the table with what it does. Throws for a route that nobody does. */
function allBound(engine: ApiEngine, options: ApiOptions, happening: readonly Bound[]): readonly Bound[] {
  const bound = [
    ...momentRoutes(engine.moment),
    ...recordRoutes(engine, options.now),
    ...operationRoutes(engine, options),
    ...duplicateRoutes(engine, options.now),
    ...planRoutes(engine),
    ...personRoutes(engine.access(), options),
    ...happening,
    ...webhookRoutes(engine, options.subscriptions),
  ];
  const byId = new Map(bound.map((each) => [each.route.id, each]));
  return routes.map((route) => {
    const found = byId.get(route.id);
    if (found === undefined) throw new Error(`nothing does ${route.id}`);
    return found;
  });
}

const honoPath = (path: string): string => `${apiBase}${path.replaceAll(/\{([^}]+)\}/g, ":$1")}`;

function methodUnknown(path: string): Problem {
  const methods = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
  return new Problem("method_unknown", `the methods are ${methods.join(", ")}`, {
    headers: { allow: methods.join(", ") },
  });
}

const requestIdForm = /^[A-Za-z0-9._-]{8,64}$/;

/** The caller's own name of the request where it is sane; else one that is made. */
function requestIdOf(context: Context): string {
  const given = context.req.header("x-request-id") ?? "";
  return requestIdForm.test(given) ? given : randomUUID();
}

/** Headers of every answer: nothing of it is kept, guessed at or shown in a frame. */
const strict: { readonly [name: string]: string } = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

function finish(response: Response, headers: { readonly [name: string]: string }): Response {
  for (const [name, value] of Object.entries({ ...strict, ...headers })) response.headers.set(name, value);
  return response;
}

function refuse(context: Context, problem: Problem): Response {
  const requestId = requestIdOf(context);
  return finish(problemAnswer(problem, requestId), { "x-request-id": requestId });
}

/** One request, from the door to the answer. Never rejects. */
async function serve(parts: Parts, bound: Bound, context: Context): Promise<Response> {
  const requestId = requestIdOf(context);
  const headers: Record<string, string> = { "x-request-id": requestId };
  try {
    return finish(await admitted(parts, bound, { context, headers }), headers);
  } catch (error) {
    const problem = problemOf(error);
    if (problem.code === "defect") {
      const { name, message } = error instanceof Error ? error : { name: "unknown", message: "no Error" };
      parts.options.log?.error("api_failed", {
        route: bound.route.id,
        requestId,
        reason: `${name}: ${message}`,
      });
    }
    return finish(problemAnswer(problem, requestId), headers);
  }
}

async function admitted(
  parts: Parts,
  bound: Bound,
  at: { readonly context: Context; readonly headers: Record<string, string> },
): Promise<Response> {
  const { context, headers } = at;
  const { options, door, refusals } = parts;
  const { route } = bound;
  const knock: Knock = { route, method: context.req.method, headers: context.req.raw.headers };
  const visitor = await door.authenticate(knock);
  const allowance = parts.allowance(visitor.id);
  Object.assign(headers, limitHeaders(options.ratePerMinute, allowance));
  if (!allowance.isAllowed) {
    const from = fromOf(knock.headers);
    refusals.note({ kind: "rate_limited", why: "", ...markOf(visitor), route: route.id, from });
    throw new Problem("rate_limited", `a key or person has ${options.ratePerMinute} requests a minute`);
  }
  door.authorise(knock, visitor);
  const sight = sightOf(visitor.role, options.visibility);
  const caller: Caller = { visitor, sight, by: nameOf(visitor) };
  const call = await readCall(context, { route, caller, signal: parts.signal });
  if (bound.stream !== undefined && isToStream(context)) {
    const isLive = () => isStillLetIn(door, knock, visitor);
    return bound.stream(call, { ...streamAt(context), isLive });
  }
  const name = context.req.header("idempotency-key") ?? null;
  const answer = route.isKeyed
    ? await parts.repeats.answer({ bound, call, name })
    : written(await bound.run(call));
  return responseOf(context, answer);
}

const isToStream = ({ req }: Context): boolean =>
  req.method === "GET" && /\btext\/event-stream\b/i.test(req.header("accept") ?? "");

/** Whether a request would be let in again now, for the same role; that is no use of a session. */
async function isStillLetIn(door: Door, knock: Knock, visitor: Visitor): Promise<boolean> {
  const again = await door.authenticate({ ...knock, isUse: false }).catch(() => null);
  return again?.id === visitor.id && again.role === visitor.role;
}

function streamAt(context: Context): Omit<StreamAt, "isLive"> {
  // What Node's server holds of the request; nothing where the app is called by itself.
  const { outgoing } = (context.env ?? {}) as { readonly outgoing?: { readonly destroy: () => unknown } };
  const lastEventId = context.req.header("last-event-id") ?? null;
  return { lastEventId, cut: () => void outgoing?.destroy() };
}

/** Reads everything that is asked with, by the schemas of the route. */
async function readCall(
  context: Context,
  at: { readonly route: Route; readonly caller: Caller; readonly signal: AbortSignal },
): Promise<Call> {
  const { route, caller, signal } = at;
  const named: { readonly [name: string]: string } = context.req.param();
  const queried = Object.entries(context.req.queries());
  const texts = [...Object.values(named), ...queried.flatMap(([key, values]) => [key, ...values])];
  if (!texts.every((text) => isSound(text)))
    throw new Problem("request_invalid", "the address holds a character that is never taken");
  const twice = queried.find(([, values]) => values.length > 1);
  if (twice !== undefined) throw new Problem("request_invalid", "a parameter of the query is given once");
  const query = Object.fromEntries(queried.map(([key, [value]]) => [key, value]));
  return {
    params: readPart("params", route.params, named),
    query: readPart("query", route.query, query),
    body: route.body === null ? null : readPart("body", route.body, await readBody(context.req.raw)),
    caller,
    budgetMs: budgetOf(context, route),
    signal,
  };
}

/** RFC 7240, section 4.3: `wait` in seconds. What is not understood is ignored, as it says. */
function budgetOf(context: Context, { budgetMs }: Route): number {
  const [, seconds] = /(?:^|[,;\s])wait=(\d{1,4})(?:$|[,;\s])/.exec(context.req.header("prefer") ?? "") ?? [];
  const asked = seconds === undefined ? (budgetMs ?? 0) : Number(seconds) * 1_000;
  return Math.min(budgetMsMax, asked);
}

function responseOf(context: Context, { status, text, headers }: Written): Response {
  const shown = { ...headers, "content-type": "application/json" };
  if (context.req.method !== "GET" || status !== 200) return new Response(text, { status, headers: shown });
  const etag = `"${hash("sha256", text, "hex").slice(0, 32)}"`;
  const known = context.req.header("if-none-match") ?? "";
  const isSame =
    known.trim() === "*" || known.split(",").some((each) => each.trim().replace(/^W\//, "") === etag);
  return isSame
    ? new Response(null, { status: 304, headers: { etag } })
    : new Response(text, { status, headers: { ...shown, etag } });
}
