import { expect, test } from "vitest";
import type { Store } from "../store/port.ts";
import { ask, codeOf, inBoth, partOf, quoteIn, quoteScene } from "./testing/quote-scene.ts";
import type { MiniWorld } from "./testing/world.ts";

/** Calls that leave something in the store, before and after which a program may die. */
const leaving: ReadonlySet<string> = new Set(
  "startRun checkpoint storeIntents claimIntents commitOutcomes commitDecisions endRun".split(" "),
);
const split = [
  [
    ["accepted", "60 at 9"],
    ["draft", "40 at 9", "4 at 3"],
  ],
  [["accepted", "60 at 9"]],
];
const part = partOf({ L1: "60" });
/** Pause in which whoever is to be alone waits for others, ms. */
const waitMs = 150;

/** A store, something of which happens before each call that is made of it. */
function watched(
  store: Store,
  onCall: (name: string, call: () => Promise<unknown>) => Promise<unknown>,
): Store {
  return new Proxy(store, {
    get: (target, name, receiver) => {
      const call: unknown = Reflect.get(target, name, receiver);
      if (typeof call !== "function" || typeof name !== "string") return call;
      const own = call as (...given: unknown[]) => Promise<unknown>;
      return (...given: unknown[]) =>
        leaving.has(name) || name === "dueLinks"
          ? onCall(name, () => own.apply(target, given))
          : own.apply(target, given);
    },
  });
}

interface Course {
  readonly stage: MiniWorld;
  readonly quote: string;
  /** Times that a call of the split alone left something. */
  readonly left: number;
  readonly isDead: boolean;
  readonly runs: number;
}

/**
 * One program holds the quote in a run; another one is asked for a part of it, splits it alone once the first
 * gives way, and dies at the `at`-th call that leaves something.
 */
async function splitBy(at: number, isBefore: boolean): Promise<Course> {
  const stage = await quoteScene();
  const quote = quoteIn(stage);
  const [holds, gives] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
  const holding = watched(stage.store, async (name, call) => {
    if (name === "dueLinks") {
      holds.resolve(null);
      await gives.promise;
    }
    return call();
  });
  const running = stage.restart({ holder: "holding", store: holding }).run();
  await holds.promise;
  const seen = { left: 0, runs: 0, isDead: false };
  const mortal = watched(stage.store, async (name, call) => {
    if (seen.isDead) throw new Error("killed");
    if (name === "startRun") seen.runs += 1;
    // The second run of this order is the split alone.
    if (seen.runs !== 2 || name === "dueLinks") return call();
    seen.left += 1;
    seen.isDead = seen.left === at;
    if (!seen.isDead) return call();
    if (!isBefore) await call();
    throw new Error("killed");
  });
  const sleep: typeof stage.world.sleep = (ms, signal) => {
    if (ms === waitMs) gives.resolve(null);
    return stage.world.sleep(ms, signal);
  };
  const asked = stage.restart({ holder: "mortal", store: mortal, sleep });
  await ask({ engine: asked }, quote, part).catch((error: unknown) => {
    if (!(error instanceof Error) || error.message !== "killed") throw error;
  });
  gives.resolve(null);
  await running;
  return { stage, quote, ...seen };
}

test(
  "a split that runs alone and dies at any of its steps is gone on with, and nothing is lost or doubled",
  { timeout: 120_000 },
  async () => {
    const calm = await splitBy(0, false);
    // Beside the holder, alone, and beside again.
    expect([calm.runs, calm.isDead, inBoth(calm.stage)]).toEqual([3, false, split]);
    expect(calm.left).toBeGreaterThan(8);
    for (let at = 1; at <= calm.left; at += 1)
      for (const isBefore of [true, false]) {
        const { stage, quote, isDead } = await splitBy(at, isBefore);
        expect([at, isDead]).toEqual([at, true]);
        // Another program goes on once the dead one's leases have run out.
        stage.pass(600_000);
        const other = stage.restart({ holder: "other" });
        await other.run();
        let told = codeOf(await ask({ engine: other }, quote, part));
        for (let tries = 0; tries < 5 && told === "pending"; tries += 1) {
          stage.pass(120_000);
          told = codeOf(await ask({ engine: other }, quote, part));
        }
        expect([at, isBefore, told, inBoth(stage)]).toEqual([at, isBefore, "ordered", split]);
        await other.run();
        expect(inBoth(stage)).toEqual(split);
      }
  },
);
