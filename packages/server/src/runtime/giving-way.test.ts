import { expect, test } from "vitest";
import { giveWay, nobodyWaits, somebodyWaits } from "./giving-way.ts";
import type { Session } from "./world.ts";

/** Two pieces of work under what one program holds, on a clock that stands unless it is told to go. */
function beside() {
  const tired = Promise.withResolvers<boolean>();
  const slept: number[] = [];
  const world = {
    sleep: (ms: number) => {
      slept.push(ms);
      return tired.promise;
    },
  };
  const holding = {};
  const sessionOf = (lane: Session["lane"]): Session => ({ world, holding, lane }) as unknown as Session;
  return { tired, slept, load: sessionOf("backfill"), click: sessionOf("interactive") };
}

/** Whether a promise is over after everything that can go on has gone on. */
async function isOver(work: Promise<void>): Promise<boolean> {
  let done = false;
  const noted = work.then(() => (done = true));
  await new Promise((resolve) => setImmediate(resolve));
  noted.catch(() => undefined);
  return done;
}

test("other work waits until whoever waits is answered", async () => {
  const { load, click } = beside();
  expect(await isOver(giveWay(load))).toBe(true);
  somebodyWaits(click);
  const giving = giveWay(load);
  expect(await isOver(giving)).toBe(false);
  expect(await isOver(giveWay(click))).toBe(true);
  nobodyWaits(click);
  expect(await isOver(giving)).toBe(true);
  nobodyWaits(click);
  expect(await isOver(giveWay(load))).toBe(true);
});

test("it goes on after its time, however long somebody waits, and at once elsewhere", async () => {
  const { tired, slept, load, click } = beside();
  somebodyWaits(click);
  expect(await isOver(giveWay(beside().load))).toBe(true);
  const giving = giveWay(load);
  expect([await isOver(giving), slept]).toEqual([false, [100]]);
  tired.resolve(true);
  expect(await isOver(giving)).toBe(true);
});
