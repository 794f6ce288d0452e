import { createHash } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { externalId, linkId } from "@crossfoot/kernel";
import type { Intent, Lease, Rights, Store } from "../port.ts";
import type { OpenedStore, StoreHome } from "./homes.ts";
import { crm, erp, intent, outcome } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const intentOf = (name: string, kind: Intent["kind"]): Intent =>
  intent(linkId(`l-${name}`), {
    ...{ key: `${kind} ${name}`, kind, id: kind === "create" ? null : externalId("e1") },
    ...{ reference: `CF-${name}`, contentHash: `${kind} ${name}`, fields: { name } },
  });

const entropy = {
  digest: (text: string): string => createHash("sha256").update(text).digest("hex"),
  uuid: () => "u",
};
const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
const confirmed = { above: 0, by: "ada", homeMark: null, broken: [] };

/** What every store does about its epochs. */
export function epochSuite(home: StoreHome): void {
  describe(`epochs (${home.name})`, () => {
    let store: Store;
    let forge: OpenedStore["forge"];
    let rights: Rights;
    let matching: Lease;
    const take = async (): Promise<void> => {
      rights = await takeAll(store, "one");
      matching = await matchAccounts(store, "one");
    };
    beforeEach(async () => {
      ({ store, forge } = await home.open({ entropy, clock }));
      await store.migrate();
      await take();
    });

    const link = async (name: string): Promise<void> => {
      const record = { connection: crm, entity: "accounts", id: externalId(name) };
      const seen = { kind: "present", version: "1", versionOrder: 1, modifiedAt: 1, actor: null } as const;
      const read = { into: null, via: "poll", readStart: 1, readEnd: 2 } as const;
      const observation = { ...record, ...seen, ...read, native: { name }, contentHash: name };
      await store.checkpoint({ observations: [observation], unreadable: [], cursor: null, runId: null });
      const keys = [`key ${name}`];
      const resolution = { kind: "found", link: linkId(`l-${name}`), generation: 1, keys } as const;
      await store.commitResolutions([{ record, resolution }], null, matching);
    };
    const decide = (name: string, kind: Intent["kind"]): Promise<void> =>
      store.storeIntents([intentOf(name, kind)], null, rights);
    const stateOf = async (name: string): Promise<readonly string[]> =>
      (await store.intentsOf([linkId(`l-${name}`)])).map(({ kind, state }) => `${kind} ${state}`);
    const doubtful = () => store.doubtfulIntents({ rights, target: erp, entity: "accounts", limit: 10 });
    const claim = (keys: readonly string[] | null, sendWithinMs: number) =>
      store.claimIntents({ rights, target: erp, entity: "accounts", limit: 1, keys, sendWithinMs });

    test("a store that nobody held is in its first epoch", async () => {
      expect(await store.loadEpoch()).toMatchObject({ number: 1, state: "confirmed", confirmedForMs: null });
      await store.markHome("here");
      expect(await store.loadEpoch()).toMatchObject({ number: 1, state: "confirmed", homeMark: "here" });
    });

    test("what is held stays held for its first reason until a person confirms", async () => {
      await store.holdEpoch("it is older than it was");
      await store.holdEpoch("another reason");
      expect(await store.loadEpoch()).toMatchObject({ state: "held", reason: "it is older than it was" });
      const next = await store.confirmEpoch({ above: 4, by: "ada", homeMark: "there", broken: [] });
      expect(next).toMatchObject({ number: 5, state: "recovering", confirmedBy: "ada", homeMark: "there" });
      expect(next.confirmedForMs).toBeGreaterThanOrEqual(0);
      expect((await store.verifyJournal()).broken).toEqual([]);
    });

    test("entries that were changed or lost are told until a person has accepted them", async () => {
      for (const name of ["a", "b", "c"]) await link(name);
      await forge(linkId("l-a"), { forged: true });
      await forge(linkId("l-b"), null);
      const { broken } = await store.verifyJournal();
      expect(broken.length).toBeGreaterThan(0);
      // Entry by entry or by the newest ones, and as often as one looks.
      expect((await store.verifyJournal(1_000)).broken).toEqual(broken);
      await store.confirmEpoch({ ...confirmed, broken });
      await take();
      await link("d");
      const after = await store.verifyJournal();
      expect(after.broken).toEqual([]);
      expect(after.accepted).toEqual(broken.filter(({ seq }) => seq !== null));
      await forge(linkId("l-c"), { forged: true });
      expect((await store.verifyJournal()).broken).not.toEqual([]);
    });

    test("a chain whose newest entry is lost goes on from the one before it, once accepted", async () => {
      await link("a");
      await forge(linkId("l-a"), null);
      const { broken } = await store.verifyJournal();
      expect(broken.filter(({ seq }) => seq === null)).toHaveLength(1);
      await store.confirmEpoch({ ...confirmed, broken });
      await take();
      await link("a2");
      await link("b2");
      expect((await store.verifyJournal()).broken).toEqual([]);
    });

    test("whoever held a lease before commits nothing after", async () => {
      await link("a");
      await store.confirmEpoch(confirmed);
      await expect(decide("a", "create")).rejects.toThrow("held by another worker");
      await expect(link("b")).rejects.toThrow("held by another worker");
      const before = rights.shards.map(({ fence }) => fence);
      await take();
      expect(rights.shards.length).toBe(before.length);
      expect(Math.min(...rights.shards.map(({ fence }) => fence))).toBeGreaterThan(
        Math.max(...before) + 1_000,
      );
    });

    test("every write that was not over is in doubt, its absence counted from the confirmation", async () => {
      for (const name of ["a", "b", "c"]) await link(name);
      await decide("a", "create");
      await decide("b", "update");
      await decide("c", "create");
      const [claimed] = await claim(["create c"], 600_000);
      expect(claimed?.key).toBe("create c");
      await store.confirmEpoch(confirmed);
      await take();
      const found = await doubtful();
      expect(found.map(({ key }) => key).toSorted()).toEqual(["create a", "create c", "update b"]);
      for (const each of found) {
        expect(each).toMatchObject({ state: "in_doubt", isForgotten: true });
        expect(each.quietForMs).toBeGreaterThanOrEqual(0);
        expect(each.quietForMs).toBeLessThan(300_000);
      }
      const told = await store.journalOf(linkId("l-a"), 10);
      expect(told.map(({ kind }) => kind)).toContain("intent_in_doubt");
    });

    test("a create of a link from before is asked about before it is sent, others are sent", async () => {
      await link("a");
      await store.confirmEpoch(confirmed);
      await take();
      await link("b");
      for (const name of ["a", "b"]) {
        await decide(name, "create");
        await decide(name, "update");
      }
      // A link that is made while the recovery goes on may be one that was there in the forgotten life.
      expect([await stateOf("a"), await stateOf("b")]).toEqual([
        ["create in_doubt", "update stored"],
        ["create in_doubt", "update stored"],
      ]);
    });

    test("links that are made when the recovery is over are as any", async () => {
      const { number } = await store.confirmEpoch(confirmed);
      expect([await store.endRecovery(number + 1), await store.endRecovery(number)]).toEqual([false, true]);
      expect(await store.endRecovery(number)).toBe(false);
      await take();
      await link("a");
      await decide("a", "create");
      expect(await stateOf("a")).toEqual(["create stored"]);
      expect(await store.loadEpoch()).toMatchObject({ number, state: "confirmed" });
    });

    test("a create that was set aside and is decided again is asked about first", async () => {
      await link("a");
      await decide("a", "create");
      await claim(null, 1);
      await store.commitOutcomes([outcome(intentOf("a", "create"), { state: "parked" })], null, rights);
      await store.confirmEpoch(confirmed);
      await take();
      expect(await stateOf("a")).toEqual(["create parked"]);
      await decide("a", "create");
      expect(await stateOf("a")).toEqual(["create in_doubt"]);
    });

    test("plans of before are void", async () => {
      await store.savePlan("p-1", {});
      await store.confirmEpoch(confirmed);
      await store.savePlan("p-2", {});
      const void1 = (await store.loadPlan("p-1"))?.isVoid;
      expect([void1, (await store.loadPlan("p-2"))?.isVoid]).toEqual([true, false]);
    });

    test("what was read as a whole is known until the next confirmation", async () => {
      await store.confirmEpoch(confirmed);
      const swept = [{ connection: erp, entity: "accounts" }];
      await store.noteSwept(swept);
      await store.noteSwept(swept);
      expect((await store.loadEpoch()).swept).toEqual(swept);
      await store.confirmEpoch(confirmed);
      expect(await store.loadEpoch()).toMatchObject({ number: 3, swept: [] });
    });

    test("an entry of the journal is known by its place and its hash", async () => {
      await store.holdEpoch("older");
      const heads = await store.journalHeads();
      expect(heads.length).toBeGreaterThan(0);
      expect(await store.knownEntries(heads)).toEqual(heads);
      const forged = heads.map((head) => ({ ...head, hash: "another" }));
      const later = heads.map((head) => ({ ...head, seq: head.seq + 1 }));
      expect(await store.knownEntries([...forged, ...later])).toEqual([]);
    });
  });
}
