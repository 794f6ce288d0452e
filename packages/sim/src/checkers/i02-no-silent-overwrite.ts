import { isConsolidating } from "../auditor/consolidations.ts";
import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { isBackToAgreed } from "../auditor/agreed.ts";
import { changesOf, wasCarried } from "../auditor/changes.ts";
import type { FieldChange } from "../auditor/changes.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Role, Thing } from "../auditor/things.ts";
import { isSame, otherOf, plainPair, roles, thingsOf } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import { isInWindow, isUnseenReturn } from "../auditor/window.ts";
import { startInstant } from "../virtual-time.ts";
import type { Row } from "../system/model-system.ts";

/**
 * I02: when our write replaces a value on the target, that value was the last one agreed (we wrote it there,
 * or the other side showed it since), or a discard that holds it was stored before the write was sent. On
 * systems without conditional writes an exception lies inside the window.
 */
export function noSilentOverwrite(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I02",
    looked: () => looked,
    atEnd: (facts: StoreFacts) => {
      const told = new Told(sight, facts);
      const sentAt = new Map(
        sight.history.entries.flatMap((entry) =>
          entry.kind === "call" && entry.call === "write" ? [[entry.id, entry.at] as const] : [],
        ),
      );
      const ofRow = (thing: Thing, pair: { readonly [role in Role]: Row }, role: Role, field: string) => {
        const changes = changesOf(sight, { row: pair[role], role, field });
        return changes.flatMap((ours, index): readonly Violation[] => {
          const theirs = changes[index - 1];
          const { actor } = ours.commit;
          if (actor.kind !== "us" || theirs === undefined || theirs.commit.actor.kind === "us") return [];
          if (theirs.commit.op === "create" && isSame(theirs.value, null)) return [];
          looked += 1;
          if (wasCarried(sight, pair[otherOf(role)], { field, theirs, until: ours.commit.at })) return [];
          const by = startInstant + (sentAt.get(actor.call) ?? 0);
          const lost = told.lostBy({ role, row: pair[role], field, by });
          if (lost.some((value) => isNamed(value, theirs))) return [];
          if (isConsolidating(sight.history, ours.commit, field)) return [];
          if (isInWindow(sight, { person: theirs.commit, ours: ours.commit })) return [];
          if (isBackToAgreed(sight, pair, { person: theirs.commit, field })) return [];
          if (isUnseenReturn(sight, { commits: pair[role].commits, person: theirs.commit, field })) return [];
          const message =
            `${role} ${thing.entity} ${thing.tag}: our write replaced ${field} ` +
            `${JSON.stringify(theirs.value ?? null)} of ${theirs.commit.after.shownActor}, and nobody was ` +
            `told before it was sent`;
          const about = {
            entity: thing.entity,
            tag: thing.tag,
            field,
            system: role,
            commit: ours.commit.seq,
          };
          return [{ invariant: "I02", message, at: ours.commit.at, about }];
        });
      };
      return thingsOf(sight).flatMap((thing) => {
        const pair = plainPair(sight, thing);
        if (pair === null) return [];
        return roles.flatMap((role) =>
          carriedFields(sight, thing.entity).flatMap((field) => ofRow(thing, pair, role, field)),
        );
      });
    },
  };
}

/** References and lines are written down in another form than the workload's: that one is named has to do. */
function isNamed(lost: Json, { value }: FieldChange): boolean {
  if (isSame(lost, value)) return true;
  if (typeof value === "string" && /^[a-z]\d+$/.test(value)) return true;
  return typeof lost === "object" && lost !== null && typeof value === "object" && value !== null;
}
