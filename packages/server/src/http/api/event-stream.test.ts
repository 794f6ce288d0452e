import { describe, expect, it } from "vitest";
import type { HappenedBatch } from "../../runtime/events.ts";
import { createStreams } from "./event-stream.ts";
import { createTail, toldOf } from "./event-tail.ts";
import { sightOf } from "./sight.ts";

const from = { places: [0], kinds: null, sight: sightOf("administrator", {}) };
const somebody = { id: "k1", isLive: async () => true };
const nothing: HappenedBatch = { happened: [], from: [0], isMore: false };
/** A run that began, as the first entry of the first chain says. */
const something: HappenedBatch = {
  happened: [
    {
      event: {
        id: "ev-0-1",
        kind: "run.started",
        at: "2026-01-05T08:00:00.000Z",
        entity: null,
        link: null,
        facts: {},
      },
      places: [1],
    },
  ],
  from: [0],
  isMore: true,
};

/** Streams whose time passes only when somebody lets it. */
function world(batch: HappenedBatch) {
  let now = 0;
  let looks = 0;
  const waiting = new Set<{ readonly until: number; readonly wake: () => void }>();
  const stopping = new AbortController();
  const streams = createStreams({
    tail: async () => {
      looks += 1;
      return batch;
    },
    now: () => now,
    sleep: (ms, signal) =>
      new Promise<void>((wake) => {
        const one = { until: now + ms, wake };
        waiting.add(one);
        signal.addEventListener("abort", () => wake());
      }),
    signal: stopping.signal,
  });
  const pass = async (ms: number): Promise<void> => {
    now += ms;
    for (const one of waiting) if (one.until <= now && waiting.delete(one)) one.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { streams, pass, stopping, looks: () => looks };
}

describe("a stream", () => {
  it("reads the store only as its reader takes what it says, and drops one that takes nothing", async () => {
    const { streams, pass, looks } = world(something);
    const cuts: string[] = [];
    const response = streams.open(somebody, from, () => void cuts.push("cut"));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.read();
    const before = looks();
    await pass(59_000);
    expect([looks(), cuts, streams.count()]).toEqual([before, [], 1]);
    await pass(61_000);
    expect([looks(), cuts, streams.count()]).toEqual([before, ["cut"], 0]);
    await expect(reader.read()).rejects.toThrow("over");
  });

  it("stays open for a reader that waits while nothing happens, and ends with the server", async () => {
    const { streams, pass, stopping } = world(nothing);
    const cuts: string[] = [];
    const response = streams.open(somebody, from, () => void cuts.push("cut"));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const next = reader.read();
    for (let turn = 0; turn < 9; turn += 1) await pass(1_000);
    expect(streams.count()).toBe(1);
    stopping.abort();
    expect([(await next).done, streams.count(), cuts]).toEqual([true, 0, []]);
    expect(() => streams.open(somebody, from, () => undefined)).toThrow("open streams");
  });

  it("ends once its reader is signed out or their key revoked", async () => {
    const { streams, pass } = world(nothing);
    let isLive = true;
    const response = streams.open({ id: "person-1", isLive: async () => isLive }, from, () => undefined);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const next = reader.read();
    for (let turn = 0; turn < 14; turn += 1) await pass(1_000);
    expect(streams.count()).toBe(1);
    isLive = false;
    for (let turn = 0; turn < 14; turn += 1) await pass(1_000);
    const { value } = await next;
    if (value !== undefined) expect((await reader.read()).done).toBe(true);
    expect(streams.count()).toBe(0);
  });

  it("is forgotten when its reader goes away", async () => {
    const { streams } = world(nothing);
    const response = streams.open(somebody, from, () => undefined);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const left = reader.read();
    await reader.cancel();
    expect([(await left).done, streams.count()]).toEqual([true, 0]);
  });
});

describe("what a role is told", () => {
  it("leaves out what is about a hidden entity", () => {
    const [run] = something.happened;
    if (run === undefined || run.event === null) throw new Error("nothing happened");
    const ended = { ...run.event, kind: "operation.ended" as const, entity: "quotes" };
    const batch = { ...something, happened: [run, { ...run, event: ended }] };
    const told = (hidden: { readonly [entity: string]: readonly string[] }): number =>
      toldOf(batch, { kinds: null, sight: sightOf("viewer", { viewer: hidden }) }).told.length;
    expect([told({}), told({ quotes: ["*"] })]).toEqual([2, 1]);
  });
});

describe("the tail of the journal", () => {
  it("is read once for all at one place, and anew after a moment where nothing had happened", async () => {
    let [now, reads] = [0, 0];
    const store = {
      journalPlaces: async () => [0],
      followJournal: async () => {
        reads += 1;
        return { entries: [], from: [0] };
      },
    };
    const tail = createTail(store, () => now);
    await Promise.all([tail([0]), tail([0]), tail([0])]);
    expect(reads).toBe(1);
    await tail([1]);
    expect(reads).toBe(2);
    now = 500;
    await Promise.all([tail([0]), tail([0])]);
    expect(reads).toBe(3);
  });

  it("that could not be read is read again", async () => {
    let isAway = true;
    const store = {
      journalPlaces: async () => [0],
      followJournal: async () => {
        if (isAway) throw new Error("away");
        return { entries: [], from: [0] };
      },
    };
    const tail = createTail(store, () => 0);
    await expect(tail([0])).rejects.toThrow("away");
    isAway = false;
    expect((await tail([0])).from).toEqual([0]);
  });
});
