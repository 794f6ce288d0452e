import { isConsolidating } from "../auditor/consolidations.ts";
import type { JsonMap } from "@crossfoot/kernel";
import type { Checker, Sight, Violation } from "../checker.ts";
import { isOfAnotherDouble } from "../auditor/doubles.ts";
import type { Role } from "../auditor/things.ts";
import { otherOf } from "../auditor/things.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Commit } from "../system/commit.ts";
import { broughtBy } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";
import { filteredEntity, isOutside } from "../system/scope.ts";

/** A time that a record spent outside the filter of its system. */
interface Outside {
  readonly role: Role;
  readonly row: Row;
  /** The commit that took it out. */
  readonly left: Commit;
  /** When we had read that it was out, true time; null while we had not. */
  knownAt: number | null;
  /** The commit that brought it back, or null. */
  back: Commit | null;
}

/**
 * I29: while a record is outside the filter nothing of it is deleted or archived by us, on either side; once
 * we have read so, nothing is written to either; and neither then nor when it is back is a record made for it
 * once more.
 */
export function scopeIsNotExistence(sight: Sight): Checker {
  const { filtered } = sight.scenario;
  let looked = 0;
  const stays: Outside[] = [];
  const sentAt = new Map<number, number>();
  const violation = (at: number, what: string, { row, role }: Outside): Violation => ({
    invariant: "I29",
    message: `${role} ${row.entity} ${row.tag} left the filter, and ${what}`,
    at,
    about: { entity: row.entity, tag: row.tag },
  });
  const judge = (commit: Commit, at: number): readonly Violation[] => {
    // An operator's repair too is carried to the record by us.
    const brought = broughtBy(commit.actor);
    if (brought === null) return [];
    return stays.flatMap((stay): readonly Violation[] => {
      if (!isOf(sight, stay, commit) || isConsolidating(sight.history, commit)) return [];
      looked += 1;
      const what = `we did ${commit.op} on ${commit.system} ${commit.id}`;
      // A record was there on both sides: the one that is back is the same.
      if (commit.op === "create")
        return isOfAnotherDouble(stay, commit, doublesOf(sight, stay)) ? [] : [violation(at, what, stay)];
      if (stay.back !== null) return [];
      const isHarm = commit.op === "archive" || commit.op === "delete";
      if (isHarm) return isDeletedByPeople(sight, stay) ? [] : [violation(at, what, stay)];
      const sent = sentAt.get(brought.call) ?? at;
      return stay.knownAt !== null && sent > stay.knownAt ? [violation(at, what, stay)] : [];
    });
  };
  return {
    invariant: "I29",
    looked: () => looked,
    see: (entry): readonly Violation[] => {
      if (filtered === undefined) return [];
      if (entry.kind === "call" && entry.call === "write") sentAt.set(entry.id, entry.at);
      if (entry.kind === "store" && entry.step === "done" && entry.facts !== null)
        noteKnown(stays, entry.facts as JsonMap, entry.at);
      if (entry.kind !== "commit" || entry.commit.entity !== filteredEntity) return [];
      const { commit } = entry;
      const row = sight.systems[commit.system].row(commit.entity, commit.id);
      if (commit.system === filtered && row !== undefined) {
        const wasOutside = commit.before !== null && isOutside(commit.before);
        if (!wasOutside && isOutside(commit.after)) {
          looked += 1;
          stays.push({ role: filtered, row, left: commit, knownAt: null, back: null });
        }
        if (wasOutside && !isOutside(commit.after))
          for (const stay of stays) if (stay.row === row) stay.back ??= commit;
      }
      return judge(commit, entry.at);
    },
  };
}

/** Whether the commit is on the record, or on its counterpart, or makes one of them once more. */
function isOf(sight: Sight, stay: Outside, commit: Commit): boolean {
  const { row, role } = stay;
  if (commit.entity !== row.entity) return false;
  if (commit.system === role && commit.id === row.id) return true;
  const nameOf = (system: Role, tag: string): string => sight.systems[system].names.of(row.entity, tag);
  const isNamesake = nameOf(commit.system, commit.tag) === nameOf(role, row.tag);
  return isNamesake && (commit.system !== role || commit.op === "create") && hadBoth(sight, stay);
}

/** Every record of the same thing, on both sides. */
function doublesOf({ systems }: Sight, { row, role }: Outside): { readonly [role in Role]: readonly Row[] } {
  const name = systems[role].names.of(row.entity, row.tag);
  const named = (system: Role): readonly Row[] =>
    systems[system]
      .everyRow(row.entity)
      .filter((one) => systems[system].names.of(one.entity, one.tag) === name);
  return { crm: named("crm"), erp: named("erp") };
}

const namesakes = (sight: Sight, stay: Outside): readonly Row[] => doublesOf(sight, stay)[otherOf(stay.role)];

/** Whether we had linked it: one of the two was made by us before it left. */
function hadBoth(sight: Sight, stay: Outside): boolean {
  const others = namesakes(sight, stay).filter(({ commits: [first] }) => (first?.at ?? 0) < stay.left.at);
  const isOurs = ({ commits: [first] }: Row): boolean =>
    first?.actor.kind === "us" && first.at < stay.left.at;
  return others.length > 0 && [stay.row, ...others].some(isOurs) && !isDeletedByPeople(sight, stay);
}

/** Somebody deleted, archived or merged one of them: then that is what is followed. */
const isDeletedByPeople = (sight: Sight, stay: Outside): boolean =>
  [stay.row, ...namesakes(sight, stay)].some(({ commits }) =>
    commits.some(
      ({ op, actor }) => actor.kind !== "us" && op !== "create" && op !== "write" && op !== "restore",
    ),
  );

/** Notes which records outside the filter we have read as such by now. */
function noteKnown(stays: readonly Outside[], facts: JsonMap, at: number): void {
  const open = stays.filter(({ knownAt, back }) => knownAt === null && back === null);
  if (open.length === 0) return;
  for (const [connection, entity, id, version, stamp] of (facts["rows"] ??
    []) as unknown as readonly StoredRow[]) {
    for (const stay of open) {
      const { row, role, left } = stay;
      if (connection !== role || entity !== row.entity || id !== row.id || left.visibleAt > at) continue;
      const isSeen =
        version === null ? (stamp ?? 0) >= left.after.stamp && at > left.at : version >= left.after.version;
      if (isSeen) stay.knownAt = at;
    }
  }
}
