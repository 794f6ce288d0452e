import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { CallKind, Entry } from "../history.ts";
import { isForgotten, restoresOf } from "./restores.ts";
import type { Commit } from "../system/commit.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Row } from "../system/model-system.ts";
import { isOutside } from "../system/scope.ts";
import type { Role } from "./things.ts";

const sightings: ReadonlySet<CallKind> = new Set(["read", "readByIds", "probe"]);
/** Steps of the store that keep what was read. */
const keeps: ReadonlySet<string> = new Set(["checkpoint", "commitOutcomes"]);

/** Whether a step of the store may have given a record its link: by its reference, or as what was made. */
function isLinking(entry: Entry & { readonly kind: "store" }, { entity, id }: Row): boolean {
  if (entry.method === "commitResolutions") return true;
  const facts = entry.facts as JsonMap | null;
  const rows = (facts?.["rows"] ?? []) as unknown as readonly StoredRow[];
  return entry.method === "commitOutcomes" && rows.some((one) => one[1] === entity && one[2] === id);
}

/** The record that a commit is of, also when its id was given to another one since; undefined without one. */
export function rowOfCommit({ systems }: Sight, commit: Commit | undefined): Row | undefined {
  if (commit === undefined) return undefined;
  return systems[commit.system].everyRow(commit.entity).find(({ commits }) => commits.includes(commit));
}

/**
 * Whether a record that we made was deleted by a person before anybody of us could know of it: its answer was
 * lost, and nothing that was asked of that system while it was there could show it. What finds nothing after
 * the horizon proves that it never landed (INVARIANTS.md 1.11): nobody can tell that from this. Nor can a
 * store that was restored, by `by`, from a backup of before we knew of it, of one that was deleted or merged
 * away (decision 0017): what such a store reads of it is one of many records without a link, until it is
 * asked for our reference and linked.
 */
export function isUnseenLife({ history, systems }: Sight, row: Row | undefined, by = Infinity): boolean {
  const [made] = row?.commits ?? [];
  if (row === undefined || made === undefined || made.actor.kind !== "us") return false;
  const restores = restoresOf(history);
  const isMadeForgotten = isForgotten(restores, { told: made.at, by });
  // What was merged away is in no list either; by its id alone it is told that it was.
  const gone = row.commits.find(
    ({ op, actor }) => actor.kind === "person" && (op === "delete" || (op === "merge" && isMadeForgotten)),
  );
  if (gone === undefined || gone.at > by) return false;
  const { call } = made.actor;
  const stay = { from: made.visibleAt, until: gone.at };
  for (const entry of keptAfterShown(
    { history, systems },
    { row, system: made.system, stays: [stay], call },
  )) {
    if (entry.at > by) break;
    const isKept = isMadeForgotten ? isLinking(entry, row) : keeps.has(entry.method);
    if (isKept && !isForgotten(restores, { told: entry.at, by })) return false;
  }
  return true;
}

/** When a record stood in its system so that a reading could show it, true time; `until` is none of it. */
interface Stay {
  readonly from: number;
  readonly until: number;
}

/**
 * Steps of the store that were done by somebody who had heard of a record by then: by an answer that could
 * show it during one of its stays, or by that of a call which is given.
 */
function* keptAfterShown(
  { history, systems }: Pick<Sight, "history" | "systems">,
  of: { readonly row: Row; readonly system: Role; readonly stays: readonly Stay[]; readonly call?: number },
): Generator<Entry & { readonly kind: "store" }, undefined> {
  const { row, call, stays } = of;
  const system = systems[of.system];
  const couldShow = (entry: Entry & { readonly kind: "call" }): boolean =>
    entry.system === of.system &&
    entry.entity === row.entity &&
    sightings.has(entry.call) &&
    (entry.ids?.includes(row.id) ?? true);
  const isThere = (at: number): boolean =>
    stays.some(({ from, until }) => at >= from && at < until) && system.couldShow(row, at);
  const asked = new Map<number, string>();
  const showed = new Set<number>();
  const heard = new Set<string>();
  for (const entry of history.entries) {
    if (entry.kind === "call" && (entry.id === call || couldShow(entry))) asked.set(entry.id, entry.worker);
    if (entry.kind === "reached" && (entry.id === call || (asked.has(entry.id) && isThere(entry.at))))
      showed.add(entry.id);
    if (entry.kind === "answered" && entry.outcome === "ok" && showed.has(entry.id))
      heard.add(asked.get(entry.id) ?? "");
    if (entry.kind === "store" && entry.step === "done" && heard.has(entry.worker)) yield entry;
  }
}

/**
 * Whether a record left the filter of its system before anybody of us could read it: nothing that was asked
 * while it stood inside could show it and was kept, as far as the store still knows.
 */
export function isUnseenStay(
  { history, systems }: Pick<Sight, "history" | "systems">,
  { role, row }: { readonly role: Role; readonly row: Row },
): boolean {
  const last = row.commits.at(-1);
  if (last === undefined || !isOutside(last.after)) return false;
  const restores = restoresOf(history);
  for (const entry of keptAfterShown({ history, systems }, { row, system: role, stays: staysInside(row) }))
    if (keeps.has(entry.method) && !isForgotten(restores, { told: entry.at, by: Infinity })) return false;
  return true;
}

/** When a record could be read inside of the filter: from where it is shown until it leaves or is deleted. */
function staysInside({ commits }: Row): readonly Stay[] {
  const isInside = ({ after }: Commit): boolean => after.life !== "deleted" && !isOutside(after);
  return commits.flatMap((commit, nr): readonly Stay[] => {
    const before = commits[nr - 1];
    if (!isInside(commit) || (before !== undefined && isInside(before))) return [];
    const left = commits.slice(nr).find((later) => !isInside(later));
    return [{ from: commit.visibleAt, until: left?.at ?? Infinity }];
  });
}
