import { externalId, linkId } from "@crossfoot/kernel";
import type { LinkId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import { allShards, matchingName, readingName, shardCount, shardOf } from "../port.ts";
import type { Intent, Lease, Rights, Store } from "../port.ts";
import { crm, decision, erp, intent, outcome, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const ttlMs = 60_000;
const signOf = (holder: string, isAlone = false) => ({ holder, isAlone, ttlMs });

/** Ids of links in two different shards. */
function twoShards(): readonly [LinkId, LinkId] {
  const first = linkId("l-a");
  const other = Array.from({ length: 40 }, (_none, n) => linkId(`l-b${n}`)).find(
    (link) => shardOf(link) !== shardOf(first),
  );
  if (other === undefined) throw new Error("all links are in one shard");
  return [first, other];
}

/** What every store promises to several workers. */
export function workerSuite(name: string, open: () => Promise<Store>): void {
  let store: Store;
  let matching: Lease;
  beforeEach(async () => {
    store = await open();
    await store.migrate();
    matching = await matchAccounts(store, "a matcher");
  });

  const makeLink = async (link: LinkId, keys: readonly string[] = []): Promise<void> => {
    await store.checkpoint({ observations: [seen(link)], unreadable: [], cursor: null, runId: null });
    const record = { connection: crm, entity: "accounts", id: externalId(link) };
    const resolution = { kind: "found", link, generation: 1, keys } as const;
    await store.commitResolutions([{ record, resolution }], null, matching);
  };
  const only = (rights: Rights, link: LinkId): Rights => ({
    ...rights,
    shards: rights.shards.filter(({ shard }) => shard === shardOf(link)),
  });

  describe(`workers (${name})`, () => {
    test("a worker is known from its first sign until it leaves, in the order of coming", async () => {
      await store.beat(signOf("one"));
      await store.beat(signOf("two", true));
      const { workers } = await store.beat(signOf("one"));
      expect(workers).toEqual([
        { holder: "one", isAlone: false },
        { holder: "two", isAlone: true },
      ]);
      await store.leave("two");
      expect((await store.beat(signOf("one"))).workers.map(({ holder }) => holder)).toEqual(["one"]);
    });

    test("no shard is held by two, and what one gives another takes with a larger token", async () => {
      const one = await takeAll(store, "one");
      expect(one.shards.map(({ shard }) => shard)).toEqual(allShards);
      expect((await store.beat(signOf("two"))).free).toBe(0);
      expect(await store.takeShards(signOf("two"), shardCount)).toEqual([]);
      const given = { holder: "one", shards: one.shards.slice(0, 5) };
      await store.giveShards(given);
      expect((await store.beat(signOf("two"))).free).toBe(5);
      const taken = await store.takeShards(signOf("two"), shardCount);
      expect(taken.map(({ shard, fence }) => [shard, fence])).toEqual(
        given.shards.map(({ shard, fence }) => [shard, fence + 1]),
      );
      expect((await store.beat(signOf("one"))).shards).toEqual(one.shards.slice(5));
    });

    test("somebody who gives what is another's by now gives nothing", async () => {
      const one = await takeAll(store, "one");
      await store.giveShards(one);
      const two = await takeAll(store, "two");
      await store.giveShards(one);
      expect((await store.beat(signOf("two"))).shards).toEqual(two.shards);
    });

    test("a commit about a link of a shard that is not held is refused, another goes on", async () => {
      const [first, other] = twoShards();
      await makeLink(first);
      await makeLink(other);
      const one = await takeAll(store, "one");
      await store.giveShards(only(one, other));
      await store.takeShards(signOf("two"), 1);
      const decide = (link: LinkId, rights: Rights) => store.commitDecisions([decision(link)], null, rights);
      await expect(decide(other, one)).rejects.toThrow("another worker");
      await expect(decide(other, only(one, first))).rejects.toThrow("another worker");
      expect(await decide(first, one)).toEqual([first]);
    });

    test("what is due, claimed and abandoned is that of the shards that are held", async () => {
      const [first, other] = twoShards();
      const one = await takeAll(store, "one");
      for (const link of [first, other]) await makeLink(link);
      const shards = [shardOf(other)];
      expect(await store.countDue("accounts", shards)).toBe(1);
      expect(await store.dueLinks({ entity: "accounts", limit: 9, after: null, shards })).toEqual([other]);
      const records = [first, other].map((link) => decision(link, { intents: [intent(link)] }));
      await store.commitDecisions(records, null, one);
      const claim = (rights: Rights) =>
        store.claimIntents({
          rights,
          target: erp,
          entity: "accounts",
          limit: 9,
          keys: null,
          sendWithinMs: 5,
        });
      expect((await store.dueEntities(["accounts"], shards)).map(({ intents }) => intents)).toEqual([true]);
      expect((await claim(only(one, other))).map(({ link }) => link)).toEqual([other]);
      expect((await claim(one)).map(({ link }) => link)).toEqual([first]);
      await store.giveShards(only(one, other));
      const [taken] = await store.takeShards(signOf("two"), 1);
      expect(taken?.hasSending).toBe(true);
      const successor: Rights = { holder: "two", shards: taken === undefined ? [] : [taken] };
      expect(await store.abandonSending(successor)).toBe(1);
      const states = await store.intentsOf([first, other]);
      expect(states.map(({ link, state }) => `${link} ${state}`).toSorted()).toEqual(
        [`${first} sending`, `${other} in_doubt`].toSorted(),
      );
    });

    test("one look tells of hints, of what is due and of shards whose holder is gone", async () => {
      const entities = ["accounts", "quotes"] as const;
      const nothing = { hasHints: false, hasOrphans: false, due: [] };
      expect(await store.look(entities, ttlMs)).toEqual(nothing);
      await takeAll(store, "one");
      expect(await store.look(entities, ttlMs)).toEqual(nothing);
      // A time further ahead than was ever given is that of a holder from before the clock was set back.
      expect(await store.look(entities, ttlMs / 2)).toEqual({ ...nothing, hasOrphans: true });
      const record = { connection: crm, entity: "accounts", id: externalId("x") } as const;
      await store.saveDeliveries([{ connection: crm, id: "d1", hints: [record] }]);
      await makeLink(linkId("l-look"));
      await store.markWork([linkId("l-look")], "asked for");
      const due = { entity: "accounts", newcomers: false, moved: false, work: true, intents: false };
      expect(await store.look(entities, ttlMs)).toEqual({ hasHints: true, hasOrphans: false, due: [due] });
    });

    test("one look leaves out what is paused", async () => {
      const record = { connection: crm, entity: "accounts", id: externalId("x") } as const;
      await store.saveDeliveries([{ connection: crm, id: "d1", hints: [record] }]);
      await makeLink(linkId("l-look"));
      await store.markWork([linkId("l-look")], "asked for");
      await store.pause({ kind: "entity", name: "accounts" }, "ada");
      expect(await store.look(["accounts"], ttlMs)).toEqual({ hasHints: false, hasOrphans: false, due: [] });
      await store.resume({ kind: "entity", name: "accounts" }, "ada");
      await store.pause({ kind: "connection", name: "crm" }, "ada");
      const look = await store.look(["accounts"], ttlMs);
      expect([look.hasHints, look.due.map(({ work }) => work)]).toEqual([false, [true]]);
    });

    test("due links are walked shard by shard, each once", async () => {
      const links = Array.from({ length: 30 }, (_none, n) => linkId(`l-walk-${n}`));
      for (const link of links) await makeLink(link);
      const walked: LinkId[] = [];
      for (let after: LinkId | null = null; ;) {
        const page = await store.dueLinks({ entity: "accounts", limit: 7, after });
        walked.push(...page);
        after = page.at(-1) ?? null;
        if (after === null) break;
      }
      expect(walked.toSorted()).toEqual(links.toSorted());
      const shards = walked.map(shardOf);
      expect(shards).toEqual(shards.toSorted((a, b) => a - b));
    });
  });

  describe(`leases by name (${name})`, () => {
    const lease = readingName(crm, "accounts");
    test("one holder at a time, and its commits are refused once it is another's", async () => {
      const first = await store.acquireLease(lease, signOf("one"));
      expect(await store.acquireLease(lease, signOf("two"))).toBe(null);
      await store.leave("one");
      const second = await store.acquireLease(lease, signOf("two"));
      expect(second?.fence).toBe((first?.fence ?? 0) + 1);
      const cursor = await store.loadCursor(crm, "accounts");
      const page = { observations: [seen("x")], unreadable: [], cursor, runId: null };
      if (first === null || second === null) throw new Error("not taken");
      await expect(store.checkpoint({ ...page, lease: first })).rejects.toThrow("another worker");
      expect(await store.knownIds(crm, "accounts")).toEqual([]);
      await store.checkpoint({ ...page, lease: second });
      expect(await store.knownIds(crm, "accounts")).toEqual(["x"]);
    });

    test("what was given back a moment ago rests for those who ask for rest, not for others", async () => {
      const first = await store.acquireLease(lease, signOf("one"));
      if (first !== null) await store.releaseLease(first);
      expect(await store.acquireLease(lease, signOf("two"), 60_000)).toBe(null);
      expect(await store.acquireLease(lease, signOf("two"))).not.toBe(null);
    });

    test("what a dead holder had is free at once when it is known that all are gone", async () => {
      await takeAll(store, "one");
      await store.acquireLease(lease, signOf("one"));
      await store.forgetWorkers();
      expect((await takeAll(store, "two")).shards.length).toBe(shardCount);
      expect(await store.acquireLease(lease, signOf("two"), 60_000)).not.toBe(null);
    });

    test("a link is made under the lease of its matching alone", async () => {
      await store.checkpoint({ observations: [seen("x")], unreadable: [], cursor: null, runId: null });
      await store.releaseLease(matching);
      const other = await store.acquireLease(matchingName("accounts"), signOf("another"));
      const record = { connection: crm, entity: "accounts", id: externalId("x") };
      const resolution = { kind: "found", link: linkId("l-x"), generation: 1, keys: [] } as const;
      const late = store.commitResolutions([{ record, resolution }], null, matching);
      await expect(late).rejects.toThrow("another worker");
      if (other === null) throw new Error("not taken");
      expect(await store.commitResolutions([{ record, resolution }], null, other)).toBe(1);
    });
  });

  describe(`news that come while somebody decides (${name})`, () => {
    const [parent, child] = twoShards();
    const wait = {
      field: "parent",
      target: erp,
      parentLink: parent,
      parentEntity: null,
      parentConnection: null,
      parentId: null,
      isBlocking: false,
    };
    const isDue = async (link: LinkId): Promise<boolean> =>
      (await store.dueLinks({ entity: "accounts", limit: 99, after: null })).includes(link);

    test("a decision about a link that was marked meanwhile is not stored", async () => {
      await makeLink(parent);
      const rights = await takeAll(store, "one");
      await store.markWork([parent], "meanwhile");
      const stale = decision(parent, { intents: [intent(parent)] });
      expect(await store.commitDecisions([stale], null, rights)).toEqual([]);
      expect([await isDue(parent), await store.intentsOf([parent])]).toEqual([true, []]);
    });

    const createOf = (link: LinkId, judged: readonly LinkId[] = []) =>
      decision(link, { intents: [intent(link)], sole: [{ key: "k", connection: crm, judged }] });

    test("of two links that claim one key the second create is not stored, and its link is due", async () => {
      const rights = await takeAll(store, "one");
      for (const link of [parent, child]) await makeLink(link, ["k"]);
      await store.markWork([child], "asked");
      const [marked = null] = (await store.loadBundles([child])).map((bundle) => bundle.marked);
      expect(await store.commitDecisions([createOf(parent)], null, rights)).toEqual([parent]);
      const second = { ...createOf(child), marked };
      expect(await store.commitDecisions([second], null, rights)).toEqual([]);
      expect([await isDue(child), await store.intentsOf([child])]).toEqual([true, []]);
      const holders = await store.holdersOf("accounts", ["k"]);
      expect(holders.map(({ link, coming }) => [link, coming])).toEqual(
        [
          [parent, [erp]],
          [child, []],
        ].toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      );
      // One that was judged may stand beside it.
      const beside = { ...createOf(child, [parent]), marked };
      expect(await store.commitDecisions([beside], null, rights)).toEqual([child]);
    });

    test("of two that claim one key in one commit the first is stored", async () => {
      const rights = await takeAll(store, "one");
      for (const link of [parent, child]) await makeLink(link, ["k"]);
      const records = [createOf(child), createOf(parent)];
      expect(await store.commitDecisions(records, null, rights)).toEqual([child]);
    });

    test("a claim is free again when the create is refused, and while nobody knows it is not", async () => {
      const rights = await takeAll(store, "one");
      for (const link of [parent, child]) await makeLink(link, ["k"]);
      await store.commitDecisions([createOf(parent)], null, rights);
      const claim = {
        rights,
        target: erp,
        entity: "accounts",
        limit: 9,
        keys: null,
        sendWithinMs: 5,
      } as const;
      const [sent] = await store.claimIntents(claim);
      const doubt = { reason: "doubt_unprovable", connection: erp, externalId: null } as const;
      const park = { ...doubt, intentKey: sent?.key ?? "", problems: {}, failure: null };
      await store.commitOutcomes(
        [outcome(sent as Intent, { state: "parked", id: null, park })],
        null,
        rights,
      );
      expect(await store.commitDecisions([createOf(child)], null, rights)).toEqual([]);
      await store.redrive([(await store.listParks())[0]?.parkId ?? ""], "a person");
      const [doubted] = await store.doubtfulIntents({ rights, target: erp, entity: "accounts", limit: 9 });
      await store.commitOutcomes([outcome(doubted as Intent, { state: "refused", id: null })], null, rights);
      expect(await store.commitDecisions([createOf(child)], null, rights)).toEqual([child]);
    });

    test("links that a decision wakes are due with it, and not where it is not stored", async () => {
      const rights = await takeAll(store, "one");
      for (const link of [parent, child]) await makeLink(link);
      await store.commitDecisions([decision(child)], null, rights);
      await store.markWork([parent], "meanwhile");
      const waking = decision(parent, { wakes: [child] });
      expect(await store.commitDecisions([waking], null, rights)).toEqual([]);
      expect(await isDue(child)).toBe(false);
      const [marked = null] = (await store.loadBundles([parent])).map((bundle) => bundle.marked);
      expect(await store.commitDecisions([{ ...waking, marked }], null, rights)).toEqual([parent]);
      expect(await isDue(child)).toBe(true);
    });

    test("a child that is stored as waiting after its parent came is due again", async () => {
      await makeLink(parent);
      await makeLink(child);
      const rights = await takeAll(store, "one");
      await store.commitDecisions([decision(parent, { intents: [intent(parent)] })], null, rights);
      const [sent] = await store.claimIntents({
        rights,
        target: erp,
        entity: "accounts",
        limit: 9,
        keys: null,
        sendWithinMs: 5,
      });
      await store.commitOutcomes(
        [outcome(sent as Intent, { id: externalId("e1"), isToDecide: true })],
        null,
        rights,
      );
      const waiting = decision(child, { verdict: "waiting", waits: [wait] });
      expect(await store.commitDecisions([waiting], null, rights)).toEqual([child]);
      expect(await isDue(child)).toBe(true);
    });

    test("a child that waits for a record that got its link meanwhile is due again", async () => {
      await makeLink(parent);
      await makeLink(child);
      const rights = await takeAll(store, "one");
      const record = { parentLink: null, parentEntity: "accounts", parentConnection: crm, parentId: parent };
      const waiting = decision(child, { verdict: "waiting", waits: [{ ...wait, ...record }] });
      await store.commitDecisions([waiting], null, rights);
      expect(await isDue(child)).toBe(true);
    });

    test("a child whose parent is not there yet waits quietly", async () => {
      await makeLink(parent);
      await makeLink(child);
      const rights = await takeAll(store, "one");
      const waiting = decision(child, { verdict: "waiting", waits: [wait] });
      await store.commitDecisions([waiting], null, rights);
      expect(await isDue(child)).toBe(false);
    });

    test("a record is not joined to a link whose own create may be on its way to that side", async () => {
      await makeLink(parent);
      const rights = await takeAll(store, "one");
      await store.commitDecisions([decision(parent, { intents: [intent(parent)] })], null, rights);
      const newcomer = seen("p", { connection: erp });
      await store.checkpoint({ observations: [newcomer], unreadable: [], cursor: null, runId: null });
      const request = { rights, target: erp, entity: "accounts", limit: 9, keys: null, sendWithinMs: 5 };
      await store.claimIntents(request);
      expect(await store.loadNewcomers("accounts", 9)).toEqual([]);
      const record = { connection: erp, entity: "accounts", id: newcomer.id };
      const join = { record, resolution: { kind: "join", link: parent, keys: [] } } as const;
      expect(await store.commitResolutions([join], null, matching)).toBe(0);
    });

    test("what was found out about a newcomer that changed since is not stored", async () => {
      await store.checkpoint({ observations: [seen("n")], unreadable: [], cursor: null, runId: null });
      const record = { connection: crm, entity: "accounts", id: externalId("n") };
      const resolution = { kind: "found", link: linkId("l-n"), generation: 1, keys: [] } as const;
      const entry = { record, resolution, contentHash: "as it was" };
      expect(await store.commitResolutions([entry], null, matching)).toBe(0);
      expect((await store.loadNewcomers("accounts", 9)).map(({ id }) => id)).toEqual(["n"]);
    });
  });
}
