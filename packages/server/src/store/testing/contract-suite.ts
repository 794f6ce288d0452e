import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../port.ts";

const terms = { entities: { accounts: { means: "x" } } };
const one = { hash: "a".repeat(64), version: "1", terms, inForce: true };
const two = { ...one, hash: "b".repeat(64) };
const ada = { hash: one.hash, name: "Ada", role: "CFO", department: "Finance" };

/** What every store does with contracts and signatures. */
export function contractSuite(name: string, open: () => Promise<Store>): void {
  describe(`contracts (${name})`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await open();
      await store.migrate();
    });

    test("are kept in the order in which they came, one that comes back once more", async () => {
      expect(await store.keepContract(one)).toBe(true);
      expect(await store.keepContract(one)).toBe(false);
      expect(await store.keepContract(two)).toBe(true);
      expect(await store.keepContract(one)).toBe(true);
      expect(await store.keepContract({ ...one, version: null })).toBe(true);
      const kept = await store.listContracts();
      expect(kept.map(({ seq, hash, version }) => [seq, hash[0], version])).toEqual([
        [1, "a", "1"],
        [2, "b", "1"],
        [3, "a", "1"],
        [4, "a", null],
      ]);
      expect(kept[0]?.terms).toEqual(one.terms);
      const { entries, broken } = await store.verifyJournal();
      expect([entries, broken]).toEqual([4, []]);
    });

    test("one that is signed first is kept as such, and once more when it takes effect", async () => {
      expect(await store.keepContract({ ...one, inForce: false })).toBe(true);
      expect(await store.keepContract({ ...one, inForce: false })).toBe(false);
      expect(await store.keepContract(one)).toBe(true);
      expect(await store.keepContract({ ...one, inForce: false })).toBe(false);
      expect(await store.keepContract(one)).toBe(false);
      expect((await store.listContracts()).map(({ inForce }) => inForce)).toEqual([false, true]);
    });

    test("of two that start at once under one contract, one keeps it", async () => {
      const made = await Promise.all([store.keepContract(one), store.keepContract(one)]);
      expect(made.filter(Boolean)).toHaveLength(1);
      expect(await store.listContracts()).toHaveLength(1);
    });

    test("two who sign at once both have signed, and nobody signs twice", async () => {
      const bob = { ...ada, name: "Bob", department: null };
      const signed = [ada, bob, ada].map((each) => store.signContract(each, "root"));
      expect((await Promise.all(signed)).filter(Boolean)).toHaveLength(2);
      const listed = await store.listSignatures();
      expect(new Set(listed.map(({ name: who, department }) => [who, department].join("/")))).toEqual(
        new Set(["Ada/Finance", "Bob/"]),
      );
      expect(listed.map(({ hash, by }) => [hash, by])).toEqual([
        [one.hash, "root"],
        [one.hash, "root"],
      ]);
      const { entries, broken } = await store.verifyJournal();
      expect([entries, broken]).toEqual([2, []]);
    });

    test("one that is taken back stays, says who, when and why, and can be given again", async () => {
      const said = { by: "root", why: "read it too fast" };
      expect(await store.revokeSignature(ada, said)).toBe(false);
      await store.signContract(ada, "root");
      expect(await store.revokeSignature({ ...ada, hash: two.hash }, said)).toBe(false);
      expect(await store.revokeSignature(ada, said)).toBe(true);
      expect(await store.revokeSignature(ada, { by: "eve", why: "other" })).toBe(false);
      expect(await store.signContract(ada, "root")).toBe(true);
      expect(await store.signContract(ada, "root")).toBe(false);
      const listed = await store.listSignatures();
      const byNumber = listed.toSorted((a, b) => a.turn - b.turn);
      expect(byNumber.map(({ turn, revoked }) => [turn, revoked?.by, revoked?.why])).toEqual([
        [1, "root", "read it too fast"],
        [2, undefined, undefined],
      ]);
      expect(Date.parse(byNumber[0]?.revoked?.at ?? "")).not.toBeNaN();
      const { entries, broken } = await store.verifyJournal();
      expect([entries, broken]).toEqual([3, []]);
    });

    test("two who take it back at once do it once; of three who sign then one stands", async () => {
      await store.signContract(ada, "root");
      const taken = ["a", "b"].map((by) => store.revokeSignature(ada, { by, why: "x" }));
      expect((await Promise.all(taken)).filter(Boolean)).toHaveLength(1);
      const signed = ["a", "b", "c"].map((by) => store.signContract(ada, by));
      expect((await Promise.all(signed)).filter(Boolean)).toHaveLength(1);
      const standing = (await store.listSignatures()).filter(({ revoked }) => revoked === null);
      expect(standing.map(({ turn }) => turn)).toEqual([2]);
    });

    test("a signature is of one hash: of another contract it says nothing", async () => {
      await store.signContract(ada, "root");
      await store.signContract({ ...ada, hash: two.hash }, "root");
      const hashes = (await store.listSignatures()).map(({ hash }) => hash[0]);
      expect(new Set(hashes)).toEqual(new Set(["a", "b"]));
    });
  });
}
