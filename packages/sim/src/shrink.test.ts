import { expect, test } from "vitest";
import { drawScenario } from "./scenario.ts";
import type { Scenario } from "./scenario.ts";
import { shrink } from "./shrink.ts";

/** A scenario that breaks when one record is edited in the ERP while N3 may come. */
const breaks = (scenario: Scenario): Promise<boolean> =>
  Promise.resolve(
    scenario.faults.some(({ name }) => name === "N3") &&
      scenario.actions.some(({ system, deed }) => system === "erp" && deed.kind === "edit"),
  );

test("a failing scenario shrinks to the deed and the fault that it takes", async () => {
  let seed = 1;
  while (!(await breaks(drawScenario(seed)))) seed += 1;
  const shortest = await shrink(drawScenario(seed), breaks);
  expect([shortest.actions.length, shortest.faults.length, shortest.workers.length]).toEqual([1, 1, 1]);
  expect(await breaks(shortest)).toBe(true);
});
