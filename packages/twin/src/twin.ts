import { CutConnection } from "./failure.ts";
import { Faults, type FaultState } from "./fault.ts";
import type { FieldChange, ObjectSchema } from "./field.ts";
import type { Commit, Ledger, LedgerState } from "./ledger.ts";
import { openApiDocument, type OpenApiHead } from "./openapi.ts";
import type { TwinOptions } from "./options.ts";
import { recordPage, statusPage } from "./page.ts";
import { createPipeline, type WireStyle } from "./pipeline.ts";
import type { QuotaState } from "./quota.ts";
import type { Records } from "./records.ts";
import type { Route } from "./route.ts";
import { serveLoopback, type Listening, type ListenOptions } from "./serve.ts";
import type { Webhooks, WebhookState } from "./webhook.ts";
import { setTimeout as wait } from "node:timers/promises";

/** A system as JSON: what it holds, its log, and what waits. */
export interface TwinSnapshot {
  readonly title: string;
  readonly state: LedgerState;
  readonly commits: readonly Commit[];
  readonly faults: FaultState;
  readonly webhooks: WebhookState;
  readonly quota: QuotaState;
  readonly alterations: readonly {
    readonly object: string;
    readonly field: string;
    readonly change: FieldChange;
  }[];
}

/** What both systems offer. */
export interface Twin {
  /** Answers in process. Rejects with `TypeError('fetch failed')` where a fault cuts the connection. */
  fetch(request: Request): Promise<Response>;
  /** The same handler over HTTP on 127.0.0.1; webhooks are then delivered by themselves. */
  listen(options?: ListenOptions): Promise<Listening>;
  /** The system's clock, ms. */
  readonly clock: () => number;
  /** What the system holds, live: look, do not touch. */
  readonly state: LedgerState;
  /** All commits, oldest first. */
  readonly commits: readonly Commit[];
  readonly faults: Faults;
  readonly webhooks: Webhooks;
  snapshot(): TwinSnapshot;
  /** Takes a snapshot of the same kind of system. Throws `RangeError` for another kind. */
  restore(snapshot: TwinSnapshot): void;
  /** Commits inside `act` are stamped now and become visible `ms` later; their rows are locked until then. */
  late<T>(ms: number, act: () => T): T;
  /** Commits inside `act` move no stamp and no version, and tell no webhook. */
  silently<T>(act: () => T): T;
  /** Changes a field of an object while the system runs. */
  alter(object: string, field: string, change: FieldChange): void;
  /** The OpenAPI 3.1 document. */
  openapi(): unknown;
}

/** The parts from which both systems are put together. */
export interface TwinParts {
  readonly title: string;
  readonly options: TwinOptions;
  readonly wire: WireStyle;
  readonly records: Records;
  readonly webhooks: Webhooks;
  readonly routes: readonly Route[];
  readonly openApi: OpenApiHead;
  /** Ids in paths as the system stores them. */
  readonly parseId: (text: string) => string | number;
}

function cutError(): TypeError {
  const cause = Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  return new TypeError("fetch failed", { cause });
}

function untilAborted<T>(request: Request, answer: Promise<T>): Promise<T> {
  const { signal } = request;
  if (signal.aborted) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

function openPages(parts: TwinParts, ledger: Ledger): (path: string) => Response | null {
  return (path) => {
    if (path === "/") {
      const counts = Object.fromEntries(
        Object.entries(ledger.state.records).map(([name, all]) => [name, Object.keys(all).length]),
      );
      return statusPage(parts.title, counts, ledger.commits);
    }
    if (path === "/openapi.json") return Response.json(documentOf(parts));
    const [, ui, object = "", id = ""] = path.split("/");
    if (ui !== "ui") return null;
    const record = ledger.seen(object, parts.parseId(id));
    return record
      ? recordPage(`${parts.title}: ${object} ${id}`, record)
      : new Response("gone", { status: 404 });
  };
}

function documentOf(parts: TwinParts): unknown {
  const schemas: ObjectSchema[] = [...parts.records.schemas.values()];
  return openApiDocument(parts.openApi, schemas, parts.routes);
}

/** Delivers webhooks by themselves: soon after a commit, and now and then what is due. Gives the stop. */
function deliverAlways(webhooks: Webhooks, everyMs: number): () => void {
  let waiting = false;
  const kick = (): void => {
    if (waiting) return;
    waiting = true;
    setImmediate(() => {
      waiting = false;
      webhooks.deliverSoon();
    });
  };
  const timer = setInterval(() => {
    if (webhooks.pending.length > 0) webhooks.deliverSoon();
  }, everyMs);
  timer.unref();
  webhooks.onPending = kick;
  return () => {
    clearInterval(timer);
    webhooks.onPending = null;
  };
}

/** Puts a system together. */
export function assembleTwin(parts: TwinParts): Twin {
  const { records, webhooks, options, wire } = parts;
  const { ledger } = records;
  const faults = new Faults();
  const quotaState: QuotaState = { windowStart: 0, used: 0 };
  const openPage = openPages(parts, ledger);
  const pipelineWith = (sleep: TwinOptions["sleep"] | null): ((request: Request) => Promise<Response>) =>
    createPipeline({
      wire,
      ledger,
      faults,
      quotaState,
      openPage,
      clock: options.clock,
      routes: () => parts.routes,
      sleep: sleep ?? null,
      quota: options.quota ?? null,
    });
  const answer = pipelineWith(options.sleep);
  ledger.onCommit((commit) => {
    if (!ledger.mode.silent) webhooks.note(commit);
  });
  return {
    clock: options.clock,
    state: ledger.state,
    commits: ledger.commits,
    faults,
    webhooks,
    fetch: (request) =>
      untilAborted(
        request,
        answer(request).catch((failure: unknown) => {
          throw failure instanceof CutConnection ? cutError() : failure;
        }),
      ),
    listen: async (listenOptions = {}) => {
      const stop = deliverAlways(webhooks, listenOptions.deliverEveryMs ?? 250);
      const listening = await serveLoopback(
        pipelineWith(options.sleep ?? ((ms) => wait(ms))),
        listenOptions,
        stop,
      );

      return listening;
    },
    snapshot: () =>
      structuredClone({
        title: parts.title,
        state: ledger.state,
        commits: ledger.commits,
        faults: faults.state,
        webhooks: webhooks.state,
        quota: quotaState,
        alterations: records.alterations,
      }),
    restore: (snapshot) => {
      if (snapshot.title !== parts.title) throw new RangeError(`a snapshot of ${snapshot.title}`);
      records.resetSchemas();
      for (const { object, field, change } of snapshot.alterations) records.alter(object, field, change);
      ledger.restore(snapshot.state, snapshot.commits);
      faults.state = structuredClone(snapshot.faults);
      webhooks.state = structuredClone(snapshot.webhooks);
      Object.assign(quotaState, snapshot.quota);
    },
    late: (lateMs, act) => ledger.during({ lateMs }, act),
    silently: (act) => ledger.during({ silent: true }, act),
    alter: (object, field, change) => records.alter(object, field, change),
    openapi: () => documentOf(parts),
  };
}
