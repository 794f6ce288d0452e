import { createHash } from "node:crypto";
import fc from "fast-check";
import { failureRecord } from "@crossfoot/connector-sdk";
import { connectionId, defaultFloors, lanes, unlimited, usable } from "@crossfoot/kernel";
import type { CallLimit, Lane, QuotaLimits } from "@crossfoot/kernel";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Store } from "../store/port.ts";
import { deadlineIn } from "./deadline.ts";
import { openTerms } from "./gate.ts";
import type { CallTerms, Gate } from "./gate.ts";
import { createDaySpan } from "./quota-day.ts";
import { createGate } from "./quota-gate.ts";
import { CountingSystem } from "./testing/counting-system.ts";
import type { TellingOptions } from "./testing/counting-system.ts";
import { TurningTime } from "./testing/turning-time.ts";

const erp = connectionId("erp");
/** An afternoon, ten minutes before midnight in Berlin. */
const start = Date.UTC(2026, 4, 4, 21, 50);
const minute: CallLimit = { name: "minute", requests: 100, windowMs: 60_000, zone: null };
const day: CallLimit = { name: "day", requests: 200, windowMs: null, zone: "Europe/Berlin" };

/** Workers over one store, and the system that they call. */
class Floor {
  readonly time = new TurningTime(start);
  readonly daySpan = createDaySpan();
  readonly system: CountingSystem;
  readonly store: Store;
  readonly limits: QuotaLimits;
  saves = 0;
  isStoreDown = false;
  #names = 0;

  constructor(
    windows: readonly CallLimit[],
    more: {
      readonly limits?: Partial<QuotaLimits>;
      readonly real?: readonly CallLimit[];
      readonly telling?: TellingOptions;
    } = {},
  ) {
    this.limits = { ...unlimited, windows, ...more.limits };
    this.system = new CountingSystem(this, more.real ?? windows, more.telling);
    const entropy = {
      digest: (text: string) => createHash("sha256").update(text).digest("hex"),
      uuid: () => "x",
    };
    const plain = createMemoryStore({ entropy, clock: this.time.clock });
    this.store = {
      ...plain,
      // A round trip takes a little, so that workers come between one another.
      loadQuota: async (connection) => {
        await this.time.sleep(1);
        if (this.isStoreDown) throw new Error("the store is away");
        return plain.loadQuota(connection);
      },
      saveQuota: async (connection, change) => {
        await this.time.sleep(1);
        const isSaved = await plain.saveQuota(connection, change);
        if (isSaved) this.saves += 1;
        return isSaved;
      },
    };
  }

  worker(change: { readonly concurrency?: number; readonly isShared?: boolean } = {}): Gate {
    return createGate({
      connection: erp,
      rules: { limits: this.limits, daySpan: this.daySpan },
      concurrency: 4,
      isShared: true,
      callMsMax: 2_000,
      store: this.store,
      clock: this.time.clock,
      sleep: this.time.sleep,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      uuid: () => `id-${(this.#names += 1)}`,
      ...change,
    });
  }

  /** Makes so many calls, as many at once as the gate lets. */
  async many(gate: Gate, terms: CallTerms, count: number): Promise<number> {
    const calls = Array.from({ length: count }, () => this.system.call(gate, terms, { tookMs: 20 }));
    const done = await Promise.all(calls);
    return done.filter(Boolean).length;
  }

  /** The failure of a call that is not made. */
  async refusal(promise: Promise<unknown>): Promise<{ code: string; retryAt: number | null }> {
    const failure = await this.time.until(promise.then(() => null, failureRecord));
    return { code: failure?.code ?? "made", retryAt: failure?.retryAt ?? null };
  }
}

describe("without limits", () => {
  it("nothing waits, and 1,000 calls cost no commit", async () => {
    const floor = new Floor([]);
    const gate = floor.worker({ concurrency: 8 });
    await floor.time.until(floor.many(gate, openTerms("backfill"), 1_000));
    expect([floor.system.arrivals.length, floor.system.most, floor.saves]).toEqual([1_000, 8, 0]);
    expect(floor.time.now() - start).toBe(125 * 20);
    // How long a call takes is stored when work ends, for the forecast.
    await floor.time.until(gate.rest());
    expect(floor.saves).toBe(1);
  });

  it("a refusal is learned by every worker, hint or none, and calls go on after it", async () => {
    const floor = new Floor([], { real: [{ ...minute, requests: 50 }], telling: { hintMs: 60_000 } });
    const [first, second] = [floor.worker(), floor.worker()];
    expect(await floor.time.until(floor.many(first, openTerms("poll"), 60))).toBeLessThan(60);
    // No more than were under way when the first refusal came.
    expect(floor.system.refusals.length).toBe(4);
    floor.system.foreign(50);
    const more = floor.many(first, openTerms("poll"), 1);
    await floor.time.pass(100);
    await floor.time.until(second.greet());
    const before = floor.time.now();
    await floor.time.until(floor.many(second, openTerms("poll"), 1));
    await floor.time.until(more);
    expect(floor.time.now() - before).toBeGreaterThan(55_000);
  });

  it("without a hint pauses double, and calls at one time are halved", async () => {
    const floor = new Floor([], { real: [{ ...minute, requests: 10 }] });
    const gate = floor.worker({ concurrency: 8 });
    const terms = openTerms("poll");
    for (let made = 0; made < 20;) made += (await floor.time.until(floor.many(gate, terms, 1))) > 0 ? 1 : 0;
    // 10 at once, then one refusal for each pause of 1, 2, 4, 8, 16 and 32 s.
    expect(floor.system.refusals.length).toBeLessThanOrEqual(7);
  });
});

describe("limits", () => {
  it("are kept to with nothing refused, and a block is reserved for many calls", async () => {
    const floor = new Floor([{ ...minute, requests: 600 }]);
    const gate = floor.worker();
    await floor.time.until(floor.many(gate, openTerms("backfill"), 2_000));
    expect(floor.system.refusals).toEqual([]);
    expect(floor.system.mostOfOurs({ ...minute, requests: 600 })).toBeLessThanOrEqual(usable(600, 0.05));
    // 570 a minute are ours, 57 of them kept for interactive calls: the fourth minute brings the last.
    expect(floor.time.now() - start).toBeLessThan(4 * 60_000);
    expect(floor.saves).toBeLessThan(2_000 / 10);
  });

  it("several workers, also when some die, stay within every window of every limit (I16)", async () => {
    const worker = fc.integer({ min: 0, max: 2 });
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant("calls" as const),
          worker,
          lane: fc.constantFrom(...lanes),
          count: fc.integer({ min: 1, max: 60 }),
        }),
      },
      {
        weight: 4,
        arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.integer({ min: 0, max: 20_000 }) }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("die" as const), worker }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("rest" as const), worker }) },
    );
    let largest = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          requests: fc.integer({ min: 1, max: 120 }),
          windowMs: fc.constantFrom(1_000, 10_000, 60_000),
          daily: fc.option(fc.integer({ min: 50, max: 400 })),
        }),
        fc.array(step, { minLength: 5, maxLength: 40 }),
        async ({ requests, windowMs, daily }, steps) => {
          const windows: readonly CallLimit[] = [
            { name: "short", requests, windowMs, zone: null },
            ...(daily === null ? [] : [{ ...day, requests: daily }]),
          ];
          const floor = new Floor(windows);
          const gates = [floor.worker(), floor.worker(), floor.worker()];
          const stops = gates.map(() => new AbortController());
          const open: Promise<unknown>[] = [];
          for (const one of steps) {
            if (one.kind === "pass") await floor.time.pass(one.ms);
            else if (one.kind === "rest") open.push(gates[one.worker]?.rest() ?? Promise.resolve());
            else if (one.kind === "die") {
              // Its program is gone: nobody makes its calls, nobody closes its blocks.
              stops[one.worker]?.abort();
              stops[one.worker] = new AbortController();
              gates[one.worker] = floor.worker();
            } else {
              const terms = openTerms(one.lane, stops[one.worker]?.signal);
              const gate = gates[one.worker] as Gate;
              for (let count = 0; count < one.count; count += 1)
                open.push(floor.system.call(gate, terms, { tookMs: 50 }).catch(() => false));
            }
          }
          await floor.time.pass(100_000);
          for (const limit of windows) {
            const most = floor.system.mostOfOurs(limit);
            largest = Math.max(largest, most / usable(limit.requests, 0.05));
            expect(most).toBeLessThanOrEqual(usable(limit.requests, 0.05));
          }
          expect(floor.system.refusals).toEqual([]);
          for (const stop of stops) stop.abort();
          await floor.time.pass(1_000);
          await Promise.all(open);
        },
      ),
      { numRuns: 25 },
    );
    expect(largest).toBe(1);
  });

  it("a day that is used up postpones the work at once, and midnight lets it go on", async () => {
    const floor = new Floor([day], { limits: { floors: { ...defaultFloors, interactive: 0 } } });
    const gate = floor.worker();
    const terms = openTerms("backfill");
    await floor.time.until(floor.many(gate, terms, 80));
    // Ten minutes before midnight next to nothing is kept for the other lanes any more.
    const more = Array.from({ length: 130 }, () =>
      floor.system.call(gate, terms, { tookMs: 20 }).then(
        () => true,
        () => false,
      ),
    );
    const made = await floor.time.until(Promise.all(more));
    expect(floor.system.arrivals.length).toBeGreaterThan(150);
    expect(made).toContain(false);
    expect(floor.time.now() - start).toBeLessThan(60_000);
    const { code, retryAt } = await floor.refusal(gate.admit(terms, { isWrite: false }));
    expect([code, new Date(retryAt ?? 0).toISOString().slice(0, 19)]).toEqual([
      "quota_used_up",
      "2026-05-04T22:00:00",
    ]);
    const saves = floor.saves;
    expect((await floor.refusal(gate.admit(terms, { isWrite: true }))).code).toBe("quota_used_up");
    expect(floor.saves).toBe(saves);
    await floor.time.pass((retryAt ?? 0) - floor.time.now());
    expect(await floor.time.until(floor.system.call(gate, terms, { tookMs: 20 }))).toBe(true);
  });

  it("what the system says is left wins over our own count: another program calls too (Q2)", async () => {
    const floor = new Floor([minute], { telling: { tells: ["minute"] } });
    const gate = floor.worker();
    const terms = openTerms("interactive");
    await floor.time.until(floor.many(gate, terms, 10));
    floor.system.foreign(60);
    await floor.time.until(floor.many(gate, terms, 120));
    expect(floor.system.refusals).toEqual([]);
    expect(floor.system.arrivals.length).toBe(190);
  });

  it("a limit that nobody declared is kept to once it was told, over all workers", async () => {
    const floor = new Floor([], { real: [minute], telling: { tells: ["minute"] } });
    const [first, second] = [floor.worker(), floor.worker()];
    await floor.time.until(floor.many(first, openTerms("poll"), 5));
    await floor.time.until(first.rest());
    await floor.time.until(second.greet());
    await floor.time.until(
      Promise.all([floor.many(first, openTerms("poll"), 150), floor.many(second, openTerms("poll"), 150)]),
    );
    expect(floor.system.refusals).toEqual([]);
    expect(floor.saves).toBeLessThan(150);
  });

  it("a limit that the system lowers while we run is kept to from the next answer on (Q3)", async () => {
    const floor = new Floor([minute], { telling: { tells: ["minute"] } });
    const gate = floor.worker();
    await floor.time.until(floor.many(gate, openTerms("interactive"), 40));
    floor.system.limits = [{ ...minute, requests: 30 }];
    await floor.time.pass(60_000);
    await floor.time.until(floor.many(gate, openTerms("interactive"), 100));
    expect(floor.system.refusals).toEqual([]);
  });
});

describe("lanes", () => {
  it("of calls that wait for a place the first lane goes first, and none is left out", async () => {
    const floor = new Floor([]);
    const gate = floor.worker({ concurrency: 1 });
    const waiting = lanes.toReversed().map((lane) => floor.many(gate, openTerms(lane), 40));
    await floor.time.until(Promise.all(waiting));
    const order = floor.system.arrivals.map(({ lane }) => lane);
    const half = order.slice(0, 60);
    expect(half.filter((lane) => lane === "interactive").length).toBeGreaterThan(35);
    for (const lane of lanes) expect(half).toContain(lane);
  });

  it("a sweep of one worker leaves what another's webhooks need, and both get on", async () => {
    const floor = new Floor([minute]);
    const [sweeper, follower] = [floor.worker(), floor.worker()];
    const sweep = floor.many(sweeper, openTerms("sweep"), 300);
    await floor.time.pass(1_000);
    const asked = floor.time.now();
    await floor.time.until(floor.many(follower, openTerms("webhook"), 60));
    const followedMs = floor.time.now() - asked;
    await floor.time.until(sweep);
    expect(followedMs).toBeLessThan(2 * 60_000);
    expect(floor.system.refusals).toEqual([]);
    const late = floor.system.arrivals.filter(({ at }) => at > asked && at <= asked + followedMs);
    expect(late.map(({ lane }) => lane)).toContain("sweep");
  });

  it("an interactive call finds room at once while a backfill waits for its next minute", async () => {
    const floor = new Floor([minute]);
    const gate = floor.worker();
    const load = floor.many(gate, openTerms("backfill"), 200);
    await floor.time.pass(5_000);
    const asked = floor.time.now();
    await floor.time.until(floor.system.call(gate, openTerms("interactive"), { tookMs: 20 }));
    expect(floor.time.now() - asked).toBeLessThan(100);
    await floor.time.until(load);
  });
});

describe("waiting", () => {
  const used = async (): Promise<{ floor: Floor; gate: Gate }> => {
    const floor = new Floor([{ ...minute, requests: 2 }], { limits: { reserve: 0 } });
    const gate = floor.worker();
    await floor.time.until(floor.many(gate, openTerms("poll"), 2));
    return { floor, gate };
  };

  it("ends with its signal, and nothing was sent", async () => {
    const { floor, gate } = await used();
    const stop = new AbortController();
    const call = floor.system.call(gate, openTerms("poll", stop.signal), { tookMs: 20 });
    await floor.time.pass(500);
    stop.abort();
    expect((await floor.refusal(call)).code).toBe("wait_ended");
    expect((await floor.refusal(gate.admit(openTerms("poll", stop.signal), { isWrite: false }))).code).toBe(
      "wait_ended",
    );
    expect(floor.system.arrivals.length).toBe(2);
  });

  it("is told, with the limit and until when", async () => {
    const { floor, gate } = await used();
    const told: unknown[] = [];
    const terms: CallTerms = { ...openTerms("poll"), onWait: (wait) => told.push(wait) };
    await floor.time.until(floor.system.call(gate, terms, { tookMs: 20 }));
    expect(told[0]).toMatchObject({ connection: "erp", boundBy: "minute" });
  });

  it("a write is not made that may be under way when its deadline is over; a read is", async () => {
    const { floor, gate } = await used();
    const terms: CallTerms = { ...openTerms("poll"), deadline: deadlineIn(floor.time.clock, 4_000) };
    const write = floor.system.call(gate, terms, { tookMs: 20, isWrite: true });
    expect((await floor.refusal(write)).code).toBe("quota_wait");
    expect(floor.time.now() - start).toBeLessThan(4_000);
    expect(await floor.time.until(floor.system.call(gate, terms, { tookMs: 20 }))).toBe(true);
  });

  it("calls that are held wait for nothing, and come back when they are let go", async () => {
    const floor = new Floor([{ ...minute, requests: 6 }], { limits: { reserve: 0 } });
    const gate = floor.worker();
    const [own, others] = [openTerms("poll"), openTerms("poll")];
    expect(await floor.time.until(gate.hold(own, 4))).toBe(4);
    await floor.time.until(floor.many(gate, others, 2));
    const waiting = floor.system.call(gate, others, { tookMs: 20 });
    await floor.time.pass(100);
    await floor.time.until(floor.many(gate, own, 3));
    expect(floor.system.arrivals.length).toBe(5);
    gate.letGo(own);
    expect(await floor.time.until(waiting)).toBe(true);
    expect(floor.time.now() - start).toBeLessThan(1_000);
  });

  it("who holds some calls and waits for more is not forgotten", async () => {
    const floor = new Floor([minute]);
    const gate = floor.worker();
    await floor.time.until(floor.many(gate, openTerms("poll"), 1));
    const terms = openTerms("poll");
    const first = await floor.time.until(gate.hold(terms, 20));
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(20);
    expect(await floor.time.until(gate.hold(terms, 20 - first))).toBeGreaterThan(0);
  });

  it("a store that is away lets nothing pass, and nothing is sent uncharged", async () => {
    const floor = new Floor([minute]);
    const gate = floor.worker();
    floor.isStoreDown = true;
    expect((await floor.refusal(floor.system.call(gate, openTerms("poll"), { tookMs: 20 }))).code).toBe(
      "quota_wait",
    );
    expect(floor.system.arrivals).toEqual([]);
    floor.isStoreDown = false;
    await floor.time.pass(1_000);
    expect(await floor.time.until(floor.many(gate, openTerms("poll"), 5))).toBe(5);
  });

  it("what was reserved and not used comes back when the work ends", async () => {
    const floor = new Floor([{ ...minute, requests: 10 }], { limits: { reserve: 0 } });
    const [first, second] = [floor.worker(), floor.worker()];
    await floor.time.until(floor.many(first, openTerms("interactive"), 1));
    await floor.time.until(first.rest());
    await floor.time.until(floor.many(second, openTerms("interactive"), 9));
    expect(floor.time.now() - start).toBeLessThan(1_000);
  });
});

describe("calls at one time", () => {
  it("are never more over all workers than the system takes (Q4), and every worker gets on", async () => {
    const floor = new Floor([], { limits: { concurrency: 3 } });
    floor.system.concurrency = 3;
    const gates = [floor.worker(), floor.worker(), floor.worker(), floor.worker()];
    await floor.time.until(Promise.all(gates.map((gate) => floor.many(gate, openTerms("poll"), 50))));
    expect([floor.system.most, floor.system.arrivals.length, floor.system.refusals]).toEqual([3, 200, []]);
    expect(floor.saves).toBeLessThan(200);
  });

  it("seats of calls that take long are not given to others", async () => {
    const floor = new Floor([], { limits: { concurrency: 2 } });
    const [first, second] = [floor.worker(), floor.worker()];
    const slow = [1, 2].map(() => floor.system.call(first, openTerms("poll"), { tookMs: 30_000 }));
    await floor.time.pass(100);
    await floor.time.until(floor.many(second, openTerms("poll"), 3));
    await floor.time.until(Promise.all(slow));
    expect(floor.system.most).toBe(2);
  });

  it("a call that comes while its worker gives all back waits for that alone", async () => {
    const floor = new Floor([minute], { limits: { concurrency: 4 } });
    const gate = floor.worker();
    await floor.time.until(floor.many(gate, openTerms("poll"), 1));
    const resting = gate.rest();
    await floor.time.pass(1);
    const from = floor.time.now();
    // 1. The seats are given back. 2. Somebody asks. 3. The store says that no seat is ours.
    const call = floor.many(gate, openTerms("interactive"), 1);
    expect(await floor.time.until(call)).toBe(1);
    expect(floor.time.now() - from).toBeLessThan(50);
    await floor.time.until(resting);
  });

  it("of one worker alone need no store", async () => {
    const floor = new Floor([], { limits: { concurrency: 3 } });
    await floor.time.until(floor.many(floor.worker({ isShared: false }), openTerms("poll"), 50));
    expect([floor.system.most, floor.saves]).toEqual([3, 0]);
  });
});

const shares: { readonly [lane in Lane]: number } = defaultFloors;

it("floors leave at least half to whoever is first", () => {
  expect(lanes.reduce((sum, lane) => sum + shares[lane], 0)).toBeLessThanOrEqual(0.5);
});
