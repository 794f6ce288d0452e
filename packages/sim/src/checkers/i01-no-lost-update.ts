import { isConsolidating } from "../auditor/consolidations.ts";
import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { carriedFields, corresponds, keptBy, writersOf } from "../auditor/terms.ts";
import type { Role, Thing } from "../auditor/things.ts";
import { isSame, otherOf, plainAfter, plainBefore, plainPair, roles, thingsOf } from "../auditor/things.ts";
import { Told } from "../auditor/told.ts";
import { isBackToAgreed } from "../auditor/agreed.ts";
import { isInWindow, isUnseenReturn } from "../auditor/window.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";

type Pair = { readonly [role in Role]: Row };
interface Seen {
  readonly told: Told;
  readonly facts: StoreFacts;
}

/** A value that a person set, and that nobody replaced on the same side afterwards. */
interface Given {
  readonly role: Role;
  readonly field: string;
  readonly value: Json | undefined;
  readonly commit: Commit;
}

/**
 * I01: at quiet, each value a person committed to a mapped field is on both sides, or a later commit replaced
 * it, or the journal names it as discarded, in conflict, parked or waiting. A value replaced by us counts as
 * replaced only when it had been on the other side before, where a person then changed it.
 */
export function noLostUpdate(sight: Sight): Checker {
  let looked = 0;
  const lost = (thing: Thing, pair: Pair, { told, facts }: Seen): readonly Violation[] =>
    roles.flatMap((role) =>
      carriedFields(sight, thing.entity).flatMap((field) => {
        if (!writersOf(sight, thing.entity, field).includes(role)) return [];
        return givenBy(sight, { row: pair[role], role, field }).flatMap((given): Violation[] => {
          looked += 1;
          if (isKept(sight, pair, given) || isTold(pair, given, told) || isExposed(sight, pair, given))
            return [];
          const { commit, value } = given;
          return [
            {
              invariant: "I01",
              message:
                `${role} ${thing.entity} ${thing.tag}: ${field} ${JSON.stringify(value)} of ` +
                `${commit.after.shownActor} is nowhere and nobody is told`,
              at: facts.at,
              about: { entity: thing.entity, tag: thing.tag, field, system: role, commit: commit.seq },
            },
          ];
        });
      }),
    );
  return {
    invariant: "I01",
    looked: () => looked,
    atEnd: (facts: StoreFacts) => {
      const told = new Told(sight, facts);
      return thingsOf(sight).flatMap((thing) => {
        const pair = plainPair(sight, thing);
        return pair === null ? [] : lost(thing, pair, { told, facts });
      });
    },
  };
}

/** Values of a field that persons set on one side and that no later person on that side replaced. */
function givenBy(
  sight: Sight,
  at: { readonly row: Row; readonly role: Role; readonly field: string },
): readonly Given[] {
  const system = sight.systems[at.role];
  const changes = at.row.commits.flatMap((commit) => {
    const value = plainAfter(system, commit)[at.field];
    const isChange = !isSame(value, plainBefore(system, commit)[at.field]);
    return isChange ? [{ role: at.role, field: at.field, value, commit }] : [];
  });
  // What the system's own rule made of a person's value replaced it.
  const last = changes.findLast(({ commit }) => commit.actor.kind !== "us");
  return last === undefined ? [] : [last];
}

function isKept(sight: Sight, pair: Pair, { role, field, value, commit }: Given): boolean {
  const { entity } = commit;
  const now = (side: Role): Json | undefined => {
    const row = pair[side];
    return sight.systems[side].decode(entity, row.commits.at(-1)?.after.native ?? {})[field];
  };
  const other = otherOf(role);
  const kept = value === undefined ? value : keptBy(sight, { role: other, entity, field }, value);
  const isThere = (shown: Json | undefined): boolean => isSame(shown, value) || isSame(shown, kept);
  if (isSame(now(role), value) && corresponds(sight, { entity, field }, { crm: now("crm"), erp: now("erp") }))
    return true;
  // It was on the other side once: what came after it there was made by somebody who could see it.
  return pair[other].commits.some(
    (later) =>
      later.at >= commit.at &&
      (isThere(plainAfter(sight.systems[other], later)[field]) ||
        isThere(plainBefore(sight.systems[other], later)[field])),
  );
}

/** Replaced by us before anybody could have seen it, on a system that lets that happen. */
function isExposed(sight: Sight, pair: Pair, { role, field, commit }: Given): boolean {
  const system = sight.systems[role];
  if (isBackToAgreed(sight, pair, { person: commit, field })) return true;
  if (isUnseenReturn(sight, { commits: pair[role].commits, person: commit, field })) return true;
  const ours = pair[role].commits.find(
    (later) =>
      later.seq > commit.seq &&
      later.actor.kind === "us" &&
      !isSame(plainAfter(system, later)[field], plainBefore(system, later)[field]),
  );
  if (ours !== undefined && isConsolidating(sight.history, ours, field)) return true;
  return ours !== undefined && isInWindow(sight, { person: commit, ours });
}

const isTold = (pair: Pair, { role, field, value }: Given, told: Told): boolean =>
  roles.some((side) => told.isOpen(side, pair[side], field)) ||
  told
    .lostOf(role, pair[role], field)
    .some((lost) => isReference(value) || isSame(lost, value) || isAlike(lost, value));

/** References are links in the journal and names in the workload: that one was lost has to do. */
const isReference = (value: Json | undefined): boolean =>
  typeof value === "string" && /^[a-z]\d+$/.test(value);

/** Equal but for the form: amounts, quantities and lines are written down differently. */
const isAlike = (lost: Json, value: Json | undefined): boolean =>
  typeof lost === "object" && lost !== null && typeof value === "object" && value !== null;
