import { expect, test } from "vitest";
import { inLanes } from "./lanes.ts";

test("everything is worked on once, never by more lanes than there are", async () => {
  const done: number[] = [];
  let open = 0;
  let most = 0;
  await inLanes([1, 2, 3, 4, 5, 6, 7], 3, async (each) => {
    open += 1;
    most = Math.max(most, open);
    await Promise.resolve();
    open -= 1;
    done.push(each);
  });
  expect(done.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test("after a failure nothing is begun, and what was under way has ended before it is told", async () => {
  const ended: number[] = [];
  const gate = Promise.withResolvers<undefined>();
  const work = inLanes([1, 2, 3, 4], 2, async (each) => {
    if (each === 1) throw new Error("broken");
    await gate.promise;
    ended.push(each);
  });
  gate.resolve(undefined);
  await expect(work).rejects.toThrow("broken");
  expect(ended).toEqual([2]);
});
