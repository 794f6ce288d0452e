import { eventKinds } from "@crossfoot/api";
import { createClient } from "@crossfoot/client";
import type { ClientEvent } from "@crossfoot/client";
import { afterEach, describe, expect, it } from "vitest";
import { eventKinds as toldKinds } from "@crossfoot/model";
import { createHttpApp } from "../app.ts";
import { listen } from "../serve.ts";
import { apiWorld, tokenOf } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";
import { fuzzWorld } from "../testing/fuzz-world.ts";
import { fakeEngine } from "../../cli/testing.ts";
import type { AccessStore, PauseStore } from "../../store/port.ts";

interface Page {
  readonly rows: readonly {
    readonly kind: string;
    readonly id: string;
    readonly facts: { readonly name?: string };
  }[];
  readonly next: string;
  readonly isMore: boolean;
}
const page = async ({ ask }: ApiWorld, path: string, token?: string): Promise<Page> => {
  const response = await ask("GET", path, token === undefined ? {} : { token });
  expect(response.status).toBe(200);
  return (await response.json()) as Page;
};

describe("events in pages", () => {
  it("are of the kinds that the journal tells", () => {
    expect([...toldKinds]).toEqual(eventKinds);
  });

  it("come all and once, whatever the size of the pages, and go on behind the last", async () => {
    const world = await fuzzWorld();
    const whole = await page(world, "/events?from=start&limit=200");
    expect(whole.rows.length).toBeGreaterThan(10);
    expect(whole.isMore).toBe(false);
    const parts: string[] = [];
    let at = await page(world, "/events?from=start&limit=3");
    for (;;) {
      parts.push(...at.rows.map(({ id }) => id));
      if (!at.isMore) break;
      at = await page(world, `/events?limit=3&cursor=${at.next}`);
    }
    expect(parts).toEqual(whole.rows.map(({ id }) => id));
    await world.ask("PUT", "/pauses/entity/quotes");
    const later = await page(world, `/events?cursor=${whole.next}`);
    expect(later.rows.map(({ kind }) => kind)).toEqual(["entity.paused"]);
    expect((await page(world, "/events")).rows).toEqual([]);
    await world.api.close();
  });

  it("are those that are asked for, and that the role sees", async () => {
    const world = await fuzzWorld();
    const asked = await page(world, "/events?from=start&limit=200&kinds=record.changed,run.ended");
    expect(new Set(asked.rows.map(({ kind }) => kind))).toEqual(new Set(["record.changed", "run.ended"]));
    const { api, ask, tokens } = await apiWorld(world.engine, {
      visibility: { viewer: { accounts: ["email"], contacts: ["*"] } },
    });
    const seen = await (await ask("GET", "/events?from=start&limit=200", { token: tokens.viewer })).text();
    const all = await (await ask("GET", "/events?from=start&limit=200")).text();
    expect([all.includes('"email"'), all.includes('"contacts"')]).toEqual([true, true]);
    expect([seen.includes('"email"'), seen.includes('"contacts"')]).toEqual([false, false]);
    expect(seen).toContain('"accounts"');
    await api.close();
    await world.api.close();
  });

  it("refuse cursors of other lists, and kinds that are none", async () => {
    const { ask } = await apiWorld(fakeEngine());
    const forged = Buffer.from(JSON.stringify(["events", "1.x"])).toString("base64url");
    const other = Buffer.from(JSON.stringify(["runs", "1.1"])).toString("base64url");
    for (const cursor of [forged, other]) {
      const response = await ask("GET", `/events?cursor=${cursor}`);
      expect([response.status, await response.json()]).toMatchObject([400, { code: "cursor_invalid" }]);
    }
    expect((await ask("GET", "/events?kinds=run.ended,nothing")).status).toBe(422);
  });
});

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The API over a real socket; nothing waits longer than it is told to. */
async function served(
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>,
  now: () => number = () => performance.now(),
) {
  const engine = fakeEngine();
  const world = await apiWorld(engine, { sleep, now });
  const app = createHttpApp(engine, { connections: [], contractHash: "c", now: () => 0, api: world.api });
  const listening = await listen(app, { host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => {
    world.api.endStreams();
    await listening.close();
    await world.api.close();
  };
  closing.push(close);
  const client = createClient({ baseUrl: listening.url, key: world.tokens.administrator });
  // One store in memory keeps the keys and the journal.
  const store = engine.access() as AccessStore & PauseStore;
  return { ...world, url: listening.url, client, store, close };
}
/** Looks again as soon as everybody else had a turn. */
const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const stream = (url: string, token: string, more: { readonly [name: string]: string } = {}) =>
  fetch(`${url}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, accept: "text/event-stream", ...more },
  });

describe("events in a stream", () => {
  it("come as they happen, and none is missed by a reader that comes back", async () => {
    const { client, store } = await served(soon);
    const seen: ClientEvent[] = [];
    const names = () => seen.map(({ facts }) => facts.name);
    await store.pause({ kind: "entity", name: "a" }, "ada");
    for await (const event of client.events({ from: "start", kinds: ["entity.paused"] })) {
      seen.push(event);
      if (seen.length === 2) break;
      await store.pause({ kind: "entity", name: "b" }, "ada");
    }
    expect(names()).toEqual(["a", "b"]);
    await store.pause({ kind: "entity", name: "c" }, "ada");
    const stopping = new AbortController();
    const after = seen.at(-1)?.cursor ?? "";
    for await (const event of client.events({ after }, stopping.signal)) {
      seen.push(event);
      break;
    }
    expect(names()).toEqual(["a", "b", "c"]);
  });

  it("are not buffered by anybody, and end with the server", async () => {
    const { url, tokens, close } = await served(soon);
    const response = await stream(url, tokens.viewer);
    expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("x-accel-buffering")).toBe("no");
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const { value } = await reader.read();
    expect(new TextDecoder().decode(value)).toMatch(/^retry: 2000\nid: [A-Za-z0-9_-]+\n\n$/);
    const ended = reader.read();
    await close();
    closing.length = 0;
    expect((await ended).done).toBe(true);
  });

  it("end when their key is revoked, and say so that they are still there meanwhile", async () => {
    let now = 0;
    const { url, access } = await served(soon, () => now);
    const token = await tokenOf(access, { role: "viewer" });
    const response = await stream(url, token);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    now += 16_000;
    const beat = new TextDecoder().decode((await reader.read()).value);
    expect(beat).toMatch(/^: nothing happened\nid: [A-Za-z0-9_-]+\n\n$/);
    await access.revokeKey(token.slice(3, 15), "root");
    now += 16_000;
    expect((await reader.read()).done).toBe(true);
  });

  it("are four at most for one key; one that is left makes room", async () => {
    const { url, tokens } = await served(soon);
    const stops = [0, 1, 2, 3].map(() => new AbortController());
    for (const { signal } of stops) {
      const headers = { authorization: `Bearer ${tokens.viewer}`, accept: "text/event-stream" };
      expect((await fetch(`${url}/api/v1/events`, { headers, signal })).status).toBe(200);
    }
    const fifth = await stream(url, tokens.viewer);
    expect([fifth.status, await fifth.json()]).toMatchObject([429, { code: "too_many_streams" }]);
    expect((await stream(url, tokens.operator)).status).toBe(200);
    stops[0]?.abort();
    for (let status = 429, turn = 0; status !== 200; turn += 1) {
      expect(turn).toBeLessThan(1_000);
      status = (await stream(url, tokens.viewer)).status;
    }
  });

  it("need the role, the scope and a sound id like any other route", async () => {
    const { url, tokens, access } = await served(soon);
    expect((await stream(url, tokens.sales)).status).toBe(403);
    expect((await stream(url, await tokenOf(access, { role: "viewer", scopes: [] }))).status).toBe(403);
    expect((await stream(url, "cf_000000000000_x")).status).toBe(401);
    expect((await stream(url, tokens.viewer, { "last-event-id": "nonsense" })).status).toBe(400);
  });
});
