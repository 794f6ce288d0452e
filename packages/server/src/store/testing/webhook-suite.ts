import { beforeEach, describe, expect, test } from "vitest";
import { connectionId, externalId } from "@crossfoot/kernel";
import type { Store } from "../port.ts";

const crm = connectionId("crm");
const erp = connectionId("erp");
const hint = (connection: typeof crm, id: string) =>
  ({ connection, entity: "accounts", id: externalId(id) }) as const;

/** What every store does with deliveries, the hints they left, and their counts. */
export function webhookSuite(name: string, open: () => Promise<Store>): void {
  describe(`deliveries (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("one that comes twice leaves one set of hints, in one list and in two", async () => {
      const first = { connection: crm, id: "d1", hints: [hint(crm, "a")] };
      const second = { connection: crm, id: "d2", hints: [hint(crm, "a"), hint(crm, "b")] };
      expect(await store.saveDeliveries([first, first])).toEqual(["stored", "known"]);
      expect(await store.saveDeliveries([second, first])).toEqual(["stored", "known"]);
      expect((await store.takeHints(10)).map(({ id }) => id).toSorted()).toEqual(["a", "b"]);
      expect(await store.saveDeliveries([first])).toEqual(["known"]);
      expect(await store.takeHints(10)).toEqual([]);
      expect(await store.saveDeliveries([])).toEqual([]);
    });

    test("of one id from two connections are two, and their hints are counted apart", async () => {
      const of = (connection: typeof crm, id: string) => ({
        connection,
        id: "d",
        hints: [hint(connection, id)],
      });
      expect(await store.saveDeliveries([of(erp, "e"), of(crm, "c")])).toEqual(["stored", "stored"]);
      await store.saveDeliveries([{ connection: crm, id: "d2", hints: [hint(crm, "c2")] }]);
      expect(await store.countHints()).toEqual([
        { connection: crm, count: 2 },
        { connection: erp, count: 1 },
      ]);
      expect((await store.takeHints(2)).length).toBe(2);
      expect((await store.countHints()).reduce((sum, { count }) => sum + count, 0)).toBe(1);
    });

    test("are counted by what became of them and by the secret; the last reason stays", async () => {
      const forged = {
        connection: crm,
        outcome: "forged",
        secret: "",
        count: 3,
        reason: "no token",
      } as const;
      const taken = {
        connection: crm,
        outcome: "accepted",
        secret: "hook",
        count: 2,
        reason: null,
      } as const;
      await store.addDeliveryCounts([forged, taken]);
      await store.addDeliveryCounts([
        { ...forged, count: 4, reason: "no signature" },
        { ...taken, secret: "hookNext", count: 1 },
      ]);
      await store.addDeliveryCounts([{ ...forged, count: 1, reason: null }]);
      const shown = (await store.deliveryCounts()).map((row) => [
        row.outcome,
        row.secret,
        row.count,
        row.reason,
      ]);
      expect(shown).toEqual([
        ["accepted", "hook", 2, null],
        ["accepted", "hookNext", 1, null],
        ["forged", "", 8, "no signature"],
      ]);
      expect((await store.deliveryCounts())[0]?.lastAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    });
  });
}
