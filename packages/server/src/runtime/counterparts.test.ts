import { describe, expect, test } from "vitest";
import type { DuplicateCluster } from "./engine.ts";
import { build, linkOf, request } from "./testing/consolidation-scene.ts";
import type { Scene } from "./testing/consolidation-scene.ts";

const look = async (scene: Scene): Promise<readonly DuplicateCluster[]> =>
  (await scene.engine.duplicates({ only: ["accounts"] })).clusters;
const open = async (scene: Scene): Promise<readonly string[]> =>
  (await scene.engine.reviews()).clusters.map(({ id }) => id);

/** All that is stored of clusters, by their names. */
async function kept(scene: Scene): Promise<ReadonlyMap<string, DuplicateCluster>> {
  const rows = await scene.store.listDuplicates("accounts");
  return new Map(rows.map(({ id, body }) => [id, body as unknown as DuplicateCluster]));
}

/** The names of the clusters of the company that both systems have twice. */
async function both(scene: Scene): Promise<readonly [string, string]> {
  const ids = (await look(scene)).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  return [scene.cluster, ids.find((id) => id !== scene.cluster) ?? ""];
}

describe("two clusters of one pair, one in each system", () => {
  test("are decided together: the counterpart of one that is apart is apart by it", async () => {
    const scene = await build();
    const [one, other] = await both(scene);
    await scene.engine.answerDuplicate(one, { word: "apart", by: "ben" });
    expect(await open(scene)).toEqual([]);
    const follower = (await kept(scene)).get(other);
    expect([follower?.state, follower?.closedBy, follower?.decidedBy]).toEqual(["apart", "ben", one]);
    expect(await look(scene)).toEqual([]);
  });

  test("are asked about together again when that is taken back, once and twice", async () => {
    const scene = await build();
    const ids = await both(scene);
    await scene.engine.answerDuplicate(ids[0], { word: "apart", by: "ben" });
    for (const by of ["ada", "ben"]) {
      const said = await scene.engine.answerDuplicate(ids[0], { word: "reopen", by });
      expect(said?.state).toBe("open");
    }
    expect((await open(scene)).toSorted()).toEqual(ids.toSorted());
    expect((await look(scene)).map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    const link = (await linkOf(scene, `crm:${scene.keep.crm}`)) ?? "";
    const told = (await scene.store.journalOf(link as never, 100)).filter(
      ({ kind }) => kind === "duplicate_decided",
    );
    expect(told.map(({ body }) => body)).toHaveLength(2);
    expect(told.map(({ body }) => body)).toContainEqual({
      ...{ id: ids[0], word: "reopen", superseded: "apart", by: "ada", also: [ids[1]] },
    });
    const asked = { cluster: ids[1], survivor: null, take: {}, by: "ada" };
    expect((await scene.engine.consolidate(asked)).writes.length).toBeGreaterThan(0);
  });

  test("one that is looked at later follows what was said of the first", async () => {
    const scene = await build();
    const [one, other] = await both(scene);
    await scene.engine.answerDuplicate(one, { word: "apart", by: "ben" });
    // As if the other system had never been looked at.
    const rows = (await scene.store.listDuplicates("accounts")).filter(({ id }) => id !== other);
    const listed = scene.store.listDuplicates.bind(scene.store);
    let isFirst = true;
    Object.assign(scene.store, {
      listDuplicates: async (entity: string) => {
        const now = isFirst ? rows : await listed(entity);
        isFirst = false;
        return now;
      },
    });
    expect(await look(scene)).toEqual([]);
    const follower = (await kept(scene)).get(other);
    expect([follower?.state, follower?.decidedBy]).toEqual(["apart", one]);
  });

  test("are consolidated by one plan, and both are open again when that is taken back", async () => {
    const scene = await build();
    const [one, other] = await both(scene);
    const plan = await scene.engine.consolidate({ cluster: one, ...request });
    await scene.engine.apply(plan);
    expect(await open(scene)).toEqual([]);
    const follower = (await kept(scene)).get(other);
    expect([follower?.state, follower?.plan, follower?.decidedBy]).toEqual(["consolidated", plan.id, one]);
    await scene.engine.apply(await scene.engine.undo({ what: "consolidation", id: one, by: "ada" }));
    expect((await open(scene)).toSorted()).toEqual([one, other].toSorted());
    expect((await kept(scene)).get(other)?.decidedBy).toBe(null);
  });

  test("a cluster that was consolidated is not reopened by a word", async () => {
    const scene = await build();
    const [one] = await both(scene);
    await scene.engine.apply(await scene.engine.consolidate({ cluster: one, ...request }));
    const said = await scene.engine.answerDuplicate(one, { word: "reopen", by: "ada" });
    expect(said?.state).toBe("consolidated");
    expect((await kept(scene)).get(one)?.state).toBe("consolidated");
  });
});
