import { expect, it } from "vitest";
import { limitsOf } from "./limits.ts";
import type { Json } from "./wire.ts";

const now = Date.parse("2026-03-02T09:00:00Z");
const told = (description: Json, headers: { readonly [name: string]: string }, status = 200, body = "") =>
  limitsOf(description).told({ status, headers, body }, now);
const nothing = { limits: [], isThrottled: false, waitMs: null };

it.each([
  ["epoch", "1772442060", 60_000],
  ["epochMs", "1772442060000", 60_000],
  ["seconds", "60", 60_000],
  ["iso", "2026-03-02T09:01:00Z", 60_000],
  ["iso", "never", null],
  ["seconds", "", null],
])("a reset told as %s is read", (form, text, resetMs) => {
  const description = { limits: { headers: { limit: "L", remaining: "R", reset: { header: "X", form } } } };
  expect(told(description, { l: "100;w=60", r: "3", x: text }).limits).toEqual([
    { name: "window", limit: 100, remaining: 3, resetMs },
  ]);
});

it("a reset is held against the answer's own date, not against our clock", () => {
  const description = { limits: { headers: { remaining: "R", reset: { header: "X", form: "epoch" } } } };
  const headers = { r: "3", x: "1772442060", date: "Mon, 02 Mar 2026 09:00:50 GMT" };
  expect(told(description, headers).limits[0]?.resetMs).toBe(10_000);
});

it("several limits have names, lengths or days, and headers of their own", () => {
  const windows = [
    { name: "burst", requests: 100, windowMs: 10_000, headers: { remaining: "b-left" } },
    {
      name: "day",
      requests: 250_000,
      zone: "America/New_York",
      headers: { limit: "d", remaining: "d-left" },
    },
  ];
  const description = { limits: { concurrency: 3, windows } };
  expect(limitsOf(description).declared).toEqual({
    concurrency: 3,
    windows: [
      { name: "burst", requests: 100, windowMs: 10_000, zone: null },
      { name: "day", requests: 250_000, windowMs: null, zone: "America/New_York" },
    ],
  });
  expect(told(description, { "b-left": "7", "d-left": "900", d: "1000" }).limits).toEqual([
    { name: "burst", limit: null, remaining: 7, resetMs: null },
    { name: "day", limit: 1_000, remaining: 900, resetMs: null },
  ]);
});

it("says nothing where the description or the answer says nothing", () => {
  expect(limitsOf({}).declared).toEqual({ windows: [], concurrency: null });
  expect(limitsOf(null).declared).toEqual({ windows: [], concurrency: null });
  expect(limitsOf({ limits: { requests: 10, windowMs: 1000 } }).declared.windows).toEqual([
    { name: "window", requests: 10, windowMs: 1000, zone: null },
  ]);
  expect(told({}, {})).toEqual(nothing);
  expect(told(null, {})).toEqual(nothing);
});

it("too fast is 429, and whatever the description's table says is", () => {
  expect(told({}, { "retry-after": "3" }, 429)).toEqual({ ...nothing, isThrottled: true, waitMs: 3_000 });
  const table = [
    { status: 403, code: "REQUEST_LIMIT", failure: "throttled" },
    { status: 403, failure: "unsupported" },
  ];
  const description = { errors: { code: "0.code", table } };
  expect(told(description, {}, 403, '[{"code":"REQUEST_LIMIT"}]').isThrottled).toBe(true);
  expect(told(description, {}, 403, '[{"code":"OTHER"}]').isThrottled).toBe(false);
  expect(told(description, {}, 403, "no JSON").isThrottled).toBe(false);
  const inside = {
    errors: { code: "c", bodies: [{ path: "c", exists: true }], table: [{ code: 7, failure: "throttled" }] },
  };
  expect(told(inside, {}, 200, '{"c":7}').isThrottled).toBe(true);
  expect(told(inside, {}, 200, '{"c":8}').isThrottled).toBe(false);
});
