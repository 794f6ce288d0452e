import type { Entry, History } from "../history.ts";
import type { Commit } from "../system/commit.ts";

/** A restore of the store (fault T4): when, and as of when it has been since. */
export interface Restored {
  readonly at: number;
  readonly asOf: number;
}

/** The restore that an entry tells of, or null. */
export const restoredBy = (entry: Entry): Restored | null =>
  entry.kind === "restored" ? { at: entry.at, asOf: entry.asOf } : null;

/** All restores of a run, in order. */
export const restoresOf = ({ entries }: History): readonly Restored[] =>
  entries.flatMap((entry) => restoredBy(entry) ?? []);

/**
 * Whether the store knows at an instant nothing of what it was told at an earlier one, since a backup of
 * before that was restored in between. A backup knows what the store knew when it was taken.
 */
export function isForgotten(
  restores: readonly Restored[],
  { told, by }: { readonly told: number; readonly by: number },
): boolean {
  const last = restores.findLast(({ at }) => at >= told && at <= by);
  if (last === undefined) return false;
  return told > last.asOf || isForgotten(restores, { told, by: last.asOf });
}

/**
 * Whether a commit of ours was sent by a life of the store that was forgotten by an instant: to the store of
 * that instant it is somebody else's.
 */
export function isOfForgottenLife(history: History): (commit: Commit, by?: number) => boolean {
  const restores = restoresOf(history);
  if (restores.length === 0) return () => false;
  const sentAt = new Map(
    history.entries.flatMap((entry) =>
      entry.kind === "call" && entry.call === "write" ? [[entry.id, entry.at] as const] : [],
    ),
  );
  return ({ actor, at }, by = Infinity) =>
    actor.kind === "us" && isForgotten(restores, { told: sentAt.get(actor.call) ?? at, by });
}
