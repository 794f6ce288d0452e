import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import type { Fields, LinkId } from "@crossfoot/kernel";
import { beforeEach, describe, expect, test } from "vitest";
import type { Lease, MergeCommit, Placed, Rights, Store, StoredObservation, UnmergeCommit } from "../port.ts";
import type { StoreHome } from "./homes.ts";
import { crm, decision, erp, intent, outcome, seen as anAccount } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const entity = "accounts";
const [one, two] = [linkId("l-one"), linkId("l-two")];

const seen = (change: Partial<StoredObservation>): StoredObservation =>
  anAccount("r1", { native: {}, contentHash: "content", ...change });

const placed = (link: LinkId, connection: typeof crm, id: string, isAlias = false): Placed => {
  return { link, connection, id: externalId(id), isAlias };
};
const pair = (link: LinkId, at: string): readonly Placed[] => [
  placed(link, crm, `r${at}`),
  placed(link, erp, `y${at}`),
];
const membersOf = (at: string, alias: readonly string[] = []) => [
  { connection: crm, id: externalId(`r${at}`), aliases: alias.map((each) => externalId(`r${each}`)) },
  { connection: erp, id: externalId(`y${at}`), aliases: alias.map((each) => externalId(`y${each}`)) },
];

/** r1 into r2, both with counterparts. */
const merge: MergeCommit = {
  entity,
  connection: crm,
  loser: externalId("r1"),
  survivor: externalId("r2"),
  from: { id: one, entity, generation: 1, state: "live", members: membersOf("1") },
  keep: two,
  retire: one,
  state: "live",
  before: [...pair(one, "1"), ...pair(two, "2")],
  members: membersOf("2", ["1"]),
  duplicates: [{ connection: erp, id: externalId("y1"), aliases: [] }],
  bases: [],
};

const unmerge: UnmergeCommit = {
  entity,
  connection: crm,
  loser: externalId("r1"),
  from: one,
  into: two,
  before: [...pair(two, "2"), placed(two, crm, "r1", true), placed(two, erp, "y1", true)],
  back: membersOf("1"),
  stay: membersOf("2"),
  states: { back: "live", stay: "live" },
  bases: { crm: { kind: "present", images: { name: { name: "one" } } } },
  referring: [entity],
};

/** What every home of the store makes of merges, and of merges that were taken back. */
export function identityStoreSuite(home: StoreHome): void {
  let store: Store;
  let rights: Rights;
  let lease: Lease;

  beforeEach(async () => {
    const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
    const clock = { now: () => 1_767_600_000_000, monotonic: () => 0 };
    store = (await home.open({ entropy: { digest, uuid: () => "u" }, clock })).store;
    await store.migrate();
    rights = await takeAll(store, "one");
    lease = await matchAccounts(store, "one");
    for (const [link, at] of [
      [one, "1"],
      [two, "2"],
    ] as const) {
      const records = [
        { connection: crm, entity, id: externalId(`r${at}`) },
        { connection: erp, entity, id: externalId(`y${at}`) },
      ] as const;
      const observations = records.map((record) => seen({ ...record, native: { name: record.id } }));
      await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
      const keys = [`key=${at}`];
      const found = { kind: "found", link, generation: 1, keys } as const;
      await store.commitResolutions(
        [
          { record: records[0], resolution: found },
          { record: records[1], resolution: { kind: "join", link, keys } },
        ],
        null,
        lease,
      );
    }
    const into = { kind: "merged", into: externalId("r2"), readStart: 20, readEnd: 21 } as const;
    await store.checkpoint({
      observations: [seen({ ...into, version: "2", versionOrder: 2 })],
      unreadable: [],
      cursor: null,
      runId: null,
    });
  });

  const links = async (): Promise<readonly (LinkId | undefined)[]> => {
    const records = [
      { connection: crm, entity, id: externalId("r1") },
      { connection: erp, entity, id: externalId("y1") },
    ];
    const found = await store.linksOf(records);
    return records.map(({ connection, id }) => found.get(`${connection}/${entity}/${id}`));
  };
  /** Decides an update of a link's record in the ERP; with `sending` it is on its way. */
  const update = async (link: LinkId, fields: Fields, state: "stored" | "sending" = "stored") => {
    const own = intent(link, { key: `update ${link}`, kind: "update", id: externalId("y"), fields });
    const moves = [{ connection: crm, images: { name: { name: "base" } }, kind: "present" }] as const;
    await store.markWork([link], "asked for");
    const [bundle] = await store.loadBundles([link]);
    const marked = bundle?.marked ?? null;
    await store.commitDecisions([decision(link, { intents: [own], baseMoves: moves, marked })], null, rights);
    if (state === "stored") return;
    await store.claimIntents({ rights, target: erp, entity, limit: 10, keys: null, sendWithinMs: 5 });
  };

  describe(`merges (${home.name})`, () => {
    test("move members, and a link that lives on in another is found under its own name", async () => {
      expect((await store.loadMoved(entity, 10, null)).map(({ id }) => id)).toEqual(["r1"]);
      expect(await store.commitMerge(merge, "run", lease)).toBe("done");
      expect(await links()).toEqual([two, two]);
      expect((await store.loadLinks([one, two])).map(({ state, members }) => [state, members])).toEqual([
        ["merged", []],
        ["live", membersOf("2", ["1"])],
      ]);
      const rows = (await store.membersOf([one])).toSorted((a, b) => (a.id < b.id ? -1 : 1));
      expect(rows.map(({ link, id, isAlias }) => [link, id, isAlias])).toEqual([
        [one, "r1", true],
        [one, "r2", false],
        [one, "y1", true],
        [one, "y2", false],
      ]);
      expect(await store.loadMoved(entity, 10, null)).toEqual([]);
      expect((await store.listCandidates()).map(({ id, links: at }) => [id, at])).toEqual([["y1", [two]]]);
    });

    test("are one commit under the fence: a worker that lost its lease changes nothing", async () => {
      await store.releaseLease(lease);
      await matchAccounts(store, "two");
      await expect(store.commitMerge(merge, null, lease)).rejects.toThrow("another worker");
      expect(await links()).toEqual([one, one]);
      expect(await store.listCandidates()).toEqual([]);
    });

    test("wait while a write of one of their links may land", async () => {
      await update(one, { name: "x" }, "sending");
      expect(await store.commitMerge(merge, null, lease)).toBe("waits");
      expect(await links()).toEqual([one, one]);
    });

    test("take back what was not sent, also of others that name the retired link", async () => {
      await update(one, { name: "x" });
      const third = linkId("l-3");
      await store.checkpoint({
        observations: [seen({ id: externalId("r3") })],
        unreadable: [],
        cursor: null,
        runId: null,
      });
      const record = { connection: crm, entity, id: externalId("r3") };
      const found = { kind: "found", link: third, generation: 1, keys: [] } as const;
      await store.commitResolutions([{ record, resolution: found }], null, lease);
      await update(third, { parent: { link: one } });
      expect(await store.commitMerge(merge, null, lease)).toBe("done");
      expect(await store.intentsOf([one, two, third])).toEqual([]);
      expect((await store.dueLinks({ entity, limit: 10, after: null })).toSorted()).toEqual([third, two]);
      expect((await store.verifyJournal()).broken).toEqual([]);
    });

    test("planned from members that are no longer so change nothing", async () => {
      const stale = { ...merge, before: merge.before.slice(1) };
      expect(await store.commitMerge(stale, null, lease)).toBe("moved");
      expect(await links()).toEqual([one, one]);
    });

    test("of a survivor without a counterpart take the loser's base and keys along", async () => {
      await update(one, { name: "x" });
      await store.commitMerge({ ...merge, bases: [crm, erp] }, null, lease);
      const [bundle] = await store.loadBundles([two]);
      expect(bundle?.members[0]?.images).toEqual({ name: { name: "base" } });
      expect(
        (await store.holdersOf(entity, ["key=1"])).map(({ link, connection }) => [link, connection]),
      ).toEqual([[two, "erp"]]);
    });
  });

  describe(`merges taken back (${home.name})`, () => {
    beforeEach(async () => {
      await update(one, { name: "x" });
      await store.commitMerge(merge, null, lease);
    });

    test("know what the loser's link was, with its bases", async () => {
      const stood = await store.standingMerge({ connection: crm, entity, id: externalId("r1") });
      expect([stood?.survivor, stood?.from?.link, stood?.into.link.id]).toEqual(["r2", one, two]);
      expect(stood?.from?.members).toEqual(membersOf("1"));
      expect(stood?.from?.bases).toEqual({ crm: { kind: "present", images: { name: { name: "base" } } } });
      expect(await store.standingMerge({ connection: crm, entity, id: externalId("r2") })).toBe(null);
    });

    test("bring back members, bases and states, and mark both links", async () => {
      const back = seen({
        readStart: 30,
        readEnd: 31,
        version: "3",
        versionOrder: 3,
        native: { name: "r1" },
      });
      await store.checkpoint({ observations: [back], unreadable: [], cursor: null, runId: null });
      expect((await store.loadReturned(entity, 10, null)).map(({ id }) => id)).toEqual(["r1"]);
      expect(await store.commitUnmerge(unmerge, null, lease)).toBe("done");
      expect(await links()).toEqual([one, one]);
      const [bundle] = await store.loadBundles([one]);
      expect([bundle?.state, bundle?.members[0]?.images]).toEqual(["live", { name: { name: "one" } }]);
      expect((await store.dueLinks({ entity, limit: 10, after: null })).toSorted()).toEqual([one, two]);
      expect(await store.loadReturned(entity, 10, null)).toEqual([]);
      expect(await store.listCandidates()).toEqual([]);
      expect(await store.standingMerge({ connection: crm, entity, id: externalId("r1") })).toBe(null);
    });

    test("of a deleted loser bring its link back without it, as one that is being written to", async () => {
      const row = { connection: crm, entity, loser: externalId("r1"), survivor: externalId("r2") };
      const kept = { ...row, plan: "p-1", body: { from: one, isBack: true } };
      await store.saveConsolidated([kept]);
      const gone = seen({ kind: "deleted", readStart: 30, readEnd: 31, version: null, versionOrder: null });
      await store.checkpoint({ observations: [gone], unreadable: [], cursor: null, runId: null });
      const [shown] = await store.observationsOf([gone]);
      expect([shown?.kind, shown?.into]).toEqual(["merged", "r2"]);
      const [, left] = membersOf("1");
      const rest = { back: left === undefined ? [] : [left], bases: {} };
      const stay = [
        { connection: crm, id: externalId("r2"), aliases: [externalId("r1")] },
        { connection: erp, id: externalId("y2"), aliases: [] },
      ];
      const states = { back: "single", stay: "live" } as const;
      const without = { ...unmerge, ...rest, stay, states, isGone: true };
      expect(await store.commitUnmerge(without, null, lease)).toBe("done");
      const [first, second] = await store.loadLinks([one, two]);
      expect([first?.members, first?.state]).toEqual([rest.back, "single"]);
      expect(second?.members).toEqual(stay);
      const targets = async (): Promise<readonly string[]> =>
        (await store.loadBundles([one])).flatMap(({ openTargets }) => openTargets);
      expect(await targets()).toEqual(["crm"]);
      expect(await store.consolidatedOf([gone])).toEqual([kept]);
    });

    test("count no more as being written to where the record is there", async () => {
      expect(await store.commitUnmerge(unmerge, null, lease)).toBe("done");
      const row = { connection: crm, entity, loser: externalId("r1"), survivor: externalId("r2") };
      await store.saveConsolidated([{ ...row, plan: "p-1", body: { from: one, isBack: true } }]);
      expect((await store.loadBundles([one])).flatMap(({ openTargets }) => openTargets)).toEqual([]);
    });

    test("can be merged and taken back again: no history is lost", async () => {
      await store.commitUnmerge(unmerge, null, lease);
      expect(await store.commitMerge(merge, null, lease)).toBe("done");
      expect(await store.commitUnmerge(unmerge, null, lease)).toBe("done");
      const kinds = (await store.journalOf(two, 20)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === "links_merged" || kind === "links_unmerged")).toEqual([
        "links_unmerged",
        "links_merged",
        "links_unmerged",
        "links_merged",
      ]);
    });
  });
  describe("an id that its system gave to another record", () => {
    const newcomer = seen({ id: externalId("r2"), native: { name: "new" }, contentHash: "new", madeAt: 9 });
    const gone = externalId("r2~gone~1");
    const reuse = { seen: { ...newcomer, readStart: 30, readEnd: 31 }, knownEnd: 0 } as const;
    const known = async (id: string) => {
      const [row] = await store.observationsOf([{ connection: crm, entity, id: externalId(id) }]);
      return row;
    };
    const knownEnd = async (): Promise<number> => (await known("r2"))?.readEnd ?? -1;
    const holder = async (id: string): Promise<LinkId | undefined> =>
      (await store.linksOf([{ connection: crm, entity, id: externalId(id) }])).get(`crm/${entity}/${id}`);

    test("leaves the old record deleted under a name of ours, the newcomer without a link", async () => {
      const end = await knownEnd();
      expect(await store.commitReuse({ ...reuse, knownEnd: end, is: "another" }, null)).toBe("done");
      expect([await holder("r2"), await holder(gone)]).toEqual([undefined, two]);
      expect(await known("r2")).toMatchObject({ kind: "present", native: { name: "new" }, madeAt: 9 });
      expect(await known(gone)).toMatchObject({ kind: "deleted", native: { name: "r2" } });
      expect((await store.loadNewcomers(entity, 10)).map(({ id }) => id)).toContain("r2");
      // Nothing can refer to a record that is gone, and no sweep looks for it.
      expect((await store.membersOf([two])).map(({ id }) => id)).toEqual(["y2"]);
      expect(await store.knownIds(crm, entity)).not.toContain(gone);
      const journal = await store.journalOf(two, 10);
      expect(journal.map(({ kind }) => kind)).toContain("id_reused");
      const again = { ...reuse.seen, madeAt: 12, readStart: 40, readEnd: 41 };
      expect(await store.commitReuse({ seen: again, knownEnd: end, is: "another" }, null)).toBe("moved");
    });

    test("and of the same record takes the place of the view in its link", async () => {
      const end = await knownEnd();
      await store.commitReuse({ ...reuse, knownEnd: end, is: "same" }, null);
      expect([await holder("r2"), await known("r2")]).toMatchObject([two, { native: { name: "new" } }]);
      expect((await store.journalOf(two, 10)).map(({ kind }) => kind)).toContain("same_record");
    });

    test("is free for what we made, where the system gives another stamp of creation", async () => {
      const before = { ...seen({ id: externalId("r2"), native: { name: "r2" } }), madeAt: 1 };
      const late = { readStart: 50, readEnd: 51, version: "2", versionOrder: 2 };
      await store.checkpoint({
        observations: [{ ...before, ...late }],
        unreadable: [],
        cursor: null,
        runId: null,
      });
      const three = linkId("l-three");
      const record = { connection: erp, entity, id: externalId("y3") };
      await store.checkpoint({
        observations: [seen({ ...record, native: { name: "y3" } })],
        unreadable: [],
        cursor: null,
        runId: null,
      });
      const found = { kind: "found", link: three, generation: 1, keys: [] } as const;
      await store.commitResolutions([{ record, resolution: found }], null, lease);
      const marked = (await store.loadBundles([three]))[0]?.marked ?? null;
      const create = intent(three, { target: crm });
      await store.commitDecisions([decision(three, { intents: [create], marked })], null, rights);
      const [sent] = await store.claimIntents({
        ...{ rights, target: crm, entity, limit: 5, keys: null, sendWithinMs: 1_000 },
      });
      if (sent === undefined) throw new Error("nothing was claimed");
      const answer = { ...reuse.seen, readStart: 60, readEnd: 61, via: "answer" as const };
      await store.commitOutcomes(
        [outcome(sent, { id: externalId("r2"), observation: answer })],
        null,
        rights,
      );
      expect([await holder("r2"), await holder(gone)]).toEqual([three, two]);
      const [made] = await store.intentsOf([three]);
      expect(made).toMatchObject({ state: "settled", id: "r2" });
    });
  });
}
