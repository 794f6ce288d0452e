import { createHash } from "node:crypto";
import { externalId, linkId } from "@crossfoot/kernel";
import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { bucketDigits, treeOf } from "@crossfoot/model";
import type { DecisionRecord, ProofEntry, Store } from "../port.ts";
import { crm, decision, erp, seen } from "./records.ts";
import { matchAccounts, takeAll } from "./rights.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const within = 60_000;
const measure = (withinMs: number) => ({ withinMs, carried: ["accounts"], fields: ["name", "parent"] });

/** What every store does with the hash trees. */
export function proofSuite(name: string, open: () => Promise<Store>): void {
  describe(`hash trees (${name})`, () => {
    let store: Store;

    const link = async (...ids: readonly string[]): Promise<void> => {
      const lease = await matchAccounts(store, "one");
      for (const connection of [crm, erp]) {
        const observations = ids.map((id) => seen(id, { connection }));
        await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
        const kind = connection === crm ? "found" : "join";
        await store.commitResolutions(
          ids.map((id) => ({
            record: { connection, entity: "accounts", id: externalId(id) },
            resolution:
              kind === "found"
                ? { kind, link: linkId(`l-${id}`), generation: 1, keys: [] }
                : { kind: "join", link: linkId(`l-${id}`), keys: [] },
          })),
          null,
          lease,
        );
      }
    };
    const leaf = (id: string, hashes: { readonly crm: string; readonly erp: string }) => ({
      link: linkId(`l-${id}`),
      entity: "accounts",
      ...hashes,
      compared: 3,
      equal: hashes.crm === hashes.erp ? 3 : 2,
    });
    const due = async (): Promise<readonly string[]> =>
      (await store.dueProofs(100)).map((one) => one.link).toSorted();
    const prove = async (leaves: readonly ProofEntry["leaf"][]): Promise<number> => {
      const marks = new Map((await store.dueProofs(1_000)).map((one) => [one.link, one.marks]));
      return store.commitProofs(
        leaves.flatMap((each) =>
          each === null
            ? []
            : [{ link: each.link, marks: marks.get(each.link) ?? [], leaf: each, names: null }],
        ),
      );
    };

    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("a link is due when a record shows something else, not when it shows the same", async () => {
      await link("a", "b");
      expect(await due()).toEqual(["l-a", "l-b"]);
      await prove([leaf("a", { crm: "x", erp: "x" }), leaf("b", { crm: "x", erp: "y" })]);
      expect(await due()).toEqual([]);
      const again = (change: object) =>
        store.checkpoint({
          observations: [seen("a", { readStart: 20, readEnd: 21, version: "2", versionOrder: 2, ...change })],
          unreadable: [],
          cursor: null,
          runId: null,
        });
      await again({});
      expect(await due()).toEqual([]);
      await again({ readStart: 30, readEnd: 31, version: "3", versionOrder: 3, contentHash: "other" });
      expect(await due()).toEqual(["l-a"]);
    });

    test("a leaf made of what was there before a change is stored by nobody after it", async () => {
      await link("a");
      const [old] = await store.dueProofs(10);
      if (old === undefined) throw new Error("nothing is due");
      // 1. One worker reads the marks and the record. 2. The record changes. 3. Another reads and stores.
      await store.markWork([linkId("l-a")], "changed");
      const [fresh] = await store.dueProofs(10);
      if (fresh === undefined) throw new Error("nothing is due");
      expect(
        await store.commitProofs([{ ...fresh, leaf: leaf("a", { crm: "x", erp: "x" }), names: null }]),
      ).toBe(1);
      // 4. The first one stores what it had made.
      expect(
        await store.commitProofs([{ ...old, leaf: leaf("a", { crm: "o", erp: "p" }), names: null }]),
      ).toBe(0);
      expect((await store.proofLeaves("accounts", 9, null)).map(({ crm: hash }) => hash)).toEqual(["x"]);
    });

    test("a change that came while a leaf was made leaves its link due", async () => {
      await link("a");
      const [old] = await store.dueProofs(10);
      if (old === undefined) throw new Error("nothing is due");
      await store.markWork([linkId("l-a")], "changed");
      expect(
        await store.commitProofs([{ ...old, leaf: leaf("a", { crm: "x", erp: "x" }), names: null }]),
      ).toBe(1);
      expect(await due()).toEqual(["l-a"]);
    });

    test("what names a record is found by it, until it names another or is gone", async () => {
      await link("a", "b", "c");
      const name = async (id: string, ...named: readonly string[]): Promise<number> =>
        store.commitProofs([
          {
            link: linkId(`l-${id}`),
            marks: [],
            leaf: null,
            names: { entity: "orders", links: named.map(linkId) },
          },
        ]);
      const found = async (id: string): Promise<readonly string[]> =>
        store.referringTo([linkId(id)], "orders", 9);
      await name("b", "l-a");
      await name("c", "l-a", "l-b");
      expect([await found("l-a"), await found("l-b"), await found("l-c")]).toEqual([
        ["l-b", "l-c"],
        ["l-c"],
        [],
      ]);
      expect(await store.referringCounts(linkId("l-a"))).toEqual([{ entity: "orders", count: 2 }]);
      expect(await store.referringTo([linkId("l-a"), linkId("l-b")], "orders", 1)).toEqual(["l-b"]);
      expect(await store.referringTo([linkId("l-a")], "invoices", 9)).toEqual([]);
      await name("b", "l-c");
      await store.commitProofs([{ link: linkId("l-c"), marks: [], leaf: null, names: null }]);
      expect([await found("l-a"), await found("l-b"), await found("l-c")]).toEqual([[], [], ["l-b"]]);
    });

    test("other terms make every link of the entity due, once", async () => {
      await link("a", "b");
      await prove([leaf("a", { crm: "x", erp: "x" }), leaf("b", { crm: "x", erp: "x" })]);
      expect(await store.proveUnder("accounts", "contract 1")).toBe(true);
      expect(await due()).toEqual(["l-a", "l-b"]);
      expect(await store.proveUnder("accounts", "contract 1")).toBe(false);
    });

    test("after any changes of leaves the tree is the one that is made from nothing", async () => {
      const names = "aa bb cc dd ee ff gg hh ii jj".split(" ");
      await link(...names);
      const side = fc.constantFrom("x", "y", "z");
      const change = fc.record({ id: fc.constantFrom(...names), crm: side, erp: side, isGone: fc.boolean() });
      const batches = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(batches, async (given) => {
          for (const batch of given) {
            const last = new Map(batch.map((each) => [each.id, each]));
            await store.commitProofs(
              [...last.values()].map(({ id, isGone, ...hashes }) => ({
                link: linkId(`l-${id}`),
                marks: [],
                leaf: isGone ? null : leaf(id, hashes),
                names: null,
              })),
            );
            const leaves = await store.proofLeaves("accounts", 100, null);
            expect(await store.proofNodes("accounts", bucketDigits)).toEqual(treeOf(leaves, digest));
          }
        }),
        { numRuns: 10 },
      );
    });

    test("shares count records and fields; what is unequal is the oldest not proven", async () => {
      await link("a", "b");
      await prove([leaf("a", { crm: "x", erp: "x" }), leaf("b", { crm: "x", erp: "y" })]);
      const state = await store.proofState("accounts", measure(within));
      expect(state).toMatchObject({ records: 2, fields: 6, recordsEqual: 1, fieldsEqual: 5 });
      expect(state).toMatchObject({ recordsProven: 1, fieldsProven: 5, oldest: { link: "l-b" } });
    });

    test("what differs as the contract has it owes no proof, and is never the oldest", async () => {
      await link("a", "b", "c", "d", "e");
      await prove("abcde".split("").map((id) => leaf(id, { crm: "x", erp: id === "e" ? "x" : "y" })));
      const rights = await takeAll(store, "one");
      const decide = async (id: string, change: Partial<DecisionRecord>): Promise<void> => {
        const of = linkId(`l-${id}`);
        const [bundle] = await store.loadBundles([of]);
        const taken = decision(of, { verdict: "waiting", marked: bundle?.marked ?? null, ...change });
        expect(await store.commitDecisions([taken], null, rights)).toEqual([of]);
      };
      const record = { parentEntity: null, parentConnection: null, parentId: null };
      const waits = (parent: string, isBlocking = false) => [
        { ...record, field: "parent", target: erp, parentLink: linkId(`l-${parent}`), isBlocking },
      ];
      const state = () => store.proofState("accounts", measure(within));
      await decide("a", { waits: waits("e") });
      await decide("b", { waits: waits("c") });
      await decide("c", { waits: waits("e", true) });
      expect(await state()).toMatchObject({ recordsApart: 0, fieldsApart: 0 });
      await decide("e", { verdict: "not_wanted" });
      expect(await state()).toMatchObject({ recordsApart: 3, fieldsApart: 3, oldest: { link: "l-d" } });
      // A conflict about the field is open all the same, and a field that one side does not show is none.
      const conflict = { field: "parent", reason: "both_changed" as const, values: {} };
      await decide("a", { waits: waits("e"), conflicts: [conflict] });
      expect(await state()).toMatchObject({ recordsApart: 2, oldest: { link: "l-a" } });
      const shown = { ...measure(within), fields: ["name"] };
      expect(await store.proofState("accounts", shown)).toMatchObject({ recordsApart: 0, fieldsApart: 0 });
      // What waits for a record of an entity that is not carried waits for ever.
      const foreign = { parentLink: null, parentEntity: "users", parentConnection: crm, parentId: "u1" };
      const [wait] = waits("e");
      if (wait === undefined) throw new Error("no wait");
      await decide("d", { waits: [{ ...wait, ...foreign }] });
      expect(await state()).toMatchObject({ recordsApart: 3, recordsProven: 1 });
    });

    test("what was read too long ago proves nothing, until a sweep has listed it again", async () => {
      await link("a");
      await prove([leaf("a", { crm: "x", erp: "x" })]);
      expect(await store.proofState("accounts", measure(-within))).toMatchObject({
        recordsEqual: 1,
        recordsProven: 0,
      });
      const sweptAt = new Date(Date.now() + 10 * within).toISOString();
      const sweep = async (connection: typeof crm): Promise<void> => {
        const cursor = { ...(await store.loadCursor(connection, "accounts")), sweptAt };
        await store.checkpoint({ observations: [], unreadable: [], cursor, runId: null });
      };
      await sweep(crm);
      expect(await store.proofState("accounts", measure(-within))).toMatchObject({ recordsProven: 0 });
      await sweep(erp);
      expect(await store.proofState("accounts", measure(-within))).toMatchObject({
        recordsProven: 1,
        oldest: null,
      });
    });
  });
}
