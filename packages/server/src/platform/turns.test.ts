import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

it("turns come in the order asked for, one at a time, also after one failed", async () => {
  const turns = createTurns();
  const told: string[] = [];
  let inside = 0;
  const turn = (name: string): Promise<string> =>
    turns.take(async () => {
      inside += 1;
      expect(inside).toBe(1);
      await Promise.resolve();
      told.push(name);
      inside -= 1;
      if (name === "b") throw new Error("b fails");
      return name;
    });
  const asked = ["a", "b", "c", "d"].map((name) => turn(name));
  expect(turns.size).toBe(4);
  const outcomes = await Promise.allSettled(asked);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
  expect(told).toEqual(["a", "b", "c", "d"]);
  await turns.idle();
  expect(turns.size).toBe(0);
});
