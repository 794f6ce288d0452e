import { expect, test } from "vitest";
import { loadRegressions } from "./regression.ts";
import { runScenario } from "./run.ts";

test("every scenario that once broke an invariant is replayed clean", async () => {
  for (const { file, scenario } of loadRegressions()) {
    const { verdict, violations, reason } = await runScenario(scenario);
    expect([file, verdict, violations, reason]).toEqual([file, "pass", [], null]);
  }
});
