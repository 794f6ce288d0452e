import { describe, expect, test } from "vitest";
import { linkOf } from "./testing/consolidation-scene.ts";
import { doubled } from "./testing/unlinked-scene.ts";
import type { Doubled } from "./testing/unlinked-scene.ts";

const apart = { with: null, by: "ben" } as const;
const record = (id: string) => ({ connection: "crm", entity: "accounts", id }) as never;
const clustersOf = async (scene: Doubled) =>
  (await scene.engine.duplicates({ only: ["accounts"], isStoredOnly: true })).clusters;

/** What the journal tells of a link, by kind, the oldest first. */
async function told(scene: Doubled, link: string, kind: string): Promise<readonly unknown[]> {
  const entries = await scene.store.journalOf(link as never, 100);
  return entries
    .filter((entry) => entry.kind === kind)
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq))
    .map(({ body }) => body);
}

describe("a decision about a record", () => {
  test("of being apart is taken back: it is asked about again, as before, and has no link", async () => {
    const scene = await doubled();
    const [before] = await scene.engine.candidates();
    await scene.engine.decideCandidate(record(scene.twin), apart);
    const link = await linkOf(scene, `crm:${scene.twin}`);
    expect(await clustersOf(scene)).toEqual([]);
    expect(await scene.engine.undecideCandidate(record(scene.twin), "ada")).toBe("told");
    const [again] = await scene.engine.candidates();
    expect(again).toEqual(before);
    expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(null);
    expect((await clustersOf(scene)).map(({ id }) => id)).toEqual([scene.cluster]);
    const body = { connection: "crm", id: scene.twin };
    expect(await told(scene, link ?? "", "candidate_decided")).toEqual([
      { ...body, state: "apart", by: "ben" },
    ]);
    expect(await told(scene, link ?? "", "candidate_reopened")).toEqual([
      { ...body, superseded: "apart", by: "ada" },
    ]);
  });

  test("taken back twice is taken back once, and nothing is made of it meanwhile", async () => {
    const scene = await doubled();
    await scene.engine.decideCandidate(record(scene.twin), apart);
    const link = (await linkOf(scene, `crm:${scene.twin}`)) ?? "";
    await scene.engine.undecideCandidate(record(scene.twin), "ada");
    expect(await scene.engine.undecideCandidate(record(scene.twin), "ada")).toBe("told");
    expect(await told(scene, link, "candidate_reopened")).toHaveLength(1);
    const writes = [scene.crm.writes, scene.erp.writes];
    await scene.engine.run();
    expect([scene.crm.writes, scene.erp.writes]).toEqual(writes);
    expect(await scene.engine.candidates()).toHaveLength(1);
  });

  test("said twice is said once", async () => {
    const scene = await doubled();
    for (const by of ["ben", "ada"])
      expect(await scene.engine.decideCandidate(record(scene.twin), { with: null, by })).toBe("told");
    const link = (await linkOf(scene, `crm:${scene.twin}`)) ?? "";
    expect(await told(scene, link, "candidate_decided")).toHaveLength(1);
  });

  test("of being apart gives way to being the same, which names what it takes the place of", async () => {
    const scene = await doubled();
    await scene.engine.decideCandidate(record(scene.twin), apart);
    const same = { with: `crm:${scene.first}`, by: "ada" };
    expect(await scene.engine.decideCandidate(record(scene.twin), same)).toBe("told");
    expect(await scene.engine.decideCandidate(record(scene.twin), same)).toBe("told");
    const link = await linkOf(scene, `crm:${scene.first}`);
    expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(link);
    const body = { connection: "crm", id: scene.twin };
    expect(await told(scene, link ?? "", "candidate_decided")).toEqual([
      { ...body, state: "linked", superseded: "apart", by: "ada" },
    ]);
    await scene.engine.run();
    expect(scene.erp.rows("accounts")).toHaveLength(12);
    expect(await scene.engine.candidates()).toEqual([]);
  });

  test("of being the same gives way to being apart, and is taken back by itself", async () => {
    const scene = await doubled();
    const same = { with: `crm:${scene.first}`, by: "ada" };
    await scene.engine.decideCandidate(record(scene.twin), same);
    expect(await scene.engine.undecideCandidate(record(scene.twin), "ada")).toBe("told");
    expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(null);
    await scene.engine.decideCandidate(record(scene.twin), same);
    expect(await scene.engine.decideCandidate(record(scene.twin), apart)).toBe("told");
    const link = await linkOf(scene, `crm:${scene.twin}`);
    expect(link).not.toBe(await linkOf(scene, `crm:${scene.first}`));
    expect(await told(scene, link ?? "", "candidate_decided")).toMatchObject([{ superseded: "linked" }]);
  });

  test("is not taken back once its record has a counterpart, and nothing is changed", async () => {
    const scene = await doubled();
    await scene.engine.decideCandidate(record(scene.twin), apart);
    await scene.engine.run();
    const link = await linkOf(scene, `crm:${scene.twin}`);
    expect(await scene.engine.undecideCandidate(record(scene.twin), "ada")).toBe("taken");
    const same = { with: `crm:${scene.first}`, by: "ada" };
    expect(await scene.engine.decideCandidate(record(scene.twin), same)).toBe("taken");
    expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(link);
    expect(await clustersOf(scene)).toEqual([]);
  });

  test.each(["same", "apart"] as const)(
    "of being %s about what a merge left twice is taken back to that question; an edit makes nothing",
    async (word) => {
      const scene = await doubled();
      const [first, second] = ["crm-1", "crm-2"];
      const link = await linkOf(scene, `crm:${second}`);
      scene.crm.merge("accounts", first, second);
      await scene.engine.run();
      scene.pass(10);
      const asked = (await scene.engine.candidates()).find(({ connection }) => connection === "erp");
      const twin = { connection: "erp", entity: "accounts", id: asked?.id } as never;
      const at = `erp:${asked?.id}`;
      expect(await linkOf(scene, at)).toBe(link);
      const other = word === "same" ? `crm:${second}` : null;
      expect(await scene.engine.decideCandidate(twin, { with: other, by: "ben" })).toBe("told");
      expect(await scene.engine.undecideCandidate(twin, "ada")).toBe("told");
      expect(await linkOf(scene, at)).toBe(link);
      const count = scene.crm.rows("accounts").length;
      scene.erp.edit("accounts", asked?.id ?? "", { email: "other@x.example", name: "Other" });
      await scene.engine.run();
      expect(scene.crm.rows("accounts")).toHaveLength(count);
      expect((await scene.engine.candidates()).map(({ id }) => id)).toContain(asked?.id);
    },
  );

  test("that nobody took is not known", async () => {
    const scene = await doubled();
    expect(await scene.engine.undecideCandidate(record(scene.first), "ada")).toBe("unknown");
    expect(await scene.engine.undecideCandidate(record("crm-99"), "ada")).toBe("unknown");
  });

  test.each(["loadBundles", "commitDecisions", "claimIntents", "commitOutcomes"] as const)(
    "taken back while a worker is at %s: its record is asked about and nothing was made, or it is refused",
    async (step) => {
      const scene = await doubled();
      await scene.engine.decideCandidate(record(scene.twin), apart);
      const store = scene.store as unknown as { [name: string]: (...args: unknown[]) => unknown };
      const real = store[step]?.bind(store);
      let outcome: string | null = null;
      store[step] = async (...args) => {
        outcome ??= await scene.engine.undecideCandidate(record(scene.twin), "ada");
        return real?.(...args);
      };
      await scene.engine.run();
      scene.pass(10);
      await scene.engine.run();
      const isBack = outcome === "told";
      expect(["told", "busy", "taken"]).toContain(outcome);
      expect(scene.erp.rows("accounts")).toHaveLength(isBack ? 12 : 13);
      expect(await scene.engine.candidates()).toHaveLength(isBack ? 1 : 0);
      expect((await linkOf(scene, `crm:${scene.twin}`)) === null).toBe(isBack);
      expect((await scene.store.verifyJournal()).broken).toEqual([]);
      // Sent is sent: before that a word still counts.
      expect(isBack).toBe(step !== "commitOutcomes");
    },
  );

  test.each([0, 1, 2, 3])("is changed by saying it again after a death at commit %i", async (commits) => {
    const scene = await doubled();
    await scene.engine.decideCandidate(record(scene.twin), apart);
    const same = { with: `crm:${scene.first}`, by: "ada" };
    const [reopen, save, settle] = [
      scene.store.reopenCandidate.bind(scene.store),
      scene.store.saveDuplicates.bind(scene.store),
      scene.store.settleCandidate.bind(scene.store),
    ];
    let left = commits;
    const dying =
      <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
      async (...args: A): Promise<R> => {
        if (left-- <= 0) throw new Error("died");
        return call(...args);
      };
    Object.assign(scene.store, {
      reopenCandidate: dying(reopen),
      saveDuplicates: dying(save),
      settleCandidate: dying(settle),
    });
    await expect(scene.engine.decideCandidate(record(scene.twin), same)).rejects.toThrow("died");
    left = Number.POSITIVE_INFINITY;
    expect(await scene.engine.decideCandidate(record(scene.twin), same)).toBe("told");
    expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(await linkOf(scene, `crm:${scene.first}`));
    await scene.engine.run();
    expect(scene.erp.rows("accounts")).toHaveLength(12);
  });
});
