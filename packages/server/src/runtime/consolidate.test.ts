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
import { memoryErasedList } from "./testing/erased-list.ts";

/** One link with all four records, its children on the survivors, and nothing left to write. */
async function expectOne(scene: Scene): Promise<void> {
  const { keep, lose } = scene;
  const run = await scene.engine.run();
  expect(run.troubles).toEqual([]);
  const link = await linkOf(scene, `crm:${keep.crm}`);
  const others = [`crm:${lose.crm}`, `erp:${keep.erp}`, `erp:${lose.erp}`];
  for (const other of others) expect(await linkOf(scene, other)).toBe(link);
  expect(scene.erp.get("contacts", lose.contact).fields["account"]).toBe(keep.erp);
  expect(scene.crm.rows("contacts")[0]?.fields["account"]).toBe(keep.crm);
  expect(scene.erp.get("accounts", lose.erp).isArchived).toBe(true);
  expect(scene.crm.rows("accounts").length).toBe(names.length);
  expect(scene.erp.rows("accounts").length).toBe(names.length + 1);
  const before = [scene.crm.writes, scene.erp.writes];
  await scene.engine.run();
  expect([scene.crm.writes, scene.erp.writes]).toEqual(before);
  expect(await differences(scene)).toEqual([]);
}

describe("consolidation", () => {
  test("is a plan: values, then what refers to the losers, then the losers, on both systems", async () => {
    const scene = await build();
    const writes = [scene.crm.writes, scene.erp.writes];
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    expect([scene.crm.writes, scene.erp.writes]).toEqual(writes);
    expect(plan.writes.map(({ kind, target, entity }) => `${kind} ${entity} ${target}`)).toEqual([
      "update accounts crm",
      "update accounts erp",
      "update contacts erp",
      "merge accounts crm",
      "archive accounts erp",
    ]);
    expect(plan.writes[0]?.fields).toEqual({ taxId: "DE811234567" });
    const done = await scene.engine.apply(plan);
    expect([done.state, done.applied, done.unmade]).toEqual(["done", 5, []]);
    await expectOne(scene);
    expect((await scene.engine.duplicates({ only: ["accounts"] })).clusters).toEqual([]);
  });

  test("a document that is closed keeps the loser, and is listed; its link is the survivor's", async () => {
    const scene = await build();
    const lines = [{ id: "1", product: null, qty: "1", unit: "pcs", price: "5" }];
    const quote = { number: "Q1", date: "2026-01-02", currency: "EUR", lines };
    const [open, closed] = ["draft", "converted"].map((status) =>
      scene.erp.add("quotes", { ...quote, number: `Q-${status}`, status, account: scene.lose.erp }),
    );
    await scene.engine.run();
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    const about = plan.consolidation?.left.filter(({ entity }) => entity === "quotes") ?? [];
    const stays = "the contract closes it in this state: it goes on to refer to the loser";
    expect(about.map(({ label, target, field, reason }) => [label, target, field, reason])).toEqual([
      ["Q-converted", "erp", "account", stays],
    ]);
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    await scene.engine.run();
    const link = await linkOf(scene, `erp:${scene.keep.erp}`);
    expect([await linkOf(scene, `erp:${scene.lose.erp}`), link === null]).toEqual([link, false]);
    expect(scene.erp.get("accounts", scene.lose.erp).isArchived).toBe(true);
    const accounts = [open, closed].map((id) => scene.erp.get("quotes", id ?? "").fields["account"]);
    expect(accounts).toEqual([scene.keep.erp, scene.lose.erp]);
  });

  const automatic = { cluster: null, survivor: null, take: {}, by: "ada" } as const;
  const likely = { entities: { accounts: { consolidation: { automaticFrom: 0.51 } } } };

  test("what somebody took back is not consolidated again without a person", async () => {
    const scene = await build({ contract: likely });
    const plan = await scene.engine.consolidate(automatic);
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    await scene.engine.apply(back);
    await scene.engine.run();
    scene.pass(10);
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"] });
    expect(clusters.map(({ id, isAutomatic }) => [id, isAutomatic])).toContainEqual([scene.cluster, true]);
    await expect(scene.engine.consolidate(automatic)).rejects.toThrow("free of anybody's word");
    expect((await scene.engine.consolidate({ cluster: scene.cluster, ...request })).writes).not.toEqual([]);
  });

  test("a cluster that nobody knows is told as one", async () => {
    const scene = await build();
    const asked = scene.engine.consolidate({ cluster: "c-none", ...request });
    await expect(asked).rejects.toMatchObject({ name: "ClusterUnknown" });
  });

  test("records that are one by now are not said to be apart, but by an undo", async () => {
    const scene = await build();
    await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
    for (const word of ["apart", "reopen"] as const) {
      const told = await scene.engine.answerDuplicate(scene.cluster, { word, by: "ben" });
      expect([word, told?.state, told?.closedBy]).toEqual([word, "consolidated", "ada"]);
    }
    const known = (await scene.engine.clusters()).find(({ id }) => id === scene.cluster);
    expect([known?.state, known?.closedBy]).toEqual(["consolidated", "ada"]);
  });

  test("what is said to be apart in one system is not consolidated by the other's cluster", async () => {
    const scene = await build({ contract: likely });
    const { clusters } = await scene.engine.duplicates({ only: ["accounts"] });
    const other = clusters.find(({ id }) => id !== scene.cluster);
    expect(new Set(clusters.map(({ connection }) => connection)).size).toBe(2);
    await scene.engine.answerDuplicate(scene.cluster, { word: "apart", by: "ben" });
    await expect(scene.engine.consolidate(automatic)).rejects.toThrow("free of anybody's word");
    const asked = { cluster: other?.id ?? "", survivor: null, take: {}, by: "ada" };
    await expect(scene.engine.consolidate(asked)).rejects.toThrow(
      `ben said that the same records (${scene.cluster}) are apart`,
    );
  });

  test("a record without a link keeps its own cluster from being consolidated, and no other", async () => {
    const scene = await build({ contract: likely });
    const store = {
      ...scene.world.store,
      linksOf: async (keys: Parameters<typeof scene.store.linksOf>[0]) => {
        const links = new Map(await scene.store.linksOf(keys));
        for (const [name] of links) if (name.includes(scene.lose.erp)) links.delete(name);
        return links;
      },
    };
    const blind = scene.restart({ store: store });
    const plan = await blind.consolidate(automatic);
    expect(plan.consolidation?.of).toEqual([scene.cluster]);
  });

  test("a lost answer of a merge is asked about, and it is made once", async () => {
    const scene = await build();
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    scene.crm.faults = ["none", "lost_answer"];
    const writes = scene.crm.writes;
    expect((await scene.engine.apply(plan)).unmade).toEqual([]);
    expect(scene.crm.writes - writes).toBe(2);
    await expectOne(scene);
  });

  test("a child that the loser gets after the plan stops it; a later plan takes it", async () => {
    const scene = await build();
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    const late = { given: "Ben", family: "Late", email: "ben@late.example", account: scene.lose.erp };
    scene.pass(10);
    const id = scene.erp.add("contacts", late);
    const stopped = await scene.engine.apply(plan);
    expect(stopped.state).toBe("stopped");
    expect(scene.erp.get("accounts", scene.lose.erp).isArchived).toBe(false);
    await scene.engine.run();
    scene.pass(10);
    const again = await scene.engine.consolidate({ cluster: scene.cluster, ...request }).catch(String);
    if (typeof again === "string") throw new Error(again);
    expect((await scene.engine.apply(again)).unmade).toEqual([]);
    expect(scene.erp.get("contacts", id).fields["account"]).toBe(scene.keep.erp);
    await expectOne(scene);
  });

  test("a merge that somebody made meanwhile in the other direction is not made again", async () => {
    const scene = await build();
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    scene.pass(10);
    scene.crm.merge("accounts", scene.keep.crm, scene.lose.crm);
    const stopped = await scene.engine.apply(plan);
    expect(stopped.state).toBe("stopped");
    expect(scene.crm.rows("accounts").length).toBe(names.length);
    expect(scene.erp.get("accounts", scene.lose.erp).isArchived).toBe(false);
  });
});

/** Two links again, each with a record on both sides, the contact with the one it came from. */
async function expectTwo(scene: Scene, before: readonly (string | null)[]): Promise<void> {
  const { keep, lose } = scene;
  const links = [`crm:${keep.crm}`, `crm:${lose.crm}`, `erp:${keep.erp}`, `erp:${lose.erp}`];
  await scene.engine.run();
  expect(await Promise.all(links.map((id) => linkOf(scene, id)))).toEqual(before);
  expect(scene.erp.get("accounts", lose.erp).isArchived).toBe(false);
  expect(scene.erp.get("contacts", lose.contact).fields["account"]).toBe(lose.erp);
  expect(scene.crm.rows("contacts")[0]?.fields["account"]).toBe(lose.crm);
  expect(scene.crm.get("accounts", keep.crm).fields["taxId"] ?? null).toBe(null);
  expect([scene.crm.rows("accounts").length, scene.erp.rows("accounts").length]).toEqual([13, 13]);
  const writes = [scene.crm.writes, scene.erp.writes];
  await scene.engine.run();
  expect([scene.crm.writes, scene.erp.writes]).toEqual(writes);
  expect(await differences(scene)).toEqual([]);
}

describe("a consolidation that is taken back", () => {
  test("brings back losers, their children and the values of survivors; links are as before", async () => {
    const scene = await build();
    const links = await linksNow(scene);
    const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
    await scene.engine.apply(plan);
    await expectOne(scene);
    scene.pass(10);
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    expect(back.writes.map(({ kind, target, entity }) => `${kind} ${entity} ${target}`)).toEqual([
      "unmerge accounts crm",
      "unarchive accounts erp",
      "update contacts crm",
      "update contacts erp",
      "update accounts crm",
      "update accounts erp",
    ]);
    expect((await scene.engine.apply(back)).unmade).toEqual([]);
    await expectTwo(scene, links);
    const [cluster] = (await scene.engine.duplicates({ only: ["accounts"] })).clusters;
    expect(cluster?.id).toBe(scene.cluster);
    await expect(scene.engine.undo({ what: "plan", id: plan.id, by: "ada" })).rejects.toThrow(
      /taken back already/,
    );
  });
});

describe("a loser whose counterpart the survivor lacks", () => {
  const contract = { entities: { accounts: { fields: { name: { master: "erp" } } } } };
  /** The survivor is a lead of the CRM alone; the loser is there on both sides, and the ERP names it. */
  async function lone(): Promise<Scene> {
    const scene = await build({ contract }, {}, { status: "lead" });
    expect(scene.keep.erp).toBe("");
    const request = { cluster: scene.cluster, survivor: "crm:crm-3", take: {}, by: "ada" };
    expect((await scene.engine.apply(await scene.engine.consolidate(request))).unmade).toEqual([]);
    await scene.engine.run();
    scene.pass(10);
    return scene;
  }

  test("gives it what it showed when it is taken back, and nothing is carried to the loser", async () => {
    const scene = await lone();
    expect(scene.erp.get("accounts", scene.lose.erp).fields["name"]).toBe("Cedar Optics GmbH");
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    expect((await scene.engine.apply(back)).unmade).toEqual([]);
    for (let count = 0; count < 2; count += 1) {
      scene.pass(10);
      await scene.engine.run();
    }
    const [crm, erp] = [scene.crm.get("accounts", scene.lose.crm), scene.erp.get("accounts", scene.lose.erp)];
    expect([crm.fields["name"], erp.fields["name"]]).toEqual(["Cedar Optics", "Cedar Optics"]);
    expect([crm.fields["status"], erp.fields["status"]]).toEqual(["customer", "customer"]);
    expect(scene.crm.get("accounts", scene.keep.crm).fields).toMatchObject({
      ...{ name: "Cedar Optics GmbH", status: "lead" },
    });
    expect(await linkOf(scene, `crm:${scene.lose.crm}`)).toBe(await linkOf(scene, `erp:${scene.lose.erp}`));
    expect(await differences(scene)).toMatchObject([{ missingOn: "erp", reason: "not_wanted" }]);
  });

  test("leaves what a person changed there meanwhile, and lists it", async () => {
    const scene = await lone();
    scene.erp.edit("accounts", scene.lose.erp, { name: "Cedar by hand" });
    const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
    expect(back.consolidation?.left).toContainEqual(
      expect.objectContaining({ target: "erp", field: "name", why: "changed" }),
    );
  });

  test(
    "dies anywhere while it is taken back, and goes on: the loser keeps its own values",
    { timeout: 120_000 },
    async () => {
      await cutEvery(5, async ({ call, wrapStore, during }) => {
        const scene = await build({ contract, wrapStore }, {}, { status: "lead" });
        const request = { cluster: scene.cluster, survivor: "crm:crm-3", take: {}, by: "ada" };
        await scene.engine.apply(await scene.engine.consolidate(request));
        await scene.engine.run();
        scene.pass(10);
        const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
        await during(() => scene.engine.apply(back));
        scene.pass(60_000);
        await scene.restart().run();
        const engine = scene.restart();
        await engine.apply(back, { onDrift: "skip" });
        for (let count = 0; count < 2; count += 1) {
          scene.pass(10);
          await engine.run();
        }
        const shown = [scene.crm.get("accounts", scene.lose.crm), scene.erp.get("accounts", scene.lose.erp)];
        expect(
          shown.map(({ fields }) => fields["name"]),
          `cut at ${call}`,
        ).toEqual([...["Cedar Optics", "Cedar Optics"]]);
      });
    },
  );
});

describe("a program that dies in a consolidation, or while one is taken back", () => {
  for (const goesOn of ["its apply", "a run, then its apply"])
    test(`${goesOn} goes on wherever it died: each write is made once`, { timeout: 120_000 }, async () => {
      const seen = { before: 0, within: 0, after: 0 };
      await cutEvery(5, async ({ call, wrapStore, during }) => {
        const scene = await build({ wrapStore });
        const plan = await scene.engine.consolidate({ cluster: scene.cluster, ...request });
        const writes = (): number => scene.crm.writes + scene.erp.writes;
        const start = writes();
        await during(() => scene.engine.apply(plan));
        const made = writes() - start;
        scene.pass(60_000);
        if (goesOn !== "its apply") await scene.restart().run();
        const engine = scene.restart();
        const done = await engine.apply(plan, { onDrift: "skip" });
        // A value that one survivor got is carried to the other by any run: the plan's own write is moved.
        expect(
          done.unmade.filter(({ kind }) => kind !== "update"),
          `cut at ${call}`,
        ).toEqual([]);
        await expectOne({ ...scene, engine });
        expect(writes() - start, `cut at ${call}`).toBe(5);
        seen[made === 0 ? "before" : made === 5 ? "after" : "within"] += 1;
      });
      expect(Math.min(...Object.values(seen))).toBeGreaterThan(0);
    });

  for (const goesOn of ["its apply", "a run, then its apply"])
    test(`${goesOn} brings all back wherever it died`, { timeout: 120_000 }, async () => {
      await cutEvery(5, async ({ call, wrapStore, during }) => {
        const scene = await build({ wrapStore });
        const links = await linksNow(scene);
        await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
        await scene.engine.run();
        scene.pass(10);
        const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
        await during(() => scene.engine.apply(back));
        scene.pass(60_000);
        if (goesOn !== "its apply") await scene.restart().run();
        const engine = scene.restart();
        const done = await engine.apply(back, { onDrift: "skip" });
        expect(done.unmade, `cut at ${call}`).toEqual([]);
        await expectTwo({ ...scene, engine }, links);
      });
    });
});

test("what an erasure left of a value is written nowhere when a consolidation is taken back", async () => {
  const list = memoryErasedList();
  const scene = await build({ change: { erased: list } });
  const mailbox = "office@cedar-optics.example";
  const [contact] = scene.crm.rows("contacts");
  const name = `crm:${contact?.id ?? ""}`;
  scene.crm.edit("contacts", contact?.id ?? "", { email: mailbox });
  await scene.engine.run();
  scene.pass(10);
  await scene.engine.apply(await scene.engine.consolidate({ cluster: scene.cluster, ...request }));
  await scene.engine.run();
  scene.pass(10);
  const { plan } = await scene.engine.privacy.planErasure(name, "ada");
  if (plan === null) throw new Error("nothing was to be written");
  await scene.engine.apply(plan);
  await scene.engine.run();
  scene.pass(10);
  await scene.engine.privacy.erasePerson(name, { by: "ada", why: "asked" });
  const back = await scene.engine.undo({ what: "consolidation", id: scene.cluster, by: "ada" });
  expect(JSON.stringify(back)).not.toContain("[erased]");
  await scene.engine.apply(back, { onDrift: "skip" });
  await scene.engine.run();
  const shown = [scene.crm, scene.erp].flatMap((system) => [
    ...system.rows("accounts"),
    ...system.rows("contacts"),
  ]);
  expect(JSON.stringify(shown)).not.toContain("[erased]");
  expect(shown.some(({ fields }) => fields["name"] === "Cedar Optics")).toBe(true);
});
