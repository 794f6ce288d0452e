import type { Store } from "crossfoot/testing";
import type { History } from "./history.ts";
import type { Scenario } from "./scenario.ts";
import type { ModelSystem } from "./system/model-system.ts";

/**
 * Quiet (INVARIANTS.md 1.15): no commit by a person since, faults healed, every intent settled, refused or
 * parked, nothing due, and each reading and one sweep ended after the last change became visible.
 */
export async function isQuiet(
  store: Store,
  at: {
    readonly history: History;
    readonly healedAt: number;
    readonly scenario: Scenario;
    readonly systems: { readonly crm: ModelSystem; readonly erp: ModelSystem };
  },
): Promise<boolean> {
  const lastCommit = (["crm", "erp"] as const).flatMap((name) =>
    at.systems[name].log.map((c) => c.visibleAt),
  );
  const since = Math.max(at.healedAt, ...lastCommit);
  const open = await store.openCounts();
  if (open.some((row) => row.openIntents > 0)) return false;
  const due = await store.dueEntities([...at.scenario.entities]);
  if (due.some((row) => row.work || row.intents)) return false;
  for (const { entity } of due.filter((row) => row.newcomers)) {
    // What waits for a record about which a person is asked waits for that answer.
    const left = await store.unlinkedOf(entity);
    const isAsked = (await store.listCandidates()).length > 0;
    if (!isAsked || left.some(({ resolution }) => resolution === null)) return false;
  }
  return haveRunsSince(at.history, { since, count: at.scenario.workers.length + 1, sweeps: at.scenario });
}

/**
 * Whether every entity of both systems was read to its end, and all ids were listed, in calls that began
 * after `since`. Judged by the calls, not by our cursors.
 */
function haveRunsSince(
  history: History,
  at: { readonly since: number; readonly count: number; readonly sweeps: Scenario },
): boolean {
  const read = new Set<string>();
  const begun = new Map<number, string>();
  const ended = new Set<string>();
  for (let index = history.entries.length - 1; index >= 0; index -= 1) {
    const entry = history.entries[index];
    if (entry === undefined || entry.at < at.since) break;
    if (entry.kind === "answered" && entry.outcome === "ok") begun.set(entry.id, "ok");
    // What a run read is decided by its end.
    if (entry.kind === "worker" && entry.event === "run") ended.add(entry.worker);
    if (entry.kind !== "call" || !begun.has(entry.id) || !ended.has(entry.worker)) continue;
    if (entry.call === "read" || entry.call === "readIds")
      read.add(`${entry.system}/${entry.entity}/${entry.call}`);
  }
  return at.sweeps.entities.every((entity) =>
    ["crm", "erp"].every(
      (system) => read.has(`${system}/${entity}/read`) && read.has(`${system}/${entity}/readIds`),
    ),
  );
}
