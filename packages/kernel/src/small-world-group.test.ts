import { expect, it } from "vitest";
import { exhaust } from "./testing/exhaust.ts";
import { exact, fewPlots, upper } from "./testing/scenes.ts";
import type { Universe } from "./testing/scenes.ts";

/**
 * The exhaustive small world for one field group in two systems. Its values: absent, null, empty, a group of
 * which one part is not delivered, and two whole ones.
 */
const timeout = 180_000;
const universe: Universe = {
  kind: { kind: "group", parts: { city: { kind: "text" }, zip: { kind: "text" } } },
  values: [
    undefined,
    null,
    { city: "", zip: null },
    { zip: "1" },
    { city: "ulm", zip: "1" },
    { city: "rom", zip: "1" },
  ],
  edit: { city: "bonn", zip: "3" },
  systems: [
    { keep: exact, plots: fewPlots },
    { keep: upper, plots: fewPlots.slice(1, 2) },
  ],
};

it(
  "one field group in two systems merges as one value, converges, loses nothing silently and rests",
  { timeout },
  () => {
    const survey = exhaust(universe);
    console.log(
      `one field group: ${survey.combinations} combinations, ${survey.conflicts} ended in a conflict`,
    );
    expect(survey.broken).toEqual({});
    expect(survey.combinations).toBeGreaterThan(100_000);
    expect(survey.conflicts).toBeGreaterThan(5_000);
    expect([...survey.verdicts.keys()].toSorted()).toEqual(["agreed", "conflict"]);
  },
);
