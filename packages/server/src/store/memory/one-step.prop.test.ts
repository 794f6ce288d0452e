import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lease, Rights } from "../port.ts";
import type { Call } from "../testing/random-calls.ts";
import { anyCalls } from "../testing/random-sequences.ts";
import { cameOf, knownOf } from "../testing/twin-stores.ts";
import { createMemoryStore } from "./memory-store.ts";
import type { MemoryStore } from "./memory-store.ts";

const entropy = {
  digest: (text: string): string => createHash("sha256").update(text).digest("hex"),
  uuid: () => "u",
};
const clockAt = (now: number) => ({ now: () => now, monotonic: () => now });
const open = (): MemoryStore => createMemoryStore({ entropy, clock: clockAt(Date.UTC(2026, 0, 5)) });

const ask = (store: MemoryStore, call: Call) => cameOf(store, call, call.args(knownOf(store, heldIn(store))));

/** Leases and rights as they stand. */
function heldIn(store: MemoryStore): {
  readonly leases: readonly Lease[];
  readonly rights: readonly Rights[];
} {
  const leases = store.snapshot().lease.filter(({ name }) => !name.startsWith("shard/"));
  const held = store
    .snapshot()
    .lease.filter(({ name, holder }) => name.startsWith("shard/") && holder !== "");
  const rights = [...Map.groupBy(held, ({ holder }) => holder)].map(([holder, rows]) => ({
    holder,
    shards: rows.map(({ name, fence }) => ({ shard: Number(name.slice(-2)), fence })),
  }));
  return { leases, rights };
}

describe("one method, one step", () => {
  test("a refused call leaves every row as it was", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(anyCalls, async (calls) => {
        const store = open();
        for (const call of calls) {
          const before = store.snapshot();
          const came = await ask(store, call);
          if (!("refused" in came)) continue;
          refused += 1;
          const asBefore = open();
          asBefore.restore(before);
          expect(store.dump()).toEqual(asBefore.dump());
        }
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(10);
  });

  test("a store that takes over a snapshot goes on as the one it was taken from", async () => {
    await fc.assert(
      fc.asyncProperty(anyCalls, fc.nat(), async (calls, at) => {
        const [first, second] = [open(), open()];
        const cut = at % calls.length;
        for (const call of calls.slice(0, cut)) await ask(first, call);
        const snapshot = first.snapshot();
        const dump = first.dump();
        second.restore(snapshot);
        expect(second.dump()).toEqual(dump);
        for (const call of calls.slice(cut)) expect(await ask(second, call)).toEqual(await ask(first, call));
        expect(second.dump()).toEqual(first.dump());
        first.restore(snapshot);
        expect(first.dump()).toEqual(dump);
      }),
      { numRuns: 30 },
    );
  });

  test("what was given to the store and what it gave do not change it when they change", async () => {
    const store = open();
    const body = { writes: ["a"] };
    await store.savePlan("p", body);
    body.writes.push("b");
    expect(store.dump()["plan"]?.[0]?.["body"]).toEqual({ writes: ["a"] });
    const bodies = store.snapshot().plan.map((row) => row.body as unknown as typeof body);
    expect(bodies.length).toBe(1);
    expect(() => bodies[0]?.writes.push("c")).toThrow(TypeError);
  });
});
