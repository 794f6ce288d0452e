import { describe, expect, it } from "vitest";
import { followCalls, longestWait, trackQuota } from "./forecast.ts";
import { blockLifeMs, reserveCalls } from "./quota-reserve.ts";
import type { QuotaRequest } from "./quota-reserve.ts";
import { emptyQuota, unlimited } from "./quota.ts";
import type { CallLimit, Charge, LaneWait, QuotaRules, QuotaState } from "./quota.ts";
import { quotaRequest } from "./testing/fixtures.ts";

const dayMs = 86_400_000;
const now = 20_000 * dayMs;
const minute: CallLimit = { name: "minute", requests: 100, windowMs: 60_000, zone: null };
const rulesOf = (windows: readonly CallLimit[]): QuotaRules => ({
  limits: { ...unlimited, reserve: 0, windows },
  daySpan: (_zone, at) => ({ from: at - (at % dayMs), until: at - (at % dayMs) + dayMs }),
});
const ask = (state: Partial<QuotaState>, change: Partial<QuotaRequest>, rules = rulesOf([minute])) =>
  reserveCalls({ ...emptyQuota, ...state }, rules, {
    now,
    request: quotaRequest(change),
  });
const wait = (worker: string, lane: LaneWait["lane"], calls = 5): LaneWait => {
  return { worker, lane, calls, until: now + 900 };
};
const used = (untilMs: number, change: Partial<Charge> = {}): Charge => {
  const rest = { id: "u", worker: "other", lane: "interactive", calls: 100, isOpen: false } as const;
  return { ...rest, from: now - 50_000, until: now + untilMs, ...change };
};

describe("a lane that waits", () => {
  it("is known from its asking on, two seconds longer than it was told to wait", () => {
    expect(ask({}, { queued: { poll: 5 } }).state.waits).toEqual([
      { ...wait("w", "poll"), until: now + 2_000 },
    ]);
    const { state, answer } = ask({ charges: [used(-40_000)] }, { wanted: { poll: 5 }, queued: { poll: 5 } });
    expect(answer.refusals).toEqual([{ lane: "poll", waitMs: 20_001, roomMs: 20_001, boundBy: "minute" }]);
    expect(state.waits).toEqual([{ ...wait("w", "poll"), until: now + 22_001 }]);
  });

  it("goes on to wait for what it did not get, and no longer once it has all", () => {
    const { state, answer } = ask({}, { wanted: { poll: 50 }, queued: { poll: 50 } });
    expect(answer.blocks).toMatchObject([{ lane: "poll", calls: 8 }]);
    expect(state.waits).toEqual([{ worker: "w", lane: "poll", calls: 42, until: now + 2_000 }]);
    expect(ask({}, { wanted: { poll: 8 }, queued: { poll: 8 } }).state.waits).toEqual([]);
    expect(ask({}, { wanted: { poll: 9 }, queued: { poll: 3 } }).state.waits).toEqual([]);
    expect(ask({}, { wanted: { poll: 9 } }).state.waits).toEqual([]);
  });

  it("of another worker, or another lane, is not forgotten for it", () => {
    const waits = [wait("other", "poll"), wait("w", "sweep")];
    const got = ask({ waits }, { wanted: { poll: 2 }, queued: { poll: 2, sweep: 5 } });
    expect(got.state.waits).toEqual([wait("other", "poll"), { ...wait("w", "sweep"), until: now + 2_000 }]);
    const none = ask({ waits, charges: [used(-1)] }, { wanted: { poll: 2 }, queued: { poll: 2, sweep: 5 } });
    expect(none.state.waits.map(({ worker, lane }) => [worker, lane])).toEqual([
      ["other", "poll"],
      ["w", "sweep"],
      ["w", "poll"],
    ]);
  });

  it("has turns coming to it, and one that does not wait has none", () => {
    const { owed } = ask({ waits: [wait("other", "sweep")] }, { wanted: { poll: 8 } }).state;
    expect(Object.keys(owed).toSorted()).toEqual(["poll", "sweep"]);
  });
});

describe("when to ask again", () => {
  const look = blockLifeMs(rulesOf([minute]).limits);
  const refusal = (state: Partial<QuotaState>, rules?: QuotaRules) =>
    ask(state, { wanted: { poll: 1 }, queued: { poll: 1 } }, rules).answer.refusals[0];

  it("is when there will be room, if nobody can give anything back before", () => {
    expect(refusal({ charges: [used(-1)] })).toMatchObject({ waitMs: 60_000, roomMs: 60_000 });
    expect(refusal({ charges: [used(-1)], waits: [wait("other", "poll")] })?.waitMs).toBe(60_000);
  });

  it("is after a block's life while somebody holds a block, or another lane waits", () => {
    const open = [used(5, { calls: 40, isOpen: true }), used(-1, { id: "v", calls: 60 })];
    expect(refusal({ charges: open })).toMatchObject({ waitMs: look });
    expect(refusal({ charges: [used(-1)], waits: [wait("other", "sweep")] })?.waitMs).toBe(look);
    const mixed = [wait("other", "poll"), wait("other", "sweep")];
    expect(refusal({ charges: [used(-1)], waits: mixed })?.waitMs).toBe(look);
    const soon = used(-59_000, { from: now - 59_900 });
    expect(refusal({ charges: [soon], waits: [wait("other", "sweep")] })?.waitMs).toBe(1_001);
  });

  it("is after the pause, whoever may give back what", () => {
    const pause = { since: now - 1, until: now + 50_000, strikes: 1 };
    expect(refusal({ pause, waits: [wait("other", "sweep")] })).toEqual({
      lane: "poll",
      waitMs: 50_000,
      roomMs: 50_000,
      boundBy: "pause",
    });
  });

  it("is after a block's life where nothing that is known makes room", () => {
    const never = rulesOf([{ ...minute, requests: 0 }]);
    expect(refusal({}, never)).toEqual({ lane: "poll", waitMs: look, roomMs: null, boundBy: "minute" });
  });
});

describe("a track of calls", () => {
  const start = {
    state: emptyQuota,
    rules: rulesOf([minute]),
    now,
    lane: "poll" as const,
    callMs: 200,
    concurrency: 2,
  };
  const stage = { fromMs: 0, calls: 10, concurrency: 2 };

  it("takes the duration of a call that was learned, else the one it was given", () => {
    const endOf = (callMs: number | null) =>
      followCalls(trackQuota({ ...start, rules: rulesOf([]), state: { ...emptyQuota, callMs } }), stage)
        .endMs;
    expect([endOf(null), endOf(500)]).toEqual([1_000, 2_500]);
  });

  it("stays where it is for no calls, and stays endless once it is", () => {
    const track = trackQuota(start);
    expect(followCalls(track, { ...stage, calls: 0, fromMs: 9_000 })).toBe(track);
    const never = followCalls(trackQuota({ ...start, rules: rulesOf([{ ...minute, requests: 0 }]) }), stage);
    expect(never).toMatchObject({ endMs: null, waited: { minute: Number.POSITIVE_INFINITY } });
    expect(followCalls(never, stage)).toBe(never);
  });

  it("forgets who waits now and what is owed: those calls are among the ones it follows", () => {
    const state = { ...emptyQuota, waits: [wait("other", "webhook", 500)], owed: { sweep: 3 } };
    expect(trackQuota({ ...start, state })).toMatchObject({
      state: { waits: [], owed: {} },
      endMs: 0,
      waited: {},
    });
  });

  it("adds up what each limit was waited for", () => {
    const { waited, endMs } = followCalls(trackQuota({ ...start, callMs: 0 }), { ...stage, calls: 310 });
    expect(Object.keys(waited)).toEqual(["minute"]);
    expect(waited["minute"]).toBeGreaterThan(179_000);
    expect(waited["minute"]).toBeLessThanOrEqual(endMs ?? 0);
    expect(longestWait({ waited: { day: 5, minute: 9, hour: 1 } })).toBe("minute");
    expect(longestWait({ waited: {} })).toBeNull();
  });
});
