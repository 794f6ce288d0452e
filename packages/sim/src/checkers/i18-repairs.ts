import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, Violation } from "../checker.ts";
import type { Entry } from "../history.ts";
import { keptBy } from "../auditor/terms.ts";
import { isSame, plainAfter, plainBefore } from "../auditor/things.ts";
import { isInWindow } from "../auditor/window.ts";
import { repairOf } from "../repairs.ts";
import type { Commit, Typed } from "../system/commit.ts";

type Plan = Extract<Entry, { readonly kind: "planned" }>["plan"];
type Planned = Plan["writes"][number];

/**
 * I18 of what an operator puts right: each value that is written in their name is the one of its own
 * write, by number, in a plan of theirs that puts values right or takes that back and whose apply has
 * begun; it takes the place of what that plan shows; and it is written once. Only a write that was sent
 * again before its answer was heard, under the same key, may reach the system twice, and then changes
 * nothing. What a system without conditional writes lets happen between our look and the write counts as
 * exposure.
 */
export function repairsHold(sight: Sight): Checker {
  const { systems } = sight;
  let looked = 0;
  const plans = new Map<string, Plan>();
  /** Plans that put values right, or take back what one of those did. */
  const mending = new Set<string>();
  const begun = new Set<string>();
  const made = new Map<string, Typed>();
  /** Which entry of the history made a call that writes, and which told its answer. */
  const sentAs = new Map<number, number>();
  const heardAs = new Map<number, number>();
  let nr = 0;

  /** Whether a write was sent again before the answer to the first time was heard, as what it was. */
  const isRepeat = (again: Typed, first: Typed): boolean =>
    again.key === first.key && (sentAs.get(again.call) ?? nr) < (heardAs.get(first.call) ?? Infinity);

  /** The write of its plan that a commit carries out, or why there is none. */
  const writeOf = ({ plan: id, number }: Typed): Planned | string => {
    const plan = plans.get(id);
    if (plan === undefined) return "stands in no plan";
    if (!mending.has(id)) return "stands in a plan that puts nothing right";
    if (!begun.has(id)) return "was made before its plan was applied";
    return plan.writes.find((write) => write.number === number) ?? "is not in its plan";
  };
  const wrongIn = (commit: Commit, typed: Typed): readonly string[] => {
    const { system: role, entity } = commit;
    const system = systems[role];
    const [before, after] = [plainBefore(system, commit), plainAfter(system, commit)];
    const changed = Object.keys({ ...before, ...after }).filter((name) => !isSame(before[name], after[name]));
    const write = writeOf(typed);
    if (typeof write === "string") return [`a repair of ${changed.join(", ")} ${write}`];
    const name = `${typed.plan}\n${typed.number}`;
    const first = made.get(name);
    made.set(name, first ?? typed);
    if (first !== undefined) {
      if (!isRepeat(typed, first)) return ["a repair was written twice, and no answer to it was lost"];
      return changed.length === 0 ? [] : [`a repair that came twice changed ${changed.join(", ")} again`];
    }
    const { target, id, fields } = write;
    const isThere = target === role && id === commit.id;
    const isMeant = (field: string): boolean =>
      fields[field] !== undefined &&
      isSame(keptBy(sight, { role, entity, field }, fields[field] as Json), after[field]);
    const wrong = [...new Set([...Object.keys(fields), ...changed])].filter((field) => !isMeant(field));
    if (!isThere || wrong.length > 0)
      return [`a repair wrote ${wrong.join(", ") || "another record"} otherwise than planned`];
    return changed.flatMap((field) =>
      isSame((write.before[field] ?? null) as Json, before[field]) || isExposed(sight, commit)
        ? []
        : [`a repair replaced another ${field} than its plan shows`],
    );
  };
  return {
    invariant: "I18r",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind === "planned") {
        plans.set(entry.plan.id, entry.plan);
        if (entry.plan.repair !== undefined || mending.has(entry.undoes?.id ?? ""))
          mending.add(entry.plan.id);
      }
      if (entry.kind === "applying") begun.add(entry.plan);
      nr += 1;
      if (entry.kind === "call" && entry.call === "write") sentAs.set(entry.id, nr);
      if (entry.kind === "answered" && entry.outcome === "ok") heardAs.set(entry.id, nr);
      const typed = entry.kind === "commit" ? repairOf(entry.commit) : null;
      if (entry.kind !== "commit" || typed === null) return [];
      looked += 1;
      const { system, entity, tag, at } = entry.commit;
      return wrongIn(entry.commit, typed).map((what) => ({
        invariant: "I18r",
        message: `${system} ${entity} ${tag}: ${what}`,
        at,
        about: { system, entity, tag },
      }));
    },
  };
}

/** Whether somebody changed the record before, in the window that a system without conditions leaves. */
function isExposed(sight: Sight, ours: Commit): boolean {
  const row = sight.systems[ours.system].row(ours.entity, ours.id);
  const person = row?.commits.findLast(({ seq }) => seq < ours.seq);
  return person !== undefined && isInWindow(sight, { person, ours });
}
