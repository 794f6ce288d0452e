import { describe, expect, test } from "vitest";
import { undoHistories } from "./undo-histories.ts";
import type { UndoHistories } from "./undo-histories.ts";

/** What an undo promises, over random companies and courses of events. */
export function undoProperties(name: string, at: UndoHistories): void {
  const { worldCount } = at;
  describe(`undo over ${worldCount} random histories (${name})`, () => {
    test(
      "both systems are as before the run, but for what is listed; runs leave it so, an undo undoes it",
      { timeout: 120_000 },
      async () => {
        const seen = await undoHistories(at);
        // A property that never saw its subject proves nothing; a few histories may well not.
        if (worldCount < 50) return;
        const { done: _rare, ...often } = seen;
        for (const [what, count] of Object.entries(often)) expect([what, count > 0]).toEqual([what, true]);
      },
    );
  });
}
