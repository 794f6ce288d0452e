import type { Json } from "@crossfoot/kernel";
import type { OwnershipTerms } from "@crossfoot/model";
import type { Checker, Sight, Violation } from "../checker.ts";
import { wordOf } from "../auditor/text.ts";
import { writersOf } from "../auditor/terms.ts";
import { isSame, plainAfter, plainBefore } from "../auditor/things.ts";
import { isInWindow } from "../auditor/window.ts";
import type { Commit } from "../system/commit.ts";
import { kindOf } from "../system/vocabulary.ts";

/**
 * I14: no write of ours changes a field that the contract gives to the side it is written to, or to nobody,
 * in the state that the document has there at that instant. Where a system takes no conditions with a write,
 * a state that came inside the window counts as exposure.
 */
export function ownershipByState(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I14",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (entry.kind !== "commit" || entry.commit.actor.kind !== "us") return [];
      const { commit } = entry;
      return changedBy(sight, commit).flatMap((field): readonly Violation[] => {
        looked += 1;
        const owner = ownerOf(sight, commit, field);
        if (owner === null) return [];
        const { system, entity, tag } = commit;
        const message = `${system} ${entity} ${tag}: we changed ${field}, which is ${owner}`;
        return [{ invariant: "I14", message, at: entry.at, about: { system, entity, tag, field } }];
      });
    },
  };
}

/** Fields that a commit of ours changed, what the system works out for itself left out. */
function changedBy(sight: Sight, commit: Commit): readonly string[] {
  const system = sight.systems[commit.system];
  const [before, after] = [plainBefore(system, commit), plainAfter(system, commit)];
  const { initialStatus } = kindOf(commit.entity);
  return Object.keys(after).filter((field) => {
    // Every document begins in the state its system gives it.
    if (commit.op === "create" && field === "status" && after[field] === initialStatus) return false;
    return !isSame(before[field], after[field]) && writersOf(sight, commit.entity, field).length > 0;
  });
}

/** Who alone may write the field, in words, when that is not us; null when we may. */
function ownerOf(sight: Sight, commit: Commit, field: string): string | null {
  const { system, entity } = commit;
  const writers = writersOf(sight, entity, field);
  if (writers.length === 1 && writers[0] === system) return `the ${system}'s by contract`;
  const state = plainBefore(sight.systems[system], commit)["status"];
  const rule = ruleOf(sight.contract.entities[entity].ownership, { system, state, field });
  if (rule === undefined || (rule.writer !== "nobody" && rule.writer !== system)) return null;
  const turn = lastTurn(sight, commit);
  if (turn !== undefined && isInWindow(sight, { person: turn, ours: commit })) return null;
  return `${rule.writer === "nobody" ? "nobody's" : `the ${system}'s`} in state ${wordOf(state)}`;
}

/** The first rule that fits decides. */
const ruleOf = (
  rules: readonly OwnershipTerms[],
  at: { readonly system: string; readonly state: Json | undefined; readonly field: string },
): OwnershipTerms | undefined =>
  rules.find(
    (rule) =>
      rule.at === at.system &&
      typeof at.state === "string" &&
      rule.statuses.includes(at.state) &&
      (rule.fields === "*" || rule.fields.includes(at.field)),
  );

/** The commit that brought the document into the state it has. */
function lastTurn({ systems }: Sight, commit: Commit): Commit | undefined {
  const system = systems[commit.system];
  return system.log.findLast(
    (each) =>
      each.entity === commit.entity &&
      each.id === commit.id &&
      each.seq < commit.seq &&
      !isSame(plainAfter(system, each)["status"], plainBefore(system, each)["status"]),
  );
}
