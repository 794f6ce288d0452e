import type { JsonMap } from "@crossfoot/kernel";
import type { Sight } from "../checker.ts";
import type { CallKind, Entry } from "../history.ts";
import { isForgotten, restoresOf } from "./restores.ts";
import type { Commit } from "../system/commit.ts";
import type { StoredRow } from "../store-facts.ts";
import type { Row } from "../system/model-system.ts";

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
    const isThere = entry.at >= made.visibleAt && entry.at < gone.at && system.couldShow(row, entry.at);
    if (entry.kind === "reached" && (entry.id === call || (asked.has(entry.id) && isThere)))
      showed.add(entry.id);
    if (entry.kind === "answered" && entry.outcome === "ok" && showed.has(entry.id))
      heard.add(asked.get(entry.id) ?? "");
    if (entry.at > by) break;
    if (entry.kind !== "store" || entry.step !== "done") continue;
    const isKept = isMadeForgotten ? isLinking(entry, row) : keeps.has(entry.method);
    if (isKept && heard.has(entry.worker) && !isForgotten(restores, { told: entry.at, by })) return false;
  }
  return true;
}
