import type { Sight } from "../checker.ts";
import type { CallKind, Entry } from "../history.ts";
import type { Commit } from "../system/commit.ts";
import type { Row } from "../system/model-system.ts";

const sightings: ReadonlySet<CallKind> = new Set(["read", "readByIds", "probe"]);
/** Steps of the store that keep what was read. */
const keeps: ReadonlySet<string> = new Set(["checkpoint", "commitOutcomes"]);

/** The record that a commit is of, also when its id was given to another one since; undefined without one. */
export function rowOfCommit({ systems }: Sight, commit: Commit | undefined): Row | undefined {
  if (commit === undefined) return undefined;
  return systems[commit.system].everyRow(commit.entity).find(({ commits }) => commits.includes(commit));
}

/**
 * Whether a record that we made was deleted by a person before anybody of us could know of it: its answer was
 * lost, and nothing that was asked of that system while it was there could show it. What finds nothing after
 * the horizon proves that it never landed (INVARIANTS.md 1.11): nobody can tell that from this.
 */
export function isUnseenLife({ history, systems }: Sight, row: Row | undefined): boolean {
  const [made] = row?.commits ?? [];
  if (row === undefined || made === undefined || made.actor.kind !== "us") return false;
  const deleted = row.commits.find(({ op, actor }) => op === "delete" && actor.kind === "person");
  if (deleted === undefined) return false;
  const { call } = made.actor;
  const system = systems[made.system];
  const couldShow = (entry: Entry & { readonly kind: "call" }): boolean =>
    entry.system === made.system &&
    entry.entity === made.entity &&
    sightings.has(entry.call) &&
    (entry.ids?.includes(row.id) ?? true);
  const asked = new Map<number, string>();
  const showed = new Set<number>();
  const heard = new Set<string>();
  for (const entry of history.entries) {
    if (entry.kind === "call" && (entry.id === call || couldShow(entry))) asked.set(entry.id, entry.worker);
    const isThere = entry.at >= made.visibleAt && entry.at < deleted.at && system.couldShow(row, entry.at);
    if (entry.kind === "reached" && (entry.id === call || (asked.has(entry.id) && isThere)))
      showed.add(entry.id);
    if (entry.kind === "answered" && entry.outcome === "ok" && showed.has(entry.id))
      heard.add(asked.get(entry.id) ?? "");
    if (entry.kind === "store" && entry.step === "done" && keeps.has(entry.method) && heard.has(entry.worker))
      return false;
  }
  return true;
}
