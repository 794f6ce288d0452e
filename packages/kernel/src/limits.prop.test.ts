import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkPaging, nextWatermark } from "./cursor.ts";
import type { Failure } from "./failure.ts";
import { failures } from "./failure.ts";
import { checkGuard, defaultGuardLimits } from "./guard.ts";
import { decideRetry, defaultRetryPolicy } from "./retry.ts";
import type { FailureRecord } from "./failure.ts";
import { isNewer } from "./record.ts";
import type { Sighting } from "./record.ts";
import { provesAbsence } from "./write.ts";

const stamp = fc.integer({ min: 0, max: 100_000 });
const maybe = (arbitrary: fc.Arbitrary<number>) => fc.option(arbitrary);

describe("nextWatermark", () => {
  const reading = fc.record({
    previous: maybe(stamp),
    newestSeen: maybe(stamp),
    commitLagMs: fc.integer({ min: 0, max: 10_000 }),
    stampGranularityMs: fc.constantFrom(0, 1, 1_000),
    oldestUnsettled: maybe(stamp),
  });

  it("passes no unsettled row, nor the newest less the lag; goes back for a late row alone (I08)", () => {
    fc.assert(
      fc.property(reading, (input) => {
        const next = nextWatermark(input);
        const { previous, newestSeen, oldestUnsettled } = input;
        if (next === null) {
          expect([previous, newestSeen]).toEqual([null, null]);
          return;
        }
        const safe = (newestSeen ?? Number.NEGATIVE_INFINITY) - input.commitLagMs - input.stampGranularityMs;
        expect(next).toBeLessThanOrEqual(Math.max(previous ?? Number.NEGATIVE_INFINITY, safe));
        if (oldestUnsettled !== null) expect(next).toBeLessThan(oldestUnsettled);
        if (previous !== null && (oldestUnsettled === null || oldestUnsettled > previous))
          expect(next).toBeGreaterThanOrEqual(previous);
      }),
      { numRuns: 3_000 },
    );
  });

  it("over any course of readings every row is read again until it is settled", () => {
    const row = fc.record({
      stamp,
      delay: fc.integer({ min: 0, max: 500 }),
      failsFor: fc.integer({ min: 0, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 12 }), (rows) => {
        const open = rows.map((each) => ({ ...each, isSettled: false }));
        let watermark: number | null = null;
        for (let now = 0; now <= 101_000; now += 700) {
          const from: number = watermark ?? Number.NEGATIVE_INFINITY;
          const seen = open.filter((each) => each.stamp + each.delay <= now && each.stamp > from);
          for (const each of seen) {
            each.isSettled = each.failsFor <= 0;
            each.failsFor -= 1;
          }
          const unsettled = seen.filter(({ isSettled }) => !isSettled).map((each) => each.stamp);
          watermark = nextWatermark({
            previous: watermark,
            newestSeen: seen.length === 0 ? null : Math.max(...seen.map((each) => each.stamp)),
            commitLagMs: 500,
            stampGranularityMs: 0,
            oldestUnsettled: unsettled.length === 0 ? null : Math.min(...unsettled),
          });
        }
        const left = open.filter(({ isSettled, failsFor }) => !isSettled && failsFor < 0);
        expect(left).toEqual([]);
        expect(open.filter((each) => !each.isSettled && each.stamp < 90_000)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("the first reading of an empty system leaves no watermark", () => {
    expect(
      nextWatermark({
        previous: null,
        newestSeen: null,
        commitLagMs: 5,
        stampGranularityMs: 5,
        oldestUnsettled: null,
      }),
    ).toBeNull();
  });
});

it("a list ends, goes on, loops or is too long, and nothing else", () => {
  const paging = { seen: new Set(["a", "b"]), pages: 2, pagesMax: 3 };
  expect(checkPaging({ ...paging, next: null })).toBe("end");
  expect(checkPaging({ ...paging, next: "c" })).toBe("go_on");
  expect(checkPaging({ ...paging, next: "a" })).toBe("cursor_loop");
  expect(checkPaging({ ...paging, next: "c", pages: 3 })).toBe("list_too_long");
  fc.assert(
    fc.property(fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 20 }), (cursors) => {
      const seen = new Set<string>();
      let pages = 0;
      for (const next of cursors) {
        pages += 1;
        if (checkPaging({ seen, next, pages, pagesMax: 9 }) !== "go_on") break;
        seen.add(next);
      }
      expect(pages).toBeLessThanOrEqual(5);
    }),
  );
});

describe("decideRetry", () => {
  const record = (failure: Failure, retryAt: number | null): FailureRecord => {
    return { failure, retryAt, code: "x", message: "x", status: null, requestId: null, field: null };
  };
  const now = 1_000_000;
  const day = 86_400_000;

  it("waits at least the delay of the attempt, honours a later hint, and is bounded by a day", () => {
    const attempt = fc.record({
      failure: fc
        .tuple(fc.constantFrom(...failures), maybe(fc.integer({ min: -1e13, max: 1e13 })))
        .map(([failure, at]) => record(failure, at)),
      attempts: fc.integer({ min: 0, max: 200 }),
      now: fc.constant(now),
      spread: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    });
    fc.assert(
      fc.property(attempt, (attempt) => {
        const { failure, attempts } = attempt;
        const decision = decideRetry(attempt);
        const isRetryable = ["transient", "throttled", "unauthorised"].includes(failure.failure);
        expect(decision.kind === "not_retryable").toBe(!isRetryable);
        expect(decision.kind === "give_up").toBe(
          failure.failure === "transient" && attempts >= defaultRetryPolicy.attemptsMax,
        );
        if (decision.kind !== "retry") return;
        const { delayMsMin, delayMsMax } = defaultRetryPolicy;
        const least = Math.min(delayMsMin * 2 ** Math.max(attempts - 1, 0), delayMsMax);
        expect(decision.at).toBeGreaterThanOrEqual(now + least);
        if (failure.retryAt !== null && failure.retryAt < now + day)
          expect(decision.at).toBeGreaterThanOrEqual(failure.retryAt);
        expect(decision.at).toBeLessThanOrEqual(now + day);
        if (failure.retryAt === null) expect(decision.at).toBeLessThanOrEqual(now + delayMsMax * 1.5);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([0, 0.999])(
    "the default gives up after eight and a half to thirteen minutes (spread %f)",
    (spread) => {
      let waited = 0;
      for (let attempts = 1; ; attempts += 1) {
        const decision = decideRetry({ failure: record("transient", null), attempts, now: 0, spread });
        if (decision.kind !== "retry") break;
        waited += decision.at;
      }
      expect(waited).toBeGreaterThan(8.5 * 60_000);
      expect(waited).toBeLessThan(13 * 60_000);
    },
  );
});

describe("checkGuard", () => {
  const counts = fc.dictionary(
    fc.constantFrom("accounts", "orders"),
    fc.dictionary(fc.constantFrom("create", "archive", "delete", "note"), fc.integer({ min: 0, max: 2_000 })),
  );
  const linked = fc.dictionary(fc.constantFrom("accounts", "orders"), fc.integer({ min: 0, max: 5_000 }));

  it("stops exactly what passes the free count and breaks the count or the share (I15)", () => {
    fc.assert(
      fc.property(counts, linked, (counts, linked) => {
        const stops = checkGuard(counts, linked, defaultGuardLimits);
        for (const [entity, kinds] of Object.entries(counts)) {
          for (const [kind, count] of Object.entries(kinds)) {
            const limit = defaultGuardLimits[kind];
            const share = count / Math.max(linked[entity] ?? 0, 1);
            const isBroken =
              limit !== undefined &&
              count > limit.countFree &&
              (count > limit.countMax || share > limit.shareMax);
            const stop = stops.filter((each) => each.entity === entity && each.kind === kind);
            expect(stop.map((each) => each.count)).toEqual(isBroken ? [count] : []);
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("more writes never pass where fewer were stopped", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_500 }),
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 0, max: 3_000 }),
        (count, more, linked) => {
          const stopped = (archive: number) =>
            checkGuard({ orders: { archive } }, { orders: linked }, defaultGuardLimits).length;
          expect(stopped(count + more)).toBeGreaterThanOrEqual(stopped(count));
        },
      ),
    );
  });

  it("tells which limit it was", () => {
    const [share, most] = checkGuard(
      { orders: { archive: 6, create: 501 } },
      { orders: 100 },
      defaultGuardLimits,
    );
    expect(share).toEqual({
      entity: "orders",
      kind: "archive",
      count: 6,
      limit: "at most 5 % of the linked records",
    });
    expect(most).toEqual({ entity: "orders", kind: "create", count: 501, limit: "at most 500" });
  });
});

it("an observation replaces the view when its version is later, or when it was read after it", () => {
  const sighting: fc.Arbitrary<Sighting> = fc.record({
    version: fc.constantFrom(null, "a", "b"),
    versionOrder: maybe(fc.integer({ min: 0, max: 3 })),
    readStart: fc.integer({ min: 0, max: 9 }),
    readEnd: fc.integer({ min: 10, max: 19 }),
  });
  const later = sighting.map((each) => ({
    ...each,
    readStart: each.readStart + 20,
    readEnd: each.readEnd + 20,
  }));
  fc.assert(
    fc.property(sighting, fc.oneof(sighting, later), (one, other) => {
      expect(isNewer(one, one)).toBe(false);
      expect(isNewer(one, other) && isNewer(other, one)).toBe(false);
      const isOrdered =
        one.versionOrder !== null && other.versionOrder !== null && one.versionOrder !== other.versionOrder;
      if (isOrdered) expect(isNewer(other, one)).toBe(other.versionOrder > one.versionOrder);
      else expect(isNewer(other, one)).toBe(other.readStart > one.readEnd);
    }),
    { numRuns: 2_000 },
  );
});

it("finding nothing proves absence only after the horizon, or at once where our key is unique", () => {
  const probe = fc.record({
    quietForMs: fc.integer({ min: -100, max: 300 }),
    horizonMs: fc.integer({ min: 0, max: 100 }),
    isKeyEnforced: fc.boolean(),
  });
  fc.assert(
    fc.property(probe, (probe) => {
      const isOver = probe.quietForMs - probe.horizonMs > 0;
      expect(provesAbsence(probe)).toBe(probe.isKeyEnforced || isOver);
      if (!probe.isKeyEnforced) expect(provesAbsence({ ...probe, quietForMs: probe.horizonMs })).toBe(false);
    }),
    { numRuns: 1_000 },
  );
});
