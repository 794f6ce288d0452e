import { expect, test } from "vitest";
import { runScenario } from "./run.ts";
import type { RunResult } from "./run.ts";
import { drawScenario } from "./scenario.ts";

const run = (seed: number, store: "memory" | "pglite"): Promise<RunResult> =>
  runScenario(drawScenario(seed, { store }));

test("a seed run twice on PGlite gives the same history, byte for byte", async () => {
  const [first, second] = [await run(2, "pglite"), await run(2, "pglite")];
  expect([first.verdict, first.digest]).toEqual([second.verdict, second.digest]);
});

test("the store in memory and PGlite give the same history of one seed, byte for byte", async () => {
  const [memory, pglite] = [await run(1, "memory"), await run(1, "pglite")];
  expect(memory.history.entries).toEqual(pglite.history.entries);
  expect(memory.digest).toBe(pglite.digest);
});
