import { describe, expect, it } from "vitest";
import { nextWatermark } from "./cursor.ts";
import { isEcho } from "./echo.ts";
import type { FailureRecord } from "./failure.ts";
import { checkGuard, defaultGuardLimits } from "./guard.ts";
import type { PlannedKind } from "./plan.ts";
import { isNewer } from "./record.ts";
import { decideRetry } from "./retry.ts";

const day = 86_400_000;

describe("a watermark", () => {
  const reading = {
    previous: 1_000,
    newestSeen: 9_000,
    commitLagMs: 500,
    stampGranularityMs: 100,
    oldestUnsettled: null,
  };

  it("goes up to what can no longer change, never back, and stays where nothing was read", () => {
    expect(nextWatermark(reading)).toBe(8_400);
    expect(nextWatermark({ ...reading, previous: 8_900 })).toBe(8_900);
    expect(nextWatermark({ ...reading, newestSeen: null })).toBe(1_000);
    expect(nextWatermark({ ...reading, previous: -5, newestSeen: null })).toBe(-5);
    expect(nextWatermark({ ...reading, previous: null })).toBe(8_400);
    expect(nextWatermark({ ...reading, previous: null, newestSeen: null })).toBeNull();
  });

  it("goes back for a row that could not be stored, and only for that", () => {
    expect(nextWatermark({ ...reading, oldestUnsettled: 600 })).toBe(599);
    expect(nextWatermark({ ...reading, oldestUnsettled: 8_800 })).toBe(8_400);
  });
});

describe("an observation", () => {
  const seen = { version: "v1", versionOrder: null, readStart: 100, readEnd: 200 };

  it("replaces the view only when its reading began after the view's had ended", () => {
    expect([199, 200, 201].map((readStart) => isNewer({ ...seen, readStart }, seen))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it("of equal rank in the system's own order is judged by the time of its reading", () => {
    const ordered = { ...seen, versionOrder: 7 };
    expect(isNewer(ordered, ordered)).toBe(false);
    expect(isNewer({ ...ordered, readStart: 300 }, ordered)).toBe(true);
    expect(isNewer({ ...ordered, versionOrder: 6, readStart: 300 }, ordered)).toBe(false);
    expect(isNewer({ ...ordered, versionOrder: 8 }, ordered)).toBe(true);
    expect(isNewer({ ...ordered, versionOrder: 8 }, seen)).toBe(false);
  });

  it("of another version, with a value that is neither base nor sent, is no echo", () => {
    const values = { base: { name: "a" }, sent: { name: "b" } };
    const shown = { version: "v2", answeredVersion: "v1", fields: { name: "c" }, ...values };
    expect(isEcho(shown)).toBe(false);
    expect(isEcho({ ...shown, answeredVersion: "v2" })).toBe(true);
  });
});

describe("a retry", () => {
  const failure: FailureRecord = {
    failure: "throttled",
    retryAt: null,
    code: "x",
    message: "x",
    status: null,
    requestId: null,
    field: null,
  };
  const at = (retryAt: number | null) =>
    decideRetry({ failure: { ...failure, retryAt }, attempts: 1, now: 50_000, spread: 0 });

  it("waits as long as the system asks, but at most a day, and never less than its own delay", () => {
    expect(at(null)).toEqual({ kind: "retry", at: 51_000 });
    expect(at(40_000)).toEqual({ kind: "retry", at: 51_000 });
    expect(at(90_000)).toEqual({ kind: "retry", at: 90_000 });
    expect(at(50_000 + 30 * day)).toEqual({ kind: "retry", at: 50_000 + day });
  });
});

describe("the guard", () => {
  const limits = { update: { countMax: 100, shareMax: 0.5, countFree: 5 } };
  const stops = (count: number, linked: number) =>
    checkGuard({ accounts: { update: count } }, { accounts: linked }, limits);

  it("lets the free number pass whatever its share, and stops the next one", () => {
    expect(stops(5, 1)).toEqual([]);
    expect(stops(6, 1)).toMatchObject([{ count: 6, limit: "at most 50 % of the linked records" }]);
  });

  it("stops beyond a limit, not at it", () => {
    expect(stops(50, 100)).toEqual([]);
    expect(stops(51, 100)).toHaveLength(1);
    expect(stops(100, 1_000)).toEqual([]);
    expect(stops(101, 1_000)).toMatchObject([{ limit: "at most 100" }]);
  });

  it("has a limit for every kind of write, the tighter the harder it is to take back (I15)", () => {
    const kinds: Record<PlannedKind | "delete", true> = {
      create: true,
      update: true,
      transition: true,
      archive: true,
      unarchive: true,
      delete: true,
    };
    expect(Object.keys(defaultGuardLimits).toSorted()).toEqual(Object.keys(kinds).toSorted());
    const order = [["delete"], ["archive", "unarchive"], ["create", "transition"], ["update"]];
    const measures = ["countMax", "shareMax", "countFree"] as const;
    for (const measure of measures) {
      const sizes = order.map((group) =>
        group.map((kind) => defaultGuardLimits[kind]?.[measure] ?? Number.NaN),
      );
      for (const size of sizes.flat()) expect(size).toBeGreaterThan(0);
      for (const [at, group] of sizes.slice(1).entries())
        for (const size of group)
          for (const tighter of sizes[at] ?? []) expect(tighter).toBeLessThanOrEqual(size);
    }
  });
});
