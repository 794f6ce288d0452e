import { describe, expect, it } from "vitest";
import { quotaMoment } from "./quota-clock.ts";
import { learn, tidyQuota } from "./quota-learn.ts";
import type { QuotaReport } from "./quota-learn.ts";
import { roomFrom, roomOf } from "./quota-room.ts";
import { seatWorker } from "./quota-seats.ts";
import { viewQuota } from "./quota-view.ts";
import { afreshUntil, budgetOf, emptyQuota, paceAt, shortestWindow, unlimited, windowSpan } from "./quota.ts";
import type { CallLimit, Charge, DaySpan, LaneWait, QuotaRules, QuotaState, Seats } from "./quota.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const daySpan: DaySpan = (_zone, at) => {
  const from = Math.floor(at / dayMs) * dayMs;
  return { from, until: from + dayMs };
};
const noon = 20_000 * dayMs + dayMs / 2;
const minute: CallLimit = { name: "minute", requests: 100, windowMs: 60_000, zone: null };
const day: CallLimit = { name: "day", requests: 1_000, windowMs: null, zone: null };
const rulesOf = (windows: readonly CallLimit[], change: Partial<QuotaRules["limits"]> = {}): QuotaRules => {
  return { limits: { ...unlimited, reserve: 0, windows, ...change }, daySpan };
};
const stateOf = (change: Partial<QuotaState>): QuotaState => ({ ...emptyQuota, ...change });
const charge = (id: string, fromMs: number, untilMs: number, change: Partial<Charge> = {}): Charge => {
  const rest = { worker: "w", lane: "poll", calls: 4, isOpen: false } as const;
  return { id, from: noon + fromMs, until: noon + untilMs, ...rest, ...change };
};
const wait = (untilMs: number, change: Partial<LaneWait> = {}): LaneWait => {
  return { worker: "other", lane: "poll", calls: 50, until: noon + untilMs, ...change };
};
const report = (change: Partial<QuotaReport>): QuotaReport => {
  return { worker: "w", closings: [], told: [], refused: null, isWell: false, callMs: null, ...change };
};
const after = (state: QuotaState, change: Partial<QuotaReport>, rules = rulesOf([minute])) =>
  learn(state, rules, { report: report(change), now: noon });

describe("a block that is given back", () => {
  const open = charge("b1", -1_000, 9_000, { isOpen: true });

  it("is closed with what was made of it, to the end of the last call; nothing made leaves nothing", () => {
    const given = stateOf({ charges: [open] });
    expect(after(given, { closings: [{ id: "b1", calls: 3, agoMs: 40 }] }).charges).toEqual([
      { ...open, calls: 3, until: noon - 40, isOpen: false },
    ]);
    expect(after(given, { closings: [{ id: "b1", calls: 0, agoMs: 40 }] }).charges).toEqual([]);
    expect(after(given, { closings: [{ id: "b2", calls: 0, agoMs: 40 }] }).charges).toEqual([open]);
  });

  it("is closed by the worker that holds it alone", () => {
    const given = stateOf({ charges: [open] });
    const closings = [{ id: "b1", calls: 0, agoMs: 40 }];
    expect(after(given, { worker: "other", closings }).charges).toEqual([open]);
  });
});

describe("what an answer tells of a limit", () => {
  const told = { name: "minute", limit: 80, left: 20, resetMs: 30_000, agoMs: 100 };
  const learned = (change: Partial<typeof told> | object, before: QuotaState["learned"] = {}) =>
    after(stateOf({ learned: before }), { told: [{ ...told, ...change }] }).learned;

  it("holds until the reset that was told, else for its declared length, else for five seconds", () => {
    expect(learned({})).toEqual({ minute: { limit: 80, left: 20, at: noon - 100, resetAt: noon + 30_000 } });
    expect(learned({ resetMs: null })["minute"]).toMatchObject({ left: 20, resetAt: noon + 60_000 });
    expect(learned({ name: "hour", resetMs: null })["hour"]).toMatchObject({
      left: 20,
      resetAt: noon + 5_000,
    });
    expect(learned({ resetMs: 40 * dayMs })["minute"]).toMatchObject({ resetAt: noon + 32 * dayMs });
  });

  it("says nothing of what is left once the limit has started afresh, at that instant too", () => {
    for (const resetMs of [0, -5])
      expect(learned({ resetMs })["minute"]).toEqual({
        limit: 80,
        left: null,
        at: noon - 100,
        resetAt: noon,
      });
  });

  it("is kept with what was told before, and left out when it tells nothing", () => {
    const before = { minute: { limit: 70, left: 1, at: noon - 9, resetAt: noon + 1 } };
    expect(learned({ limit: null }, before)["minute"]).toMatchObject({ limit: 70, left: 20 });
    expect(learned({ limit: null })["minute"]).toMatchObject({ limit: null, left: 20 });
    expect(learned({ left: null })["minute"]).toMatchObject({ limit: 80, left: null });
    expect(learned({ limit: null, left: null })).toEqual({});
  });
});

describe("a refusal", () => {
  const pause = { since: noon - 500, until: noon + 500, strikes: 1 };
  const refused = (change: object, state: Partial<QuotaState> = {}) =>
    after(stateOf(state), { refused: { agoMs: 0, waitMs: null, ...change } });

  it("that asks for no wait at all is none that says how long", () => {
    for (const waitMs of [null, 0, -1])
      expect(refused({ waitMs }).pause).toEqual({ since: noon, until: noon + 1_000, strikes: 1 });
  });

  it("of a call that left before the pause, or as it began, belongs to it, and may make it longer", () => {
    for (const agoMs of [500, 900]) {
      expect(refused({ agoMs }, { pause }).pause).toEqual(pause);
      expect(refused({ agoMs, waitMs: 200 }, { pause }).pause).toEqual(pause);
      expect(refused({ agoMs, waitMs: 5_000 }, { pause }).pause).toEqual({ ...pause, until: noon + 5_000 });
    }
    expect(refused({ agoMs: 499 }, { pause }).pause).toEqual({
      since: noon,
      until: noon + 2_000,
      strikes: 2,
    });
  });

  it("is forgotten by a call that went well after the pause, and by nothing else", () => {
    const over = { ...pause, until: noon };
    expect(after(stateOf({ pause: over }), { isWell: true }).pause).toBeNull();
    expect(after(stateOf({ pause: over }), { isWell: false }).pause).toEqual(over);
    expect(after(stateOf({ pause }), { isWell: true }).pause).toEqual(pause);
  });

  it("slows the pace unless it tells what is left, or no limit could be gone slower about", () => {
    const told = { name: "minute", limit: 80, left: null, resetMs: 9, agoMs: 0 };
    const now = { agoMs: 0, waitMs: null };
    const paceAfter = (change: Partial<QuotaReport>, rules?: QuotaRules) =>
      after(emptyQuota, { refused: now, ...change }, rules).pace;
    expect(paceAfter({ told: [told] })).toEqual({ share: 0.7, at: noon });
    expect(paceAfter({ told: [{ ...told, left: 0 }] })).toEqual(emptyQuota.pace);
    expect(paceAfter({}, rulesOf([day]))).toEqual(emptyQuota.pace);
  });
});

describe("the state is tidied", () => {
  const tidy = (state: Partial<QuotaState>, windows: readonly CallLimit[] = [day, minute]) =>
    tidyQuota(stateOf(state), rulesOf(windows), noon);

  it("a block that can reach the system no more is closed; waits and seats that lapsed are gone", () => {
    const seat = (untilMs: number): Seats => {
      return { worker: "w", seats: 1, wanted: 1, waitsSince: null, until: noon + untilMs };
    };
    const open = [charge("a", -9_000, 0, { isOpen: true }), charge("b", -9_000, 1, { isOpen: true })];
    const given = { charges: open, waits: [wait(0), wait(1)], seats: [seat(0), seat(1)] };
    const { charges, waits, seats } = tidy(given);
    expect(charges.map(({ id, isOpen }) => [id, isOpen])).toEqual([
      ["a", false],
      ["b", true],
    ]);
    expect([waits, seats]).toEqual([[wait(1)], [seat(1)]]);
  });

  it("what was told is forgotten a day after its reset", () => {
    const told = (resetAt: number) => ({ limit: 5, left: null, at: noon - 2 * dayMs, resetAt });
    const learned = { a: told(noon - dayMs), b: told(noon - dayMs + 1) };
    expect(Object.keys(tidy({ learned }).learned)).toEqual(["b"]);
  });

  it("neighbours of one lane become one without a name, from first to last, and count as much", () => {
    const near = [charge("b", -1_500, -1_200), charge("a", -3_000, -2_000), charge("c", -1_000, 0)];
    expect(tidy({ charges: near }).charges).toEqual([{ ...charge("", -3_000, 0), worker: "", calls: 12 }]);
    const wide = [...near, charge("d", -800, 1, { isOpen: false })];
    expect(tidy({ charges: wide }).charges.map(({ id }) => id)).toEqual(["", "d"]);
    const other = charge("e", -2_500, -2_400, { lane: "sweep" });
    expect(tidy({ charges: [...near, other] }).charges).toHaveLength(2);
  });

  it("charges stay apart by the shortest limit they matter to, whatever the order of the limits", () => {
    const apart = [charge("a", -9_000, -8_000), charge("b", -4_000, -3_000)];
    for (const windows of [
      [day, minute],
      [minute, day],
    ])
      expect(tidy({ charges: apart }, windows).charges).toHaveLength(2);
    const old = apart.map((each) => ({ ...each, from: each.from - 600_000, until: each.until - 600_000 }));
    expect(tidy({ charges: old }).charges).toHaveLength(1);
  });
});

describe("room", () => {
  const lane = "interactive" as const;
  const room = (state: Partial<QuotaState>, rules: QuotaRules, of: "interactive" | "sweep" = lane) =>
    roomOf(stateOf(state), rules, { lane: of, now: noon });
  const told = (change: object) => ({ limit: 40, left: 40, at: noon - 1, resetAt: noon + 5_000, ...change });

  it("is not narrowed by an answer that did not say what is left", () => {
    expect(room({ learned: { minute: told({ left: null }) } }, rulesOf([minute])).calls).toBe(40);
  });

  it("keeps the reserve off what was told, of the limit that was told", () => {
    const rules = rulesOf([minute], { reserve: 0.1 });
    expect(room({ learned: { minute: told({}) } }, rules).calls).toBe(36);
    expect(room({ learned: { minute: told({ limit: null, left: 40 }) } }, rules).calls).toBe(30);
    expect(room({ learned: { minute: told({ limit: 900, left: 40 }) } }, rules).calls).toBe(30);
  });

  it("of a long limit keeps the floors of idle lanes, of an hour or less only the first's", () => {
    const of = (windowMs: number) => room({}, rulesOf([{ ...minute, windowMs }]), "sweep").calls;
    expect([of(hourMs), of(hourMs + 1)]).toEqual([90, 65]);
    const learned = (resetMs: number) =>
      room(
        { learned: { told: told({ limit: 100, left: 100, resetAt: noon + resetMs }) } },
        rulesOf([]),
        "sweep",
      );
    expect([learned(hourMs).calls, learned(hourMs + 1).calls]).toEqual([90, 65]);
  });

  it("of a limit that only told what is left keeps the first lane's floor of that", () => {
    const learned = { told: told({ limit: null, left: 30 }) };
    expect(room({ learned }, rulesOf([]), "sweep")).toEqual({ calls: 27, boundBy: "told" });
  });

  it("is not kept for a wait that has lapsed", () => {
    const waits = [wait(0, { lane: "webhook", calls: 500 })];
    expect(room({ waits }, rulesOf([minute]), "sweep").calls).toBe(90);
    expect(
      room({ waits: [wait(1, { lane: "webhook", calls: 500 })] }, rulesOf([minute]), "sweep").calls,
    ).toBe(5);
  });

  it("is bound by the first of two limits that leave the same", () => {
    const twin = { ...minute, name: "twin" };
    expect(room({}, rulesOf([minute, twin])).boundBy).toBe("minute");
    expect(room({}, rulesOf([twin, minute])).boundBy).toBe("twin");
  });

  it("is there now, when a wait lapses, or when the first of the charges leaves the window", () => {
    const from = (state: Partial<QuotaState>, of: "interactive" | "sweep", calls: number) =>
      roomFrom(stateOf(state), rulesOf([minute]), { lane: of, now: noon, calls });
    expect(from({}, lane, 100)).toBe(noon);
    expect(from({ waits: [wait(700, { lane: "webhook", calls: 500 })] }, "sweep", 50)).toBe(noon + 700);
    const charges = [
      charge("b", -9_000, -8_000, { calls: 50 }),
      charge("a", -20_000, -19_000, { calls: 50 }),
    ];
    expect(from({ charges }, lane, 1)).toBe(noon + 41_001);
    expect(from({ charges }, lane, 51)).toBe(noon + 52_001);
    expect(from({ charges }, lane, 101)).toBeNull();
  });
});

describe("limits", () => {
  const second: CallLimit = { name: "second", requests: 10, windowMs: 1_000, zone: null };
  const hour: CallLimit = { name: "hour", requests: 500, windowMs: hourMs, zone: null };

  it("the shortest is found in any order; a limit by days is none", () => {
    for (const windows of [
      [hour, minute, second, day],
      [second, day, hour, minute],
      [minute, second, hour],
    ])
      expect(shortestWindow(rulesOf(windows).limits)).toBe(second);
  });

  it("the pace comes back in steps of the shortest limit, ten seconds at least; it slows that alone", () => {
    const slow = stateOf({ pace: { share: 0.5, at: noon } });
    const pace = (windows: readonly CallLimit[], sinceMs: number) =>
      paceAt(slow, rulesOf(windows).limits, noon + sinceMs);
    expect([pace([second], 9_999), pace([second], 10_000)]).toEqual([0.5, 0.6]);
    expect([pace([minute], 59_999), pace([minute], 60_000)]).toEqual([0.5, 0.6]);
    expect([pace([], 9_999), pace([day], 10_000), pace([minute], -5)]).toEqual([0.5, 0.6, 0.5]);
    const at = { limits: rulesOf([minute, hour]).limits, now: noon };
    expect([budgetOf(minute, slow, at), budgetOf(hour, slow, at)]).toEqual([50, 500]);
  });

  it("a rolling window reaches as far ahead as back, and a day is the one that clocks show", () => {
    expect(windowSpan(minute, rulesOf([]), noon)).toEqual({ from: noon - 60_000, until: noon + 60_000 });
    const moment = quotaMoment(stateOf({ shift: hourMs }), rulesOf([day]), { now: noon, witness: null });
    expect(windowSpan(day, moment.rules, noon + hourMs / 2)).toEqual({
      from: noon - dayMs / 2 + hourMs,
      until: noon + dayMs / 2 + hourMs,
    });
    const late = noon + dayMs / 2 - hourMs / 2;
    expect(windowSpan(day, moment.rules, late + hourMs).from).toBe(noon - dayMs / 2 + hourMs);
    expect(windowSpan(day, moment.rules, late + 2 * hourMs).from).toBe(noon + dayMs / 2 + hourMs);
  });

  it("a clock may run ahead by a second and a hundredth of the time between; more is a step", () => {
    const ahead = (by: number) =>
      quotaMoment(stateOf({}), rulesOf([]), {
        now: noon + 100_000 + by,
        witness: { at: noon, sinceMs: 100_000 },
      });
    expect(ahead(2_000)).toMatchObject({ now: noon + 102_000, state: { shift: 0 } });
    expect(ahead(2_001)).toMatchObject({ now: noon + 100_000, state: { shift: -2_001 } });
    expect(quotaMoment(stateOf({}), rulesOf([]), { now: noon, witness: null }).now).toBe(noon);
  });

  it("of nothing known there are none, and nothing was charged", () => {
    const { charges, waits, seats } = emptyQuota;
    expect([unlimited.windows, charges, waits, seats]).toEqual([[], [], [], []]);
  });

  it("one that started afresh is tried for as long as it lasts, ten seconds at most", () => {
    const told = { limit: 5, left: 0, at: noon };
    expect(afreshUntil({ ...told, resetAt: noon + 3_000 })).toBe(noon + 6_000);
    expect(afreshUntil({ ...told, resetAt: noon + 30_000 })).toBe(noon + 40_000);
    expect(afreshUntil({ ...told, resetAt: noon - 5 })).toBe(noon - 5);
  });
});

describe("seats", () => {
  const row = (worker: string, seats: number, change: Partial<Seats> = {}): Seats => {
    return { worker, seats, wanted: 8, waitsSince: null, until: noon + 1_000, ...change };
  };
  const limits = { ...unlimited, concurrency: 8 };
  const wish = (seats: readonly Seats[], change: object) =>
    seatWorker(stateOf({ seats }), limits, { worker: "w", seats: 8, underWay: 0, now: noon, ...change });

  it("of a worker that fell silent are free again, its own as well", () => {
    expect(wish([row("a", 6, { until: noon })], {}).seats).toBe(8);
    expect(wish([row("a", 6)], {}).seats).toBe(2);
    expect(wish([row("a", 8), row("w", 2, { until: noon })], { underWay: 2 }).seats).toBe(0);
    expect(wish([row("a", 6), row("w", 2)], { underWay: 2 }).seats).toBe(2);
  });

  it("are given back by one that wants none and has nothing under way, and by no other", () => {
    expect(wish([row("w", 3)], { seats: 0 })).toEqual({ rows: [], seats: 0, seatsMs: 3_000 });
    expect(wish([row("w", 3)], { seats: 0, underWay: 2 })).toMatchObject({
      rows: [{ worker: "w", seats: 2, wanted: 2 }],
      seats: 2,
    });
  });

  it("are taken from nobody's calls under way but one's own", () => {
    expect(wish([row("a", 8)], { underWay: 3 }).seats).toBe(0);
  });

  it("beyond a fair share are kept while nobody is short of what it wants", () => {
    expect(wish([row("a", 2, { wanted: 2 })], { seats: 6 }).seats).toBe(6);
    expect(wish([row("a", 2, { wanted: 4 })], { seats: 6 }).seats).toBe(4);
    const mixed = [row("a", 1, { wanted: 1 }), row("b", 1, { wanted: 5 })];
    expect(wish(mixed, { seats: 6 }).seats).toBe(2);
    expect(wish([row("a", 4, { wanted: 8 })], { seats: 8 }).seats).toBe(4);
  });
});

it("people see instants by the store's clock, what still waits, and what is told and not yet over", () => {
  const shift = 1_000;
  const own = noon + shift;
  const told = { limit: 80, left: 7, at: own - 10, resetAt: own + 5_000 };
  const state = stateOf({
    shift,
    charges: [charge("a", -4_000, -3_000), charge("b", shift - 5, shift)],
    learned: {
      minute: told,
      over: { ...told, resetAt: own },
      unknown: { ...told, limit: null, left: 3 },
    },
    pause: { since: own - 1, until: own + 700, strikes: 1 },
    waits: [
      { worker: "a", lane: "poll", calls: 2, until: own },
      { worker: "b", lane: "poll", calls: 3, until: own + 1 },
      { worker: "c", lane: "poll", calls: 4, until: own + 1 },
    ],
    callMs: 120,
  });
  const none = { limit: null, budget: null, left: null, windowMs: null, resetAt: null };
  const view = viewQuota(state, rulesOf([minute, day, { ...minute, name: "never", requests: 0 }]), noon);
  expect(view.limits).toEqual([
    { name: "minute", limit: 80, budget: 80, charged: 8, left: 7, windowMs: 60_000, resetAt: noon + 5_000 },
    { ...none, name: "day", limit: 1_000, budget: 1_000, charged: 8, resetAt: noon + dayMs / 2 },
    { ...none, name: "never", limit: 0, budget: 0, charged: 8, windowMs: 60_000 },
    { ...none, name: "over", limit: 80, charged: 4 },
    { ...none, name: "unknown", charged: 4, left: 3, resetAt: noon + 5_000 },
  ]);
  expect(view).toMatchObject({ pausedUntil: noon + 700, callMs: 120 });
  expect(view.waits).toEqual([{ lane: "poll", calls: 7, roomAt: null }]);
  const paused = { ...state, pause: { since: own - 9, until: own, strikes: 1 } };
  expect(viewQuota(paused, rulesOf([minute]), noon).pausedUntil).toBeNull();
});
