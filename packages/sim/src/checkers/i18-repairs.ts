import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Entry } from "../history.ts";
import { keptBy } from "../auditor/terms.ts";
import { isSame, plainAfter, plainBefore } from "../auditor/things.ts";
import { isRepair } from "../repairs.ts";
import type { Commit } from "../system/commit.ts";

type Planned = Extract<Entry, { readonly kind: "planned" }>["plan"]["writes"][number];

/**
 * I18 of what an operator puts right: each value that is written in their name stands in a plan of theirs for
 * that record, takes the place of what the plan shows, and is written once. What a system without conditional
 * writes lets happen between our look and the write counts as exposure.
 */
export function repairsHold({ systems, ...sight }: Sight): Checker {
  let looked = 0;
  const planned: Planned[] = [];
  const violation = ({ system, entity, tag, at }: Commit, message: string): Violation => ({
    invariant: "I18r",
    message: `${system} ${entity} ${tag}: ${message}`,
    at,
    about: { system, entity, tag },
  });
  const judge = (commit: Commit): readonly Violation[] => {
    looked += 1;
    const { system: role, entity } = commit;
    const system = systems[role];
    const [before, after] = [plainBefore(system, commit), plainAfter(system, commit)];
    const changed = Object.keys({ ...before, ...after }).filter((name) => !isSame(before[name], after[name]));
    const kept = (field: string, value: Json): Json =>
      keptBy({ systems, ...sight }, { role, entity, field }, value);
    const makes = ({ target, id, fields }: Planned): boolean =>
      target === role &&
      id === commit.id &&
      changed.every((field) => isSame(kept(field, (fields[field] ?? null) as Json), after[field]));
    const write = planned.find(makes);
    if (write === undefined)
      return [violation(commit, `a repair wrote ${changed.join(", ")} otherwise than planned`)];
    const { precondition, versions } = system.profile;
    if (precondition !== "conditional" || versions !== "counter") return [];
    return changed.flatMap((field) =>
      isSame((write.before[field] ?? null) as Json, before[field])
        ? []
        : [violation(commit, `a repair replaced another ${field} than its plan shows`)],
    );
  };
  return {
    invariant: "I18r",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "planned") planned.push(...entry.plan.writes);
      if (entry.kind !== "commit" || !isRepair(entry.commit)) return [];
      return judge(entry.commit);
    },
  };
}
