import { followEvents } from "./events.ts";
import type { AskedEvents, ClientEvent } from "./events.ts";
import type { OperationRoute } from "./operation.ts";
import { operationRoutes } from "./operations/all.ts";
import type { Operations } from "./operations/all.ts";
import { msOf, patiently, sleepByTimer, tryOfProblem, tryOfTrouble } from "./patience.ts";
import type { Patience, Try } from "./patience.ts";
import { CrossfootAway, readProblem } from "./problem.ts";
import { addressOf } from "./wire.ts";
import type { AnyAsked, ClientOptions, Values, Wire } from "./wire.ts";

/** How a call is made. */
export interface CallOptions {
  /** Time for the call with all its repeats, ms; 30,000 when missing. */
  readonly budgetMs?: number;
  /** Requests at most; as many as the budget allows when missing. */
  readonly triesMax?: number;
  readonly signal?: AbortSignal;
  /** Of an earlier call that is to be repeated; one is made for every call when missing. */
  readonly idempotencyKey?: string;
  /** Asks on after a 202 until it is done or the budget is over; then the 202 is answered. */
  readonly isPatient?: boolean;
}

/** An operation of the API. */
export type OperationId = keyof Operations;
type Nothing = { readonly [name: string]: never };
type Part<Name extends string, Value> = [Value] extends [null]
  ? { readonly [name in Name]?: null }
  : Nothing extends Value
    ? { readonly [name in Name]?: Value }
    : { readonly [name in Name]: Value };
/** What an operation is asked with. */
export type Asked<Id extends OperationId> = Part<"path", Operations[Id]["path"]> &
  Part<"query", Operations[Id]["query"]> &
  Part<"body", Operations[Id]["body"]>;
/** What an operation answers: a status and the body that comes with it. */
export type Answer<Id extends OperationId> = Operations[Id]["answer"] & {
  readonly requestId: string | null;
  /** Of a GET: give it to {@link Client.ifChanged}. */
  readonly etag: string | null;
};
/** A page of a list. */
type Page = {
  readonly status: 200;
  readonly body: { readonly rows: readonly unknown[]; readonly next: string | null };
};
/** Operations that answer a list in pages. */
export type ListId = {
  [Id in OperationId]: Operations[Id]["answer"] extends Page ? Id : never;
}[OperationId];
/** A row of a list. */
export type Row<Id extends ListId> = (Operations[Id]["answer"] & Page)["body"]["rows"][number];

/** The API as calls. Every one rejects with a CrossfootProblem, or a CrossfootAway when no answer came. */
export interface Client {
  /** Asks one operation. What may do better in a moment is repeated within the budget, under one key. */
  readonly call: <Id extends OperationId>(
    id: Id,
    asked: Asked<Id>,
    options?: CallOptions,
  ) => Promise<Answer<Id>>;
  /** The same for a GET; null when nothing has changed since the answer with that ETag. */
  readonly ifChanged: <Id extends OperationId>(
    id: Id,
    asked: Asked<Id>,
    options: CallOptions & { readonly etag: string },
  ) => Promise<Answer<Id> | null>;
  /**
   * Events as they happen, until the signal aborts or the loop is left. A stream that breaks is opened again
   * behind the last event; without end, unless the API says no.
   */
  readonly events: (asked?: AskedEvents, signal?: AbortSignal) => AsyncGenerator<ClientEvent>;
  /** The rows of all pages of a list, page by page as they are taken. The budget is that of a page. */
  readonly rows: <Id extends ListId>(
    id: Id,
    asked: Asked<Id>,
    options?: CallOptions,
  ) => AsyncGenerator<Row<Id>>;
}

const usualBudgetMs = 30_000;
const waitSecondsMax = 60;

interface AnyAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly requestId: string | null;
  readonly etag: string | null;
}

/** Makes a client. It keeps nothing between calls. */
export function createClient(options: ClientOptions): Client {
  const wire: Wire = {
    options,
    // Called without a receiver: a browser's own refuses one.
    fetch: options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args)),
    sleep: options.sleep ?? sleepByTimer,
    now: options.now ?? (() => performance.now()),
  };
  const call: Client["call"] = async (id, asked, more = {}) =>
    (await ask(wire, { route: operationRoutes[id], asked, more, etag: null })) as Answer<typeof id>;
  return {
    call,
    events: (asked = {}, signal) => followEvents(wire, asked, signal),
    async ifChanged(id, asked, { etag, ...more }) {
      const answer = await ask(wire, { route: operationRoutes[id], asked, more, etag });
      return answer.status === 304 ? null : (answer as Answer<typeof id>);
    },
    async *rows(id, asked, more = {}) {
      const { query, ...rest } = asked as AnyAsked;
      for (let cursor: string | null = null; ;) {
        const from: Values = cursor === null ? {} : { cursor };
        const page: AnyAnswer = await ask(wire, {
          ...{ route: operationRoutes[id], more, etag: null },
          asked: { ...rest, query: { ...query, ...from } },
        });
        const { rows, next } = (page as unknown as Page).body;
        yield* rows as readonly Row<typeof id>[];
        if (next === null) return;
        cursor = next;
      }
    },
  };
}

interface Asking {
  readonly route: OperationRoute;
  readonly asked: AnyAsked;
  readonly more: CallOptions;
  readonly etag: string | null;
}

async function ask(wire: Wire, asking: Asking): Promise<AnyAnswer> {
  const { more, route, etag } = asking;
  const { uuid = () => crypto.randomUUID() } = wire.options;
  const headers: Readonly<Record<string, string>> = {
    accept: "application/json",
    authorization: `Bearer ${wire.options.key}`,
    ...(route.isKeyed ? { "idempotency-key": more.idempotencyKey ?? uuid() } : {}),
    ...(etag === null ? {} : { "if-none-match": etag }),
  };
  const { signal, budgetMs = usualBudgetMs, triesMax } = more;
  const patience: Patience = { budgetMs, triesMax, signal, sleep: wire.sleep, now: wire.now };
  let pending: AnyAnswer | null = null;
  try {
    return await patiently(patience, async (leftMs) => {
      const tried = await send(wire, asking, { leftMs, headers });
      if (tried.kind === "done" && tried.value.status === 202) pending = tried.value;
      const isToAsk = tried.kind === "done" && tried.value.status === 202 && more.isPatient === true;
      if (!isToAsk) return tried;
      return { kind: "again", error: new CrossfootAway(null), afterMs: tried.value.afterMs };
    });
  } catch (error) {
    if (pending !== null && error instanceof CrossfootAway) return pending;
    throw error;
  }
}

/** What an answer takes on its way: a server that waits for the whole budget is given up just before. */
const wayMs = 1_000;

/** One request of a call. */
async function send(
  wire: Wire,
  { route, asked, more: { signal } }: Asking,
  at: { readonly leftMs: number; readonly headers: Readonly<Record<string, string>> },
): Promise<Try<AnyAnswer & { readonly afterMs: number | null }>> {
  const { leftMs, headers } = at;
  const over = AbortSignal.timeout(Math.ceil(leftMs));
  const seconds = Math.max(0, Math.min(waitSecondsMax, Math.floor((leftMs - wayMs) / 1_000)));
  const isBodied = asked.body !== undefined && asked.body !== null;
  try {
    const response = await wire.fetch(addressOf(wire.options, route, asked), {
      method: route.method,
      headers: {
        ...headers,
        ...(route.isTimed ? { prefer: `wait=${seconds}` } : {}),
        ...(isBodied ? { "content-type": "application/json" } : {}),
      },
      ...(isBodied ? { body: JSON.stringify(asked.body) } : {}),
      signal: signal === undefined ? over : AbortSignal.any([signal, over]),
    });
    const { status } = response;
    const retryAfter = response.headers.get("retry-after");
    if (!response.ok && status !== 304) return tryOfProblem(await readProblem(response), retryAfter);
    const value = {
      status,
      body: status === 304 ? null : ((await response.json()) as unknown),
      requestId: response.headers.get("x-request-id"),
      etag: response.headers.get("etag"),
      afterMs: msOf(retryAfter),
    };
    return { kind: "done", value };
  } catch (error) {
    return tryOfTrouble(error, signal);
  }
}
