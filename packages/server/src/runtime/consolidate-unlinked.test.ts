import { describe, expect, test } from "vitest";
import { cutEvery, differences, linkOf, names } from "./testing/consolidation-scene.ts";
import type { MiniWorldOptions } from "./testing/world.ts";
import { account, doubled } from "./testing/unlinked-scene.ts";
import type { Doubled } from "./testing/unlinked-scene.ts";

const automatic = { cluster: null, survivor: null, take: {}, by: "ada" } as const;
const likely: Partial<MiniWorldOptions> = {
  contract: { entities: { accounts: { consolidation: { automaticFrom: 0.51 } } } },
};

describe("a record that somebody said is one of its own", () => {
  const word = { with: null, by: "ben" } as const;
  const record = (id: string) => ({ connection: "crm", entity: "accounts", id }) as never;

  test("is no duplicate of what it was held against, and is not consolidated by itself", async () => {
    const scene = await doubled(likely);
    expect(await scene.engine.decideCandidate(record(scene.twin), word)).toBe("told");
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"] });
    expect(clusters).toEqual([]);
    await expect(scene.engine.consolidate(automatic)).rejects.toThrow("free of anybody's word");
    const asked = { cluster: scene.cluster, survivor: null, take: {}, by: "ada" };
    await expect(scene.engine.consolidate(asked)).rejects.toThrow("ben said that its records are apart");
  });

  test("is asked about with another one that comes later, and never joined to it by itself", async () => {
    const scene = await doubled(likely);
    await scene.engine.decideCandidate(record(scene.twin), word);
    await scene.engine.run();
    scene.pass(10);
    const later = scene.crm.add("accounts", {
      ...account("Cedar Optics"),
      email: null,
      taxId: "DE811234567",
    });
    await scene.engine.run();
    scene.pass(10);
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"] });
    const found = clusters.filter(({ records }) => records.some(({ id }) => id === scene.twin));
    expect(found.some(({ records }) => records.some(({ id }) => id === later))).toBe(true);
    expect(found.some(({ isAutomatic }) => isAutomatic)).toBe(true);
    const plan = await scene.engine.consolidate(automatic).catch(String);
    const lost = typeof plan === "string" ? [] : plan.writes.map(({ id }) => id);
    expect(lost).not.toContain(scene.twin);
  });

  test("may be consolidated again once its values are others and a person names the cluster", async () => {
    const scene = await doubled(likely);
    await scene.engine.decideCandidate(record(scene.twin), word);
    await scene.engine.run();
    scene.pass(10);
    scene.crm.edit("accounts", scene.twin, { taxId: "DE811234567" });
    await scene.engine.run();
    scene.pass(10);
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"], connection: "crm" as never });
    expect(clusters.map(({ id }) => id)).toContain(scene.cluster);
    await expect(scene.engine.consolidate(automatic)).rejects.toThrow("free of anybody's word");
    const asked = { cluster: scene.cluster, survivor: null, take: {}, by: "ada" };
    expect((await scene.engine.consolidate(asked)).writes.length).toBeGreaterThan(0);
  });
});

/** The twin is the CRM's second record of the third company; nothing was made for it in the ERP. */
const asked = (scene: Doubled) => ({ cluster: scene.cluster, survivor: null, take: {}, by: "ada" }) as const;

/** One record of each company on both sides, and nothing to be written. */
async function expectJoined(scene: Doubled): Promise<void> {
  await scene.engine.run();
  expect([scene.crm.rows("accounts").length, scene.erp.rows("accounts").length]).toEqual([12, 12]);
  expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(await linkOf(scene, `crm:${scene.first}`));
  const writes = [scene.crm.writes, scene.erp.writes];
  await scene.engine.run();
  expect([scene.crm.writes, scene.erp.writes]).toEqual(writes);
  expect(await scene.engine.candidates()).toEqual([]);
  expect(await differences(scene)).toEqual([]);
}

/** The twin is there again, waits for a word, and nothing was made for it. */
async function expectTwin(scene: Doubled): Promise<void> {
  for (let count = 0; count < 2; count += 1) {
    scene.pass(10);
    await scene.engine.run();
  }
  expect([scene.crm.rows("accounts").length, scene.erp.rows("accounts").length]).toEqual([13, 12]);
  expect((await scene.engine.candidates()).map(({ id }) => id)).toEqual([scene.twin]);
  expect(await linkOf(scene, `crm:${scene.twin}`)).toBe(null);
}

describe("a duplicate that has no link", () => {
  test("is joined on its own system, and nothing is made for it in the other", async () => {
    const scene = await doubled();
    expect((await scene.engine.candidates()).map(({ id }) => id)).toEqual([scene.twin]);
    const plan = await scene.engine.consolidate(asked(scene));
    expect(plan.writes.map(({ kind, target, id }) => `${kind} ${target}:${id}`)).toEqual([
      `merge crm:${scene.twin}`,
    ]);
    const erp = scene.erp.writes;
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await expectJoined(scene);
    expect([scene.erp.writes, names.length]).toEqual([erp, 12]);
  });

  test("gives the survivor what that lacks, on both systems", async () => {
    const scene = await doubled();
    scene.crm.edit("accounts", scene.twin, { taxId: "DE811234567" });
    const plan = await scene.engine.consolidate(asked(scene));
    expect(plan.writes.map(({ kind, target }) => `${kind} ${target}`)).toEqual([
      ...["update crm", "update erp", "merge crm"],
    ]);
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await expectJoined(scene);
    expect(scene.erp.rows("accounts").filter(({ fields }) => fields["taxId"] === "DE811234567").length).toBe(
      1,
    );
  });

  test("is archived where its system joins none, and comes back out of the archive", async () => {
    const scene = await doubled({
      crm: { entities: { accounts: {}, contacts: {}, products: {}, quotes: {} } },
    });
    const plan = await scene.engine.consolidate(asked(scene));
    expect(plan.writes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([`archive ${scene.twin}`]);
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await scene.engine.run();
    expect(scene.crm.get("accounts", scene.twin).isArchived).toBe(true);
    expect(scene.erp.rows("accounts").length).toBe(12);
    scene.pass(10);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    expect((await scene.engine.apply(back)).unmade).toEqual([]);
    expect(scene.crm.get("accounts", scene.twin).isArchived).toBe(false);
    await expectTwin(scene);
  });

  test("comes back by an undo, waits for a word as before, and may be joined again", async () => {
    const scene = await doubled();
    await scene.engine.apply(await scene.engine.consolidate(asked(scene)));
    await scene.engine.run();
    scene.pass(10);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    expect(back.writes.map(({ kind, target, id }) => `${kind} ${target}:${id}`)).toEqual([
      `unmerge crm:${scene.twin}`,
    ]);
    expect((await scene.engine.apply(back)).unmade).toEqual([]);
    await expectTwin(scene);
    const again = await scene.engine.consolidate(asked(scene));
    expect((await scene.engine.apply(again)).unmade).toEqual([]);
    await expectJoined(scene);
  });

  test("that is an alias of a link by a person's word is joined on its system too", async () => {
    const scene = await doubled();
    const link = (await linkOf(scene, `crm:${scene.first}`)) ?? "";
    const record = { connection: "crm", entity: "accounts", id: scene.twin } as never;
    expect(await scene.engine.decideCandidate(record, { with: link, by: "ben" })).toBe("told");
    await scene.engine.run();
    scene.pass(10);
    const plan = await scene.engine.consolidate(asked(scene));
    expect(plan.writes.map(({ kind, id }) => `${kind} ${id}`)).toEqual([`merge ${scene.twin}`]);
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await expectJoined(scene);
  });

  test("cannot be what survives, and two without a link are not joined", async () => {
    const scene = await doubled();
    const { twin } = scene;
    await expect(scene.engine.consolidate({ ...asked(scene), survivor: `crm:${twin}` })).rejects.toThrow(
      "has no link of its own",
    );
    const store = { ...scene.world.store, linksOf: () => Promise.resolve(new Map()) };
    await expect(scene.restart({ store }).consolidate(asked(scene))).rejects.toThrow(
      "none of its records has a link",
    );
  });

  test(
    "dies anywhere while it is joined, and goes on: one merge, nothing made",
    { timeout: 120_000 },
    async () => {
      await cutEvery(5, async ({ call, wrapStore, during }) => {
        const scene = await doubled({ wrapStore });
        const plan = await scene.engine.consolidate(asked(scene));
        const writes = [scene.crm.writes, scene.erp.writes];
        await during(() => scene.engine.apply(plan));
        scene.pass(60_000);
        if (call % 2 === 0) await scene.restart().run();
        const engine = scene.restart();
        expect((await engine.apply(plan, { onDrift: "skip" })).unmade, `cut at ${call}`).toEqual([]);
        await expectJoined({ ...scene, engine });
        const made = [scene.crm.writes - (writes[0] ?? 0), scene.erp.writes - (writes[1] ?? 0)];
        expect(made, `cut at ${call}`).toEqual([1, 0]);
      });
    },
  );

  test("dies anywhere while it is taken back, and is there again once", { timeout: 120_000 }, async () => {
    await cutEvery(5, async ({ call, wrapStore, during }) => {
      const scene = await doubled({ wrapStore });
      await scene.engine.apply(await scene.engine.consolidate(asked(scene)));
      await scene.engine.run();
      scene.pass(10);
      const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
      await during(() => scene.engine.apply(back));
      scene.pass(60_000);
      if (call % 2 === 0) await scene.restart().run();
      const engine = scene.restart();
      expect((await engine.apply(back, { onDrift: "skip" })).unmade, `cut at ${call}`).toEqual([]);
      await expectTwin({ ...scene, engine });
    });
  });
});

describe("a record of which a person said that its own system has it twice", () => {
  /** Then it is edited until no matcher would see it. */
  async function told(options: Partial<MiniWorldOptions> = {}) {
    const scene = await doubled(options);
    const link = await linkOf(scene, `crm:${scene.first}`);
    const record = { connection: "crm", entity: "accounts", id: scene.twin } as never;
    expect(await scene.engine.decideCandidate(record, { with: link, by: "ben" })).toBe("told");
    scene.crm.edit("accounts", scene.twin, { name: "Quay Nine Ltd", email: "ship@quay.example" });
    await scene.engine.run();
    scene.pass(10);
    return scene;
  }

  test("is listed as a duplicate, whatever it shows, until it is one", async () => {
    const scene = await told(likely);
    expect(await scene.engine.candidates()).toEqual([]);
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"] });
    expect(clusters.map(({ records }) => records.map(({ id }) => id))).toEqual([
      [scene.first, scene.twin].toSorted(),
    ]);
    expect(clusters[0]?.id).toBe(scene.cluster);
    expect(clusters[0]).toMatchObject({ band: "link", probability: 1, isAutomatic: false });
    expect(clusters[0]?.evidence[0]?.says).toEqual(["they have one link: somebody said that they are one"]);
    const again = await scene.engine.duplicates({ only: ["accounts"] });
    expect([again.clusters.length, again.fresh]).toEqual([1, []]);
    // A person names it; by itself nothing is joined that the matcher does not see.
    await expect(scene.engine.consolidate(automatic)).rejects.toThrow("no open cluster");
    const plan = await scene.engine.consolidate(asked(scene));
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await scene.engine.run();
    expect((await scene.engine.duplicates({ only: ["accounts"] })).clusters).toEqual([]);
    expect([scene.crm.rows("accounts").length, scene.erp.rows("accounts").length]).toEqual([12, 12]);
  });

  test("is no duplicate any more when that is taken back", async () => {
    const scene = await told();
    expect((await scene.engine.duplicates({ only: ["accounts"] })).clusters.length).toBe(1);
    const record = { connection: "crm", entity: "accounts", id: scene.twin } as never;
    expect(await scene.engine.undecideCandidate(record, "ada")).toBe("told");
    expect((await scene.engine.duplicates({ only: ["accounts"] })).clusters).toEqual([]);
  });
});
