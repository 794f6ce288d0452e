import { expect, it } from "vitest";
import { mergeField } from "./merge.ts";
import type { FieldDecision, SideValue } from "./merge.ts";
import { exhaust } from "./testing/exhaust.ts";
import { crm, erp } from "./testing/fixtures.ts";
import { allPlots, cutAndBlank, exact, fewPlots, policiesOf } from "./testing/scenes.ts";
import type { Value } from "./value.ts";

/**
 * The exhaustive small world of INVARIANTS.md section 4, for one field in two systems: every value of base
 * and view on each side, every policy, every order of arrival, and a person who edits between decision and
 * write.
 */
const timeout = 180_000;
const values: readonly (Value | undefined)[] = [undefined, null, "", "ann", "bob"];

it(
  "one field in two systems converges, loses nothing silently, writes what is needed and rests",
  { timeout },
  () => {
    const survey = exhaust({
      kind: { kind: "text" },
      values,
      edit: "carl",
      systems: [
        { keep: exact, plots: allPlots },
        { keep: cutAndBlank, plots: fewPlots },
      ],
    });
    console.log(`one field: ${survey.combinations} combinations, ${survey.conflicts} ended in a conflict`);
    expect(survey.broken).toEqual({});
    expect(survey.combinations).toBeGreaterThan(140_000);
    expect(survey.conflicts).toBeGreaterThan(5_000);
    expect([...survey.verdicts.keys()].toSorted()).toEqual(["agreed", "conflict"]);
  },
);

it("one field: every kind of decision and every reason of a conflict between two occurs", () => {
  const tally = new Map<string, number>();
  const bases: readonly (readonly Value[] | undefined)[] = [
    undefined,
    ...values.slice(1).map((value) => [value as Value]),
  ];
  for (const policy of policiesOf({ kind: "text" }, true)) {
    for (const [one, other] of pairsOf(bases)) {
      for (const [left, right] of pairsOf(values)) {
        const sides = [sideOf(crm, left, one), sideOf(erp, right, other)];
        const decision = mergeField(policy, sides, { newestToleranceMs: 1_000, customRules: {} });
        const key = decision.kind === "conflict" ? decision.reason : decision.kind;
        tally.set(key, (tally.get(key) ?? 0) + 1);
      }
    }
  }
  console.log("decisions", Object.fromEntries(tally));
  const kinds: readonly FieldDecision["kind"][] = ["unknown", "agreed", "converged", "kept", "write"];
  const reasons = ["both_changed", "stamps_too_close", "first_link_differs", "custom_rule_asks"];
  expect([...tally.keys()].toSorted()).toEqual([...kinds, ...reasons].toSorted());
});

function pairsOf<Each>(all: readonly Each[]): readonly (readonly [Each, Each])[] {
  return all.flatMap((one) => all.map((other) => [one, other] as const));
}

function sideOf(
  connection: SideValue["connection"],
  view: Value | undefined,
  base: readonly Value[] | undefined,
): SideValue {
  return { connection, view, base, stampMs: 50_000, stampGranularityMs: 100, actor: null };
}
