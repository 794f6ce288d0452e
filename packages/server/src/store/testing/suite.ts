import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import type { LinkId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { DecisionRecord, Intent, Lease, Rights, Store } from "../port.ts";
import type { OpenedStore, StoreHome } from "./homes.ts";
import { accessSuite } from "./access-suite.ts";
import { personSuite } from "./person-suite.ts";
import { planSuite } from "./plan-suite.ts";
import { contractSuite } from "./contract-suite.ts";
import { lookSuite } from "./look-suite.ts";
import { eventSuite } from "./event-suite.ts";
import { pauseSuite } from "./pause-suite.ts";
import { subscriptionSuite } from "./subscription-suite.ts";
import { webhookSuite } from "./webhook-suite.ts";
import { historySuite } from "./history-suite.ts";
import { proofSuite } from "./proof-suite.ts";
import { sharedSuite } from "./shared-suite.ts";
import { crm, decision, erp, failure, intent, outcome, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";
import { statementSuite } from "./statement-suite.ts";
import { workerSuite } from "./worker-suite.ts";

/** The suite that every home of the store passes. */
export function storeSuite(home: StoreHome): void {
  let opened: OpenedStore;
  let store: Store;
  let rights: Rights;
  let matching: Lease;

  const makeLinks = async (...ids: readonly string[]): Promise<void> => {
    await store.checkpoint({
      observations: ids.map((id) => seen(id)),
      unreadable: [],
      cursor: null,
      runId: null,
    });
    await store.commitResolutions(
      ids.map((id) => ({
        record: { connection: crm, entity: "accounts", id: externalId(id) },
        resolution: { kind: "found", link: linkId(`l-${id}`), generation: 1, keys: [`taxId=${id}`] },
      })),
      null,
      matching,
    );
  };
  /** Decides links that are due again. */
  const decideAgain = async (records: readonly DecisionRecord[]): Promise<readonly LinkId[]> => {
    const links = records.map(({ link }) => link);
    await store.markWork(links, "again");
    const bundles = await store.loadBundles(links);
    const markOf = (link: LinkId) => bundles.find(({ id }) => id === link)?.marked ?? null;
    return store.commitDecisions(
      records.map((record) => ({ ...record, marked: markOf(record.link) })),
      null,
      rights,
    );
  };
  const claim = (limit = 10): Promise<readonly Intent[]> =>
    store.claimIntents({ rights, target: erp, entity: "accounts", limit, keys: null, sendWithinMs: 5 });

  const entropy = {
    digest: (text: string) => createHash("sha256").update(text).digest("hex"),
    uuid: () => "u",
  };
  const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
  const openStore = () => home.open({ entropy, clock });
  // Each in a place of its own: what it does before a test, such as opening a database, is for its own tests.
  for (const suite of [
    ...[planSuite, sharedSuite, contractSuite, lookSuite, webhookSuite, subscriptionSuite, accessSuite],
    ...[personSuite, pauseSuite, eventSuite, statementSuite, historySuite, proofSuite, workerSuite],
  ])
    describe(`${suite.name} in its place`, () => {
      suite(home.name, async () => (await openStore()).store);
    });

  describe(`all of it together (${home.name})`, () => {
    beforeEach(async () => {
      opened = await openStore();
      store = opened.store;
      await store.migrate();
      rights = await takeAll(store, "one");
      matching = await matchAccounts(store, "one");
    });

    describe(`reading (${home.name})`, () => {
      test("observations and the cursor that covers them are one commit", async () => {
        const cursor = { ...(await store.loadCursor(crm, "accounts")), pageCursor: "next" };
        const broken = {
          observations: [seen("a"), seen("b", { kind: "nonsense" as never })],
          unreadable: [],
          cursor,
          runId: null,
        };
        await expect(store.checkpoint(broken)).rejects.toThrow("check constraint");
        expect((await store.loadCursor(crm, "accounts")).pageCursor).toBe(null);
        expect(await store.knownIds(crm, "accounts")).toEqual([]);
        await store.checkpoint({ observations: [seen("a")], unreadable: [], cursor, runId: null });
        expect((await store.loadCursor(crm, "accounts")).pageCursor).toBe("next");
        expect(await store.knownIds(crm, "accounts")).toEqual(["a"]);
      });

      test("an older sighting never replaces a newer one, and an equal one marks nothing", async () => {
        await makeLinks("a");
        const [before] = await store.loadBundles([linkId("l-a")]);
        await store.commitDecisions(
          [decision(linkId("l-a"), { marked: before?.marked ?? null })],
          null,
          rights,
        );
        const older = seen("a", { contentHash: "old", readStart: 1, readEnd: 2, versionOrder: 0 });
        const equal = seen("a", { readStart: 20, readEnd: 21 });
        const counts = await store.checkpoint({
          observations: [older, equal],
          unreadable: [],
          cursor: null,
          runId: null,
        });
        expect(counts).toEqual({ added: 0, changed: 0, same: 1, heldAt: null });
        expect(await store.countDue("accounts")).toBe(0);
      });

      test("a row that cannot be read is parked alone, and the park closes when it can", async () => {
        const unreadable = [{ connection: crm, entity: "accounts", id: externalId("x"), failure }];
        await store.checkpoint({ observations: [seen("a")], unreadable, cursor: null, runId: null });
        expect((await store.listParks()).map(({ externalId: id }) => id)).toEqual(["x"]);
        await store.checkpoint({ observations: [seen("x")], unreadable: [], cursor: null, runId: null });
        expect(await store.listParks()).toEqual([]);
      });

      test("rows of one page that have no id are parked as one, and the page is stored", async () => {
        const nameless = { connection: crm, entity: "accounts", id: null, failure };
        const page = {
          observations: [seen("a")],
          unreadable: [nameless, nameless],
          cursor: null,
          runId: null,
        };
        expect(await store.checkpoint(page)).toEqual({ added: 1, changed: 0, same: 0, heldAt: null });
        expect((await store.listParks()).map(({ externalId: id }) => id)).toEqual([null]);
      });
    });

    describe(`links (${home.name})`, () => {
      test("one native record is a member of one link of its entity", async () => {
        await makeLinks("a");
        const again = {
          record: { connection: crm, entity: "accounts", id: externalId("a") },
          resolution: { kind: "found", link: linkId("l-other"), generation: 1, keys: [] },
        } as const;
        expect(await store.commitResolutions([again], null, matching)).toBe(0);
        expect((await store.membersOf([linkId("l-a"), linkId("l-other")])).length).toBe(1);
      });

      test("a record that gets a link is asked about no more", async () => {
        const checkpoint = { unreadable: [], cursor: null, runId: null };
        await store.checkpoint({ ...checkpoint, observations: [seen("a"), seen("b")] });
        const recordOf = (id: string) => ({ connection: crm, entity: "accounts", id: externalId(id) });
        const asked = { kind: "candidate", links: [], keys: ["k"], isHeld: true } as const;
        const entries = ["a", "b"].map((id) => ({ record: recordOf(id), resolution: asked }));
        await store.commitResolutions(entries, null, matching);
        expect((await store.listCandidates()).map(({ id }) => id).toSorted()).toEqual(["a", "b"]);
        const resolution = { kind: "found", link: linkId("l-a"), generation: 1, keys: [] } as const;
        await store.commitResolutions([{ record: recordOf("a"), resolution }], null, matching);
        expect((await store.listCandidates()).map(({ id }) => id)).toEqual(["b"]);
      });

      test("joined links leave their members and keys to one of them", async () => {
        await makeLinks("a");
        await store.checkpoint({
          observations: [seen("b", { connection: erp })],
          unreadable: [],
          cursor: null,
          runId: null,
        });
        const record = { connection: erp, entity: "accounts", id: externalId("b") };
        await store.commitResolutions(
          [{ record, resolution: { kind: "found", link: linkId("l-b"), generation: 1, keys: ["k"] } }],
          null,
          matching,
        );
        await store.joinLinks([{ from: linkId("l-b"), into: linkId("l-a") }], null, matching);
        const members = await store.membersOf([linkId("l-a")]);
        expect(members.map(({ link, connection }) => `${link} ${connection}`).toSorted()).toEqual([
          "l-a crm",
          "l-a erp",
        ]);
        expect((await store.holdersOf("accounts", ["k"])).map(({ link }) => link)).toEqual(["l-a"]);
      });

      test("a link is dormant while a record of its own is out of scope", async () => {
        await makeLinks("a", "b");
        const links = [linkId("l-a"), linkId("l-b"), linkId("l-none")];
        expect(await store.dormantAmong(links)).toEqual(new Set());
        const sight = { readStart: 30, readEnd: 31, contentHash: "left", versionOrder: 9, version: "9" };
        const left = seen("a", { ...sight, kind: "out_of_scope" });
        await store.checkpoint({ observations: [left], unreadable: [], cursor: null, runId: null });
        expect(await store.dormantAmong(links)).toEqual(new Set(["l-a"]));
      });

      test("a link that has keys left of a record it had before is joined all the same", async () => {
        await makeLinks("a");
        const left = { link: linkId("l-a"), connection: erp, keys: ["k"] };
        await store.replaceKeys("accounts", [left], { pairs: [], runId: null, lease: matching });
        const checkpoint = { unreadable: [], cursor: null, runId: null };
        await store.checkpoint({ ...checkpoint, observations: [seen("b", { connection: erp })] });
        const record = { connection: erp, entity: "accounts", id: externalId("b") };
        const resolution = { kind: "found", link: linkId("l-b"), generation: 1, keys: ["k"] } as const;
        await store.commitResolutions([{ record, resolution }], null, matching);
        await store.joinLinks([{ from: linkId("l-b"), into: linkId("l-a") }], null, matching);
        expect((await store.membersOf([linkId("l-a")])).length).toBe(2);
        expect((await store.holdersOf("accounts", ["k"])).map(({ link }) => link)).toEqual(["l-a"]);
      });
    });

    describe(`deciding and sending (${home.name})`, () => {
      test("a link that is marked again while it is decided stays to be decided", async () => {
        await makeLinks("a");
        const [bundle] = await store.loadBundles([linkId("l-a")]);
        await store.markWork([linkId("l-a")], "meanwhile");
        await store.commitDecisions(
          [decision(linkId("l-a"), { marked: bundle?.marked ?? null })],
          null,
          rights,
        );
        expect(await store.countDue("accounts")).toBe(1);
      });

      test("a worker whose shards were taken over stores nothing more", async () => {
        await makeLinks("a");
        await store.leave("one");
        const successor = await takeAll(store, "two");
        expect(successor.shards.map(({ fence }) => fence)).toEqual(
          rights.shards.map(({ fence }) => fence + 1),
        );
        const late = store.commitDecisions(
          [decision(linkId("l-a"), { intents: [intent(linkId("l-a"))] })],
          null,
          rights,
        );
        await expect(late).rejects.toThrow("another worker");
        await expect(claim()).rejects.toThrow("another worker");
        expect(await store.intentsOf([linkId("l-a")])).toEqual([]);
      });

      test("an intent is handed out once, and a later step only after the earlier one ended", async () => {
        await makeLinks("a", "b");
        const steps = [
          intent(linkId("l-a")),
          intent(linkId("l-a"), { key: "step 1", kind: "transition", step: 1 }),
        ];
        await store.commitDecisions(
          [
            decision(linkId("l-a"), { intents: steps }),
            decision(linkId("l-b"), { intents: [intent(linkId("l-b"))] }),
          ],
          null,
          rights,
        );
        const first = await claim();
        expect(first.map(({ key }) => key)).toEqual(["create l-a", "create l-b"]);
        expect(await claim()).toEqual([]);
        await store.commitOutcomes([outcome(first[0] as Intent, { id: externalId("e1") })], null, rights);
        expect((await claim()).map(({ key }) => key)).toEqual(["step 1"]);
      });

      test("a create that settled is never opened again under its key; a refused one is", async () => {
        await makeLinks("a", "b");
        const both = [linkId("l-a"), linkId("l-b")];
        const decide = () => decideAgain(both.map((link) => decision(link, { intents: [intent(link)] })));
        await decide();
        const [a, b] = await claim();
        const settled = outcome(a as Intent, { id: externalId("e1") });
        await store.commitOutcomes(
          [settled, outcome(b as Intent, { state: "refused", failure })],
          null,
          rights,
        );
        await decide();
        expect((await claim()).map(({ key }) => key)).toEqual(["create l-b"]);
      });

      test("a write that stands whatever is decided anew has no second entry", async () => {
        await makeLinks("a");
        const made = decision(linkId("l-a"), { intents: [intent(linkId("l-a"))] });
        await decideAgain([made]);
        const [sent] = await claim();
        await store.commitOutcomes([outcome(sent as Intent, { id: externalId("e1") })], null, rights);
        await decideAgain([made]);
        const kinds = (await store.journalOf(linkId("l-a"), 10)).map(({ kind }) => kind);
        expect(kinds.filter((kind) => kind === "intent_stored")).toHaveLength(1);
      });

      test("steps after one that was refused are taken back, and the journal tells so", async () => {
        await makeLinks("a");
        const steps = [
          intent(linkId("l-a")),
          intent(linkId("l-a"), { key: "step 1", kind: "transition", step: 1 }),
        ];
        await store.commitDecisions([decision(linkId("l-a"), { intents: steps })], null, rights);
        const [first] = await claim();
        await store.commitOutcomes([outcome(first as Intent, { state: "refused", failure })], null, rights);
        expect((await store.intentsOf([linkId("l-a")])).map(({ key }) => key)).toEqual(["create l-a"]);
        const [newest] = await store.journalOf(linkId("l-a"), 1);
        expect([newest?.kind, newest?.body]).toMatchObject(["intent_withdrawn", { key: "step 1" }]);
      });

      test("what a dead worker left on its way is in doubt", async () => {
        await makeLinks("a");
        await store.commitDecisions(
          [decision(linkId("l-a"), { intents: [intent(linkId("l-a"))] })],
          null,
          rights,
        );
        await claim();
        expect(await store.abandonSending(rights)).toBe(0);
        await store.leave("one");
        const successor = await takeAll(store, "two");
        expect(await store.abandonSending(successor)).toBe(1);
        const asked = { rights: successor, target: erp, entity: "accounts", limit: 10 };
        const [doubtful] = await store.doubtfulIntents(asked);
        expect(doubtful?.state).toBe("in_doubt");
        expect(doubtful?.abandonedAt).not.toBe(null);
      });

      test("a parent that gets its member wakes those who wait for it", async () => {
        await makeLinks("a", "b");
        const wait = {
          field: "parent",
          target: erp,
          parentLink: linkId("l-a"),
          parentEntity: null,
          parentConnection: null,
          parentId: null,
          isBlocking: true,
        };
        const marked = async (link: LinkId): Promise<number | null> =>
          (await store.loadBundles([link]))[0]?.marked ?? null;
        const child = decision(linkId("l-b"), {
          verdict: "waiting",
          waits: [wait],
          marked: await marked(linkId("l-b")),
        });
        const parent = decision(linkId("l-a"), {
          intents: [intent(linkId("l-a"))],
          marked: await marked(linkId("l-a")),
        });
        await store.commitDecisions([parent], null, rights);
        await store.commitDecisions([child], null, rights);
        const [sent] = await claim();
        await store.commitOutcomes([outcome(sent as Intent, { id: externalId("e1") })], null, rights);
        const due = await store.dueLinks({ entity: "accounts", limit: 10, after: null });
        expect(due).toContain("l-b");
        expect((await store.loadBundles([linkId("l-a")]))[0]?.demands).toEqual([
          { target: "erp", entity: "accounts" },
        ]);
      });

      test("a refused write is known by its content until it is redriven", async () => {
        await makeLinks("a");
        const park = {
          reason: "write_refused",
          connection: erp,
          externalId: null,
          intentKey: "create l-a",
          problems: {},
          failure,
        } as const;
        await store.commitDecisions(
          [decision(linkId("l-a"), { intents: [intent(linkId("l-a"))] })],
          null,
          rights,
        );
        const [sent] = await claim();
        await store.commitOutcomes(
          [outcome(sent as Intent, { state: "refused", failure, park })],
          null,
          rights,
        );
        expect((await store.loadBundles([linkId("l-a")]))[0]?.refused).toEqual(["content"]);
        const [dead] = await store.listParks();
        expect(dead?.failure?.code).toBe("no");
        expect(await store.redrive([dead?.parkId ?? ""], "a person")).toBe(1);
        expect((await store.loadBundles([linkId("l-a")]))[0]?.refused).not.toContain("content");
      });

      test("a base moves field by field and keeps what is not named", async () => {
        await makeLinks("a");
        const move = (images: { readonly [field: string]: { readonly [root: string]: string } }) =>
          decideAgain([
            decision(linkId("l-a"), { baseMoves: [{ connection: crm, images, kind: "present" }] }),
          ]);
        await move({ name: { name: "one" }, email: { email: "e" } });
        await move({ name: { name: "two" } });
        const [bundle] = await store.loadBundles([linkId("l-a")]);
        expect(bundle?.members[0]?.images).toEqual({ name: { name: "two" }, email: { email: "e" } });
      });
    });

    describe(`values that lose (${home.name})`, () => {
      const loser = {
        field: "name",
        connection: erp,
        value: "b",
        actor: "ada",
        reason: "master_wins",
        winner: crm,
      } as const;
      const decide = (link: LinkId) =>
        store.commitDecisions([decision(link, { intents: [intent(link)], discards: [loser] })], null, rights);

      test("are told with the write that takes their place, and what became of it", async () => {
        await makeLinks("a", "b");
        const [a, b] = [linkId("l-a"), linkId("l-b")];
        await decide(a);
        await decide(b);
        expect((await store.lostValues({ link: a, limit: 9 }))[0]).toMatchObject({
          ...loser,
          link: a,
          key: "create l-a",
          outcome: "pending",
          restored: null,
        });
        const [first, second] = await claim();
        const cut = { ...loser, reason: "lossy_target", kept: "c" } as const;
        await store.commitOutcomes(
          [
            outcome(first as Intent, { id: externalId("e1"), after: {}, losses: [cut] }),
            outcome(second as Intent, { state: "refused", failure }),
          ],
          null,
          rights,
        );
        const told = await store.lostValues({ link: null, limit: 9 });
        expect(told.map((each) => `${each.link} ${each.reason} ${each.outcome}`).toSorted()).toEqual([
          "l-a lossy_target overwritten",
          "l-a master_wins overwritten",
          "l-b master_wins spared",
        ]);
        expect(await store.lostValues({ link: b, limit: 0 })).toEqual([]);
      });

      test("of a write that is taken back and decided again are pending once, spared before", async () => {
        await makeLinks("a");
        await decide(linkId("l-a"));
        await store.markWork([linkId("l-a")], "again");
        expect(await store.withdrawStored(rights, null)).toBe(1);
        await decide(linkId("l-a"));
        const told = await store.lostValues({ link: linkId("l-a"), limit: 9 });
        expect(told.map(({ outcome: became }) => became)).toEqual(["pending", "spared"]);
      });
    });

    describe(`journal (${home.name})`, () => {
      test("its chain verifies, and a row that was changed or removed is found", async () => {
        await makeLinks("a", "b", "c");
        const before = await store.verifyJournal();
        expect([before.entries, before.broken]).toEqual([3, []]);
        await opened.forge(linkId("l-b"), { id: "forged" });
        expect((await store.verifyJournal()).broken.length).toBeGreaterThan(0);
        await opened.forge(linkId("l-b"), null);
        expect((await store.verifyJournal()).broken.length).toBeGreaterThan(0);
      });

      test("a commit that fails leaves no entry behind", async () => {
        await makeLinks("a");
        const entries = (await store.verifyJournal()).entries;
        const broken = decision(linkId("l-a"), {
          verdict: "writes",
          state: "nonsense" as never,
          conflicts: [],
        });
        await expect(store.commitDecisions([broken], null, rights)).rejects.toThrow("check constraint");
        expect((await store.verifyJournal()).entries).toBe(entries);
      });
    });
  });
}
