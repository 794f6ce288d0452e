import { expect, it } from "vitest";
import type { Plan, PlannedWrite } from "../plan.ts";
import { externalId } from "../record.ts";
import type { Value } from "../value.ts";
import { crm, erp } from "./fixtures.ts";
import { allPlots, cutAndBlank, exact, play, scenesOf } from "./scenes.ts";
import type { Universe } from "./scenes.ts";

/**
 * A judge that sees nothing proves nothing: each spoilt plan must be seen for what it is (INVARIANTS.md
 * section 4).
 */
const eachWrite = (plan: Plan, change: (write: PlannedWrite) => PlannedWrite): Plan => ({
  ...plan,
  writes: plan.writes.map(change),
});
const withValue = (plan: Plan, value: Value): Plan =>
  eachWrite(plan, (write) => ({ ...write, fields: { f: value } }));

const saboteurs: readonly (readonly [title: string, rule: string, spoil: (plan: Plan) => Plan])[] = [
  ["forgets the discards", "a value was overwritten silently", (plan) => ({ ...plan, discards: [] })],
  [
    "forgets the conflicts",
    "the systems disagree and nothing says so",
    (plan) => ({ ...plan, conflicts: [] }),
  ],
  ["writes null for everything", "a written value that nobody holds", (plan) => withValue(plan, null)],
  [
    "writes a value twice",
    "more writes than the edits ask for",
    (plan) => ({
      ...plan,
      writes: [...plan.writes, ...plan.writes.map((write) => ({ ...write, precondition: null }))],
    }),
  ],
  [
    "moves every base to what is shown",
    "a difference was accepted that the contract does not accept",
    (plan) => ({
      ...plan,
      writes: [],
      discards: [],
      baseMoves: [
        { connection: crm, fields: ["f"] },
        { connection: erp, fields: ["f"] },
      ],
    }),
  ],
  [
    "never moves a base",
    "no rest after 6 rounds",
    (plan) => ({ ...plan, baseMoves: [{ connection: crm, fields: [] }] }),
  ],
  [
    "names no cause",
    "a write without a cause",
    (plan) => eachWrite(plan, (write) => ({ ...write, causes: [] })),
  ],
  [
    "blames the wrong side",
    "a write whose cause is no news (I07)",
    (plan) =>
      eachWrite(plan, (write) => ({
        ...write,
        causes: [{ connection: write.target === crm ? crm : erp, version: null, fields: ["f"] }],
      })),
  ],
  [
    "does nothing at all",
    "the systems disagree and nothing says so",
    (plan) => ({ ...plan, writes: [], conflicts: [], discards: [], baseMoves: [] }),
  ],
  [
    "writes to the other side",
    "a side that receives nothing was written to",
    (plan) => eachWrite(plan, (write) => ({ ...write, target: write.target === crm ? erp : crm })),
  ],
  [
    "creates instead",
    "a write that is no update of the field",
    (plan) => eachWrite(plan, (write) => ({ ...write, kind: "create", id: externalId("9") })),
  ],
  [
    "discards what nobody lost",
    "a discard without a write",
    (plan) => ({
      ...plan,
      discards: [
        { field: "f", connection: crm, value: "x", actor: null, reason: "master_wins", winner: erp },
      ],
    }),
  ],
  [
    "hides a value of a conflict",
    "a conflict that hides a value",
    (plan) => ({ ...plan, conflicts: plan.conflicts.map((open) => ({ ...open, values: {} })) }),
  ],
];

function isCaught(
  universe: Universe,
  saboteur: { readonly rule: string; readonly spoil: (plan: Plan) => Plan },
): boolean {
  for (const scene of scenesOf(universe)) {
    if (play(scene, saboteur.spoil).world.judge.violations.includes(saboteur.rule)) return true;
  }
  return false;
}

it.each(saboteurs)("a kernel that %s is caught: %s", (_title, rule, spoil) => {
  const universe = {
    kind: { kind: "text" } as const,
    values: [undefined, "", "ann", "bob"],
    edit: "carl",
    systems: [exact, cutAndBlank].map((keep) => ({ keep, plots: allPlots })),
  };
  expect(isCaught(universe, { rule, spoil })).toBe(true);
});
