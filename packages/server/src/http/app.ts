import { apiBase } from "@crossfoot/api";
import { Hono } from "hono";
import type { Context } from "hono";
import type { Engine, StatusReport } from "../runtime/engine.ts";
import { gathered } from "../runtime/gather.ts";
import { addHooks } from "./hooks.ts";
import type { HookOptions } from "./hooks.ts";
import type { Api } from "./api/api.ts";
import { metricsText, metricsType } from "./metrics.ts";
import { pageStyleSource } from "./page-style.ts";
import { statusPage } from "./page.ts";
import { reviewsPage } from "./reviews-page.ts";
import { sightOf } from "./api/sight.ts";
import type { Admitted, Gate } from "./people/gate.ts";

/** What the app knows beside the engine. */
export interface HttpOptions extends HookOptions {
  readonly contractHash: string;
  /** What is wrong with the loop, or null while all is well. */
  readonly trouble?: () => string | null;
  /** The API below `/api/v1`; missing where none is served. */
  readonly api?: Pick<Api, "fetch">;
  /** Who sees the pages, and how people sign in; missing where the pages are for whoever asks. */
  readonly people?: { readonly gate: Gate; readonly add: (app: Hono) => void };
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
 * is authenticated and stored, the loop follows it. Pure; serve it, or call `app.request` in a test.
 */
export function createHttpApp(
  engine: Pick<Engine, "receive" | "refuseDelivery" | "status" | "reviews">,
  options: HttpOptions,
): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    // What an answer says of itself is stricter: the API shows no page.
    for (const [name, value] of Object.entries(headers))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });
  addHooks(app, engine, options);
  // A status is dear, and anybody may ask whether we are well: a crowd must not keep the store busy.
  const status = gathered<never, StatusReport>(() => engine.status());
  const looked = { status: () => status([]), reviews: () => engine.reviews() };
  app.get("/healthz", (context) => health(looked, options, context));
  app.get("/readyz", (context) => readiness(looked, options, context));
  addPages(app, looked, options);
  options.people?.add(app);
  const { api } = options;
  if (api !== undefined) app.all(`${apiBase}/*`, (context) => api.fetch(context.req.raw, context.env));
  app.notFound((context) => context.json({ reason: "there is nothing here" }, 404));
  app.onError((error, context) => {
    options.log?.error("http_failed", { path: context.req.path, reason: error.message });
    return context.json({ reason: "the store is not usable; see the log" }, 503);
  });
  return app;
}

/** Status and reviews, for whoever the gate lets in, without what their role does not see. */
function addPages(app: Hono, engine: Pick<Engine, "status" | "reviews">, options: HttpOptions): void {
  const { contractHash, now, trouble, people } = options;
  const gate: Gate = people?.gate ?? (() => Promise.resolve(everybody));
  const shown =
    (as: "page" | "json", answer: (context: Context, admitted: Admitted) => Promise<Response>) =>
    async (context: Context): Promise<Response> => {
      const admitted = await gate(context, as);
      return admitted instanceof Response ? admitted : answer(context, admitted);
    };
  app.get(
    "/status.json",
    shown("json", async (context, { sight }) => context.json(sight.conceal(await engine.status()))),
  );
  app.get(
    "/metrics",
    shown("json", async (context, { sight }) =>
      context.text(metricsText(sight.conceal(await engine.status()), now()), 200, {
        "content-type": metricsType,
      }),
    ),
  );
  app.get(
    "/reviews.json",
    shown("json", async (context, { sight }) => context.json(sight.conceal(await engine.reviews()))),
  );
  app.get(
    "/reviews",
    shown("page", async (context, { sight }) => {
      const page = Number(context.req.query("page") ?? "1");
      const report = sight.conceal(await engine.reviews());
      return context.html(reviewsPage({ report, now: now(), page }));
    }),
  );
  app.get(
    "/",
    shown("page", async (context, { sight, person }) => {
      const status = sight.conceal(await engine.status());
      const wrong = trouble?.() ?? null;
      return context.html(statusPage({ status, contractHash, now: now(), trouble: wrong, person }));
    }),
  );
}

const everybody: Admitted = { sight: sightOf("administrator", {}), person: null };

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : "an error that is no Error";

/**
 * 200 while requests can be answered and work goes on; else 503 with each reason. A connected system that is
 * away is none: what is asked of the other goes on.
 */
async function readiness(
  engine: Pick<Engine, "status">,
  options: HttpOptions,
  context: Context,
): Promise<Response> {
  try {
    const { epoch } = await engine.status();
    const trouble = options.trouble?.() ?? null;
    const held = "the store was restored and waits for a person";
    const reasons = [...(trouble === null ? [] : [trouble]), ...(epoch.state === "held" ? [held] : [])];
    return context.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  } catch (error) {
    options.log?.error("readiness_failed", { reason: messageOf(error) });
    return context.json({ ready: false, reasons: ["the store does not answer"] }, 503);
  }
}

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
