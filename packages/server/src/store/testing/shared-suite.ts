import { beforeEach, describe, expect, test } from "vitest";
import { connectionId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import type { SharedChange, SharedDocument, Store } from "../port.ts";

const erp = connectionId("erp");

/** What every store does with documents that workers share. */
export function sharedSuite(name: string, open: () => Promise<Store>): void {
  describe.each(["Quota", "Token"] as const)(`%s that workers share (${name})`, (which) => {
    let store: Store;
    const load = (id = erp): Promise<SharedDocument> => store[`load${which}`](id);
    const save = (change: SharedChange): Promise<boolean> => store[`save${which}`](erp, change);
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("a connection nobody has called has none, and the store tells its own time", async () => {
      const first = await load();
      expect(first).toMatchObject({ state: null, rev: 0 });
      expect(first.now).toBeGreaterThan(0);
      expect((await load()).now).toBeGreaterThanOrEqual(first.now);
    });

    test("is stored under the revision that was read, and under no other", async () => {
      const state: Json = { charges: [{ calls: 8, from: 1.5, isOpen: true }], pause: null };
      expect(await save({ rev: 0, state })).toBe(true);
      expect(await load()).toMatchObject({ state, rev: 1 });
      expect(await save({ rev: 0, state: {} })).toBe(false);
      expect(await save({ rev: 2, state: {} })).toBe(false);
      expect(await save({ rev: 1, state: {} })).toBe(true);
      expect(await load()).toMatchObject({ state: {}, rev: 2 });
      expect(await load(connectionId("crm"))).toMatchObject({ state: null, rev: 0 });
    });

    test("of many that store at one time one is first, each time", async () => {
      let stored = 0;
      const add = async (): Promise<void> => {
        for (;;) {
          const { rev, state } = await load();
          const count = state === null ? 0 : Number(state);
          if (!(await save({ rev, state: count + 1 }))) continue;
          stored += 1;
          return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, add));
      expect([stored, (await load()).state]).toEqual([20, 20]);
    });
  });
}
