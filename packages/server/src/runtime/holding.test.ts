import { createHash } from "node:crypto";
import { linkId } from "@crossfoot/kernel";
import { expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { shardCount, shardOf } from "../store/port.ts";
import { beatMs, covers, Holding, leaseMs, shareOf } from "./holding.ts";

/** A store with a clock of its own, and workers with another one. */
function stage() {
  const at = { store: 1_000_000, own: 50 };
  const clock = { now: () => at.own, monotonic: () => at.own };
  const entropy = {
    digest: (text: string) => createHash("sha256").update(text).digest("hex"),
    uuid: () => "",
  };
  const store = createMemoryStore({ entropy, clock, storeClock: { now: () => at.store } });
  const worker = (holder: string, isAlone = false): Holding =>
    new Holding({ store, clock }, { holder, isAlone });
  const pass = (ms: number): void => {
    at.store += ms;
    at.own += ms;
  };
  return { at, store, worker, pass };
}

/** Signs of life of all, some times over, with the time between two. */
async function beats(pass: (ms: number) => void, workers: readonly Holding[]): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    for (const worker of workers) await worker.beat();
    pass(beatMs);
  }
}

const sizes = (workers: readonly Holding[]): readonly number[] => workers.map((each) => each.shards().length);

test("shares of any number of workers are all shards together, and differ by one at most", () => {
  for (let count = 1; count <= 40; count += 1) {
    const workers = Array.from({ length: count }, (_none, n) => ({ holder: `w${n}`, isAlone: false }));
    const shares = workers.map(({ holder }) => shareOf(workers, holder));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(shardCount);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  }
});

test("whoever wants all for himself has all, and of two the one who came first", () => {
  const workers = [
    { holder: "a", isAlone: false },
    { holder: "b", isAlone: true },
    { holder: "c", isAlone: true },
  ];
  expect(workers.map(({ holder }) => shareOf(workers, holder))).toEqual([0, shardCount, 0]);
});

test("workers that come get their share from those that are there, and leave it to them again", async () => {
  const { worker, pass } = stage();
  const [one, two, three] = [worker("one"), worker("two"), worker("three")];
  await one.beat();
  expect(one.isWhole).toBe(true);
  await beats(pass, [one, two]);
  expect(sizes([one, two])).toEqual([8, 8]);
  await beats(pass, [one, two, three]);
  expect(sizes([one, two, three]).toSorted((a, b) => a - b)).toEqual([5, 5, 6]);
  await two.leave();
  await beats(pass, [one, three]);
  expect(sizes([one, three])).toEqual([8, 8]);
});

test("a worker that is heard of no more is taken over once its time is over, and not before", async () => {
  const { worker, pass } = stage();
  const [dead, heir] = [worker("dead"), worker("heir")];
  await dead.beat();
  await heir.beat();
  pass(leaseMs - 1);
  await heir.beat();
  expect(heir.shards()).toEqual([]);
  pass(2);
  await heir.beat();
  expect(heir.isWhole).toBe(true);
  const late = dead.beat();
  await late;
  expect(dead.lost.aborted).toBe(true);
});

test("a shard that something rests on is given when that has ended, others at once", async () => {
  const { worker, pass } = stage();
  const [one, two] = [worker("one"), worker("two")];
  await one.beat();
  const end = one.begin();
  await two.beat();
  await one.beat();
  pass(beatMs);
  await two.beat();
  // Nothing of it can be begun any more, and all of it may end.
  expect([one.shards().length, one.held().shards.length, two.shards().length]).toEqual([8, 16, 0]);
  await end();
  expect(one.held().shards.length).toBe(8);
  pass(beatMs);
  await two.beat();
  expect(sizes([one, two])).toEqual([8, 8]);
});

test("rights that were lost in between are not those that were held before", async () => {
  const { worker, pass } = stage();
  const [one, two] = [worker("one"), worker("two")];
  await one.beat();
  const before = one.rights();
  await beats(pass, [one, two]);
  await two.leave();
  await beats(pass, [one]);
  expect(one.isWhole).toBe(true);
  expect(one.still(before).shards.length).toBe(8);
});

test("a worker that was not heard of for its time knows it by its own clocks", async () => {
  const { worker, at } = stage();
  const one = worker("one");
  expect(one.isAlive).toBe(false);
  await one.beat();
  expect(one.isAlive).toBe(true);
  at.own += leaseMs + 1;
  expect(one.isAlive).toBe(false);
  await one.beat();
  expect(one.isAlive).toBe(true);
});

test("a store's clock that is set back keeps no shard of a dead worker from being taken", async () => {
  const { worker, at } = stage();
  const [dead, heir] = [worker("dead"), worker("heir")];
  await dead.beat();
  at.store -= 5 * 3_600_000;
  await heir.beat();
  expect(heir.isWhole).toBe(true);
});

test("what the store knows as ours and we do not is given back", async () => {
  const { worker, store } = stage();
  const one = worker("one");
  await one.beat();
  await one.leave();
  await store.beat({ holder: "one", isAlone: false, ttlMs: leaseMs });
  await store.takeShards({ holder: "one", isAlone: false, ttlMs: leaseMs }, 3);
  await one.beat();
  expect(one.isWhole).toBe(true);
});

test("links are spread over the shards evenly, and rights cover the links of theirs", () => {
  const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 20);
  const links = Array.from({ length: 16_000 }, (_none, n) => linkId(`l-${digest(String(n))}`));
  const counts = Map.groupBy(links, shardOf);
  expect(counts.size).toBe(shardCount);
  for (const [, own] of counts) {
    expect(own.length).toBeGreaterThan(700);
    expect(own.length).toBeLessThan(1_300);
  }
  const [link = linkId("l")] = links;
  const right = { holder: "one", shards: [{ shard: shardOf(link), fence: 1 }] };
  expect([covers(right, link), covers({ ...right, shards: [] }, link)]).toEqual([true, false]);
});
