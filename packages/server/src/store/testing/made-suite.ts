import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { Intent, IntentOutcome, MadeQuery, Rights, Store } from "../port.ts";
import type { StoreHome } from "./homes.ts";
import { crm, erp, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const link = linkId("l-a");

const update = (key: string, change: Partial<Intent> = {}): Intent => ({
  ...{ key, link, entity: "accounts", generation: 1, target: erp, kind: "update", state: "stored", step: 0 },
  ...{ id: externalId("e1"), reference: "CF", precondition: null, contentHash: key, fields: { name: "b" } },
  ...{ transition: null, causes: [], sourceImages: {}, shared: [], group: null, plan: null, runId: null },
  ...{ before: { name: { name: "a" } }, undo: null, attempts: 0, fence: 0, sendDeadline: null },
  ...{ abandonedAt: null, failure: null },
  ...change,
});

const settled = (intent: Intent, change: Partial<IntentOutcome> = {}): IntentOutcome => ({
  ...{ intent, state: "settled", id: intent.id, failure: null, dueInMs: null, isAbandoned: false },
  ...{ observation: null, baseMoves: [], landedImages: null, after: { name: { name: "b" } }, losses: [] },
  ...{ lines: [], park: null, isToDecide: false, linkState: null },
  ...change,
});

/** What every store promises of writes that are to be taken back, and of those that take them back. */
export function madeSuite(home: StoreHome): void {
  let store: Store;
  let rights: Rights;

  beforeEach(async () => {
    const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
    const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
    ({ store } = await home.open({ entropy: { digest, uuid: () => "u" }, clock }));
    await store.migrate();
    rights = await takeAll(store, "one");
    const record = { connection: crm, entity: "accounts", id: externalId("c1") };
    await store.checkpoint({ observations: [seen("c1")], unreadable: [], cursor: null, runId: null });
    const resolution = { kind: "found", link, generation: 1, keys: [] } as const;
    await store.commitResolutions([{ record, resolution }], null, await matchAccounts(store, "one"));
  });

  /** Stores a write in one run, and settles it in another. */
  async function make(intent: Intent, runs: { stored: string; settled: string }, change = {}): Promise<void> {
    await store.storeIntents([intent], runs.stored, rights);
    const [claimed] = await store.claimIntents({
      ...{ rights, target: erp, entity: "accounts", limit: 5, sendDeadline: 5, sendWithinMs: 5, keys: null },
    });
    await store.commitOutcomes([settled(claimed ?? intent, change)], runs.settled, rights);
  }
  const keysOf = async (query: Omit<MadeQuery, "limit" | "after">): Promise<readonly string[]> =>
    (await store.madeWrites({ ...query, limit: 9, after: null } as MadeQuery)).map(({ key }) => key);

  describe(`writes that were made (${home.name})`, () => {
    test("are found by the run that decided them and by the one that carried them out", async () => {
      await make(update("k1"), { stored: "r1", settled: "r2" });
      await make(update("k2"), { stored: "r3", settled: "r3" });
      expect(await keysOf({ by: "run", run: "r1" } as never)).toEqual(["k1"]);
      expect(await keysOf({ by: "run", run: "r2" } as never)).toEqual(["k1"]);
      expect(await keysOf({ by: "run", run: "r3" } as never)).toEqual(["k2"]);
      expect(await keysOf({ by: "write", key: "k2" } as never)).toEqual(["k2"]);
      const [first] = await store.madeWrites({ by: "write", key: "k1", limit: 9, after: null });
      const said = { runId: "r2", decidedIn: "r1", target: "erp", kind: "update", id: "e1", undo: null };
      expect(first).toMatchObject({
        ...said,
        before: { name: { name: "a" } },
        after: { name: { name: "b" } },
      });
    });

    test("are found by their plan, and by the runs that applied it", async () => {
      await store.savePlan("p-1", {});
      await store.startRun("r1", "apply p-1", "one");
      await make(update("k1", { plan: { id: "p-1", number: 1 } }), { stored: "r0", settled: "r0" });
      await make(update("k2"), { stored: "r1", settled: "r1" });
      await make(update("k3"), { stored: "r2", settled: "r2" });
      expect(await keysOf({ by: "plan", plan: "p-1" } as never)).toEqual(["k1", "k2"]);
    });

    test("of one link are found since an instant, page by page", async () => {
      await make(update("k1"), { stored: "r1", settled: "r1" });
      await make(update("k2"), { stored: "r1", settled: "r1" });
      const query = { by: "links", links: [link], since: null } as const;
      const [first] = await store.madeWrites({ ...query, limit: 1, after: null });
      expect(first?.key).toBe("k1");
      const after = { shard: first?.shard ?? 0, seq: first?.seq ?? 0 };
      expect((await store.madeWrites({ ...query, limit: 9, after })).map(({ key }) => key)).toEqual(["k2"]);
      expect(
        await keysOf({ by: "links", links: [link], since: "2026-01-05T07:59:59Z" } as never),
      ).toHaveLength(2);
      expect(await keysOf({ by: "links", links: [link], since: "2026-01-05T08:00:01Z" } as never)).toEqual(
        [],
      );
    });
  });

  describe(`writes of an undo (${home.name})`, () => {
    const undo = { by: "ada", marked: ["name"], link: null } as const;
    const mark = { plan: "p-1", by: "ada", at: "2026-01-05T08:00:00.000Z" };
    const move = (images: object, undone?: object): Partial<IntentOutcome> => ({
      baseMoves: [
        { connection: erp, images, kind: null, ...(undone === undefined ? {} : { undone }) } as never,
      ],
    });
    async function marks(): Promise<object | undefined> {
      const [bundle] = await store.loadBundles([link]);
      return bundle?.members.find(({ connection }) => connection === crm)?.undone;
    }

    test("leave a mark on the base, until the base of the field moves again", async () => {
      const runs = { stored: "r1", settled: "r1" };
      const crmMove = (images: object, undone?: object): Partial<IntentOutcome> => {
        const [one] = move(images, undone).baseMoves ?? [];
        return { baseMoves: [{ ...one, connection: crm } as never] };
      };
      const made = update("k1", { undo });
      await make(made, runs, crmMove({ name: { name: "a" }, email: { email: "e" } }, { name: mark }));
      expect(await marks()).toEqual({ name: mark });
      expect((await store.madeWrites({ by: "write", key: "k1", limit: 1, after: null }))[0]?.undo).toEqual(
        undo,
      );
      await make(update("k2"), runs, crmMove({ email: { email: "f" } }));
      expect(await marks()).toEqual({ name: mark });
      await make(update("k3"), runs, crmMove({ name: { name: "c" } }));
      expect(await marks()).toEqual({});
    });

    test("end the link with a tombstone, and an undo of that lets it live again", async () => {
      const runs = { stored: "r1", settled: "r1" };
      const standing = async (): Promise<unknown> => {
        const [bundle] = await store.loadBundles([link]);
        return [bundle?.state, bundle?.hasTombstone];
      };
      const archive = update("k1", { kind: "archive", fields: {}, undo: { ...undo, link: "ended" } });
      await make(archive, runs, { linkState: "ended" });
      expect(await standing()).toEqual(["ended", true]);
      const unarchive = update("k2", { kind: "unarchive", fields: {}, undo: { ...undo, link: "live" } });
      await make(unarchive, runs, { linkState: "live" });
      expect(await standing()).toEqual(["live", false]);
    });

    test("of a repair are told as such, by their cause", async () => {
      const runs = { stored: "r1", settled: "r1" };
      const cause = { connection: "person", version: null, fields: ["name"] };
      await make(update("k1", { causes: [{ ...cause, isRepair: true }] }), runs);
      await make(update("k2", { causes: [cause] }), runs);
      const made = await store.madeWrites({ by: "run", run: "r1", limit: 5, after: null });
      expect(made.map(({ key, isRepair }) => [key, isRepair])).toEqual([
        ["k1", true],
        ["k2", false],
      ]);
    });

    test("of a record that stands beside the link's own leave the link as it is", async () => {
      const runs = { stored: "r1", settled: "r1" };
      const made = { kind: "create", id: null } as const;
      const members = async (): Promise<readonly unknown[]> =>
        (await store.membersOf([link])).map(({ connection, id }) => `${connection}:${id}`);
      const beside = update("k1", { ...made, causes: [{ connection: "person", isBeside: true }] });
      await make(beside, runs, { id: externalId("e8") });
      expect(await members()).toEqual(["crm:c1"]);
      expect((await store.loadBundles([link]))[0]?.state).toBe("single");
      expect((await store.intentsOf([link])).map(({ state, id }) => [state, id])).toEqual([
        ["settled", "e8"],
      ]);
      // A second one takes nobody's place, and one of the link's own is its member as ever.
      await make({ ...beside, key: "k2" }, runs, { id: externalId("e9") });
      await make(update("k3", made), runs, { id: externalId("e1") });
      expect(new Set(await members())).toEqual(new Set(["crm:c1", "erp:e1"]));
      const states = (await store.intentsOf([link])).map(({ key, state }): [string, string] => [key, state]);
      expect(Object.fromEntries(states)).toEqual({ k1: "settled", k2: "settled", k3: "settled" });
    });

    test("are refused when another worker has taken over", async () => {
      await store.giveShards(rights);
      await takeAll(store, "two");
      await expect(store.storeIntents([update("k1")], null, rights)).rejects.toThrow("another worker");
    });
  });
}
