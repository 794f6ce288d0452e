import { expect, test } from "vitest";
import { growthOf, heldMemory, memoryText } from "./held-memory.ts";

const megabytes = (heaps: readonly number[]): Parameters<typeof growthOf>[0] =>
  heaps.map((heap) => ({ heap: heap * 1e6, resident: 2 * heap * 1e6 }));

test("memory that rises at each step is growth; a warm start, waves and one peak are none", () => {
  expect(growthOf(megabytes([50, 60, 70, 80, 90, 100, 110]))).toBe(30_000_000);
  expect(growthOf(megabytes([50, 90, 80, 91, 85, 92, 84]))).toBe(0);
  expect(growthOf(megabytes([50, 60, 61, 62, 200, 63, 64]))).toBe(0);
  expect(growthOf(megabytes([50, 60]))).toBe(0);
});

/** What is held once nothing more goes: what other tests of this program left may take several sweeps. */
function settled(): ReturnType<typeof heldMemory> {
  const held = heldMemory();
  const next = heldMemory();
  return held.heap - next.heap < 100_000 ? next : settled();
}

test("what is still held is seen, what is not is swept", () => {
  const before = settled();
  let held: readonly number[] | null = Array.from({ length: 2_000_000 }, (_none, at) => at / 3);
  const meanwhile = heldMemory();
  expect(meanwhile.heap - before.heap).toBeGreaterThan(held.length * 7);
  held = null;
  expect(heldMemory().heap - before.heap).toBeLessThan(8_000_000);
  expect(memoryText([before, meanwhile])).toMatch(/^heap of resident memory: start \d+ MB of \d+ MB, middle/);
});
