import type { Entry, History } from "../history.ts";

/** How often the store is backed up in a run in which one is restored, ms. */
const backupEveryMs = 5_000;

/** A restore of the store (fault T4): when, and as of when it has been since. */
export interface Restored {
  readonly at: number;
  readonly asOf: number;
}

/** The restore that an entry tells of, or null. */
export function restoredBy(entry: Entry): Restored | null {
  if (entry.kind !== "fault" || entry.fault.name !== "T4") return null;
  const { backMs } = entry.fault.params;
  const wanted = entry.at - (typeof backMs === "number" ? backMs : 0);
  return { at: entry.at, asOf: Math.max(0, wanted - (wanted % backupEveryMs)) };
}

/** All restores of a run. */
export const restoresOf = ({ entries }: History): readonly Restored[] =>
  entries.flatMap((entry) => {
    const restored = restoredBy(entry);
    return restored === null ? [] : [restored];
  });
