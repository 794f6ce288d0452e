import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const dayMs = 86_400_000;
const names = [
  ...["Alder Papers", "Birch Foundry", "Cedar Optics", "Dogwood Dairy", "Elm Instruments", "Fir Haulage"],
  ...["Ginkgo Pharma", "Hazel Tooling", "Ivy Textiles", "Juniper Brewing", "Larch Marine", "Maple Robotics"],
];
const account = (name: string, more: object = {}) => ({
  ...{ name: `${name} GmbH`, taxId: null, status: "prospect", currency: "EUR", limit: null },
  email: `office@${name.toLowerCase().replaceAll(" ", "-")}.example`,
  ...more,
});

async function build(consolidation: object | null = { owner: "ben", reviewDays: 3 }): Promise<MiniWorld> {
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    contract: { entities: { accounts: consolidation === null ? {} : { consolidation } } } as never,
  });
  for (const name of names) mini.crm.add("accounts", account(name));
  mini.crm.add("accounts", account("Cedar Optics", { name: "Cedar Optics" }));
  return mini;
}

const runs = async (mini: MiniWorld): Promise<void> => {
  await mini.engine.run();
  mini.pass(120_000);
};

describe("reviews that come by themselves", () => {
  test("are looked for once all is loaded, then every so many days, without a call", async () => {
    const mini = await build({ owner: "ben", reviewDays: 3, lookEveryDays: 2 });
    expect(await mini.engine.lookWhenDue()).toBe(null);
    await runs(mini);
    const calls = mini.world.sides.map((side) => side.calls());
    const first = await mini.engine.lookWhenDue();
    expect(first?.clusters.map(({ owner }) => owner)).toEqual(["ben"]);
    expect(first?.fresh).toHaveLength(1);
    expect(mini.world.sides.map((side) => side.calls())).toEqual(calls);
    mini.pass(dayMs);
    expect(await mini.engine.lookWhenDue()).toBe(null);
    mini.pass(dayMs);
    const second = await mini.engine.lookWhenDue();
    expect([second?.fresh, second?.clusters.length]).toEqual([[], 1]);
    mini.pass(2 * dayMs);
    expect((await mini.engine.lookWhenDue())?.overdue).toBe(1);
  });

  test("need terms of consolidation in the contract: without them nobody looks", async () => {
    const mini = await build(null);
    await runs(mini);
    expect(await mini.engine.lookWhenDue()).toBe(null);
    const { looks, clusters } = await mini.engine.reviews();
    expect([looks, clusters]).toEqual([[], []]);
  });

  test("of several workers one looks, and a look that somebody called for counts as one", async () => {
    const mini = await build();
    await runs(mini);
    const others = [mini.restart(), mini.restart(), mini.restart()];
    const looked = await Promise.all(others.map((engine) => engine.lookWhenDue()));
    expect(looked.filter((report) => report !== null)).toHaveLength(1);
    mini.pass(6 * dayMs);
    await mini.engine.duplicates({ only: ["accounts"] });
    mini.pass(2 * dayMs);
    expect(await mini.restart().lookWhenDue()).toBe(null);
    mini.pass(6 * dayMs);
    expect(await mini.restart().lookWhenDue()).not.toBe(null);
  });

  test("a worker that died in the middle of a look is followed by another an hour later", async () => {
    const mini = await build();
    await runs(mini);
    expect(await mini.store.takeLook("accounts", { everyMs: 7 * dayMs, patienceMs: 3_600_000 })).toBe(true);
    expect(await mini.restart().lookWhenDue()).toBe(null);
    mini.pass(3_600_001);
    expect((await mini.restart().lookWhenDue())?.clusters).toHaveLength(1);
  });

  test("stand in the store for the page: due first, the last look, the next one", async () => {
    const mini = await build();
    const before = await mini.engine.reviews();
    expect(before.looks).toEqual([
      { entity: "accounts", lookedAt: null, isScheduled: true, nextAt: null, records: 0, fresh: [] },
    ]);
    await runs(mini);
    await mini.engine.lookWhenDue();
    mini.pass(4 * dayMs);
    const { clusters, looks, overdue, trend } = await mini.engine.reviews();
    expect([clusters.length, overdue, trend.length]).toEqual([1, 1, 8]);
    const [look] = looks;
    expect(look?.fresh).toEqual(clusters.map(({ id }) => id));
    expect(look?.records).toBeGreaterThan(names.length);
    expect(Date.parse(look?.nextAt ?? "") - Date.parse(look?.lookedAt ?? "")).toBe(7 * dayMs);
    await mini.engine.answerDuplicate(clusters[0]?.id ?? "", { word: "apart", by: "ada" });
    expect((await mini.engine.reviews()).clusters).toEqual([]);
  });
});
