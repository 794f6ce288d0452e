import { describe, expect, test } from "vitest";
import { isForgotten } from "./restores.ts";

describe("what a restored store has forgotten", () => {
  const once = [{ at: 100, asOf: 60 }];
  // The second restore brings back a backup that was taken in the life which the first one has ended.
  const twice = [...once, { at: 130, asOf: 90 }];

  test("is what it was told after its backup and before the restore, from the restore on", () => {
    expect([60, 61, 100, 101].map((told) => isForgotten(once, { told, by: 110 }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(isForgotten(once, { told: 80, by: 99 })).toBe(false);
    expect(isForgotten([], { told: 80, by: 110 })).toBe(false);
  });

  test("comes back with a backup that knew it, and goes with one that did not", () => {
    expect(isForgotten(twice, { told: 80, by: 120 })).toBe(true);
    expect(isForgotten(twice, { told: 80, by: 140 })).toBe(false);
    expect(isForgotten(twice, { told: 95, by: 140 })).toBe(true);
    expect(isForgotten([...once, { at: 130, asOf: 110 }], { told: 80, by: 140 })).toBe(true);
  });
});
