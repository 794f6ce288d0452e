import type { Checker, Sight, Violation } from "../checker.ts";

/**
 * I06, its last part: once all is quiet, idle cycles make no write. (A run that does not become quiet at all
 * breaks I06 too; `run.ts` reports that.)
 */
export function idleCyclesWriteNothing(_sight: Sight): Checker {
  let isIdle = false;
  return {
    invariant: "I06",
    see: (entry): readonly Violation[] => {
      if (entry.kind === "phase") isIdle = entry.phase === "idle";
      if (!isIdle || entry.kind !== "call" || entry.call !== "write") return [];
      const { system, entity, writes, worker } = entry;
      const kinds = writes.map(({ kind, id }) => `${kind} ${id ?? ""}`).join(", ");
      return [
        {
          invariant: "I06",
          message: `${worker} writes ${kinds} of ${entity} to ${system} although nothing has happened`,
          at: entry.at,
          about: { system, entity, ids: writes.map(({ id }) => id) },
        },
      ];
    },
  };
}
