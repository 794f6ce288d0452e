import fc from "fast-check";
import type { Json } from "@crossfoot/kernel";
import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../../testing.ts";
import { changes, looks } from "../testing/random-calls.ts";
import { anyCalls } from "../testing/random-sequences.ts";
import { expectSame, throughJsonb, twinStores } from "../testing/twin-stores.ts";
import { jsonb } from "./json.ts";

/** What the journal has to have told somewhere: without these the comparison has looked at little. */
const usualKinds = [
  ...["link_made", "parked", "base_moved", "conflict_opened", "tombstone_made", "redriven"],
  ...["intent_stored", "intent_sending", "intent_settled", "intent_in_doubt"],
];
/** Rare rows and entries may need more than one round of sequences. */
const roundsMax = 5;
const patience = { timeout: 240_000 };

forEachHome(vitest, ["embedded"], (home) => {
  test(
    "any calls in any order give the same answers and leave the same rows as in SQL",
    patience,
    async () => {
      const twins = await twinStores(await home.open());
      const missing = new Set([...usualKinds, ...Object.keys(twins.memory.dump())]);
      const isSame = fc.asyncProperty(anyCalls, async (calls) => {
        await twins.clear();
        const told: string[] = [];
        for (const call of calls) {
          const { args, ...came } = await twins.ask(call);
          told.push(`${call.method}(${JSON.stringify(args)})`);
          expectSame(came, told);
        }
        const { sql, memory } = await twins.dumps();
        expectSame({ sql, memory }, told);
        for (const [table, rows] of Object.entries(memory)) if (rows.length > 0) missing.delete(table);
        for (const { kind } of twins.memory.snapshot().journal) missing.delete(kind);
      });
      // Shrinking asks a database some hundred times; the calls told are enough to find the place.
      const first = fc.readConfigureGlobal().seed ?? Date.now();
      for (let round = 0; round < roundsMax && (round === 0 || missing.size > 0); round += 1)
        await fc.assert(isSame, { numRuns: 20, endOnFailure: true, seed: first + round });
      expect([...missing]).toEqual([]);
    },
  );

  test("every method of the port is among the calls", async () => {
    const { memory } = await twinStores(await home.open());
    const { migrate, close, snapshot, restore, dump, ...port } = memory;
    expect([migrate, close, snapshot, restore, dump].every((each) => typeof each === "function")).toBe(true);
    expect(Object.keys({ ...changes, ...looks }).toSorted()).toEqual(Object.keys(port).toSorted());
  });

  test("JSON comes back as PostgreSQL gives it back, the order of keys included", async () => {
    const database = await home.open();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const ours = jsonb(value as Json);
        expect(JSON.stringify(ours)).toBe(JSON.stringify(await throughJsonb(database, value as Json)));
      }),
    );
  });
});
