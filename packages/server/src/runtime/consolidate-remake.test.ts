import { describe, expect, test } from "vitest";
import {
  build,
  cutEvery,
  differences,
  linkOf,
  linksNow,
  names,
  request,
} from "./testing/consolidation-scene.ts";
import type { Scene } from "./testing/consolidation-scene.ts";
import type { MiniWorld } from "./testing/world.ts";

describe("a loser that its system has deleted", () => {
  const able = { merge: true, unmerge: true };
  const tables = { contacts: {}, products: {}, quotes: {} };
  const deleting = { entities: { ...tables, accounts: { merge: true } }, mergesDelete: true };
  const merging = { entities: { ...tables, accounts: able } };
  /** How the loser goes: by a merge that deletes it, or by a person who empties the archive. */
  const ways = [
    { way: "the ERP's own merge deletes it", options: { erp: deleting }, empties: false, made: ["erp"] },
    { way: "a person deletes it from the archive", options: {}, empties: true, made: ["erp"] },
    {
      way: "both merges delete it",
      options: { crm: deleting, erp: deleting },
      empties: false,
      made: ["crm", "erp"],
    },
  ];

  async function joined({ options, empties }: (typeof ways)[number]): Promise<Scene> {
    const scene = await build({ crm: merging, ...options });
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    if (empties) scene.erp.remove("accounts", scene.lose.erp);
    return scene;
  }

  const nameOf = (mini: MiniWorld, side: "crm" | "erp", id: string): unknown =>
    mini[side].get("accounts", id).fields["name"];

  /** The records that stand for the loser now. */
  async function now(scene: Scene, made: readonly string[]): Promise<{ crm: string; erp: string }> {
    const found = (side: "crm" | "erp"): string =>
      made.includes(side)
        ? (scene[side].rows("accounts").find(({ fields }) => fields["name"] === "Cedar Optics")?.id ?? "")
        : scene.lose[side];
    return { crm: found("crm"), erp: found("erp") };
  }

  async function expectTwoAgain(
    scene: Scene,
    at: { readonly links: readonly (string | null)[]; readonly made: readonly string[] },
  ): Promise<void> {
    expect((await scene.engine.run()).troubles).toEqual([]);
    const { keep } = scene;
    const again = await now(scene, at.made);
    expect(again.crm === keep.crm || again.erp === keep.erp).toBe(false);
    const records = [`crm:${keep.crm}`, `crm:${again.crm}`, `erp:${keep.erp}`, `erp:${again.erp}`];
    expect(await Promise.all(records.map((id) => linkOf(scene, id)))).toEqual(at.links);
    for (const side of ["crm", "erp"] as const) {
      expect(scene[side].rows("accounts").length).toBe(names.length + 1);
      expect(nameOf(scene, side, again[side])).toBe("Cedar Optics");
      expect(scene[side].get("accounts", again[side]).fields["taxId"]).toBe("DE811234567");
      expect(scene[side].rows("contacts").map(({ fields }) => fields["account"])).toEqual([again[side]]);
    }
    expect(scene.crm.get("accounts", keep.crm).fields["taxId"] ?? null).toBe(null);
    const writes = [scene.crm.writes, scene.erp.writes];
    scene.pass(10);
    await scene.engine.run({ sweep: true });
    await scene.engine.run();
    expect([scene.crm.writes, scene.erp.writes]).toEqual(writes);
    expect(await differences(scene)).toEqual([]);
  }

  for (const one of ways) {
    test(`${one.way}: it counts as merged, not as deleted by people`, async () => {
      const scene = await joined(one);
      const archived = scene.crm.rows("accounts").filter(({ isArchived }) => isArchived);
      for (let count = 0; count < 2; count += 1) {
        scene.pass(10);
        const run = await scene.engine.run({ sweep: true });
        expect([run.troubles, run.guardStops]).toEqual([[], []]);
      }
      const link = await linkOf(scene, `crm:${scene.keep.crm}`);
      for (const id of [`crm:${scene.lose.crm}`, `erp:${scene.keep.erp}`, `erp:${scene.lose.erp}`])
        expect(await linkOf(scene, id)).toBe(link);
      expect(scene.crm.rows("accounts").filter(({ isArchived }) => isArchived)).toEqual(archived);
      expect(scene.erp.get("accounts", scene.keep.erp).isArchived).toBe(false);
      expect(await scene.store.listParks()).toEqual([]);
      expect(await differences(scene)).toEqual([]);
    });

    test(`${one.way}: it is made again, once, over its former link`, async () => {
      const scene = await build({ crm: merging, ...one.options });
      const links = await linksNow(scene);
      await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
      if (one.empties) scene.erp.remove("accounts", scene.lose.erp);
      await scene.engine.run();
      scene.pass(10);
      const creates = scene.crm.creates.length + scene.erp.creates.length;
      const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
      const made = back.writes.filter(({ kind }) => kind === "create");
      expect(made.map(({ target, link }) => [target, link])).toEqual(one.made.map((at) => [at, links[1]]));
      const said = back.consolidation?.left.filter(({ field }) => field === null) ?? [];
      expect(said.map(({ target }) => target).toSorted()).toEqual(one.made);
      expect(said[0]?.reason).toContain("made again under another id");
      expect((await scene.engine.apply(back)).unmade).toEqual([]);
      await expectTwoAgain(scene, { links, made: one.made });
      expect(scene.crm.creates.length + scene.erp.creates.length - creates).toBe(one.made.length);
      await expect(
        scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" }),
      ).rejects.toThrow(/taken back already/);
    });

    test(`${one.way}: it is made once wherever the program dies`, { timeout: 120_000 }, async () => {
      await cutEvery(11, async ({ call, wrapStore, during }) => {
        const scene = await build({ crm: merging, ...one.options, wrapStore });
        const links = await linksNow(scene);
        await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
        if (one.empties) scene.erp.remove("accounts", scene.lose.erp);
        await scene.engine.run();
        scene.pass(10);
        const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
        await during(() => scene.engine.apply(back));
        scene.pass(60_000);
        await scene.restart().run();
        const engine = scene.restart();
        const done = await engine.apply(back, { onDrift: "skip" });
        expect(done.unmade, `cut at ${call}`).toEqual([]);
        await expectTwoAgain({ ...scene, engine }, { links, made: one.made });
      });
    });
  }

  test("a lost answer of the merge that deletes it, or of what makes it again, is asked about", async () => {
    const [own] = ways as [(typeof ways)[number]];
    const scene = await build({ crm: merging, ...own.options });
    const links = await linksNow(scene);
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    const at = plan.writes.filter(({ target }) => target === "erp").findIndex(({ kind }) => kind === "merge");
    scene.erp.faults = [...Array.from({ length: at }, () => "none" as const), "lost_answer"];
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await scene.engine.run();
    scene.pass(10);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    const { length } = scene.erp.creates;
    scene.erp.faults = ["lost_answer"];
    expect((await scene.engine.apply(back)).unmade).toEqual([]);
    expect(scene.erp.creates.length - length).toBe(1);
    await expectTwoAgain(scene, { links, made: own.made });
  });

  test("is not made again when a person has brought it back since the plan", async () => {
    const scene = await joined(ways[1] as (typeof ways)[number]);
    await scene.engine.run();
    scene.pass(10);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    scene.pass(10);
    scene.erp.bringBack("accounts", scene.lose.erp);
    const rows = scene.erp.rows("accounts").length;
    const done = await scene.engine.apply(back, { onDrift: "skip" });
    expect(done.unmade.map(({ reason }) => reason)).toContain(`erp:${scene.lose.erp} is there again`);
    expect(scene.erp.rows("accounts").length).toBe(rows);
  });
});
