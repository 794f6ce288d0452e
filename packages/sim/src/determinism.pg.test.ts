import { expect, test } from "vitest";
import { runScenario } from "./run.ts";
import { drawScenario } from "./scenario.ts";

test("a seed run twice gives the same history, byte for byte", async () => {
  const digests: string[] = [];
  for (let time = 0; time < 2; time += 1) {
    const { digest, verdict } = await runScenario(drawScenario(1, { store: "pglite" }));
    expect(verdict).toBe("pass");
    digests.push(digest);
  }
  expect(digests[0]).toBe(digests[1]);
});
