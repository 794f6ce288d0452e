import { beforeEach, describe, expect, test } from "vitest";
import type { IssuedStatement, Store } from "../port.ts";

/** What every store does with statements that were handed out. */
export function statementSuite(name: string, open: () => Promise<Store>): void {
  describe(`statements (${name})`, () => {
    let store: Store;
    const issued = (number: number, before: string): IssuedStatement => ({
      number,
      madeAt: "2026-02-01T00:00:00.000Z",
      hash: `h${number}`,
      before,
      parts: { head: "p" },
    });
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("are a chain: each follows from the newest, and the journal tells it", async () => {
      expect(await store.lastStatement()).toBe(null);
      expect(await store.appendStatement(issued(1, ""))).toBe(true);
      expect(await store.appendStatement(issued(2, "h1"))).toBe(true);
      expect(await store.lastStatement()).toEqual(issued(2, "h1"));
      expect([await store.loadStatement(1), await store.loadStatement(9)]).toEqual([issued(1, ""), null]);
      const { entries, broken } = await store.verifyJournal();
      expect([entries, broken]).toEqual([2, []]);
    });

    test("one that does not follow from the newest is not added", async () => {
      await store.appendStatement(issued(1, ""));
      expect(await store.appendStatement(issued(1, ""))).toBe(false);
      expect(await store.appendStatement(issued(3, "h1"))).toBe(false);
      expect(await store.appendStatement(issued(2, "other"))).toBe(false);
      expect((await store.lastStatement())?.number).toBe(1);
    });

    test("of two at once one is added", async () => {
      await store.appendStatement(issued(1, ""));
      const both = await Promise.all(
        [issued(2, "h1"), issued(2, "h1")].map((one) => store.appendStatement(one)),
      );
      expect(both.filter((isAdded) => isAdded).length).toBe(1);
    });
  });
}
