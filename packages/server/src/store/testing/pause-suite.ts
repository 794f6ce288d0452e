import { beforeEach, describe, expect, test } from "vitest";
import { connectionId, externalId } from "@crossfoot/kernel";
import type { Store } from "../port.ts";

const crm = connectionId("crm");
const erp = connectionId("erp");
const sign = { holder: "one", isAlone: false, ttlMs: 60_000 };

/** What every store does with pauses. */
export function pauseSuite(name: string, open: () => Promise<Store>): void {
  describe(`pauses (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("stand until somebody ends them; who paused first stays, and the journal tells both", async () => {
      const what = { kind: "connection", name: "erp" } as const;
      expect(await store.pause(what, "ada")).toBe(true);
      expect(await store.pause(what, "ben")).toBe(false);
      expect(await store.listPauses()).toMatchObject([{ ...what, by: "ada" }]);
      expect(await store.resume(what, "ben")).toBe(true);
      expect(await store.resume(what, "ben")).toBe(false);
      expect(await store.listPauses()).toEqual([]);
      const { entries, broken } = await store.verifyJournal();
      expect([entries, broken]).toEqual([2, []]);
    });

    test("are told to every worker with its sign of life", async () => {
      expect((await store.beat(sign)).pauses).toEqual([]);
      await store.pause({ kind: "entity", name: "quotes" }, "ada");
      await store.pause({ kind: "connection", name: "crm" }, "ada");
      expect((await store.beat(sign)).pauses).toEqual([
        { kind: "connection", name: "crm" },
        { kind: "entity", name: "quotes" },
      ]);
    });

    test("keep hints where they are: those of others are taken, theirs when they end", async () => {
      const hint = (connection: typeof crm, entity: "accounts" | "quotes", id: string) => {
        return { connection, entity, id: externalId(id) };
      };
      await store.saveDeliveries([
        { connection: crm, id: "d1", hints: [hint(crm, "accounts", "a"), hint(crm, "quotes", "q")] },
      ]);
      await store.saveDeliveries([{ connection: erp, id: "d2", hints: [hint(erp, "accounts", "e")] }]);
      await store.pause({ kind: "entity", name: "quotes" }, "ada");
      await store.pause({ kind: "connection", name: "erp" }, "ada");
      expect(await store.takeHints(10)).toEqual([hint(crm, "accounts", "a")]);
      await store.resume({ kind: "entity", name: "quotes" }, "ada");
      await store.resume({ kind: "connection", name: "erp" }, "ada");
      expect((await store.takeHints(10)).map(({ id }) => id).toSorted()).toEqual(["e", "q"]);
    });

    test("shards are listed with who holds them, and since when", async () => {
      expect(new Set((await store.listShards()).map(({ holder }) => holder))).toEqual(new Set([null]));
      await store.beat(sign);
      await store.takeShards(sign, 2);
      const listed = await store.listShards();
      expect(listed.slice(0, 3).map(({ shard, holder }) => [shard, holder])).toEqual([
        [0, "one"],
        [1, "one"],
        [2, null],
      ]);
      expect(listed.slice(0, 3).map(({ since }) => since === null)).toEqual([false, false, true]);
    });
  });
}
