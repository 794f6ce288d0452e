import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../port.ts";

const never = { everyMs: 86_400_000, patienceMs: 86_400_000 };
const always = { everyMs: 0, patienceMs: 0 };

/** What every store does with looks for duplicates that come by themselves. */
export function lookSuite(name: string, open: () => Promise<Store>): void {
  describe(`looks for duplicates (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("of several workers one takes the look, and nobody while it is under way", async () => {
      const taken = [1, 2, 3].map(() => store.takeLook("accounts", never));
      expect((await Promise.all(taken)).filter(Boolean)).toHaveLength(1);
      expect(await store.takeLook("accounts", { ...never, everyMs: 0 })).toBe(false);
      expect(await store.takeLook("contacts", never)).toBe(true);
      expect(await store.listLooks()).toEqual([
        { entity: "accounts", lookedAt: null, body: null },
        { entity: "contacts", lookedAt: null, body: null },
      ]);
    });

    test("one that ended is not due before its time; one that never did is free again", async () => {
      await store.endLook("accounts", { records: 1 });
      expect(await store.takeLook("accounts", { ...never, patienceMs: 0 })).toBe(false);
      expect(await store.takeLook("accounts", { ...never, everyMs: 0 })).toBe(true);
      expect(await store.takeLook("accounts", { ...never, everyMs: 0 })).toBe(false);
      expect(await store.takeLook("accounts", always)).toBe(true);
      await store.endLook("accounts", { records: 2 });
      const [look] = await store.listLooks();
      expect([look?.entity, look?.body]).toEqual(["accounts", { records: 2 }]);
      expect(Date.parse(look?.lookedAt ?? "")).not.toBeNaN();
      expect(await store.takeLook("accounts", { ...never, everyMs: 0 })).toBe(true);
    });
  });
}
