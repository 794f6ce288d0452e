import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sleep } from "./sleep.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("answers true when the time is over, not before", async () => {
  let answer: boolean | null = null;
  const slept = sleep(1_000).then((isOver) => {
    answer = isOver;
  });
  await vi.advanceTimersByTimeAsync(999);
  expect(answer).toBeNull();
  await vi.advanceTimersByTimeAsync(1);
  await slept;
  expect(answer).toBe(true);
});

it("answers false when it is aborted, and leaves no timer behind", async () => {
  const controller = new AbortController();
  const slept = sleep(1_000, controller.signal);
  controller.abort();
  expect(await slept).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
  expect(await sleep(1_000, controller.signal)).toBe(false);
});

it("a time that is none is no time, and one too long for a timer is not over at once", async () => {
  for (const ms of [-5, Number.NaN]) {
    const slept = sleep(ms);
    await vi.advanceTimersByTimeAsync(1);
    expect(await slept).toBe(true);
  }
  let isOver = false;
  sleep(Infinity).then(
    () => {
      isOver = true;
    },
    () => undefined,
  );
  await vi.advanceTimersByTimeAsync(60_000);
  expect(isOver).toBe(false);
});
