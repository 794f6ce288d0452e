import { expect, test } from "vitest";
import { deadlineIn } from "./deadline.ts";

/** A clock whose two hands a test moves by itself. */
function hands() {
  const at = { wall: 1_000_000, monotonic: 50 };
  return { at, clock: { now: () => at.wall, monotonic: () => at.monotonic } };
}

test("a deadline is over when either hand of the clock has reached it", () => {
  const { at, clock } = hands();
  const deadline = deadlineIn(clock, 100);
  at.wall += 99;
  at.monotonic += 99;
  expect(deadline.isOver()).toBe(false);
  expect(deadline.isOver(1)).toBe(true);
  at.monotonic += 1;
  expect(deadline.isOver()).toBe(true);
});

test("a wall clock that is set back by hours does not make a deadline later", () => {
  const { at, clock } = hands();
  const deadline = deadlineIn(clock, 100);
  at.wall -= 7_200_000;
  at.monotonic += 101;
  expect(deadline.isOver()).toBe(true);
});

test("a machine that was suspended knows it by its wall clock alone", () => {
  const { at, clock } = hands();
  const deadline = deadlineIn(clock, 100);
  at.wall += 101;
  expect(deadline.isOver()).toBe(true);
});
