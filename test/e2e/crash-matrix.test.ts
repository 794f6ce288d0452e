import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "crossfoot/testing";
import type { TestPostgres } from "crossfoot/testing";
import { root } from "./twin-project.ts";
import { matrixCases } from "./matrix-cases.ts";
import { makeGround } from "./matrix-ground.ts";
import { matrixRows } from "./matrix-rows.ts";
import { killTogether, nameOf } from "./matrix-trial.ts";
import type { Outcome } from "./matrix-trial.ts";

/** Worlds of one program: each takes some 0.3 s to start, and the embedded one some 300 MB. */
const togetherMax = { embedded: 6, server: 8 };
const minutesMax = 25;

describe("the rows of the crash matrix", () => {
  const casesOf = (row: number) => matrixCases.filter((one) => one.row === row);

  it("are all accounted for: tested before and after their step, or named with what they wait for", () => {
    expect(matrixRows.map(({ row }) => row)).toEqual(Array.from({ length: 24 }, (_each, at) => at + 1));
    for (const { row, tested } of matrixRows) {
      expect([row, casesOf(row).length > 0]).toEqual([row, tested === "cases"]);
      if (typeof tested === "object" && "in" in tested) expect(existsSync(join(root, tested.in))).toBe(true);
    }
    const waiting = matrixRows.flatMap(({ row, step, tested }) =>
      typeof tested === "object" && "waitsFor" in tested ? [`row ${row}, ${step}: ${tested.waitsFor}`] : [],
    );
    console.log([`${matrixCases.length} cases a store; not buildable yet:`, ...waiting].join("\n  "));
  });

  it("are each killed before and after", () => {
    for (const { row, tested } of matrixRows) {
      if (tested !== "cases") continue;
      const titles = casesOf(row).map(({ title }) => title);
      // What is before the commit of the remote is what is after the request was sent.
      if (row !== 8) expect(titles.some((title) => title.startsWith("before"))).toBe(true);
      expect(titles.some((title) => title.startsWith("after"))).toBe(true);
    }
  });
});

describe.each(["embedded", "server"] as const)("the crash matrix, store %s", (home) => {
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
