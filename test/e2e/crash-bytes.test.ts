import { beforeAll, describe, expect, it } from "vitest";
import { loadWithFailures } from "./crash-load.ts";
import type { CutLoad } from "./crash-load.ts";

const seed = 20_260_106;
const size = { seed, accounts: 30, products: 15, history: 8, quotes: 8 };

describe("a first load whose power fails 8 times in the middle of a file operation", () => {
  let load: CutLoad;
  beforeAll(async () => {
    load = await loadWithFailures({ size, failures: 8 });
    const told = load.failures.map(({ operation, commits, before }) =>
      [operation, commits, before.entries, before.settled.length].join("/"),
    );
    console.log(`seed ${seed}: operation/commits/journal/settled ${told.join(" ")}`);
  });

  it("failed while it loaded, at different moments", () => {
    expect(load.failures.length).toBe(8);
    expect(new Set(load.failures.map(({ before }) => before.entries)).size).toBeGreaterThan(5);
    expect(load.failures.some(({ before }) => before.settled.length > 0)).toBe(true);
  });

  it("every write and every journal entry that was acknowledged is there after it", () => {
    expect(load.failures.flatMap(({ lost }) => lost)).toEqual([]);
    for (const { before, after } of load.failures) {
      expect(after.observations).toBeGreaterThanOrEqual(before.observations);
    }
  });

  it("every cursor is where it was acknowledged to be, but for the commit that was under way", () => {
    for (const { moved } of load.failures) expect(moved.length).toBeLessThanOrEqual(1);
  });

  it("the load finishes: nothing is missing, nothing made twice, and a further run writes nothing", () => {
    const { lost, doubled, wrong, wanted } = load.audit;
    expect({ lost, doubled, wrong }).toEqual({ lost: [], doubled: [], wrong: [] });
    expect(wanted).toBeGreaterThan(100);
    expect([load.idleCommits, load.brokenAtEnd]).toEqual([0, []]);
  });
});

describe("the same on a disk that says it synced and did not", () => {
  it("loses what was acknowledged, so these tests can fail", async () => {
    const load = await loadWithFailures({ size, failures: 1, syncs: "none" });
    expect(load.failures.flatMap(({ lost }) => lost).length).toBeGreaterThan(0);
  });
});
