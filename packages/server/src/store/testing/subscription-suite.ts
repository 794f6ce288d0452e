import { beforeEach, describe, expect, test } from "vitest";
import { LeaseLost } from "../port.ts";
import type { AttemptDraft, Store, SubscriptionRight } from "../port.ts";

const places = [3, 1];
const claim = { name: "warehouse", holder: "one", ttlMs: 60_000, places };
const told: AttemptDraft = {
  ...{ shard: 1, seq: 2, kind: "run.ended", attempt: 1, state: "delivered", status: 200, cause: null },
  ...{ ms: 12, nextInMs: null, isAgain: false },
};
const failed: AttemptDraft = {
  ...{ ...told, state: "waiting", status: 503, cause: "answered 503", nextInMs: 60_000 },
};

/** What every store does with those whom events are told to, and with the attempts. */
export function subscriptionSuite(name: string, open: () => Promise<Store>): void {
  describe(`subscriptions (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });
    const taken = async (more: Partial<typeof claim> = {}): Promise<SubscriptionRight> => {
      const claimed = await store.claimSubscription({ ...claim, ...more });
      if (claimed === null) throw new Error("another worker holds it");
      return claimed.right;
    };

    test("one worker at a time tells it; who lost it keeps nothing", async () => {
      const right = await taken();
      expect(await store.claimSubscription({ ...claim, holder: "two" })).toBeNull();
      expect(await taken({ places: [9] })).toEqual(right);
      await store.releaseSubscription(right);
      const other = await store.claimSubscription({ ...claim, holder: "two", places: [9] });
      expect(other).toMatchObject({ state: "open", places, right: { holder: "two", fence: 2 } });
      const step = { places: [4, 1], attempt: told, stop: null };
      await expect(store.commitStep(right, step)).rejects.toThrow(LeaseLost);
      expect(await store.listAttempts({ name: "warehouse", limit: 9, before: null })).toEqual([]);
      expect(await store.listSubscriptions()).toMatchObject([{ places }]);
      // Nobody gives back what is another's.
      await store.releaseSubscription(right);
      expect(await store.claimSubscription(claim)).toBeNull();
    });

    test("a holder who was not heard of in time is taken over", async () => {
      await taken({ ttlMs: -1 });
      expect((await taken({ holder: "two" })).fence).toBe(2);
    });

    test("an attempt and the place behind it are one commit; what waits is the newest attempt", async () => {
      const right = await taken();
      await store.commitStep(right, { places: [3, 2], attempt: failed, stop: null });
      const [waiting] = await store.waitingDeliveries("warehouse", 10);
      expect(waiting).toMatchObject({ shard: 1, seq: 2, attempt: 1, isAgain: false });
      expect(waiting?.dueInMs).toBeGreaterThan(50_000);
      await store.commitStep(right, { places: null, attempt: { ...told, attempt: 2 }, stop: null });
      expect(await store.waitingDeliveries("warehouse", 10)).toEqual([]);
      const rows = await store.listAttempts({ name: "warehouse", limit: 9, before: null });
      expect(rows.map(({ number, attempt, state }) => [number, attempt, state])).toEqual([
        [2, 2, "delivered"],
        [1, 1, "failed"],
      ]);
      expect(rows.map(({ nextAt }) => nextAt)).toEqual([null, null]);
      expect(await store.listAttempts({ name: "warehouse", limit: 9, before: 2 })).toEqual([rows[1]]);
      const [row] = await store.listSubscriptions();
      expect(row).toMatchObject({ state: "open", places: [3, 2], waiting: 0, parked: 0 });
      expect(row?.deliveredAt).toBe(rows[0]?.at);
    });

    test("a refused attempt leaves nothing, the place neither", async () => {
      const right = await taken();
      const wrong = { ...told, state: "nonsense" as "waiting" };
      const step = { places: [9, 9], attempt: wrong, stop: null };
      await expect(store.commitStep(right, step)).rejects.toThrow("subscription_delivery_state_check");
      expect(await store.listSubscriptions()).toMatchObject([{ places }]);
    });

    test("what is parked, or was delivered, is told again when asked for, and holds nothing up", async () => {
      const right = await taken();
      const parked = { ...failed, state: "parked", nextInMs: null } as const;
      await store.commitStep(right, { places: null, attempt: parked, stop: "answered 410" });
      await store.commitStep(right, { places: null, attempt: { ...told, seq: 5 }, stop: null });
      expect(await store.listSubscriptions()).toMatchObject([
        { state: "stopped", reason: "answered 410", parked: 1 },
      ]);
      expect(await store.redeliver("nobody", { number: null, by: "ada" })).toBeNull();
      expect(await store.redeliver("warehouse", { number: 9, by: "ada" })).toBeNull();
      expect(await store.redeliver("warehouse", { number: null, by: "ada" })).toBe(1);
      expect(await store.listSubscriptions()).toMatchObject([
        { state: "open", reason: null, parked: 0, waiting: 1 },
      ]);
      expect(await store.redeliver("warehouse", { number: 2, by: "ada" })).toBe(1);
      // Asked for twice is asked for once.
      expect(await store.redeliver("warehouse", { number: 2, by: "ben" })).toBe(1);
      const waiting = await store.waitingDeliveries("warehouse", 10);
      expect(waiting).toEqual([
        { shard: 1, seq: 2, attempt: 0, isAgain: true, dueInMs: 0 },
        { shard: 1, seq: 5, attempt: 0, isAgain: true, dueInMs: 0 },
      ]);
      const again = { ...told, isAgain: true };
      await store.commitStep(right, { places: null, attempt: again, stop: null });
      const rows = await store.listAttempts({ name: "warehouse", limit: 9, before: null });
      expect(rows.map(({ number, state, askedBy }) => [number, state, askedBy])).toEqual([
        [5, "delivered", null],
        [4, "waiting", "ada"],
        [2, "delivered", null],
        [1, "failed", null],
      ]);
    });

    test("what holds the rest up comes first", async () => {
      const right = await taken();
      await store.commitStep(right, { places: null, attempt: { ...told, seq: 1 }, stop: null });
      await store.redeliver("warehouse", { number: 1, by: "ada" });
      await store.commitStep(right, { places: null, attempt: failed, stop: null });
      const [first] = await store.waitingDeliveries("warehouse", 1);
      expect(first).toMatchObject({ seq: 2, isAgain: false });
    });

    test("attempts are forgotten by their age, never one that waits", async () => {
      const right = await taken();
      await store.commitStep(right, { places: null, attempt: told, stop: null });
      await store.commitStep(right, { places: null, attempt: { ...failed, seq: 3 }, stop: null });
      expect(await store.forgetAttempts(3_600_000)).toBe(0);
      expect(await store.forgetAttempts(-3_600_000)).toBe(1);
      const left = await store.listAttempts({ name: "warehouse", limit: 9, before: null });
      expect(left.map(({ state }) => state)).toEqual(["waiting"]);
    });
  });
}
