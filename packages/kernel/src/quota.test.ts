import { describe, expect, it } from "vitest";
import { quotaMoment } from "./quota-clock.ts";
import { oweLanes, pickLane } from "./quota-lane.ts";
import { learn, tidyQuota } from "./quota-learn.ts";
import { blockLifeMs, reserveCalls } from "./quota-reserve.ts";
import type { QuotaAnswer, QuotaRequest } from "./quota-reserve.ts";
import { isMetered, roomFrom, roomOf } from "./quota-room.ts";
import { seatWorker } from "./quota-seats.ts";
import { viewQuota } from "./quota-view.ts";
import {
  afreshUntil,
  budgetOf,
  callsOf,
  chargesSince,
  defaultFloors,
  defaultReserve,
  emptyQuota,
  lanes,
  paceAt,
  shortestWindow,
  toldFrom,
  unlimited,
  usable,
  windowSpan,
} from "./quota.ts";
import type { CallLimit, DaySpan, Lane, QuotaRules, QuotaState } from "./quota.ts";
import { quotaRequest } from "./testing/fixtures.ts";

const dayMs = 86_400_000;
const daySpan: DaySpan = (_zone, at) => {
  const from = Math.floor(at / dayMs) * dayMs;
  return { from, until: from + dayMs };
};
const noon = 20_000 * dayMs + dayMs / 2;
const minute: CallLimit = { name: "minute", requests: 100, windowMs: 60_000, zone: null };
const day: CallLimit = { name: "day", requests: 1_000, windowMs: null, zone: "Europe/Berlin" };
const rulesOf = (windows: readonly CallLimit[], change: Partial<QuotaRules["limits"]> = {}): QuotaRules => ({
  limits: { ...unlimited, reserve: 0, windows, ...change },
  daySpan,
});

/** A quota with a clock, and workers that ask. */
class Asking {
  state: QuotaState = emptyQuota;
  now = noon;
  #ids = 0;
  readonly rules: QuotaRules;

  constructor(rules: QuotaRules) {
    this.rules = rules;
  }

  ask(change: Partial<QuotaRequest>): QuotaAnswer {
    this.#ids += 1;
    const request = quotaRequest({ id: `b${this.#ids}`, queued: change.wanted ?? {}, ...change });
    const { state, answer } = reserveCalls(this.state, this.rules, { request, now: this.now });
    this.state = state;
    return answer;
  }

  /** Calls granted to a lane that are made and ended at once. */
  take(lane: Lane, calls: number, worker = "w"): number {
    const [block] = this.ask({ worker, wanted: { [lane]: calls } }).blocks;
    if (block === undefined) return 0;
    this.ask({ worker, closings: [{ id: block.id, calls: block.calls, agoMs: 0 }] });
    return block.calls;
  }

  /** Calls granted to a lane until nothing more is. */
  drain(lane: Lane, worker = "w"): number {
    let sum = 0;
    for (let got = this.take(lane, 50, worker); got > 0; got = this.take(lane, 50, worker)) sum += got;
    return sum;
  }
}

describe("budgets", () => {
  it("a reserve is never used, but one call is always left", () => {
    expect([usable(100, 0.05), usable(10, 0.05), usable(1, 0.05), usable(2, 0.9), usable(0, 0)]).toEqual([
      95, 9, 1, 1, 0,
    ]);
    expect(new Asking(rulesOf([minute], { reserve: defaultReserve })).drain("interactive")).toBe(95);
  });

  it("without limits nothing is charged", () => {
    const asking = new Asking(rulesOf([]));
    const answer = asking.ask({ wanted: { poll: 10_000 } });
    expect(answer).toMatchObject({ isFree: true, refusals: [], pauseMs: 0, seats: null });
    expect(answer.blocks).toEqual([{ id: "b1/poll", lane: "poll", calls: 500, lifeMs: 10_000 }]);
    expect(asking.state.charges).toEqual([]);
    expect(isMetered(asking.state, asking.rules)).toBe(false);
    expect(isMetered(asking.state, rulesOf([minute]))).toBe(true);
  });

  it("what is charged is there before it is used, and what was not used comes back", () => {
    const asking = new Asking(rulesOf([minute]));
    const [block] = asking.ask({ wanted: { poll: 20 } }).blocks;
    expect(asking.state.charges).toMatchObject([{ calls: 8, isOpen: true, from: noon }]);
    expect(callsOf(chargesSince(asking.state, noon))).toBe(8);
    asking.now += 100;
    asking.ask({ closings: [{ id: block?.id ?? "", calls: 3, agoMs: 40 }] });
    expect(asking.state.charges).toMatchObject([{ calls: 3, isOpen: false, until: noon + 60 }]);
  });

  it("a dead worker errs low: its block counts until its last call may have arrived, and a window", () => {
    const asking = new Asking(rulesOf([{ ...minute, requests: 8 }]));
    asking.ask({ worker: "dead", wanted: { poll: 8 } });
    asking.now += blockLifeMs(asking.rules.limits) + 1_000 + 60_000;
    expect(asking.take("poll", 8)).toBe(0);
    asking.now += 1;
    expect(asking.take("poll", 8)).toBe(8);
  });

  it("a block that lapsed and is closed late takes no other charge with it", () => {
    const asking = new Asking(rulesOf([{ ...day, requests: 14 }]));
    const [late] = asking.ask({ worker: "late", wanted: { interactive: 1 } }).blocks;
    asking.now += blockLifeMs(asking.rules.limits) + 1_000;
    asking.take("interactive", 5);
    expect(callsOf(chargesSince(asking.state, noon))).toBe(6);
    asking.ask({ worker: "late", closings: [{ id: late?.id ?? "", calls: 0, agoMs: 11_000 }] });
    // The one that was not made may count; the five that were must.
    expect(callsOf(chargesSince(asking.state, noon))).toBeGreaterThanOrEqual(5);
  });

  it("a block lives an eighth of the shortest window, half a second to ten", () => {
    const life = (windowMs: number): number => blockLifeMs(rulesOf([{ ...minute, windowMs }]).limits);
    expect([life(1_000), life(60_000), life(3_600_000)]).toEqual([500, 7_500, 10_000]);
    expect(blockLifeMs(rulesOf([day]).limits)).toBe(10_000);
    expect(shortestWindow(rulesOf([day, minute]).limits)).toBe(minute);
    expect(shortestWindow(rulesOf([day]).limits)).toBe(null);
  });

  it("a day's calls are there again at midnight of its zone, all of them", () => {
    const asking = new Asking(rulesOf([day], { floors: { ...defaultFloors, interactive: 0 } }));
    expect(windowSpan(day, asking.rules, noon)).toEqual({ from: noon - dayMs / 2, until: noon + dayMs / 2 });
    // Floors of lanes that want nothing melt with the day: at noon half of 25 % is kept.
    expect(asking.drain("backfill")).toBe(1_000 - 50 - 50 - 25);
    const { refusals } = asking.ask({ wanted: { backfill: 1 } });
    expect(refusals).toEqual([{ lane: "backfill", waitMs: dayMs / 8, roomMs: dayMs / 8, boundBy: "day" }]);
    asking.now += dayMs / 8;
    expect(asking.drain("backfill")).toBe(13 + 13 + 7);
    asking.now += dayMs / 8;
    asking.drain("backfill");
    asking.now += dayMs / 8;
    asking.drain("backfill");
    expect(asking.ask({ wanted: { backfill: 1 } }).refusals[0]?.roomMs).toBe(dayMs / 8);
    asking.now += dayMs / 8;
    expect(asking.drain("interactive")).toBe(700);
  });
});

describe("lanes", () => {
  it("interactive calls find their floor however much a backfill takes", () => {
    const asking = new Asking(rulesOf([minute]));
    expect(asking.drain("backfill")).toBe(90);
    expect(asking.drain("interactive")).toBe(10);
  });

  it("a long limit keeps the floors of lanes that want nothing: a first load does not eat the day", () => {
    const asking = new Asking(rulesOf([{ ...minute, windowMs: dayMs }]));
    expect(asking.drain("sweep")).toBe(65);
    expect(asking.drain("backfill")).toBe(5);
    expect(asking.drain("poll")).toBe(10);
    expect(asking.drain("webhook")).toBe(10);
    expect(asking.drain("interactive")).toBe(10);
  });

  it("what a higher lane of another worker waits for is not given to a lower one, but its floor is", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.drain("interactive");
    asking.now += 60_001;
    asking.state = {
      ...asking.state,
      waits: [{ worker: "other", lane: "webhook", calls: 500, until: asking.now + 9 }],
    };
    expect(asking.take("sweep", 50)).toBe(5);
    expect(asking.take("sweep", 50)).toBe(0);
    asking.now += 10;
    // The other one has not asked again: it waits no longer.
    expect(asking.drain("sweep")).toBe(85);
  });

  it("of one call a second every lane gets its turns", () => {
    const second: CallLimit = { name: "second", requests: 1, windowMs: 1_000, zone: null };
    const asking = new Asking(rulesOf([second]));
    const turns: { [lane in Lane]?: number } = {};
    for (let round = 0; round < 2_000; round += 1) {
      for (const lane of lanes) {
        const [block] = asking.ask({ worker: lane, wanted: { [lane]: 1 } }).blocks;
        if (block === undefined) continue;
        turns[lane] = (turns[lane] ?? 0) + 1;
        asking.ask({ worker: lane, wanted: { [lane]: 1 }, closings: [{ id: block.id, calls: 1, agoMs: 0 }] });
      }
      asking.now += 1_001;
    }
    for (const lane of lanes) expect((turns[lane] ?? 0) / 2_000).toBeGreaterThan(defaultFloors[lane] * 0.9);
    expect(turns.interactive ?? 0).toBeGreaterThan(1_000);
  });

  it("a turn goes to the first lane in order, but to one that is owed a whole turn before", () => {
    expect(pickLane(["sweep", "poll"], {})).toBe("poll");
    expect(pickLane(["sweep", "poll"], { sweep: 1 })).toBe("sweep");
    expect(pickLane(["sweep", "poll"], { interactive: 1, sweep: 0.9 })).toBe("poll");
    expect(pickLane([], {})).toBe(null);
    const owed = oweLanes({ poll: 1.5, webhook: 3 }, defaultFloors, {
      lane: "poll",
      count: 1,
      waiting: ["poll", "sweep"],
    });
    expect(Object.keys(owed)).toEqual(["poll", "sweep"]);
    expect(owed.poll).toBeCloseTo(0.5 + defaultFloors.poll);
    expect(owed.sweep).toBeCloseTo(defaultFloors.sweep);
  });
});

describe("what a system tells", () => {
  const told = { name: "minute", limit: 100, left: 20, resetMs: 30_000, agoMs: 100 };

  it("fewer calls left than we counted win, until the reset (Q2)", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.ask({ told: [told] });
    expect(asking.drain("interactive")).toBe(20);
    expect(asking.ask({ wanted: { poll: 1 } }).refusals[0]?.roomMs).toBe(30_000);
    asking.now += 30_000;
    // Now our own 20 of the last minute count.
    expect(asking.drain("interactive")).toBe(80);
  });

  it("calls under way when it was told count against it", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.ask({ worker: "other", wanted: { poll: 8 } });
    asking.now += 10;
    asking.ask({ told: [{ ...told, agoMs: 5 }] });
    expect(asking.drain("interactive")).toBe(12);
  });

  it("a limit that was lowered holds from then on; one told higher than declared does not (Q3)", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.ask({ told: [{ ...told, limit: 40, left: 40 }] });
    asking.now += 90_000;
    expect(budgetOf(minute, asking.state, { limits: asking.rules.limits, now: asking.now })).toBe(40);
    expect(asking.drain("interactive")).toBe(40);
    asking.ask({ told: [{ ...told, limit: 900, left: 900 }] });
    expect(budgetOf(minute, asking.state, { limits: asking.rules.limits, now: asking.now })).toBe(100);
  });

  it("a limit that nobody declared is kept to as told, reserve taken off", () => {
    const asking = new Asking(rulesOf([], { reserve: 0.1 }));
    expect(asking.ask({ told: [{ ...told, name: "told", limit: 50, left: 30 }] }).isFree).toBe(false);
    expect(asking.drain("interactive")).toBe(25);
    asking.now += 30_000;
    expect(asking.drain("interactive")).toBe(1);
    expect(asking.ask({ wanted: { poll: 1 } }).refusals[0]?.roomMs).toBe(10_000);
    const [learned] = Object.values(asking.state.learned);
    expect(learned === undefined ? 0 : toldFrom(learned, asking.now)).toBe(noon + 30_000);
    expect(learned === undefined ? 0 : afreshUntil(learned)).toBe(noon + 40_000);
    // No answer told anything since: it may be that the system tells no more.
    asking.now += 10_000;
    expect(asking.take("interactive", 50)).toBe(8);
    // A day without news, and it is forgotten.
    asking.now += dayMs;
    expect(asking.ask({}).isFree).toBe(true);
  });

  it("a reset that has passed says nothing about what is left", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.ask({ told: [{ ...told, left: 0, resetMs: -5 }] });
    expect(asking.drain("interactive")).toBe(100);
  });

  it("how long a call takes is learned, the newest weighing most", () => {
    const report = { worker: "w", closings: [], told: [], refused: null, isWell: true };
    const once = learn(emptyQuota, rulesOf([]), { report: { ...report, callMs: 100 }, now: noon });
    const twice = learn(once, rulesOf([]), { report: { ...report, callMs: 200 }, now: noon });
    expect([once.callMs, twice.callMs]).toEqual([100, 130]);
    expect(learn(twice, rulesOf([]), { report: { ...report, callMs: null }, now: noon }).callMs).toBe(130);
  });

  it("a refusal pauses everybody as long as it says, else a second, doubling", () => {
    const asking = new Asking(rulesOf([]));
    const refused = { agoMs: 0, waitMs: 7_000 };
    expect(asking.ask({ refused, wanted: { interactive: 1 } })).toMatchObject({
      pauseMs: 7_000,
      blocks: [],
      refusals: [{ lane: "interactive", waitMs: 7_000, roomMs: 7_000, boundBy: "pause" }],
    });
    asking.now += 7_000;
    expect(asking.ask({ refused: { agoMs: 0, waitMs: null } }).pauseMs).toBe(2_000);
    // Calls that left before the pause belong to it.
    asking.now += 10;
    expect(asking.ask({ refused: { agoMs: 500, waitMs: null } }).pauseMs).toBe(1_990);
    asking.now += 1_990;
    // A date in the past is no hint, one in the next century not more than a day.
    expect(asking.ask({ refused: { agoMs: 0, waitMs: -3_600_000 } }).pauseMs).toBe(4_000);
    asking.now += 4_000;
    asking.ask({ isWell: true });
    expect(asking.ask({ refused: { agoMs: 0, waitMs: null } }).pauseMs).toBe(1_000);
    asking.now += 1_000;
    expect(asking.ask({ refused: { agoMs: 0, waitMs: 3e12 } }).pauseMs).toBe(dayMs);
  });

  it("refusals that tell nothing slow us down, and time without them brings the speed back", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.ask({ refused: { agoMs: 0, waitMs: 1_000 } });
    expect(paceAt(asking.state, asking.rules.limits, asking.now)).toBeCloseTo(0.7);
    asking.now += 1_000;
    expect(asking.drain("interactive")).toBe(70);
    asking.now += 60_000 * 3;
    expect(paceAt(asking.state, asking.rules.limits, asking.now)).toBe(1);
    // One that tells what is left needs no guess.
    asking.ask({ refused: { agoMs: 0, waitMs: 1_000 }, told: [{ ...told, left: 0 }] });
    expect(paceAt(asking.state, asking.rules.limits, asking.now)).toBe(1);
  });
});

describe("calls at one time", () => {
  it("are shared out fairly once somebody is short of them, and taken back with the worker's silence", () => {
    const asking = new Asking(rulesOf([], { concurrency: 8 }));
    expect(asking.ask({ worker: "a", seats: 16 }).seats).toBe(8);
    expect(asking.ask({ worker: "b", seats: 16 }).seats).toBe(0);
    // Six of a's are under way.
    expect(asking.ask({ worker: "a", seats: 16, underWay: 6 }).seats).toBe(6);
    expect(asking.ask({ worker: "b", seats: 16 }).seats).toBe(2);
    expect(asking.ask({ worker: "a", seats: 16, underWay: 1 }).seats).toBe(4);
    expect(asking.ask({ worker: "b", seats: 16, underWay: 2 }).seats).toBe(4);
    asking.now += 3_000;
    expect(asking.ask({ worker: "b", seats: 16 }).seats).toBe(8);
    expect(asking.ask({ worker: "b" }).seats).toBe(0);
    expect(asking.ask({ worker: "a", seats: 3 }).seats).toBe(3);
  });

  it("are nobody's business where the system names no limit of them", () => {
    const wish = { worker: "a", seats: 4, underWay: 0, now: noon };
    expect(seatWorker(emptyQuota, unlimited, wish)).toEqual({ rows: [], seats: null, seatsMs: 3_000 });
  });

  it("take turns when there are more workers than calls", () => {
    const asking = new Asking(rulesOf([], { concurrency: 1 }));
    const turns: string[] = [];
    for (let round = 0; round < 12; round += 1) {
      for (const worker of ["a", "b", "c"]) {
        if (asking.ask({ worker, seats: 4 }).seats === 1) turns.push(worker);
      }
      expect(asking.state.seats.reduce((sum, { seats }) => sum + seats, 0)).toBeLessThanOrEqual(1);
      asking.now += 1_000;
    }
    for (const worker of ["a", "b", "c"])
      expect(turns.filter((one) => one === worker).length).toBeGreaterThan(2);
  });
});

describe("the state", () => {
  it("stays small over a day of calls, and never counts less for it", () => {
    const asking = new Asking(
      rulesOf([
        { ...minute, requests: 60 },
        { ...day, requests: 50_000 },
      ]),
    );
    let sum = 0;
    let largest = 0;
    while (asking.now < noon + dayMs / 2 - 60_000) {
      sum += asking.take("poll", 8);
      asking.now += 7_300;
      largest = Math.max(largest, asking.state.charges.length);
    }
    expect(callsOf(chargesSince(asking.state, noon - 1))).toBe(sum);
    expect(sum).toBeGreaterThan(30_000);
    expect(largest).toBeLessThan(80);
  });

  it("a clock that is set back keeps nothing back; one set forward opens nothing", () => {
    const asking = new Asking(rulesOf([minute]));
    const { at } = asking.ask({ wanted: { interactive: 8 } });
    asking.now -= 7_200_000;
    const back = quotaMoment(asking.state, asking.rules, { now: asking.now, witness: { at, sinceMs: 400 } });
    expect([back.now, back.state.shift]).toEqual([at, 7_200_000]);
    asking.now += 3 * 7_200_000 + 500;
    const ahead = quotaMoment(asking.state, asking.rules, { now: asking.now, witness: { at, sinceMs: 500 } });
    expect([ahead.now, ahead.state.shift]).toEqual([at + 500, -2 * 7_200_000]);
    // A day is by the clock itself.
    expect(windowSpan(day, ahead.rules, ahead.now).until).toBe(noon + dayMs / 2 - 2 * 7_200_000);
  });

  it("room is searched to the instant at which it comes", () => {
    const asking = new Asking(rulesOf([minute]));
    asking.drain("interactive");
    const room = roomFrom(asking.state, asking.rules, { lane: "interactive", now: noon, calls: 100 });
    expect(room).toBe(noon + 60_001);
    expect(roomOf(asking.state, asking.rules, { lane: "interactive", now: noon + 60_001 }).calls).toBe(100);
    expect(tidyQuota(asking.state, asking.rules, noon + 60_001).charges).toEqual([]);
  });

  it("is shown with what is charged, left and waited for", () => {
    const asking = new Asking(rulesOf([minute, day]));
    asking.drain("interactive");
    asking.ask({
      worker: "other",
      wanted: { poll: 4 },
      told: [{ name: "hour", limit: 70, left: 3, resetMs: 1_000, agoMs: 0 }],
    });
    const view = viewQuota(asking.state, asking.rules, asking.now);
    expect(view.limits.map(({ name, limit, charged, left }) => [name, limit, charged, left])).toEqual([
      ["minute", 100, 100, null],
      ["day", 1_000, 100, null],
      ["hour", 70, 100, 3],
    ]);
    expect(view.limits.map(({ resetAt }) => resetAt)).toEqual([null, noon + dayMs / 2, noon + 1_000]);
    expect(view.waits).toEqual([
      { lane: "interactive", calls: 50, roomAt: noon + 60_001 },
      { lane: "poll", calls: 4, roomAt: noon + 60_001 },
    ]);
    expect(view.pausedUntil).toBe(null);
  });
});
