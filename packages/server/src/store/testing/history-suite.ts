import { externalId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { FormerState, Store, StoredObservation } from "../port.ts";
import { erp, failure, seen } from "./records.ts";

/** Long before and after the clock of any home. */
const [long, lately, later] = [
  "2020-01-01T00:00:00.000Z",
  "2020-06-01T00:00:00.000Z",
  "2100-01-01T00:00:00.000Z",
];
const key = { connection: erp, entity: "invoices", id: externalId("i-1") };

/** What every store does with what records showed before. */
export function historySuite(name: string, open: () => Promise<Store>): void {
  describe(`former states (${name})`, () => {
    let store: Store;
    let reads: number;

    beforeEach(async () => {
      store = await open();
      await store.migrate();
      reads = 10;
    });

    const read = async (change: Partial<StoredObservation>, entity = "invoices"): Promise<void> => {
      reads += 10;
      const span = { readStart: reads, readEnd: reads + 1, version: String(reads), versionOrder: reads };
      await store.checkpoint({
        observations: [{ ...seen("i-1", { connection: erp, entity }), ...span, ...change }],
        unreadable: [],
        cursor: null,
        runId: null,
      });
    };
    const cursor = async (change: {
      readonly readSince?: string;
      readonly sweptAt?: string;
    }): Promise<void> => {
      const at = { ...(await store.loadCursor(erp, "invoices")), backfilledAt: long };
      await store.checkpoint({
        observations: [],
        unreadable: [],
        cursor: { ...at, ...change },
        runId: null,
      });
    };
    /** What is kept after one change, whose stamp is that one. */
    const formerAfter = async (modifiedAt: number): Promise<FormerState | undefined> => {
      await read({ contentHash: "other", modifiedAt });
      return (await store.historyOf([key])).flatMap((each) => each.before)[0];
    };

    test("a state that another one takes the place of is kept, one that stays the same is not", async () => {
      await read({ native: { gross: "1" }, contentHash: "a", modifiedAt: 5 });
      await read({ native: { gross: "1" }, contentHash: "a", modifiedAt: 6 });
      expect((await store.historyOf([key]))[0]?.before).toEqual([]);
      await read({ native: { gross: "2" }, contentHash: "b", modifiedAt: 7 });
      const [history] = await store.historyOf([key]);
      expect(history?.before.map(({ native, kind, modifiedAt }) => [native, kind, modifiedAt])).toEqual([
        [{ gross: "1" }, "present", 6],
      ]);
      expect(history?.now.native).toEqual({ gross: "2" });
      expect(history?.before[0]?.until).toBe(history?.since);
    });

    test("a record that is gone is kept as it was", async () => {
      await read({ native: { gross: "1" }, contentHash: "a" });
      await read({ native: {}, contentHash: "a", kind: "deleted", modifiedAt: null });
      const [history] = await store.historyOf([key]);
      expect(history?.now.kind).toBe("deleted");
      expect(history?.before.map(({ native, kind }) => [native, kind])).toEqual([
        [{ gross: "1" }, "present"],
      ]);
    });

    test("nothing is kept of what no statement adds up as of a day", async () => {
      await cursor({ readSince: lately });
      await read({ contentHash: "a" }, "accounts");
      await read({ contentHash: "b" }, "accounts");
      const [history] = await store.historyOf([{ ...key, entity: "accounts" }]);
      expect([history?.before, history?.absentUntil]).toEqual([[], null]);
    });

    test("a reading since a stamp vouches for a change that is stamped", async () => {
      await read({ contentHash: "a", modifiedAt: 5 });
      await cursor({ sweptAt: long, readSince: later });
      const former = await formerAfter(6);
      // No clock of a reading may claim more than the store's own.
      expect(former?.heldUntil).toBe(former?.until);
    });

    test("and for none that leaves no stamp: only a whole reading does", async () => {
      await read({ contentHash: "a", modifiedAt: 5 });
      await cursor({ sweptAt: long, readSince: later });
      const former = await formerAfter(5);
      expect(former?.heldUntil).toBe(former?.since);
    });

    test("a row that could not be read is vouched for by no reading", async () => {
      await read({ contentHash: "a", modifiedAt: 5 });
      await cursor({ sweptAt: later, readSince: later });
      await store.checkpoint({
        observations: [],
        unreadable: [{ ...key, failure }],
        cursor: null,
        runId: null,
      });
      const former = await formerAfter(6);
      expect(former?.heldUntil).toBe(former?.since);
    });

    test("a record that is seen first is known not to have been there when all was read before", async () => {
      await cursor({ readSince: lately });
      await read({ contentHash: "a" });
      const [history] = await store.historyOf([key]);
      expect(history?.absentUntil).toBe(Date.parse(lately));
    });
  });
}
