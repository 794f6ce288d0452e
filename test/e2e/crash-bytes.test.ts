import { beforeAll, describe, expect, it } from "vitest";
import { loadWithFailures } from "./crash-load.ts";
import type { CutLoad } from "./crash-load.ts";

const seed = 20_260_106;
const size = { seed, accounts: 30, products: 15, history: 8, quotes: 8 };

describe("a first load whose power fails 9 times, in file operations and while it writes", () => {
  let load: CutLoad;
  beforeAll(async () => {
    load = await loadWithFailures({ size, failures: 9 });
    const told = load.failures.map(
      ({ cut, commits, before, after }) =>
        `${cut.at} ${cut.nth}: ${commits} commits, ${before.entries} entries of the journal and ` +
        `${before.settled} writes acknowledged, ${after.sending} in doubt`,
    );
    console.log([`seed ${seed}`, ...told].join("\n  "));
  });

  it("failed while it loaded, at different moments, with writes on their way", () => {
    expect(load.failures.length).toBe(9);
    expect(new Set(load.failures.map(({ before }) => before.entries)).size).toBeGreaterThan(4);
    expect(load.failures.some(({ before }) => before.settled > 0)).toBe(true);
    // A power that fails while a write is on its way leaves it in doubt, on every machine.
    const writing = load.failures.filter(({ cut }) => cut.at === "write");
    expect(writing.length).toBeGreaterThan(0);
    for (const { after } of writing) expect(after.sending).toBeGreaterThan(0);
  });

  it("every write and every journal entry that was acknowledged is there after it", () => {
    expect(load.failures.flatMap(({ lost }) => lost)).toEqual([]);
    for (const { before, after } of load.failures) {
      expect(after.observations).toBeGreaterThanOrEqual(before.observations);
    }
  });

  it("every cursor is where it was acknowledged to be, but for commits that were under way", () => {
    // The two sides are read at the same time, one commit each.
    for (const { moved } of load.failures) expect(moved.length).toBeLessThanOrEqual(2);
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
