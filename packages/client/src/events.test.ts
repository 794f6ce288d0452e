import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createClient } from "./client.ts";
import { eventReader } from "./event-reader.ts";

const event = (id: string) => ({
  id,
  kind: "run.ended",
  at: "2026-01-05T08:00:00Z",
  entity: null,
  link: null,
  facts: {},
});
const message = (id: string): string =>
  `id: c-${id}\nevent: run.ended\ndata: ${JSON.stringify(event(id))}\n\n`;

/** A server whose streams say these, one after another; each ends, or breaks where `null` stands. */
function world(streams: readonly (readonly (string | null)[] | Response)[]) {
  const asked: { readonly url: string; readonly last: string | null; readonly accept: string | null }[] = [];
  const waits: number[] = [];
  const left = [...streams];
  const client = createClient({
    baseUrl: "https://crossfoot.example",
    key: "cf_key",
    fetch: async (address, init) => {
      const headers = new Headers(init?.headers);
      const url = address instanceof Request ? address.url : address.toString();
      asked.push({ url, last: headers.get("last-event-id"), accept: headers.get("accept") });
      const next = left.shift();
      if (next === undefined) throw new Error("asked once too often");
      if (next instanceof Response) return next;
      return new Response(
        new ReadableStream({
          start(controller) {
            for (const piece of next)
              if (piece === null) controller.error(new TypeError("reset"));
              else controller.enqueue(new TextEncoder().encode(piece));
            if (!next.includes(null)) controller.close();
          },
        }),
      );
    },
    sleep: async (ms, signal) => {
      waits.push(ms);
      signal?.throwIfAborted();
    },
    now: () => 0,
  });
  return { client, asked, waits };
}

describe("events", () => {
  it("go on behind the last one when a stream ends, after the pause that the server asks for", async () => {
    const { client, asked, waits } = world([
      ["retry: 2000\nid: c-0\n\n", message("1"), "id: c-5\n\n"],
      [message("6")],
      [message("7"), message("8")],
    ]);
    const seen: string[] = [];
    for await (const { id, cursor } of client.events({ kinds: ["run.ended", "plan.made"], from: "start" })) {
      seen.push(`${id} ${cursor}`);
      if (seen.length === 4) break;
    }
    expect(seen).toEqual(["1 c-1", "6 c-6", "7 c-7", "8 c-8"]);
    const address = "https://crossfoot.example/api/v1/events?from=start&kinds=run.ended%2Cplan.made";
    expect(asked.map(({ url }) => url)).toEqual([address, address, address]);
    expect(asked.map(({ last }) => last)).toEqual([null, "c-5", "c-6"]);
    expect(asked[0]?.accept).toBe("text/event-stream");
    expect(waits).toEqual([2_000, 2_000]);
  });

  it("survive a connection that breaks in the middle of an event, without telling it twice", async () => {
    const half = message("2").slice(0, 30);
    const { client, asked } = world([[message("1"), half], [null], [message("2")]]);
    const seen: string[] = [];
    for await (const { id } of client.events({ after: "c-0" })) {
      seen.push(id);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual(["1", "2"]);
    expect(asked.map(({ last }) => last)).toEqual(["c-0", "c-1", "c-1"]);
  });

  it("end with a no of the API, and with the reason of whoever calls them off", async () => {
    const no = new Response(JSON.stringify({ code: "role_refused", detail: "no" }), {
      status: 403,
      headers: { "content-type": "application/problem+json" },
    });
    const refused = world([no]).client.events();
    await expect(refused.next()).rejects.toMatchObject({ code: "role_refused" });
    const stopping = new AbortController();
    const { client } = world([[message("1")]]);
    const events = client.events({}, stopping.signal);
    await events.next();
    const reason = new Error("closed");
    stopping.abort(reason);
    await expect(events.next()).rejects.toBe(reason);
  });
});

describe("the reader of a stream", () => {
  const first = "retry: 2000\r\nid: é1\n\n: nothing\n\nid: 2\revent: a\rdata: one\rdata:two\r\r";
  const stream = `${first}data\n\nid: \u0000\ndata: x\n\n`;
  const whole = [
    { id: "é1", text: null, comeBackMs: 2_000 },
    { id: "é1", text: null, comeBackMs: null },
    { id: "2", text: "one\ntwo", comeBackMs: null },
    { id: "2", text: "", comeBackMs: null },
    { id: "2", text: "x", comeBackMs: null },
  ];

  it("reads fields, comments and all three ends of lines as the standard says", () => {
    expect(eventReader()(stream)).toEqual(whole);
  });

  it("reads the same whatever the pieces are in which it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length }), { maxLength: 12 }), (cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const read = eventReader();
        const told = places.slice(1).flatMap((end, at) => read(stream.slice(places[at] ?? 0, end)));
        expect(told).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});
