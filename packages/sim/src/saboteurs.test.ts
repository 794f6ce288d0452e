import { expect, test } from "vitest";
import { saboteurOf, saboteurs } from "./saboteurs.ts";
import { runOrder } from "./seed-run.ts";

/** Saboteurs with a seed that is known to find them; `npm run sim -- --sabotage all` runs every one. */
const samples: readonly (readonly [name: string, seed: number])[] = [
  ["crash-to-person", 1],
  ["create-without-base", 1],
  ["decision-dropped", 2],
  ["taken-from-the-living", 3],
  ["loser-forgotten", 2],
  ["filter-forgotten", 3],
  ["id-is-record", 12],
  ["line-lost", 5],
  ["no-cause", 1],
  ["null-for-absent", 1],
  ["probe-ignored", 2],
  ["restore-unnoticed", 18],
  ["tombstone-forgotten", 10],
  ["undo-leaves-field", 10],
  ["child-left-behind", 7],
  ["loser-value-lost", 4],
  ["repair-agreed", 3],
  ["repair-overdone", 1],
  ["repair-twice", 1],
  ["word-kept", 1],
  ["unnamed-write", 2],
  ["watermark-ahead", 1],
];

test.each(samples)("saboteur %s is found by the checker that it is meant for", async (name, seed) => {
  const { invariant, faults = null } = saboteurOf(name);
  const { violations } = await runOrder({ seed, faults, sabotage: name, scenario: null });
  expect(violations.map((violation) => violation.invariant)).toContain(invariant);
});

test("an unknown saboteur is refused with the known names, each of which stands for one", () => {
  expect(() => saboteurOf("nobody")).toThrow("blind-repeat");
  expect(new Set(saboteurs.map(({ name }) => name)).size).toBe(saboteurs.length);
});
