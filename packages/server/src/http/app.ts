import { apiBase } from "@crossfoot/api";
import { Hono } from "hono";
import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import { connectionId } from "@crossfoot/kernel";
import type { ConnectionId } from "@crossfoot/kernel";
import type { Log } from "../ports.ts";
import type { Engine } from "../runtime/engine.ts";
import type { Api } from "./api/api.ts";
import { pageStyleSource } from "./page-style.ts";
import { statusPage } from "./page.ts";
import { reviewsPage } from "./reviews-page.ts";

/** Longest body of a webhook delivery: the largest senders stay below 256 kB; more is not a list of hints. */
const deliveryBytesMax = 1_048_576;

/** What the app knows beside the engine. */
export interface HttpOptions {
  /** Connections that deliveries are taken for. */
  readonly connections: readonly ConnectionId[];
  readonly contractHash: string;
  /** Our clock, ms since 1970. */
  readonly now: () => number;
  /** What is wrong with the loop, or null while all is well. */
  readonly trouble?: () => string | null;
  /** Called after a delivery was stored, so that its hints are followed at once. */
  readonly onHints?: () => void;
  readonly log?: Log;
  /** The API below `/api/v1`; missing where none is served. */
  readonly api?: Pick<Api, "fetch">;
}

const headers: { readonly [name: string]: string } = {
  "content-security-policy": [
    "default-src 'none'",
    `style-src ${pageStyleSource}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
};

/**
 * The HTTP side of `up`: webhooks in, health, status, reviews. It writes to no connected system: a delivery
 * is  * authenticated and stored, the loop follows it. Pure; serve it, or call `app.request` in a test.
 */
export function createHttpApp(
  engine: Pick<Engine, "receive" | "status" | "reviews">,
  options: HttpOptions,
): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(headers)) context.res.headers.set(name, value);
  });
  app.post(
    "/hooks/:connection",
    bodyLimit({
      maxSize: deliveryBytesMax,
      onError: (context) => context.json({ reason: "the body is too large" }, 413),
    }),
    (context) => receive(engine, options, context),
  );
  app.get("/healthz", (context) => health(engine, options, context));
  app.get("/status.json", async (context) => context.json(await engine.status()));
  app.get("/reviews.json", async (context) => context.json(await engine.reviews()));
  app.get("/reviews", async (context) => {
    const page = Number(context.req.query("page") ?? "1");
    return context.html(reviewsPage({ report: await engine.reviews(), now: options.now(), page }));
  });
  app.get("/", async (context) => {
    const { contractHash, now, trouble } = options;
    const status = await engine.status();
    return context.html(statusPage({ status, contractHash, now: now(), trouble: trouble?.() ?? null }));
  });
  const { api } = options;
  if (api !== undefined) app.all(`${apiBase}/*`, (context) => api.fetch(context.req.raw, context.env));
  app.notFound((context) => context.json({ reason: "there is nothing here" }, 404));
  app.onError((error, context) => {
    options.log?.error("http_failed", { path: context.req.path, reason: error.message });
    return context.json({ reason: "the store is not usable; see the log" }, 503);
  });
  return app;
}

/** Authenticates and stores a delivery, and answers at once. A failure of ours makes the sender try again. */
async function receive(
  engine: Pick<Engine, "receive">,
  options: HttpOptions,
  context: Context,
): Promise<Response> {
  const name = connectionId(context.req.param("connection") ?? "");
  if (!options.connections.includes(name))
    return context.json({ reason: "there is no such connection" }, 404);
  const delivery = {
    headers: context.req.header(),
    body: await context.req.text(),
    receivedAt: options.now(),
  };
  try {
    const { status, reason } = await engine.receive(name, delivery);
    if (status < 300) options.onHints?.();
    return Response.json({ reason }, { status });
  } catch (error) {
    options.log?.error("delivery_failed", { connection: name, reason: messageOf(error) });
    return Response.json(
      { reason: "not stored; send it again" },
      { status: 503, headers: { "retry-after": "10" } },
    );
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : "an error that is no Error";

/** 200 while the store answers and the loop is well; else 503 with what is wrong. */
async function health(
  engine: Pick<Engine, "status">,
  options: HttpOptions,
  context: Context,
): Promise<Response> {
  try {
    const { connections } = await engine.status();
    const trouble = options.trouble?.() ?? null;
    const states = Object.fromEntries(connections.map(({ id, state }) => [id, state]));
    const isWell = trouble === null;
    return context.json({ ok: isWell, trouble, connections: states }, isWell ? 200 : 503);
  } catch (error) {
    options.log?.error("health_failed", { reason: messageOf(error) });
    return context.json({ ok: false, trouble: "the store does not answer", connections: {} }, 503);
  }
}
