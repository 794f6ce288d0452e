import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { changesOf, wasCarried } from "../auditor/changes.ts";
import type { FieldChange } from "../auditor/changes.ts";
import { carriedFields } from "../auditor/terms.ts";
import type { Role, Thing } from "../auditor/things.ts";
import { isSame, otherOf, plainPair, roles, thingsOf } from "../auditor/things.ts";
import { isInWindow } from "../auditor/window.ts";
import { Told } from "../auditor/told.ts";
import { firstDecided } from "../auditor/first-link.ts";
import type { Commit } from "../system/commit.ts";
import { isRepair } from "../repairs.ts";
import type { Row } from "../system/model-system.ts";

type Pair = { readonly [role in Role]: Row };

/** Whether we had written the field of either record, or both had shown one value, before an instant. */
function haveAgreed(
  sight: Sight,
  pair: Pair,
  { field, until }: { readonly field: string; readonly until: number },
): boolean {
  const changes = roles
    .flatMap((role) => changesOf(sight, { row: pair[role], role, field }))
    .filter(({ commit }) => commit.at < until)
    .toSorted((a, b) => a.commit.at - b.commit.at);
  const shown = new Map<Role, FieldChange["value"]>();
  return changes.some(({ role, value, commit }) => {
    shown.set(role, value);
    return commit.actor.kind === "us" || (shown.size > 1 && isSame(shown.get("crm"), shown.get("erp")));
  });
}

/**
 * I26: "newest wins" replaces a person's value only if the stamps differ by more than the tolerance plus both
 * granularities. Stamps are of whole records: any that we may have read since counts for us.
 */
export function clocksDoNotDecide(sight: Sight): Checker {
  let looked = 0;
  /** Stamps say nothing of what two records showed before they were one: the master's value stands there. */
  const isByFirstLink = (
    { pair, field, told }: { readonly pair: Pair; readonly field: string; readonly told: Told },
    changes: { readonly theirs: FieldChange; readonly winner: FieldChange; readonly until: number },
  ): boolean => {
    const { theirs, winner, until } = changes;
    const { entity } = theirs.commit;
    const terms = sight.contract.entities[entity];
    if (winner.role !== (terms.fields[field]?.master ?? terms.master)) return false;
    const link = told.linkOf(theirs.role, pair[theirs.role]) ?? "";
    const first = firstDecided(sight, pair, { link, until });
    if (first === null) return false;
    // The rule holds for as long as the sides have never agreed on the field: what was decided first may have
    // been taken back unsent, because one of the records moved, and is decided anew then.
    const wasBefore = theirs.commit.at <= first && winner.commit.at <= first;
    return wasBefore || !haveAgreed(sight, pair, { field, until });
  };
  const ofRow = (thing: Thing, at: { pair: Pair; role: Role; field: string; told: Told }) => {
    const { pair, role, field, told } = at;
    const changes = changesOf(sight, { row: pair[role], role, field });
    const others = changesOf(sight, { row: pair[otherOf(role)], role: otherOf(role), field });
    return changes.flatMap((ours, index): readonly Violation[] => {
      const theirs = changes[index - 1];
      if (ours.commit.actor.kind !== "us" || theirs === undefined || theirs.commit.actor.kind === "us")
        return [];
      const winner = others.findLast(({ commit }) => commit.at <= ours.commit.at);
      if (winner === undefined || winner.commit.actor.kind === "us") return [];
      if (wasCarried(sight, pair[otherOf(role)], { field, theirs, until: ours.commit.at })) return [];
      if (isInWindow(sight, { person: theirs.commit, ours: ours.commit })) return [];
      if (wasAnswered(sight, Math.max(theirs.commit.at, winner.commit.at), ours.commit.at)) return [];
      if (isImageOfOurs(pair[role], theirs)) return [];
      if (isByFirstLink({ pair, field, told }, { theirs, winner, until: ours.commit.at })) return [];
      looked += 1;
      const [loserStamp, winnerStamp] = [
        Math.min(...stampsSince(pair[role], theirs, ours.commit.at)),
        Math.max(...stampsSince(pair[otherOf(role)], winner, ours.commit.at)),
      ];
      const ahead = winnerStamp - loserStamp;
      const needed = toleranceOf(sight, thing);
      if (ahead > needed) return [];
      const message =
        `${role} ${thing.entity} ${thing.tag}: ${field} was decided by stamps ${ahead} ms apart, ` +
        `${needed} ms are needed`;
      const about = { entity: thing.entity, tag: thing.tag, field };
      return [{ invariant: "I26", message, at: ours.commit.at, about }];
    });
  };
  return {
    invariant: "I26",
    looked: () => looked,
    atEnd: (facts: StoreFacts) => {
      const told = new Told(sight, facts);
      return thingsOf(sight).flatMap((thing) => {
        const pair = plainPair(sight, thing);
        const terms = sight.contract.entities[thing.entity];
        if (pair === null) return [];
        return carriedFields(sight, thing.entity)
          .filter((field) => (terms.fields[field]?.policy ?? terms.policy) === "newest")
          .flatMap((field) => roles.flatMap((role) => ofRow(thing, { pair, role, field, told })));
      });
    },
  };
}

/** What a system made of our own write in the same moment: the image of what we sent, nobody's edit. */
function isImageOfOurs({ commits }: Row, { commit }: FieldChange): boolean {
  const before = commits.findLast(({ seq }) => seq < commit.seq);
  return commit.actor.kind === "automation" && before?.actor.kind === "us" && before.at === commit.at;
}

/** Whether a person answered what was asked in between: then it was not the stamps that decided. */
const wasAnswered = ({ history }: Sight, from: number, until: number): boolean =>
  history.entries.some(
    (entry) => entry.kind === "answers" && entry.count > 0 && entry.at >= from && entry.at <= until,
  );

/** A repair leaves the stamp of the last edit what it was (decision 0029). */
const stampsSince = ({ commits }: Row, { commit }: FieldChange, until: number): readonly number[] =>
  commits
    .filter(({ seq, at, actor }) => seq >= commit.seq && at < until && actor.kind !== "us")
    .map((one) => (isRepair(one) ? editBefore(commits, one) : one).after.stamp);

const editBefore = (commits: readonly Commit[], repair: Commit): Commit =>
  commits.findLast((one) => one.seq < repair.seq && one.actor.kind !== "us" && !isRepair(one)) ?? repair;

function toleranceOf({ contract, systems }: Sight, { entity }: Thing): number {
  const granularity = systems.crm.profile.stampGranularityMs + systems.erp.profile.stampGranularityMs;
  return contract.entities[entity].newestTolerance * 1000 + granularity;
}
