import { expect, it } from "vitest";
import { limitsOf, readLimits, retryAtOf } from "./limits.ts";

const now = Date.parse("2026-03-02T09:00:00Z");

it.each([
  ["7", now + 7000],
  ["0.5", now + 500],
  [" 2 ", now + 2000],
  ["Mon, 02 Mar 2026 09:00:10 GMT", now + 10_000],
  ["soon", null],
  ["", null],
])("Retry-After %j is %s", (text, at) => {
  expect(retryAtOf({ "retry-after": text }, now)).toBe(at);
});

it.each([
  ["epoch", "1772442060", now + 60_000],
  ["epochMs", "1772442060000", now + 60_000],
  ["seconds", "60", now + 60_000],
  ["iso", "2026-03-02T09:01:00Z", now + 60_000],
  ["iso", "never", null],
  ["seconds", "", null],
])("a reset told as %s is read", (form, text, at) => {
  const description = { limits: { headers: { limit: "L", remaining: "R", reset: { header: "X", form } } } };
  const told = readLimits(description, { headers: { l: "100;w=60", r: "3", x: text } }, now);
  expect(told).toEqual({ limit: 100, remaining: 3, resetAt: at, retryAt: null });
});

it("says nothing where the description or the answer says nothing", () => {
  expect(limitsOf({})).toEqual({ requests: null, windowMs: null, concurrency: null });
  expect(limitsOf(null)).toEqual({ requests: null, windowMs: null, concurrency: null });
  expect(limitsOf({ limits: { requests: 10, windowMs: 1000 } })).toEqual({
    requests: 10,
    windowMs: 1000,
    concurrency: null,
  });
  expect(readLimits({}, { headers: {} }, now)).toEqual({
    limit: null,
    remaining: null,
    resetAt: null,
    retryAt: null,
  });
});
