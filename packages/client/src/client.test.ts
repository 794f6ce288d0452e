import { describe, expect, it } from "vitest";
import { createClient } from "./client.ts";
import type { Client } from "./client.ts";
import { CrossfootAway, CrossfootProblem } from "./problem.ts";
import type { ClientOptions } from "./wire.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | null;
}
type Step = Response | Error;

interface Shown {
  readonly status?: number;
  readonly headers?: { readonly [name: string]: string };
}
const json = (body: unknown, { status = 200, headers = {} }: Shown = {}): Response =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });
const problem = (status: number, code: string, headers: { readonly [name: string]: string } = {}): Response =>
  new Response(
    JSON.stringify({ code, title: "t", detail: `told ${code}`, status, requestId: "req-00000001" }),
    {
      status,
      headers: { "content-type": "application/problem+json", ...headers },
    },
  );

/** A client before a server that answers these, one after another; its clock moves only when it waits. */
function world(steps: readonly Step[], more: Partial<ClientOptions> = {}) {
  const seen: Seen[] = [];
  const waits: number[] = [];
  let now = 0;
  let made = 0;
  const left = [...steps];
  const client: Client = createClient({
    baseUrl: "https://crossfoot.example/",
    key: "cf_key",
    fetch: async (url, init = {}) => {
      const { method = "GET", headers, body } = init;
      const sent = typeof body === "string" ? body : null;
      seen.push({
        method,
        url: url instanceof Request ? url.url : url.toString(),
        headers: new Headers(headers),
        body: sent,
      });
      const step = left.shift();
      if (step === undefined) throw new Error("asked once too often");
      if (step instanceof Error) throw step;
      return step;
    },
    sleep: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    uuid: () => `made-${(made += 1)}-00000000`,
    now: () => now,
    ...more,
  });
  return { client, seen, waits };
}

const ordered = { kind: "ordered", order: { names: ["erp:9"], number: "SO9" }, isMadeNow: true, rest: null };

describe("a call", () => {
  it("names the address with its parts escaped, who asks, and how long it waits", async () => {
    const { client, seen } = world([json({ rows: [], next: null }), json(ordered)]);
    await client.call("listConflicts", { query: { limit: 5, entity: "accounts" } });
    await client.call("orderQuote", { path: { id: "crm:a/b" } }, { budgetMs: 10_500 });
    expect(seen.map(({ method, url }) => [method, url])).toEqual([
      ["GET", "https://crossfoot.example/api/v1/conflicts?limit=5&entity=accounts"],
      ["POST", "https://crossfoot.example/api/v1/quotes/crm%3Aa%2Fb/order"],
    ]);
    expect(seen[0]?.headers.get("authorization")).toBe("Bearer cf_key");
    expect(seen[0]?.headers.get("idempotency-key")).toBeNull();
    expect(seen[1]?.headers.get("prefer")).toBe("wait=9");
  });

  it("keeps its Idempotency-Key over its repeats, and the next call has another", async () => {
    const { client, seen, waits } = world([
      new TypeError("socket hang up"),
      problem(409, "still_running", { "retry-after": "3" }),
      problem(503, "busy", { "retry-after": "5" }),
      json(ordered),
      json(ordered),
    ]);
    const answer = await client.call("orderQuote", { path: { id: "crm:1" } });
    expect(answer.body).toEqual(ordered);
    await client.call("orderQuote", { path: { id: "crm:1" } });
    const keys = seen.map(({ headers }) => headers.get("idempotency-key"));
    expect(keys).toEqual([...Array<string>(4).fill("made-1-00000000"), "made-2-00000000"]);
    expect(waits).toEqual([200, 3_000, 5_000]);
  });

  it("waits for its rate as long as it is told, and no longer than its budget", async () => {
    const limited = (): Response => problem(429, "rate_limited", { "retry-after": "20" });
    const { client, waits } = world([limited(), json({ rows: [] })]);
    await client.call("listPauses", {});
    expect(waits).toEqual([20_000]);
    const over = world([limited()]);
    const failing = over.client.call("listPauses", {}, { budgetMs: 19_999 });
    await expect(failing).rejects.toMatchObject({ code: "rate_limited", status: 429 });
    expect(over.waits).toEqual([]);
    const twice = world([limited(), limited()]);
    await expect(twice.client.call("listPauses", {}, { budgetMs: 1e6, triesMax: 2 })).rejects.toThrow("told");
    expect(twice.waits).toEqual([20_000]);
  });

  it("is not repeated after a no: that is an error with its code and the request's name", async () => {
    const { client, seen } = world([problem(409, "held")]);
    const error: unknown = await client
      .call("orderQuote", { path: { id: "crm:1" } })
      .catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CrossfootProblem);
    expect(error).toMatchObject({
      code: "held",
      status: 409,
      requestId: "req-00000001",
      message: "told held",
    });
    expect(seen.length).toBe(1);
  });

  it("tells a proxy's page from the API's word", async () => {
    const { client } = world([
      new Response("<h1>no</h1>", { status: 403, headers: { "content-type": "text/html" } }),
    ]);
    await expect(client.call("me", {})).rejects.toMatchObject({
      code: "unknown",
      status: 403,
      requestId: null,
    });
  });

  it("that is never answered ends with its budget, and says what was in the way", async () => {
    const trouble = new TypeError("refused");
    const { client, waits } = world(Array.from({ length: 9 }, () => trouble));
    const error: unknown = await client.call("me", {}, { budgetMs: 2_000 }).catch((it: unknown) => it);
    expect(error).toBeInstanceOf(CrossfootAway);
    expect((error as Error).cause).toBe(trouble);
    expect(waits).toEqual([200, 400, 800]);
  });

  it("that is called off ends with that reason, before and while it waits", async () => {
    const stopping = new AbortController();
    const reason = new Error("closed");
    const { client, seen } = world([problem(503, "busy")], {
      sleep: async (_ms, signal) => {
        stopping.abort(reason);
        signal?.throwIfAborted();
      },
    });
    await expect(client.call("me", {}, { signal: stopping.signal })).rejects.toBe(reason);
    await expect(client.call("me", {}, { signal: stopping.signal })).rejects.toBe(reason);
    expect(seen.length).toBe(1);
  });

  it("that goes on is asked for again under its key when its caller is patient", async () => {
    const pending = (): Response =>
      json({ kind: "pending", message: "wait" }, { status: 202, headers: { "retry-after": "5" } });
    const once = world([pending()]);
    expect((await once.client.call("orderQuote", { path: { id: "crm:1" } })).status).toBe(202);
    const { client, seen, waits } = world([pending(), pending(), json(ordered)]);
    const answer = await client.call("orderQuote", { path: { id: "crm:1" } }, { isPatient: true });
    expect([answer.status, waits]).toEqual([200, [5_000, 5_000]]);
    expect(new Set(seen.map(({ headers }) => headers.get("idempotency-key"))).size).toBe(1);
    const never = world([pending(), pending()]);
    const options = { isPatient: true, budgetMs: 9_000 };
    expect((await never.client.call("orderQuote", { path: { id: "crm:1" } }, options)).status).toBe(202);
  });

  it("for what has not changed is answered null", async () => {
    const etag = '"abc"';
    const { client, seen } = world([
      json({ rows: [] }, { headers: { etag } }),
      new Response(null, { status: 304 }),
    ]);
    const first = await client.call("listPauses", {});
    expect(first.etag).toBe(etag);
    expect(await client.ifChanged("listPauses", {}, { etag })).toBeNull();
    expect(seen[1]?.headers.get("if-none-match")).toBe(etag);
  });
});

describe("rows", () => {
  it("come from all pages, and a page is only asked for when it is needed", async () => {
    const { client, seen } = world([
      json({ rows: [{ link: "l-1" }, { link: "l-2" }], next: "c1" }),
      json({ rows: [], next: "c2" }),
      json({ rows: [{ link: "l-3" }], next: null }),
    ]);
    const links: string[] = [];
    for await (const { link } of client.rows("listRecords", {
      path: { entity: "accounts" },
      query: { limit: 2 },
    })) {
      links.push(link);
      if (links.length === 2) expect(seen.length).toBe(1);
    }
    expect(links).toEqual(["l-1", "l-2", "l-3"]);
    const queries = seen.map(({ url }) => new URL(url).search);
    expect(queries).toEqual(["?limit=2", "?limit=2&cursor=c1", "?limit=2&cursor=c2"]);
  });
});
