import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defaultFloors, emptyQuota, lanes, usable } from "./quota.ts";
import type { CallLimit, DaySpan, Lane, QuotaRules, QuotaState } from "./quota.ts";
import { reserveCalls } from "./quota-reserve.ts";
import type { QuotaRequest } from "./quota-reserve.ts";

const dayMs = 86_400_000;
/** Days of a zone an hour behind UTC. */
const daySpan: DaySpan = (_zone, at) => {
  const from = Math.floor((at - 3_600_000) / dayMs) * dayMs + 3_600_000;
  return { from, until: from + dayMs };
};
const callMsMax = 400;

interface ModelBlock {
  readonly id: string;
  readonly calls: number;
  readonly lapsesAt: number;
  left: number;
  under: number;
  lastEnd: number;
}

interface ModelWorker {
  name: string;
  blocks: ModelBlock[];
  witness: QuotaRequest["witness"];
  askedAt: number;
}

/** A few workers over one quota, with true time known to the test alone. */
class Model {
  state: QuotaState = emptyQuota;
  now: number;
  /** How far the store's clock is off true time. */
  skew = 0;
  names = 0;
  readonly arrivals: { readonly at: number; readonly lane: Lane }[] = [];
  readonly workers: ModelWorker[] = [];
  readonly ending: { at: number; block: ModelBlock; arrival: number; lane: Lane }[] = [];
  readonly rules: QuotaRules;

  constructor(rules: QuotaRules, count: number, start: number) {
    this.rules = rules;
    this.now = start;
    for (let at = 0; at < count; at += 1) this.workers.push(this.#fresh());
  }

  #fresh(): ModelWorker {
    this.names += 1;
    return { name: `w${this.names}`, blocks: [], witness: null, askedAt: this.now };
  }

  /** A worker asks for calls, telling which blocks it is done with. */
  ask(index: number, wanted: QuotaRequest["wanted"]): void {
    const worker = this.workers[index % this.workers.length];
    if (worker === undefined) return;
    const done = worker.blocks.filter(
      (each) => each.under === 0 && (each.left === 0 || this.now >= each.lapsesAt),
    );
    worker.blocks = worker.blocks.filter((each) => !done.includes(each));
    this.names += 1;
    const request: QuotaRequest = {
      worker: worker.name,
      id: `b${this.names}`,
      wanted,
      queued: wanted,
      seats: 1,
      underWay: 0,
      closings: done.map(({ id, calls, left, lastEnd }) => ({
        id,
        calls: calls - left,
        agoMs: this.now - lastEnd,
      })),
      told: [],
      refused: null,
      isWell: true,
      callMs: null,
      callMsMax,
      witness: worker.witness === null ? null : { ...worker.witness, sinceMs: this.now - worker.askedAt },
    };
    const { state, answer } = reserveCalls(this.state, this.rules, { request, now: this.now + this.skew });
    this.state = JSON.parse(JSON.stringify(state)) as QuotaState;
    worker.witness = { at: answer.at, sinceMs: 0 };
    worker.askedAt = this.now;
    for (const { id, calls, lifeMs, lane } of answer.blocks)
      worker.blocks.push({
        id,
        calls,
        left: calls,
        under: 0,
        lastEnd: this.now,
        lapsesAt: this.now + lifeMs,
        lane,
      } as ModelBlock & { lane: Lane });
  }

  /** A worker makes some of its calls; each arrives and ends within its time. */
  call(index: number, times: readonly number[]): void {
    const worker = this.workers[index % this.workers.length];
    for (const took of times) {
      const block = worker?.blocks.find((each) => each.left > 0 && this.now < each.lapsesAt);
      if (block === undefined) return;
      block.left -= 1;
      block.under += 1;
      const { lane } = block as ModelBlock & { lane: Lane };
      this.ending.push({ at: this.now + took, block, arrival: this.now + took / 2, lane });
      this.arrivals.push({ at: this.now + took / 2, lane });
    }
  }

  /** A worker dies; what it has under way still arrives, and nobody closes its blocks. */
  kill(index: number): void {
    this.workers[index % this.workers.length] = this.#fresh();
  }

  pass(ms: number): void {
    this.now += ms;
    for (const one of this.ending.filter(({ at }) => at <= this.now)) {
      one.block.under -= 1;
      one.block.lastEnd = Math.max(one.block.lastEnd, one.at);
    }
    const left = this.ending.filter(({ at }) => at > this.now);
    this.ending.splice(0, this.ending.length, ...left);
  }
}

/** Most calls of any window that arrived. */
function most(model: Model, limit: CallLimit): number {
  const times = model.arrivals.map(({ at }) => at).toSorted((a, b) => a - b);
  if (limit.windowMs === null) {
    const days = Map.groupBy(times, (at) => daySpan(limit.zone, at).from);
    return Math.max(0, ...[...days.values()].map(({ length }) => length));
  }
  const length = limit.windowMs;
  let from = 0;
  let largest = 0;
  for (const [at, time] of times.entries()) {
    while ((times[from] ?? 0) <= time - length) from += 1;
    largest = Math.max(largest, at - from + 1);
  }
  return largest;
}

const limitOf = (index: number): fc.Arbitrary<CallLimit> =>
  fc.record({
    name: fc.constant(`l${index}`),
    requests: fc.integer({ min: 1, max: 200 }),
    windowMs: fc.constantFrom(1_000, 10_000, 60_000, null),
    zone: fc.constant("any"),
  });

const someLimits = fc.tuple(limitOf(0), limitOf(1)).chain(([a, b]) => fc.constantFrom([a], [a, b]));

const lane = fc.constantFrom(...lanes);
const wanted = fc.dictionary(lane, fc.integer({ min: 1, max: 60 }), { maxKeys: 3 }) as fc.Arbitrary<
  QuotaRequest["wanted"]
>;
const worker = fc.integer({ min: 0, max: 3 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask" as const), worker, wanted }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("call" as const),
      worker,
      times: fc.array(fc.integer({ min: 0, max: callMsMax }), { minLength: 1, maxLength: 40 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("pass" as const),
      ms: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 30_000 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const), worker }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function play(model: Model, steps: readonly Step[]): void {
  for (const one of steps) {
    if (one.kind === "ask") model.ask(one.worker, one.wanted);
    else if (one.kind === "call") model.call(one.worker, one.times);
    else if (one.kind === "pass") model.pass(one.ms);
    else model.kill(one.worker);
  }
}

const rulesOf = (windows: readonly CallLimit[], reserve: number): QuotaRules => ({
  limits: { windows, concurrency: null, reserve, floors: defaultFloors },
  daySpan,
});

const reserve = fc.constantFrom(0, 0.05, 0.3);
/** A little before a midnight of the zone. */
const start = fc.integer({ min: 0, max: 60_000 }).map((ms) => 20_000 * dayMs + 3_600_000 - ms);

describe("reserveCalls", () => {
  it("in every window of every limit all workers stay within limit less reserve, crashes too (I16)", () => {
    let largest = 0;
    fc.assert(
      fc.property(
        someLimits,
        reserve,
        start,
        fc.array(step, { minLength: 20, maxLength: 200 }),
        (windows, share, from, steps) => {
          const model = new Model(rulesOf(windows, share), 3, from);
          play(model, steps);
          for (const limit of windows) {
            const count = most(model, limit);
            largest = Math.max(largest, count / usable(limit.requests, share));
            expect(count).toBeLessThanOrEqual(usable(limit.requests, share));
          }
        },
      ),
      { numRuns: 1_500 },
    );
    // The budget is used up in some of the courses, or the test has seen nothing.
    expect(largest).toBe(1);
  });

  it("a store's clock that steps does not widen a window for workers that measure the time", () => {
    const jump = fc.integer({ min: -7_200_000, max: 7_200_000 });
    fc.assert(
      fc.property(
        limitOf(0).filter(({ windowMs }) => windowMs !== null),
        start,
        fc.array(
          step.filter(({ kind }) => kind !== "kill"),
          { minLength: 20, maxLength: 80 },
        ),
        fc.array(
          step.filter(({ kind }) => kind !== "kill"),
          { minLength: 20, maxLength: 80 },
        ),
        jump,
        (limit, from, before, after, ms) => {
          const model = new Model(rulesOf([limit], 0.05), 2, from);
          // Both workers have asked once, so that each has measured since.
          model.ask(0, {});
          model.ask(1, {});
          play(model, before);
          model.skew += ms;
          play(model, after);
          expect(most(model, { ...limit, requests: limit.requests })).toBeLessThanOrEqual(
            usable(limit.requests, 0.05),
          );
        },
      ),
      { numRuns: 600 },
    );
  });
});
