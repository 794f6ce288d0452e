import { beforeEach, describe, expect, test } from "vitest";
import { connectionId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import type { Store } from "../port.ts";

const erp = connectionId("erp");

/** What every store does with quotas. */
export function quotaSuite(name: string, open: () => Promise<Store>): void {
  describe(`quotas (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("a connection nobody has called has none, and the store tells its own time", async () => {
      const first = await store.loadQuota(erp);
      expect(first).toMatchObject({ state: null, rev: 0 });
      expect(first.now).toBeGreaterThan(0);
      expect((await store.loadQuota(erp)).now).toBeGreaterThanOrEqual(first.now);
    });

    test("is stored under the revision that was read, and under no other", async () => {
      const state: Json = { charges: [{ calls: 8, from: 1.5, isOpen: true }], pause: null };
      expect(await store.saveQuota(erp, { rev: 0, state })).toBe(true);
      expect(await store.loadQuota(erp)).toMatchObject({ state, rev: 1 });
      expect(await store.saveQuota(erp, { rev: 0, state: {} })).toBe(false);
      expect(await store.saveQuota(erp, { rev: 2, state: {} })).toBe(false);
      expect(await store.saveQuota(erp, { rev: 1, state: {} })).toBe(true);
      expect(await store.loadQuota(erp)).toMatchObject({ state: {}, rev: 2 });
      expect(await store.loadQuota(connectionId("crm"))).toMatchObject({ state: null, rev: 0 });
    });

    test("of many that store at one time one is first, each time", async () => {
      let stored = 0;
      const add = async (): Promise<void> => {
        for (;;) {
          const { rev, state } = await store.loadQuota(erp);
          const count = state === null ? 0 : Number(state);
          if (!(await store.saveQuota(erp, { rev, state: count + 1 }))) continue;
          stored += 1;
          return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, add));
      expect([stored, (await store.loadQuota(erp)).state]).toEqual([20, 20]);
    });
  });
}
