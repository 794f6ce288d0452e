import fc from "fast-check";
import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../../testing.ts";
import { anyCalls } from "../testing/random-sequences.ts";
import { testSealing } from "../testing/sealing.ts";
import { expectSame, twinStores } from "../testing/twin-stores.ts";

/** What is made of the rows themselves, and so is another where they are sealed. */
const ofTheRows: ReadonlySet<string> = new Set([
  ...["proofNodes", "journalHeads", "knownEntries", "sealingState", "verifyJournal"],
]);
/** Rows about a person without the hashes of entries, which are made of what is stored. */
const withoutHashes = (came: unknown): readonly string[] => {
  const { answer } = came as { readonly answer: readonly unknown[] };
  const plain = (key: string, value: unknown): unknown =>
    key === "hash" || key === "before_hash" ? "" : value;
  return answer.map((row) => JSON.stringify(row, plain)).toSorted();
};
const patience = { timeout: 240_000 };

forEachHome(vitest, ["embedded"], (home) => {
  test(
    "any calls in any order give the same answers as those of a store without seals",
    patience,
    async () => {
      const twins = await twinStores(await home.open(), testSealing());
      let compared = 0;
      const isSame = fc.asyncProperty(anyCalls, async (calls) => {
        await twins.clear();
        const told: string[] = [];
        for (const call of calls) {
          const { args, ...came } = await twins.ask(call);
          told.push(`${call.method}(${JSON.stringify(args)})`);
          if (ofTheRows.has(call.method)) continue;
          if (call.method === "heldOf")
            expectSame({ sql: withoutHashes(came.sql), memory: withoutHashes(came.memory) }, told);
          else expectSame(came, told);
          compared += 1;
        }
      });
      await fc.assert(isSame, { numRuns: 6, endOnFailure: true, seed: 20_261_127 });
      expect(compared).toBeGreaterThan(100);
    },
  );
});
