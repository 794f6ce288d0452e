import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "crossfoot/testing";
import type { TestPostgres } from "crossfoot/testing";
import { matrixCases } from "./matrix-cases.ts";
import { makeGround } from "./matrix-ground.ts";
import { killTogether, nameOf } from "./matrix-trial.ts";
import type { Outcome } from "./matrix-trial.ts";

/**
 * Worlds of one program: each takes some 0.3 s to start, and the embedded one some 300 MB. More of them share
 * what a program loads; another file runs beside this one.
 */
const togetherMax = { embedded: 8, server: 10 };
const minutesMax = 25;

/** Every case of the matrix on one home of the store. Each home has its own file: they run side by side. */
export function crashMatrix(home: keyof typeof togetherMax): void {
  describe(`the crash matrix, store ${home}`, () => {
    const outcomes = new Map<string, Outcome>();
    let server: TestPostgres | null = null;
    beforeAll(async () => {
      if (home === "server") server = await startPostgres({ connectionsMax: 200 });
      const ground = await makeGround(server);
      for (let from = 0; from < matrixCases.length; from += togetherMax[home]) {
        const cases = matrixCases.slice(from, from + togetherMax[home]);
        for (const [name, outcome] of await killTogether(ground, cases)) outcomes.set(name, outcome);
      }
      await ground.remove();
    }, minutesMax * 60_000);
    afterAll(async () => {
      await server?.stop();
    });

    it.each(matrixCases.map((one) => [nameOf(one), one] as const))("%s", (name, one) => {
      const outcome = outcomes.get(name) ?? { failure: "it was never tried" };
      if ("failure" in outcome) throw new Error(outcome.failure);
      expect([...outcome.seen.faults, ...one.judge(outcome.seen)]).toEqual([]);
    });
  });
}
