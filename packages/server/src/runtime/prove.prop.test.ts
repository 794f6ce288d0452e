import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketDigits, treeOf } from "@crossfoot/model";
import type { ProofLeaf } from "../store/port.ts";
import { provenOf, refreshProofs } from "./prove.ts";
import { doDeed, inMemory, openWorld, powerOf } from "./testing/random-world.ts";
import type { RandomWorld } from "./testing/random-world.ts";
import { courses } from "./testing/undo-course.ts";

/** The leaves of an entity as one makes them who has the records alone, and nothing of the tree. */
async function fromNothing({ world, store }: RandomWorld, entity: string): Promise<readonly ProofLeaf[]> {
  const links = await store.linksOfEntity(entity, 10_000, null);
  const proven = await provenOf(world, links);
  return links.flatMap((link) => proven.get(link)?.leaf ?? []);
}

/** Which records name which, likewise: sorted lines. */
async function namedFromNothing({ world, store }: RandomWorld): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { entity } of world.policies) {
    const proven = await provenOf(world, await store.linksOfEntity(entity, 10_000, null));
    for (const [link, { names }] of proven)
      for (const named of names?.links ?? []) lines.push(`${named} ${entity} ${link}`);
  }
  return lines.toSorted();
}

/** Compares what is found by what it names with what is found by looking at every record. */
async function compareNames(mini: RandomWorld): Promise<number> {
  const { world, store } = mini;
  const lines: string[] = [];
  for (const policy of world.policies) {
    for (const link of await store.linksOfEntity(policy.entity, 10_000, null)) {
      for (const { entity, count } of await store.referringCounts(link)) {
        const found = await store.referringTo([link], entity, 10_000);
        expect(found.length).toBe(count);
        lines.push(...found.map((each) => `${link} ${entity} ${each}`));
      }
    }
  }
  expect(lines.toSorted()).toEqual(await namedFromNothing(mini));
  return lines.length;
}

/** Compares every tree with the one made from nothing; answers how many leaves there were. */
async function compareTrees(mini: RandomWorld): Promise<number> {
  const { world, store } = mini;
  let leaves = 0;
  for (const { entity } of world.policies) {
    const expected = await fromNothing(mini, entity);
    expect([entity, await store.proofLeaves(entity, 10_000, null)]).toEqual([entity, expected]);
    expect(await store.proofNodes(entity, bucketDigits)).toEqual(treeOf(expected, world.entropy.digest));
    const equal = expected.filter((leaf) => leaf.crm === leaf.erp).length;
    const sum = (of: "compared" | "equal"): number => expected.reduce((all, leaf) => all + leaf[of], 0);
    expect([
      entity,
      await store.proofState(entity, { withinMs: 1e12, carried: [], fields: [] }),
    ]).toMatchObject([
      entity,
      { records: expected.length, recordsEqual: equal, fields: sum("compared"), fieldsEqual: sum("equal") },
    ]);
    leaves += expected.length;
  }
  return leaves;
}

describe("hash trees over random companies, edits, merges, deletions and power cuts", () => {
  test(
    "kept up by observation, each equals the one that is made from nothing",
    { timeout: 120_000 },
    async () => {
      let leaves = 0;
      let named = 0;
      let cuts = 0;
      const histories = fc.record({ course: courses, cutAt: fc.nat(120), isAfter: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(histories, async ({ course, cutAt, isAfter }) => {
          const power = powerOf();
          const mini = await openWorld(course.drawn, { openStore: inMemory, wrapStore: power.wrap });
          for (const deed of course.earlier) doDeed(mini, deed);
          power.on({ call: cutAt, isAfter });
          await mini.engine.run({ sweep: course.sweep }).catch(() => undefined);
          cuts += power.isOff() ? 1 : 0;
          power.on(null);
          mini.pass(120_000);
          const engine = mini.restart();
          await engine.run({ sweep: true });
          leaves += await compareTrees(mini);
          named += await compareNames(mini);
          for (const deed of [...course.later, ...course.last]) doDeed(mini, deed);
          mini.pass(10_000);
          await engine.run({ sweep: course.sweep });
          leaves += await compareTrees(mini);
          named += await compareNames(mini);
          // Nothing was left to do, and doing it changes nothing.
          expect(await refreshProofs(mini.world)).toBe(0);
        }),
        { numRuns: 60 },
      );
      expect([leaves > 100, named > 100, cuts > 10]).toEqual([true, true, true]);
    },
  );
});
