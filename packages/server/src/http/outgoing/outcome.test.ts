import { expect, it } from "vitest";
import { outcomeOf, pauseMs, retryAfterMs } from "./outcome.ts";

const at = { attempt: 1, attemptsMax: 12, now: Date.UTC(2026, 0, 31), random: 0.5 };

it("pauses grow to half a day, by a fifth more or less; twelve attempts take some two days", () => {
  const pauses = Array.from({ length: 11 }, (_none, tried) => pauseMs(tried + 1, 0.5));
  expect(pauses.slice(0, 4)).toEqual([5_000, 20_000, 80_000, 320_000]);
  expect(Math.max(...pauses)).toBe(12 * 3_600_000);
  const days = pauses.reduce((sum, ms) => sum + ms, 0) / 86_400_000;
  expect(Math.round(days)).toBe(2);
  expect([pauseMs(1, 0), pauseMs(1, 1)]).toEqual([4_000, 6_000]);
});

it("what a receiver asks for is heard, never shorter than our own pause, never longer than a day", () => {
  const next = (retryAfter: string) =>
    outcomeOf({ status: 503, headers: { "retry-after": retryAfter } }, at).nextInMs;
  expect([next("60"), next("1"), next("999999999"), next("soon"), next("-5")]).toEqual([
    ...[60_000, 5_000, 86_400_000, 5_000, 5_000],
  ]);
  expect(retryAfterMs("Sat, 31 Jan 2026 00:01:00 GMT", at.now)).toBe(60_000);
  expect(retryAfterMs("Fri, 30 Jan 2026 00:01:00 GMT", at.now)).toBe(0);
});

it("a cause holds no more than 200 characters, and nothing of an answer's body", () => {
  const { cause } = outcomeOf({ status: null, why: "x".repeat(5_000) }, at);
  expect(cause?.length).toBe(200);
});
