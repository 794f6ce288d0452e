/** Two actors of one program hold the same rights (decision 0035): the store keeps them apart. */
import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import type { LinkId } from "@crossfoot/kernel";
import * as vitest from "vitest";
import { beforeEach, describe, expect, test } from "vitest";
import { forEachHome } from "../testing.ts";
import type { Database } from "../ports.ts";
import type { Intent, Lease, Rights, Store } from "./port.ts";
import { createStore } from "./store.ts";
import { migrated } from "./testing/migrated.ts";
import { crm, decision, erp, failure, intent, outcome, seen } from "./testing/records.ts";
import { matchAccounts, takeAll } from "./testing/rights.ts";

const link = linkId("l-a");

forEachHome(vitest, ["server"], (home) => {
  let database: Database;
  let store: Store;
  let rights: Rights;
  let matching: Lease;
  const claim = (): Promise<readonly Intent[]> =>
    store.claimIntents({
      ...{ rights, target: erp, entity: "accounts", limit: 5, keys: null, sendWithinMs: 60_000 },
    });
  const doubtful = () => store.doubtfulIntents({ rights, target: erp, entity: "accounts", limit: 5 });
  const stateOf = async (): Promise<readonly string[]> =>
    (await store.intentsOf([link])).map(({ state, attempts }) => `${state} ${attempts}`);

  /** Begins calls while a third holds some rows, and lets go once all of them wait for it. */
  async function atOnce<T>(
    calls: readonly (() => Promise<T>)[],
    rows: string = "select key from intent for update",
  ): Promise<readonly T[]> {
    const [held, enough] = [Promise.withResolvers<null>(), Promise.withResolvers<null>()];
    const holding = database.transaction(async (tx) => {
      await tx.query(rows);
      held.resolve(null);
      await enough.promise;
    });
    await held.promise;
    const begun = calls.map((call) => call());
    const waiting =
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()";
    await expect.poll(async () => (await database.query(waiting)).length).toBe(calls.length);
    enough.resolve(null);
    await holding;
    return Promise.all(begun);
  }

  describe("two actors under the same rights", () => {
    beforeEach(async () => {
      database = await home.open(migrated);
      const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
      const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
      store = createStore({ database, entropy: { digest, uuid: () => "u" }, clock });
      rights = await takeAll(store, "one");
      const record = { connection: crm, entity: "accounts", id: externalId("c1") };
      await store.checkpoint({ observations: [seen("c1")], unreadable: [], cursor: null, runId: null });
      const resolution = { kind: "found", link, generation: 1, keys: [] } as const;
      matching = await matchAccounts(store, "one");
      await store.commitResolutions([{ record, resolution }], null, matching);
      await store.storeIntents([intent(link)], null, rights);
    });

    test("claim an intent once, also when both looked for it before either had it", async () => {
      const claimed = await atOnce([claim, claim]);
      expect(claimed.map(({ length }) => length).toSorted((a, b) => a - b)).toEqual([0, 1]);
      expect(await stateOf()).toEqual(["sending 1"]);
    });

    test("decide two links that hold one key: one create is stored, whoever comes first", async () => {
      const links = ["l-b", "l-c"].map(linkId);
      for (const id of links) {
        const record = { connection: crm, entity: "accounts", id: externalId(id) };
        await store.checkpoint({ observations: [seen(id)], unreadable: [], cursor: null, runId: null });
        const resolution = { kind: "found", link: id, generation: 1, keys: ["k"] } as const;
        await store.commitResolutions([{ record, resolution }], null, matching);
      }
      const [first = link, other = link] = links;
      const sole = [{ key: "k", connection: crm, judged: [] }];
      const decide = (id: LinkId) => () =>
        store.commitDecisions([decision(id, { intents: [intent(id)], sole })], null, rights);
      const stored = await atOnce([decide(first), decide(other)], "select id from link for update");
      expect(stored.flat()).toHaveLength(1);
      expect(await store.intentsOf(links)).toHaveLength(1);
    });

    test("an answer about a doubt that was settled meanwhile changes nothing", async () => {
      const [sent] = await claim();
      if (sent === undefined) throw new Error("nothing was claimed");
      const doubt = { state: "in_doubt", failure, isAbandoned: true, dueInMs: 0 } as const;
      await store.commitOutcomes([outcome(sent, doubt)], null, rights);
      const [asked] = await doubtful();
      if (asked === undefined) throw new Error("nothing is in doubt");
      const absent = { state: "stored", failure, dueInMs: 0 } as const;
      // 1. A and B ask about it and find nothing. 2. A says so, and C claims it. 3. B says so.
      await store.commitOutcomes([outcome(asked, absent)], null, rights);
      const [again] = await claim();
      await store.commitOutcomes([outcome(asked, absent)], null, rights);
      expect(await stateOf()).toEqual(["sending 2"]);
      expect(await claim()).toEqual([]);
      // In doubt once more it is another doubt.
      if (again !== undefined) await store.commitOutcomes([outcome(again, doubt)], null, rights);
      await store.commitOutcomes([outcome(asked, absent)], null, rights);
      expect(await stateOf()).toEqual(["in_doubt 2"]);
      expect((await store.verifyJournal()).broken).toEqual([]);
    });
  });
});
