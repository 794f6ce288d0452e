import type { Json } from "@crossfoot/kernel";
import type { Checker, Sight, StoreFacts, Violation } from "../checker.ts";
import { changesOf } from "../auditor/changes.ts";
import type { FieldChange } from "../auditor/changes.ts";
import { keptBy } from "../auditor/terms.ts";
import type { Role } from "../auditor/things.ts";
import { isSame, otherOf, plainAfter, plainBefore, roles } from "../auditor/things.ts";
import { rowsOf } from "../auditor/told.ts";
import { settledIn, undoKeys, undosIn } from "../auditor/undos.ts";
import type { Settled, Undo } from "../auditor/undos.ts";
import { isInWindow, isUnseenReturn } from "../auditor/window.ts";
import type { Commit } from "../system/commit.ts";
import { broughtBy } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";

/** What an undo is judged by. */
interface Case {
  readonly undo: Undo;
  /** Keys of what it takes back, and of its own writes. */
  readonly made: ReadonlySet<string>;
  readonly own: ReadonlySet<string>;
  /** Keys of all undos. */
  readonly anyUndo: ReadonlySet<string>;
  readonly links: ReadonlyMap<string, string>;
  /** Canonical names of the fields that a write carried. */
  readonly fieldsOf: ReadonlyMap<string, readonly string[]>;
}

interface Place {
  readonly role: Role;
  readonly row: Row;
  readonly link: string;
  /** Commits of the writes that are taken back, and of the undo. */
  readonly made: readonly Commit[];
  readonly own: readonly Commit[];
}

/**
 * I19: after an undo each field that was written holds what it held before on its system, or somebody changed
 * it since, or the plan or its end says that it was left; what somebody changed is untouched; a record that
 * was made is put away again; and without a fresh cause we do not write it once more. The writes of an undo
 * are known by their keys, what they did by the commit logs alone.
 */
export function undoRestores(sight: Sight): Checker {
  let looked = 0;
  return {
    invariant: "I19",
    looked: () => looked,
    atEnd: (facts) => {
      // What a restored backup has forgotten, it does not put back.
      if (sight.scenario.faults.some(({ name }) => name === "T4")) return [];
      return casesOf(sight, facts).flatMap((one) =>
        placesOf(sight, one).flatMap((place) => {
          const found = [
            ...notBack(sight, one, place),
            ...overwritten(sight, one, place),
            ...againWritten(sight, one, place),
          ];
          looked += place.made.length;
          return found.map(({ field, what }): Violation => {
            const { role, row } = place;
            const of = one.undo.plan.undo?.of ?? "";
            const message = `undo of ${of}: ${role} ${row.entity} ${row.tag}: ${what}`;
            const about = { entity: row.entity, tag: row.tag, field, system: role };
            return { invariant: "I19", message, at: one.undo.appliedAt, about };
          });
        }),
      );
    },
  };
}

interface Found {
  readonly field: string;
  readonly what: string;
}

function casesOf(sight: Sight, facts: StoreFacts): readonly Case[] {
  const settled = settledIn(facts);
  const anyUndo = undoKeys(facts);
  const commands = new Map(rowsOf(facts, "run").map((row) => [String(row["id"]), String(row["command"])]));
  const fieldsOf = new Map(
    rowsOf(facts, "intent").map((row) => [
      String(row["key"]),
      Object.keys((row["fields"] ?? {}) as { readonly [field: string]: Json }),
    ]),
  );
  return undosIn(sight.history).map((undo): Case => {
    const { undoes, plan, plannedAt } = undo;
    const isOf = ({ runs, plan: of }: Settled): boolean =>
      undoes.what === "run"
        ? runs.includes(undoes.id)
        : of === undoes.id || runs.some((run) => commands.get(run)?.split(" ")[1] === undoes.id);
    const made = settled.filter((one) => one.at <= plannedAt && isOf(one));
    const own = settled.filter((one) => one.plan === plan.id);
    return {
      undo,
      made: new Set(made.map(({ key }) => key)),
      own: new Set(own.map(({ key }) => key)),
      anyUndo,
      links: new Map(made.map(({ key, link }) => [key, link])),
      fieldsOf,
    };
  });
}

const keyOf = ({ actor }: Commit): string | null => broughtBy(actor)?.key ?? null;

/** Records that the writes in question changed. */
function placesOf({ scenario, systems }: Sight, { made, own, links }: Case): readonly Place[] {
  return roles.flatMap((role) =>
    scenario.entities
      .flatMap((entity) => systems[role].everyRow(entity))
      .flatMap((row): readonly Place[] => {
        const of = (keys: ReadonlySet<string>): readonly Commit[] =>
          row.commits.filter((commit) => keys.has(keyOf(commit) ?? ""));
        const [first] = of(made);
        if (first === undefined) return [];
        const link = links.get(keyOf(first) ?? "") ?? "";
        return [{ role, row, link, made: of(made), own: of(own) }];
      }),
  );
}

/** Whether the plan, or the end of its apply, says that a field, or all of the record, was left. */
function isListed({ undo }: Case, { role, link }: Place, field: string | null): boolean {
  const isIt = (one: { readonly link: string; readonly target: string }): boolean =>
    one.link === link && one.target === role;
  return (
    undo.summary.unmade.some(isIt) ||
    (undo.plan.undo?.left ?? []).some(
      (left) => isIt(left) && (left.field === null || field === null || left.field === field),
    )
  );
}

/** Fields that the writes carried to this record; those that a system works out for itself are its own. */
const carriedBy = (one: Case, commits: readonly Commit[]): readonly string[] => [
  ...new Set(commits.flatMap((commit) => one.fieldsOf.get(keyOf(commit) ?? "") ?? [])),
];

/** What the writes had changed and what neither came back nor is listed. */
function notBack(sight: Sight, one: Case, place: Place): readonly Found[] {
  const { row, role, made, own } = place;
  const [first] = made;
  const until = own.at(-1)?.at ?? one.undo.appliedAt;
  const stood = row.commits.findLast(({ at }) => at <= until);
  if (first === undefined || stood === undefined) return [];
  if (first.op === "create") {
    const { status } = plainAfter(sight.systems[role], stood);
    const isAway = stood.after.life !== "live" || status === "cancelled";
    return isAway || isListed(one, place, null)
      ? []
      : [{ field: "*", what: "the record that was made is there, and nothing says that it was left" }];
  }
  return carriedBy(one, made).flatMap((field): readonly Found[] => {
    const wanted = valueBefore(sight, place, field);
    if (wanted === null || isListed(one, place, field)) return [];
    const now = plainAfter(sight.systems[role], stood)[field];
    if (isSame(now, wanted.value)) return [];
    const { entity } = row;
    const kept =
      wanted.value === undefined ? undefined : keptBy(sight, { role, entity, field }, wanted.value);
    if (isSame(now, kept) || isChangedSince(sight, place, { field, at: wanted.last, until })) return [];
    return [{ field, what: `${field} is not what it was before, and nothing says that it was left` }];
  });
}

/**
 * What the field held before the first of the writes in an unbroken row; null when they changed nothing, or
 * when that was put there inside the window (I02).
 */
function valueBefore(
  sight: Sight,
  { row, role, made }: Place,
  field: string,
): { readonly value: Json | undefined; readonly last: Commit } | null {
  const changes = changesOf(sight, { row, role, field });
  const isMade = ({ commit }: FieldChange): boolean => made.includes(commit);
  const lastAt = changes.findLastIndex(isMade);
  if (lastAt < 0) return null;
  let firstAt = lastAt;
  while (firstAt > 0 && isMade(changes[firstAt - 1] as FieldChange)) firstAt -= 1;
  const { commit } = changes[firstAt] as FieldChange;
  // What a person put there after we had read it, and a write without a condition took, nobody can know.
  const theirs = changes[firstAt - 1]?.commit;
  if (
    theirs !== undefined &&
    theirs.actor.kind !== "us" &&
    isInWindow(sight, { person: theirs, ours: commit })
  )
    return null;
  const last = (changes[lastAt] as FieldChange).commit;
  return { value: plainBefore(sight.systems[role], commit)[field], last };
}

function isChangedSince(
  sight: Sight,
  { row, role, own }: Place,
  { field, at, until }: { readonly field: string; readonly at: Commit; readonly until: number },
): boolean {
  return changesOf(sight, { row, role, field }).some(
    ({ commit }) => commit.seq > at.seq && commit.at <= until && !own.includes(commit),
  );
}

/** What somebody had changed since, and the undo wrote over. */
function overwritten(sight: Sight, one: Case, { row, role, made, own }: Place): readonly Found[] {
  return carriedBy(one, own).flatMap((field) => {
    const changes = changesOf(sight, { row, role, field });
    return changes.flatMap((ours, index): readonly Found[] => {
      const theirs = changes[index - 1];
      if (!own.includes(ours.commit) || theirs === undefined || theirs.commit.actor.kind === "us") return [];
      const last = made.findLast(({ seq }) => seq < theirs.commit.seq);
      if (last === undefined || isSame(theirs.value, plainAfter(sight.systems[role], last)[field])) return [];
      if (theirs.commit.actor.kind === "automation") return [];
      if (isInWindow(sight, { person: theirs.commit, ours: ours.commit })) return [];
      if (isUnseenReturn(sight, { commits: row.commits, person: theirs.commit, field })) return [];
      return [{ field, what: `${field} of ${theirs.commit.after.shownActor} was written over` }];
    });
  });
}

/** What the undo put back and we changed again, although nobody had touched it meanwhile. */
function againWritten(sight: Sight, one: Case, { row, role, own }: Place): readonly Found[] {
  const { history, systems } = sight;
  return carriedBy(one, own).flatMap((field) => {
    const changes = changesOf(sight, { row, role, field });
    return changes.flatMap((ours, index): readonly Found[] => {
      const next = changes[index + 1];
      if (!own.includes(ours.commit) || next === undefined || next.commit.actor.kind !== "us") return [];
      if (one.anyUndo.has(next.commit.actor.key)) return [];
      const { at } = next.commit;
      const isAnswered = history.entries.some(
        (entry) => entry.kind === "answers" && entry.count > 0 && entry.at > ours.commit.at && entry.at <= at,
      );
      const others = namesakes(sight, row, role).flatMap((other) =>
        changesOf(sight, { row: other, role: otherOf(role), field }),
      );
      const isCaused = [...others, ...changesOf(sight, { row, role, field })].some(
        ({ commit }) =>
          commit.actor.kind !== "us" && commit.visibleAt >= one.undo.plannedAt && commit.at <= at,
      );
      if (isAnswered || isCaused || systems[role].profile.automation !== null) return [];
      return [{ field, what: `${field} was put back, and we wrote it once more without a cause` }];
    });
  });
}

const namesakes = ({ systems }: Sight, row: Row, role: Role): readonly Row[] => {
  const name = (side: Role, one: Row): string => systems[side].names.of(one.entity, one.tag);
  const other = otherOf(role);
  return systems[other].everyRow(row.entity).filter((one) => name(other, one) === name(role, row));
};
