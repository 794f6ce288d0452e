import { describe, expect, it } from "vitest";
import { followCalls, forecastCalls, longestWait, trackQuota } from "./forecast.ts";
import type { ForecastInput } from "./forecast.ts";
import { defaultFloors, emptyQuota } from "./quota.ts";
import type { CallLimit, DaySpan, QuotaRules } from "./quota.ts";

const dayMs = 86_400_000;
const daySpan: DaySpan = (_zone, at) => {
  const from = Math.floor(at / dayMs) * dayMs;
  return { from, until: from + dayMs };
};
const noFloors = { interactive: 0, webhook: 0, poll: 0, backfill: 0, sweep: 0 };
const rulesOf = (windows: readonly CallLimit[], change: Partial<QuotaRules["limits"]> = {}): QuotaRules => ({
  limits: { windows, concurrency: null, reserve: 0, floors: noFloors, ...change },
  daySpan,
});
const minute: CallLimit = { name: "minute", requests: 600, windowMs: 60_000, zone: null };
const day: CallLimit = { name: "day", requests: 10_000, windowMs: null, zone: null };
/** 14:00 on a day. */
const now = 20_000 * dayMs + 14 * 3_600_000;
const at = (change: Partial<ForecastInput>): number | null =>
  forecastCalls({
    now,
    calls: 1,
    lane: "backfill",
    rules: rulesOf([]),
    state: emptyQuota,
    callMs: 0,
    concurrency: 1,
    ...change,
  }).at;

describe("forecastCalls", () => {
  it("without a limit it is the time that the calls take, so many at once", () => {
    expect(at({ calls: 1_000, callMs: 200, concurrency: 4 })).toBe(now + 50_000);
    expect(at({ calls: 0 })).toBe(now);
  });

  it("600 calls a minute: 12,000 from 14:00 are made at 14:19: the first 600 wait for nothing", () => {
    const { at: ended, boundBy } = forecastCalls({
      now,
      calls: 12_000,
      lane: "backfill",
      rules: rulesOf([minute]),
      state: emptyQuota,
      callMs: 0,
      concurrency: 4,
    });
    expect(Math.abs((ended ?? 0) - (now + 19 * 60_000))).toBeLessThan(1_000);
    expect(boundBy).toBe("minute");
  });

  it("what was charged before is not there any more", () => {
    const charge = {
      id: "a",
      worker: "w",
      lane: "poll",
      calls: 600,
      from: now - 40_000,
      until: now - 30_000,
    } as const;
    const state = { ...emptyQuota, charges: [{ ...charge, isOpen: false }] };
    const ended = at({ calls: 600, rules: rulesOf([minute]), state }) ?? 0;
    expect(Math.abs(ended - (now + 30_000))).toBeLessThan(10);
  });

  it("a day's limit goes on after midnight, and then as fast as the other limit lets it", () => {
    const midnight = 20_001 * dayMs;
    const ended = at({ calls: 12_400, rules: rulesOf([minute, day]) }) ?? 0;
    // 10,000 today; 2,400 are four minutes' worth, the first of which waits for nothing.
    expect(Math.abs(ended - (midnight + 3 * 60_000))).toBeLessThan(1_000);
  });

  it("25 days' worth of calls ends 24 midnights later", () => {
    const ended = at({ calls: 250_000, rules: rulesOf([day]) }) ?? 0;
    expect(Math.abs(ended - 20_024 * dayMs)).toBeLessThan(1_000);
  });

  it("more steps than are followed go on at the speed found", () => {
    const second: CallLimit = { name: "second", requests: 10, windowMs: 1_000, zone: null };
    const ended = at({ calls: 1_000_000, rules: rulesOf([second]) }) ?? 0;
    expect(Math.abs(ended - now - 100_000_000) / 100_000_000).toBeLessThan(0.01);
  });

  it("of two limits the one is named that is waited for longer, in whatever order they stand", () => {
    const second: CallLimit = { name: "second", requests: 20, windowMs: 1_000, zone: null };
    for (const windows of [
      [second, minute],
      [minute, second],
    ])
      expect(forecastCalls({ ...input(), calls: 2_000, rules: rulesOf(windows) }).boundBy).toBe("minute");
  });

  it("slow calls are not waited for twice: the limit costs nothing where they take longer than it", () => {
    const ended = at({ calls: 1_200, callMs: 200, concurrency: 1, rules: rulesOf([minute]) }) ?? 0;
    expect(ended).toBe(now + 240_000);
  });

  it("what is kept for others makes it later; a reserve too", () => {
    const rules = rulesOf([minute], { reserve: 0.5, floors: defaultFloors });
    // 300 a minute are ours, 30 of them kept for interactive calls.
    const ended = at({ calls: 540, rules }) ?? 0;
    expect(Math.abs(ended - (now + 60_000))).toBeLessThan(1_000);
  });

  it("a pause is waited for; a limit told as used up counts until its reset", () => {
    const paused = { ...emptyQuota, pause: { since: now, until: now + 5_000, strikes: 1 } };
    expect(forecastCalls({ ...input(), state: paused })).toEqual({ at: now + 5_000, boundBy: "pause" });
    const told = { limit: null, left: 0, at: now, resetAt: now + 9_000 };
    expect(forecastCalls({ ...input(), state: { ...emptyQuota, learned: { other: told } } })).toEqual({
      at: now + 9_000,
      boundBy: "other",
    });
  });

  it("a limit of nothing is never caught up with", () => {
    const rules = rulesOf([{ ...day, requests: 0 }]);
    expect(at({ rules })).toBe(null);
  });
});

describe("a quota that is followed forward stage by stage", () => {
  const stage = { calls: 300, concurrency: 1 };
  const started = trackQuota({ ...input(), rules: rulesOf([minute]) });

  it("stages one after the other are as one: what was charged stays charged", () => {
    const twice = followCalls(followCalls(started, { ...stage, fromMs: 0 }), { ...stage, fromMs: 0 });
    expect(twice).toMatchObject({ endMs: 6, waited: {} });
    const third = followCalls(twice, { ...stage, fromMs: 0 });
    expect(Math.abs((third.endMs ?? 0) - 60_000)).toBeLessThan(100);
    expect(longestWait(third)).toBe("minute");
  });

  it("a quota recovers while another system is called", () => {
    const full = followCalls(started, { fromMs: 0, calls: 600, concurrency: 1 });
    const later = followCalls(full, { ...stage, fromMs: 90_000 });
    expect(later.endMs).toBeCloseTo(90_003);
    expect(longestWait(later)).toBe(null);
  });

  it("never goes back behind its end, and stays ended for ever where no room comes", () => {
    const full = followCalls(started, { fromMs: 5_000, calls: 100, concurrency: 1 });
    expect(followCalls(full, { fromMs: 0, calls: 100, concurrency: 1 }).endMs).toBeCloseTo(5_002);
    const none = trackQuota({ ...input(), rules: rulesOf([{ ...day, requests: 0 }]) });
    const stuck = followCalls(none, { ...stage, fromMs: 0 });
    expect([stuck.endMs, longestWait(stuck)]).toEqual([null, "day"]);
    expect(followCalls(stuck, { ...stage, fromMs: 0 }).endMs).toBe(null);
  });

  it("nobody makes more calls at one time than the connection does", () => {
    const slow = trackQuota({ ...input(), callMs: 100, concurrency: 2 });
    expect(followCalls(slow, { fromMs: 0, calls: 10, concurrency: 8 }).endMs).toBeCloseTo(500);
    expect(followCalls(slow, { fromMs: 0, calls: 10, concurrency: 1 }).endMs).toBeCloseTo(1_000);
  });
});

function input(): ForecastInput {
  return { now, calls: 1, lane: "poll", rules: rulesOf([]), state: emptyQuota, callMs: 0, concurrency: 1 };
}
