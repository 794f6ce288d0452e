import type { Value } from "@crossfoot/kernel";
import type { PlanDocument, PlanWrite } from "../runtime/engine.ts";
import { reasonWords } from "./plan-words.ts";
import { showValue } from "./show-value.ts";
import type { Column } from "./table.ts";

/** One list of a plan. */
export interface Part {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const columns = (...heads: readonly [string, string]): readonly Column[] => [
  { title: "entity" },
  { title: "record", least: 16 },
  { title: heads[0], least: 12 },
  { title: heads[1], least: 20 },
];

const words = (name: string): string => name.replaceAll("_", " ");

/** What a write changes: from what, to what, and why; of a record that is made, what it gets. */
function changeOf(write: PlanWrite): string {
  const { transition, answers, kind } = write;
  const move =
    transition === null ? [] : [`status ${transition.from} → ${transition.to} (${transition.via})`];
  const set = kind === "transition" ? [] : Object.entries(write.fields).map((each) => fieldText(write, each));
  const back = answers.length === 0 ? [] : [`then ${answers.join(", ")}, as the other system gives it`];
  return [...move, ...set, ...back].join("; ");
}

function fieldText({ kind, before, why }: PlanWrite, [field, value]: readonly [string, Value]): string {
  if (kind === "create") return `${field}: ${showValue(value)}`;
  const was = before[field];
  const from = was === undefined ? "" : `${showValue(was)} → `;
  const known = why[field];
  const because = known === undefined ? "" : ` (${known.winner}: ${reasonWords[known.reason]})`;
  return `${field}: ${from}${showValue(value)}${because}`;
}

/** The lists of a plan in the order in which a person reads them. */
export function partsOf(plan: PlanDocument): readonly Part[] {
  return [
    writes(plan),
    left(plan),
    losses(plan),
    conflicts(plan),
    parks(plan),
    waits(plan),
    candidates(plan),
    effects(plan),
  ];
}

const writes = (plan: PlanDocument): Part => ({
  title: "Writes, in their order",
  columns: [{ title: "no.", align: "right" }, ...columns("write", "values")],
  rows: plan.writes.map((each) => [
    each.number,
    each.entity,
    each.label,
    `${each.kind} ${each.target}`,
    changeOf(each),
  ]),
});

/** Title of what an undo does not touch. */
export const leftTitle = "Left as it is";

const leftWords = { changed: "changed since", refused: "cannot be taken back", done: "as before already" };
const unmendedWords = { changed: "changed since", refused: "left to a person", done: "right already" };

const left = (plan: PlanDocument): Part => ({
  title: leftTitle,
  columns: columns("field", "why"),
  rows: (plan.undo?.left ?? plan.consolidation?.left ?? plan.repair?.left ?? []).map(
    ({ entity, label, target, field, why, reason }) => [
      entity,
      label,
      `${field ?? "record"} in ${target}`,
      `${(plan.repair === undefined ? leftWords : unmendedWords)[why]}: ${reason}`,
    ],
  ),
});

const losses = (plan: PlanDocument): Part => ({
  title: "Replaced values that somebody may have meant; the journal keeps them",
  columns: columns("field", "what gives way, and why"),
  rows: plan.losses.map((each) => [
    each.entity,
    each.label,
    each.field,
    `${each.connection} ${showValue(each.value)} (${words(each.reason)}: ${each.winner})`,
  ]),
});

const conflicts = (plan: PlanDocument): Part => ({
  title: "Conflicts, for a person to decide",
  columns: columns("field", "why"),
  rows: plan.conflicts.map(({ entity, label, field, reason, values }) => {
    const shown = Object.entries(values).map(([connection, value]) => `${connection} ${showValue(value)}`);
    return [entity, label, field, `${words(reason)}: ${shown.join(", ")}`];
  }),
});

const parks = (plan: PlanDocument): Part => ({
  title: "Set aside",
  columns: columns("what", "why"),
  rows: plan.parks.map((each) => [each.entity, each.label, words(each.reason), each.detail]),
});

const waits = (plan: PlanDocument): Part => ({
  title: "Waiting for a parent",
  columns: columns("field", "why"),
  rows: plan.waits.map(({ entity, label, field, parent, target }) => [
    entity,
    label,
    field,
    `${parent} is not in ${target} yet`,
  ]),
});

const candidates = (plan: PlanDocument): Part => ({
  title: "Possible duplicates: nothing is linked before a person says so",
  columns: columns("what", "why"),
  rows: plan.candidates.map(({ entity, connection, id, links, names }) => [
    entity,
    `${connection}:${id}`,
    "candidate",
    links.length === 0 ? "may be one that is there" : `may be the same as ${names.join(", ")}`,
  ]),
});

const effects = (plan: PlanDocument): Part => ({
  title: "What the writes set off by themselves, as far as is known",
  columns: [
    ...[{ title: "entity" }, { title: "in" }, { title: "on" }],
    ...[{ title: "times", align: "right" } as const, { title: "what", least: 20 }],
  ],
  rows: plan.effects.map(({ entity, target, on, count, does, by }) => [
    entity,
    target,
    on,
    count,
    by === "contract" ? does : `${target} ${does}`,
  ]),
});
