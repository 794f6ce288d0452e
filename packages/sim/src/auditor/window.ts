import type { Sight } from "../checker.ts";
import type { CallKind, Entry } from "../history.ts";
import { restoresOf } from "./restores.ts";
import { isSame, plainAfter } from "./things.ts";
import type { Commit } from "../system/commit.ts";
import { broughtBy } from "../system/commit.ts";

const sightings: ReadonlySet<CallKind> = new Set(["read", "readByIds"]);

/**
 * Whether our write replaced a person's value inside the window that a system without conditional writes
 * leaves (INVARIANTS.md, table of guarantees): nothing that was read of that entity before the write was sent
 * could show the value.
 */
export function isInWindow(
  { history, systems }: Sight,
  at: { readonly person: Commit; readonly ours: Commit },
): boolean {
  const { person, ours } = at;
  const system = systems[person.system];
  const { profile } = system;
  const row = system.everyRow(person.entity).find(({ commits }) => commits.includes(person));
  // A change that moved no version passes every condition (fault R6).
  const isCounted = person.after.version !== person.before?.version;
  if (profile.precondition === "conditional" && profile.versions === "counter" && isCounted) return false;
  const brought = broughtBy(ours.actor);
  if (brought === null) return false;
  const { call } = brought;
  /** Readings that could show it, by call, with who made them. */
  const reads = new Map<number, string>();
  const showed = new Set<number>();
  const heard = new Set<string>();
  for (const entry of history.entries) {
    if (entry.kind === "call" && entry.id === call) return true;
    if (entry.kind === "call" && couldShow(entry, person)) reads.set(entry.id, entry.worker);
    const isShown = entry.kind === "reached" && reads.has(entry.id) && entry.at >= person.visibleAt;
    if (isShown && system.couldShow(row, entry.at)) showed.add(entry.id);
    if (entry.kind === "answered" && entry.outcome === "ok" && showed.has(entry.id))
      heard.add(reads.get(entry.id) ?? "");
    // What a worker read is known once it is stored; it may die before.
    if (entry.kind === "store" && entry.step === "done" && keeps.has(entry.method) && heard.has(entry.worker))
      return false;
  }
  return true;
}

/** Steps of the store that keep what was read. */
const keeps: ReadonlySet<string> = new Set(["checkpoint", "commitOutcomes"]);

const couldShow = (entry: Entry & { readonly kind: "call" }, person: Commit): boolean =>
  entry.system === person.system &&
  entry.entity === person.entity &&
  sightings.has(entry.call) &&
  (entry.ids?.includes(person.id) ?? true) &&
  // A clock that was set back gives stamps that no reading of changes asks for before the next sweep.
  (entry.since ?? -Infinity) <= person.after.stamp;

/**
 * Whether a person's change came back to a value that was last seen there, before anybody looked again: a
 * system without a history of changes shows nothing of it. A write of ours that was never answered was not
 * seen either (INVARIANTS.md, table of guarantees: what is put back in between looks like not applied). Nor
 * was what a restored store has forgotten: what was put back to what its backup holds equals the base image.
 */
export function isUnseenReturn(
  { history, systems }: Sight,
  at: { readonly commits: readonly Commit[]; readonly person: Commit; readonly field: string },
): boolean {
  const { person, field } = at;
  const reads = new Set<number>();
  const heard = new Set<number>();
  let lastRead = -1;
  for (const entry of history.entries) {
    if (entry.at >= person.at) break;
    if (entry.kind === "call" && entry.system === person.system && sightings.has(entry.call))
      reads.add(entry.id);
    if (entry.kind === "reached" && reads.has(entry.id)) lastRead = entry.at;
    if (entry.kind === "answered" && entry.outcome === "ok") heard.add(entry.id);
  }
  const system = systems[person.system];
  const seen = at.commits.findLast(
    ({ seq, at: when, actor }) =>
      seq < person.seq && (when <= lastRead || (actor.kind === "us" && heard.has(actor.call))),
  );
  const isReturnTo = (commit: Commit | undefined): boolean =>
    commit !== undefined && isSame(plainAfter(system, commit)[field], plainAfter(system, person)[field]);
  if (isReturnTo(seen)) return true;
  const next = at.commits.find(({ seq, actor }) => seq > person.seq && actor.kind === "us");
  return restoresOf(history).some(
    ({ at: when, asOf }) =>
      asOf < person.at &&
      when < (next?.at ?? -Infinity) &&
      isReturnTo(at.commits.findLast((commit) => commit.at <= asOf)),
  );
}
