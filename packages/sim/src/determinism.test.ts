import { expect, test } from "vitest";
import { runOrders } from "./pool.ts";
import { runScenario } from "./run.ts";
import { drawScenario } from "./scenario.ts";
import type { Order } from "./seed-run.ts";

test("a seed gives the same scenario and the same history, byte for byte", async () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    expect(JSON.stringify(drawScenario(seed))).toBe(JSON.stringify(drawScenario(seed)));
    const first = await runScenario(drawScenario(seed));
    const second = await runScenario(drawScenario(seed));
    expect([first.verdict, first.digest]).toEqual([second.verdict, second.digest]);
  }
});

test("seeds differ, and so do their histories", async () => {
  const digests = new Set<string>();
  for (let seed = 1; seed <= 4; seed += 1) digests.add((await runScenario(drawScenario(seed))).digest);
  expect(digests.size).toBe(4);
});

test("calm seeds pass", async () => {
  for (let seed = 1; seed <= 4; seed += 1) {
    const result = await runScenario(drawScenario(seed, { faults: [] }));
    expect([result.seed, result.verdict, result.violations, result.reason]).toEqual([seed, "pass", [], null]);
  }
});

test("a seed gives the same history on another thread", async () => {
  function* orders(): Generator<Order, undefined> {
    for (let seed = 1; seed <= 2; seed += 1) yield { seed, faults: null, sabotage: null, scenario: null };
  }
  const digests = async (jobs: number): Promise<readonly string[]> => {
    const found: string[] = [];
    await runOrders(orders(), jobs, ({ seed, digest }) => {
      found.push(`${seed} ${digest}`);
      return true;
    });
    return found.toSorted();
  };
  expect(await digests(2)).toEqual(await digests(1));
});
