import { firstEpoch } from "../store/epochs.ts";
import { connectionId } from "@crossfoot/kernel";
import type { Delivery } from "@crossfoot/connector-sdk";
import { describe, expect, it } from "vitest";
import type { Engine, StatusReport } from "../runtime/engine.ts";
import { createHttpApp } from "./app.ts";
import type { HttpOptions } from "./app.ts";
import { pageStyleSource } from "./page-style.ts";

const crm = connectionId("crm");
const now = Date.parse("2026-01-31T10:00:00Z");

const status: StatusReport = {
  connections: [
    { id: crm, system: "http", role: "crm", tenant: "<b>acme</b>", state: "ready", reason: null },
    {
      id: connectionId("erp"),
      system: "tryton",
      role: "erp",
      tenant: null,
      state: "refused",
      reason: "wrong credentials",
    },
  ],
  observed: [],
  pauses: [],
  shards: [],
  entities: [
    {
      entity: "accounts",
      single: 2,
      live: 1200,
      dormant: 0,
      ended: 0,
      work: 3,
      openIntents: 1,
      parks: 4,
      conflicts: 5,
      candidates: 6,
      waits: 7,
    },
  ],
  cursors: [],
  proofs: [],
  subscriptions: [],
  outlooks: [],
  sealing: null,
  epoch: firstEpoch,
  webhooks: { counts: [], waiting: [] },
  runs: [
    {
      id: "r1",
      command: "run",
      state: "done",
      startedAt: "2026-01-31T09:58:00Z",
      endedAt: "2026-01-31T09:58:01Z",
      summary: { whyNothing: 'nothing changed <script>alert("x")</script>' },
    },
    {
      id: "r2",
      command: "run",
      state: "done",
      startedAt: "2026-01-31T08:00:00Z",
      endedAt: null,
      summary: {
        whyNothing: null,
        entities: [{ entity: "orders", settled: { crm: { create: 2, update: 1 } } }],
      },
    },
  ],
};

interface Made {
  readonly deliveries: Delivery[];
  readonly woken: string[];
  readonly refused: string[];
  readonly app: ReturnType<typeof createHttpApp>;
}

function made(
  answers: Partial<Pick<Engine, "receive" | "status" | "reviews">> = {},
  more: Partial<HttpOptions> = {},
): Made {
  const deliveries: Delivery[] = [];
  const woken: string[] = [];
  const refused: string[] = [];
  const engine = {
    refuseDelivery: (_id: unknown, outcome: string) => void refused.push(outcome),
    receive: (_id: unknown, delivery: Delivery) => {
      deliveries.push(delivery);
      return Promise.resolve({ status: 200, reason: "stored" });
    },
    status: () => Promise.resolve(status),
    reviews: () => Promise.resolve({ at: "", clusters: [], overdue: 0, trend: [], looks: [] }),
    ...answers,
  };
  const options = {
    connections: [{ id: crm }],
    contractHash: "c".repeat(64),
    now: () => now,
    onHints: () => void woken.push("hints"),
  };
  return { deliveries, woken, refused, app: createHttpApp(engine, { ...options, ...more }) };
}

const post = (
  app: Made["app"],
  path: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Response> => Promise.resolve(app.request(path, { method: "POST", body, headers }));

describe("a status", () => {
  it("for a crowd that asks at once is looked at for the first, and once for all others", async () => {
    let looks = 0;
    const { app } = made({
      status: async () => {
        looks += 1;
        await new Promise((resolve) => setImmediate(resolve));
        return status;
      },
    });
    const paths = Array.from({ length: 300 }, (_none, nth) => ["/healthz", "/readyz", "/"][nth % 3] ?? "");
    const answers = await Promise.all(paths.map(async (path) => app.request(path)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(looks).toBeGreaterThan(0);
    expect(looks).toBeLessThanOrEqual(2);
  });
});

describe("reviews", () => {
  it("are a page without scripts, the same as JSON, under the policy of all pages", async () => {
    const { app } = made();
    const page = await app.request("/reviews?page=x");
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(await page.text()).toContain("Nothing was looked for yet.");
    expect(await (await app.request("/reviews.json")).json()).toMatchObject({ clusters: [], looks: [] });
    expect(await (await app.request("/")).text()).toContain('href="/reviews"');
  });
});

describe("webhooks", () => {
  it("hand the raw body and all headers to the engine, answer its status, and wake the loop", async () => {
    const { app, deliveries, woken } = made();
    const body = '{"a": 1,\n "ü": "€"}';
    const answer = await post(app, "/hooks/crm", body, { "X-Signature": "abc" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ reason: "stored" });
    expect(new TextDecoder().decode(deliveries[0]?.body)).toBe(body);
    expect(deliveries[0]?.headers["x-signature"]).toBe("abc");
    expect(deliveries[0]?.receivedAt).toBe(now);
    expect(woken).toEqual(["hints"]);
  });

  it("that the engine refuses wake nothing", async () => {
    const { app, woken } = made({
      receive: () => Promise.resolve({ status: 401, reason: "signature differs" }),
    });
    expect((await post(app, "/hooks/crm", "{}")).status).toBe(401);
    expect(woken).toEqual([]);
  });

  it("for a connection that nobody configured are 404 before anything is read", async () => {
    const { app, deliveries } = made();
    expect((await post(app, "/hooks/other", "{}")).status).toBe(404);
    expect(deliveries).toEqual([]);
  });

  it("of more than 1 MB are refused, with and without a length in the headers", async () => {
    const { app, deliveries, refused } = made();
    expect((await post(app, "/hooks/crm", "x".repeat(1_048_576))).status).toBe(200);
    expect((await post(app, "/hooks/crm", "x".repeat(1_048_577))).status).toBe(413);
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const request = new Request("http://127.0.0.1/hooks/crm", {
      method: "POST",
      body: endless,
      duplex: "half",
    });
    expect((await app.request(request)).status).toBe(413);
    expect(deliveries).toHaveLength(1);
    expect(refused).toEqual(["too_large", "too_large"]);
  });

  it("of more than their connection allows are refused unread", async () => {
    const { app, deliveries } = made({}, { connections: [{ id: crm, bytesMax: 8 }] });
    expect((await post(app, "/hooks/crm", "12345678")).status).toBe(200);
    expect((await post(app, "/hooks/crm", "123456789")).status).toBe(413);
    expect((await post(app, "/hooks/crm", "éééééé")).status).toBe(413);
    expect(deliveries).toHaveLength(1);
  });

  it("are handed over byte by byte, with the address that the sender called", async () => {
    const { app, deliveries } = made({}, { publicUrl: "https://hooks.acme.example/crossfoot" });
    const bytes = new Uint8Array([0x7b, 0xff, 0xfe, 0x00, 0x7d]);
    await app.request("http://10.0.0.9:8787/hooks/crm?event=a%3Ab", { method: "POST", body: bytes });
    expect([...(deliveries[0]?.body ?? [])]).toEqual([...bytes]);
    expect(deliveries[0]?.url).toBe("https://hooks.acme.example/crossfoot/hooks/crm?event=a%3Ab");
    expect(deliveries[0]?.method).toBe("POST");
    expect(deliveries[0]?.hasCertificate).toBe(false);
  });

  it("have a certificate only where the proxy that is named says so", async () => {
    const fingerprint = "ab".repeat(32);
    const route = { id: crm, certificates: [fingerprint], certificateHeader: "x-client-cert" };
    const shown = async (peer: string): Promise<boolean | undefined> => {
      const more = { connections: [route], trustedProxies: ["10.0.0.7"], peerOf: () => peer };
      const { app, deliveries } = made({}, more);
      await post(app, "/hooks/crm", "{}", { "X-Client-Cert": fingerprint });
      return deliveries[0]?.hasCertificate;
    };
    expect([await shown("10.0.0.7"), await shown("10.0.0.8")]).toEqual([true, false]);
  });

  it("that are to come later say when; one that wants another answer gets it", async () => {
    const busy = { status: 429, reason: "too many; send it again later", retryAfterSeconds: 7 };
    const answer = await post(made({ receive: () => Promise.resolve(busy) }).app, "/hooks/crm", "{}");
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
    const greeted = { contentType: "text/plain; charset=utf-8", body: "token-1" };
    const hello = { status: 200, reason: "greeted", answer: greeted };
    const { app, woken } = made({ receive: () => Promise.resolve(hello) });
    const told = await post(app, "/hooks/crm?validationToken=token-1", "");
    expect([told.status, told.headers.get("content-type"), await told.text()]).toEqual([
      200,
      "text/plain; charset=utf-8",
      "token-1",
    ]);
    expect(told.headers.get("x-content-type-options")).toBe("nosniff");
    expect(woken).toEqual([]);
  });

  it("are logged without what stands in their address", async () => {
    const lines: string[] = [];
    const note = (event: string, facts?: unknown): void => void lines.push(event + JSON.stringify(facts));
    const log = { info: note, warn: note, error: note };
    const { app } = made({ receive: () => Promise.reject(new Error("away")) }, { log });
    await post(app, "/hooks/crm?code=a-secret", "{}");
    expect(lines).toHaveLength(1);
    expect(lines.join("")).not.toContain("a-secret");
  });

  it("that cannot be stored are answered 503, so that the sender tries again; nothing leaks", async () => {
    const { app } = made({ receive: () => Promise.reject(new Error("connect 10.0.0.7 failed")) });
    const answer = await post(app, "/hooks/crm", "{}");
    expect(answer.status).toBe(503);
    expect(answer.headers.get("retry-after")).toBe("10");
    expect(await answer.text()).not.toContain("10.0.0.7");
  });
});

describe("the status page", () => {
  it("escapes everything that comes from outside", async () => {
    const text = await (await made().app.request("/")).text();
    expect(text).toContain("&lt;b&gt;acme&lt;/b&gt;");
    expect(text).toContain("nothing changed &lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;");
    expect(text).not.toContain("<script");
    expect(text).not.toContain("<b>acme");
  });

  it("says first what is paused and that a store is held, and then never that all is caught up", async () => {
    const quiet = { ...status, connections: [], entities: [] };
    const shown = async (change: Partial<StatusReport>): Promise<string> =>
      (await made({ status: () => Promise.resolve({ ...quiet, ...change }) }).app.request("/")).text();
    expect(await shown({})).toContain("Caught up");
    const pauses = [
      { kind: "entity", name: "products", by: "<ada>", since: "2026-01-31T09:00:00Z" } as const,
    ];
    const paused = await shown({ pauses });
    expect(paused).toContain("PAUSED: products");
    expect(paused).toContain("&lt;ada&gt;");
    expect(paused).not.toContain("Caught up");
    const held = await shown({ epoch: { ...firstEpoch, state: "held", reason: "an older <backup>" } });
    expect(held).toContain("NOTHING IS WRITTEN");
    expect(held).toContain("an older &lt;backup&gt;");
    expect(held).not.toContain("Caught up");
    const told = { name: "warehouse", reason: null, waiting: 0, deliveredAt: null };
    const parked = await shown({ subscriptions: [{ ...told, state: "open", parked: 2 }] });
    expect(parked).toContain("warehouse (2 parked)");
    expect(parked).not.toContain("Caught up");
    const stopped = await shown({ subscriptions: [{ ...told, state: "stopped", parked: 0 }] });
    expect(stopped).toContain("warehouse (told nothing)");
    expect(stopped).not.toContain("Caught up");
  });

  it("shows connections, entities with their counts, and why the last runs did nothing", async () => {
    const text = await (await made().app.request("/")).text();
    for (const part of [
      "wrong credentials",
      "1,200",
      "wrote nothing: nothing changed",
      "wrote 3 orders",
      "2 min ago",
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toContain("Not usable: erp.");
  });

  it("tells what became of webhooks, the reason of the last refusal escaped", async () => {
    const counts = [
      {
        connection: crm,
        outcome: "forged",
        secret: "",
        count: 1234,
        reason: "<i>no</i>",
        lastAt: "2026-01-31T09:58:00Z",
      },
      {
        connection: crm,
        outcome: "accepted",
        secret: "hook",
        count: 5,
        reason: null,
        lastAt: "2026-01-31T09:00:00Z",
      },
    ] as const;
    const { app } = made({ status: () => Promise.resolve({ ...status, webhooks: { counts, waiting: [] } }) });
    const text = await (await app.request("/")).text();
    for (const part of ["1,234", "forged: &lt;i&gt;no&lt;/i&gt;", "hook <time"]) expect(text).toContain(part);
    expect(text).not.toContain("<i>");
  });

  it("has no script, and headers that allow none", async () => {
    const answer = await made().app.request("/");
    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`style-src ${pageStyleSource}`);
    expect(policy).not.toContain("unsafe");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    expect(answer.headers.get("x-frame-options")).toBe("DENY");
    expect(answer.headers.get("cache-control")).toBe("no-store");
  });

  it("its style is the one that the policy names", async () => {
    const text = await (await made().app.request("/")).text();
    const style = /<style>(.*?)<\/style>/s.exec(text)?.[1] ?? "";
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
    expect(pageStyleSource).toBe(`'sha256-${Buffer.from(bytes).toString("base64")}'`);
  });

  it("is there as JSON too, with the same headers", async () => {
    const answer = await made().app.request("/status.json");
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(status)));
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

describe("the API", () => {
  it("is served below its own address, with the headers of all answers, and nowhere else", async () => {
    const asked: string[] = [];
    const api = {
      fetch: (request: Request): Response => {
        asked.push(`${request.method} ${new URL(request.url).pathname}`);
        return Response.json({ ok: true });
      },
    };
    const { app } = made({}, { api });
    const answer = await app.request("/api/v1/plans/p-1", { method: "PUT" });
    expect([answer.status, answer.headers.get("x-frame-options")]).toEqual([200, "DENY"]);
    expect((await app.request("/api/v2/plans")).status).toBe(404);
    expect((await made().app.request("/api/v1/me")).status).toBe(404);
    expect(asked).toEqual(["PUT /api/v1/plans/p-1"]);
  });
});

describe("health", () => {
  it("is 200 while the store answers and the loop is well", async () => {
    const answer = await made().app.request("/healthz");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ok: true,
      trouble: null,
      connections: { crm: "ready", erp: "refused" },
    });
  });

  it("is 503 when the loop is in trouble, or the store does not answer", async () => {
    const looping = await made({}, { trouble: () => "the store is away" }).app.request("/healthz");
    expect([looping.status, await looping.json()]).toMatchObject([
      503,
      { ok: false, trouble: "the store is away" },
    ]);
    const { app } = made({ status: () => Promise.reject(new Error("password of postgres://me")) });
    const away = await app.request("/healthz");
    expect(away.status).toBe(503);
    expect(await away.text()).not.toContain("postgres://");
    expect((await app.request("/")).status).toBe(503);
  });

  it("what is not there is 404 and says nothing", async () => {
    expect((await made().app.request("/etc/passwd")).status).toBe(404);
    expect((await made().app.request("/hooks/crm")).status).toBe(404);
  });
});
