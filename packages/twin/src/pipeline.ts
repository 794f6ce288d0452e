import { Hono } from "hono";
import { CutConnection, TwinError } from "./failure.ts";
import type { FaultEffect, Faults } from "./fault.ts";
import { isList, isMap, valueAt, type Json, type JsonMap } from "./json.ts";
import type { Ledger } from "./ledger.ts";
import { chargeQuota, type QuotaSettings, type QuotaState } from "./quota.ts";
import type { Answer, Call, Route } from "./route.ts";

/** Longer bodies are refused: more than any document of the twins needs, small enough to hold. */
const BODY_MAX = 8_000_000;

/** What one system's wire format decides about every answer. */
export interface WireStyle {
  readonly base: string;
  /** Login of the caller, or null when the credentials are wrong or missing. */
  readonly authenticate: (headers: Headers) => string | null;
  readonly errorBody: (failure: TwinError) => Json;
  readonly errors: {
    readonly unauthorised: () => TwinError;
    readonly notFound: (path: string) => TwinError;
    readonly notJson: () => TwinError;
    readonly throttled: () => TwinError;
    readonly broken: (status: number) => TwinError;
  };
  readonly rateHeaders: (quota: {
    limit: number;
    remaining: number;
    resetAt: number;
  }) => Record<string, string>;
  /** The field of a list answer that holds its records. */
  readonly listField: string;
}

/** What the pipeline needs of a system. */
export interface PipelineParts {
  readonly wire: WireStyle;
  readonly routes: () => readonly Route[];
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly clock: () => number;
  readonly sleep: ((ms: number) => Promise<void>) | null;
  readonly quota: QuotaSettings | null;
  readonly quotaState: QuotaState;
  /** Answers for pages that need no credentials, or null when the path is none of them. */
  readonly openPage: (path: string) => Response | null;
}

type Handler = (request: Request) => Promise<Response>;
interface Bindings {
  readonly actor: string;
  readonly fault: FaultEffect | null;
}

function jsonResponse(answer: Answer, headers: Record<string, string> = {}): Response {
  if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
  return new Response(JSON.stringify(answer.body), {
    status: answer.status,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
  });
}

function htmlPage(): Response {
  const page =
    "<!doctype html><html><head><title>Sign in</title></head><body><h1>Please sign in</h1></body></html>";
  return new Response(page, { status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
}

function errorResponse(failure: TwinError, wire: WireStyle, headers: Record<string, string> = {}): Response {
  return jsonResponse({ status: failure.status, body: wire.errorBody(failure) }, headers);
}

function withValue(map: JsonMap, path: readonly string[], value: Json): JsonMap {
  const [head = "", ...rest] = path;
  const inner = map[head];
  return { ...map, [head]: rest.length === 0 ? value : withValue(isMap(inner) ? inner : {}, rest, value) };
}

function poisoned(body: Json, fault: Extract<FaultEffect, { kind: "poison" }>, listField: string): Json {
  if (!isMap(body)) return body;
  const path = fault.field.split(".");
  const listed = body[listField];
  if (!isList(listed)) return valueAt(body, "id") === undefined ? body : withValue(body, path, fault.value);
  const hit = (row: Json, index: number): boolean =>
    isMap(row) && (fault.id === undefined ? index === 0 : row["id"] === fault.id);
  return {
    ...body,
    [listField]: listed.map((row, index) =>
      hit(row, index) && isMap(row) ? withValue(row, path, fault.value) : row,
    ),
  };
}

/** The answer that a fault gives instead of the route's, or null when the route runs. */
function answerInstead(fault: FaultEffect | null, wire: WireStyle): Response | null {
  if (fault === null) return null;
  if (fault.kind === "drop") throw new CutConnection();
  if (fault.kind === "html" && fault.applied !== true) return htmlPage();
  if (fault.kind === "status") return errorResponse(wire.errors.broken(fault.status), wire);
  if (fault.kind === "error-body") {
    return jsonResponse({ status: 200, body: wire.errorBody(wire.errors.broken(500)) });
  }
  if (fault.kind === "throttle") {
    const hint = fault.retryAfter === undefined ? 1 : fault.retryAfter;
    return errorResponse(wire.errors.throttled(), wire, hint === null ? {} : { "retry-after": String(hint) });
  }
  return null;
}

/** The answer after the faults that work on what the route said. */
async function answerAfter(
  response: Response,
  fault: FaultEffect | null,
  wire: WireStyle,
): Promise<Response> {
  if (fault === null) return response;
  if (fault.kind === "lose") throw new CutConnection();
  if (fault.kind === "html") return htmlPage();
  if (fault.kind === "truncate") {
    const whole = await response.text();
    const part = whole.slice(0, fault.bytes ?? Math.floor(whole.length / 2));
    return new Response(part, { status: response.status, headers: { "content-type": "application/json" } });
  }
  if (fault.kind === "poison" && response.ok) {
    const body = poisoned((await response.json()) as Json, fault, wire.listField);
    return jsonResponse({ status: response.status, body });
  }
  return response;
}

async function readBody(request: Request, wire: WireStyle): Promise<Json> {
  const raw = await request.text();
  if (raw === "") return null;
  if (raw.length > BODY_MAX) throw wire.errors.notJson();
  try {
    return JSON.parse(raw) as Json;
  } catch {
    throw wire.errors.notJson();
  }
}

/** The request with its body in memory and without its signal: it goes on when the caller has left. */
async function withBodyRead(request: Request): Promise<Request> {
  const { method, headers, url } = request;
  const body = await request.text();
  return new Request(url, body === "" ? { method, headers } : { method, headers, body });
}

function runRoute(route: Route, call: Call, parts: PipelineParts): Answer {
  const { ledger } = parts;
  const swallowed =
    call.fault?.kind === "swallow" && route.method !== "GET" && call.params["id"] !== undefined;
  if (swallowed) {
    const recordPath = route.path.split("/").slice(0, 3).join("/");
    const reader = parts.routes().find((other) => other.method === "GET" && other.path === recordPath);
    if (reader) return reader.run({ ...call, fault: null });
  }
  const lateMs = call.fault?.kind === "late-commit" ? call.fault.ms : ledger.mode.lateMs;
  return ledger.during({ lateMs }, () => ledger.transaction(() => route.run(call)));
}

function routerOf(parts: PipelineParts): Hono<{ Bindings: Bindings }> {
  const app = new Hono<{ Bindings: Bindings }>();
  const { wire } = parts;
  for (const route of parts.routes()) {
    app.on(route.method, wire.base + route.path, async (context) => {
      const request = context.req.raw;
      try {
        const body = await readBody(request, wire);
        const { actor, fault } = context.env;
        const query = new URL(request.url).searchParams;
        const params = context.req.param() as Record<string, string>;
        const call: Call = { params, query, headers: request.headers, body, actor, fault };
        return jsonResponse(runRoute(route, call, parts));
      } catch (failure) {
        if (failure instanceof TwinError) return errorResponse(failure, wire);
        throw failure;
      }
    });
  }
  app.notFound((context) => errorResponse(wire.errors.notFound(context.req.path), wire));
  app.onError((failure) => {
    throw failure;
  });
  return app;
}

function charge(parts: PipelineParts): { headers: Record<string, string>; refused: Response | null } {
  if (parts.quota === null) return { headers: {}, refused: null };
  const now = parts.clock();
  const verdict = chargeQuota(parts.quotaState, parts.quota, now);
  const headers = parts.wire.rateHeaders(verdict);
  if (verdict.allowed) return { headers, refused: null };
  const wait = { "retry-after": String(Math.ceil((verdict.resetAt - now) / 1000)) };
  return {
    headers,
    refused: errorResponse(parts.wire.errors.throttled(), parts.wire, { ...headers, ...wait }),
  };
}

/** Makes the handler of a system. It rejects with `CutConnection` where a fault cuts the connection. */
export function createPipeline(parts: PipelineParts): Handler {
  const { wire, faults, clock, sleep } = parts;
  const app = routerOf(parts);
  return async (request) => {
    const { pathname } = new URL(request.url);
    const page = request.method === "GET" ? parts.openPage(pathname) : null;
    if (page !== null) return page;
    const path = pathname.startsWith(wire.base) ? pathname.slice(wire.base.length) : pathname;
    const fault = faults.take(request.method, path, clock());
    const held = fault?.kind === "delay" ? await withBodyRead(request) : request;
    const waits = async (when: "before" | "after"): Promise<void> => {
      if (fault?.kind === "delay" && (fault.when ?? "before") === when) await sleep?.(fault.ms);
    };
    await waits("before");
    const instead = answerInstead(fault, wire);
    if (instead !== null) return instead;
    const actor = wire.authenticate(held.headers);
    if (actor === null) return errorResponse(wire.errors.unauthorised(), wire);
    const { headers, refused } = charge(parts);
    if (refused !== null) return refused;
    const response = await app.fetch(held, { actor, fault });
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    const answered = await answerAfter(response, fault, wire);
    await waits("after");
    return answered;
  };
}
