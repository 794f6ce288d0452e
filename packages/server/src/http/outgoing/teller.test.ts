import { describe, expect, it } from "vitest";
import { LeaseLost } from "../../store/port.ts";
import { isGenuine, keyOf, settle, tellerWorld } from "../testing/teller-world.ts";
import type { TellerWorld } from "../testing/teller-world.ts";
import { startOutgoing } from "./outgoing.ts";
import { createTeller } from "./teller.ts";

const start = Date.UTC(2026, 0, 31, 10);
const idsOf = ({ got }: TellerWorld): readonly string[] =>
  got.map(({ headers }) => headers["webhook-id"] ?? "");
const states = async ({ store }: TellerWorld): Promise<readonly (readonly [number, string])[]> => {
  const rows = await store.listAttempts({ name: "warehouse", limit: 50, before: null });
  return rows.map(({ attempt, state }) => [attempt, state] as const).toReversed();
};
const subscriptionOf = async ({ store }: TellerWorld) => (await store.listSubscriptions())[0];

/** A subscription that is known, and has been told all that happened before. */
async function begun(world: TellerWorld, teller = world.teller()): Promise<typeof teller> {
  await settle(teller);
  return teller;
}

describe("events are told", () => {
  it("from the subscription on, in their order, once, and signed as the specification says", async () => {
    const world = tellerWorld();
    await world.happen("before");
    const teller = await begun(world);
    for (const name of ["a", "b", "c"]) {
      world.pass(10);
      await world.happen(name);
    }
    world.pass(500);
    await settle(teller);
    world.pass(500);
    await settle(teller);
    expect(world.names()).toEqual(["a", "b", "c"]);
    expect(new Set(idsOf(world)).size).toBe(3);
    const [first] = world.got;
    expect(JSON.parse(first?.body ?? "")).toEqual({
      type: "entity.paused",
      timestamp: new Date(start + 10).toISOString(),
      data: { id: "ev-0-2", entity: "a", link: null, facts: { name: "a" } },
    });
    expect(world.got.every((got) => isGenuine(got, keyOf(1), start))).toBe(true);
    expect(world.got.some((got) => isGenuine(got, keyOf(2), start))).toBe(false);
    if (first === undefined) throw new Error("nothing was sent");
    expect(isGenuine({ ...first, body: `${first.body} ` }, keyOf(1), start)).toBe(false);
    const later = { ...first.headers, "webhook-timestamp": String(start / 1_000 + 60) };
    expect(isGenuine({ ...first, headers: later }, keyOf(1), start)).toBe(false);
  });

  it("with two secrets while they rotate: whoever knows one of them takes it", async () => {
    const world = tellerWorld();
    const keys = () => [keyOf(1), keyOf(2)];
    const teller = await begun(world, createTeller(world.subscription({ keys }), world.deps()));
    await world.happen("a");
    world.pass(500);
    await settle(teller);
    const [got] = world.got;
    if (got === undefined) throw new Error("nothing was sent");
    expect([1, 2, 3].map((byte) => isGenuine(got, keyOf(byte), start))).toEqual([true, true, false]);
  });

  it("of the kinds that are wanted alone; what nobody wants costs a commit now and then", async () => {
    const world = tellerWorld();
    const wanted = world.subscription({ kinds: new Set(["entity.resumed"]) });
    let steps = 0;
    const store: TellerWorld["store"] = {
      ...world.store,
      commitStep: async (...args) => {
        steps += 1;
        await world.store.commitStep(...args);
      },
    };
    const teller = await begun(world, createTeller(wanted, world.deps("one", { store })));
    for (let at = 0; at < 30; at += 1) {
      await world.happen(`n${at}`);
      world.pass(500);
      await settle(teller);
    }
    expect([world.got.length, steps]).toEqual([0, 1]);
    await world.store.resume({ kind: "entity", name: "n1" }, "ada");
    world.pass(500);
    await settle(teller);
    expect(world.names()).toEqual(["n1"]);
  });
});

describe("a receiver that fails", () => {
  it("is told the same again later, under the same id, and nothing else before it", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    await world.happen("b");
    world.says.push(500, "the connection was reset");
    world.pass(500);
    await settle(teller);
    expect(world.names()).toEqual(["a"]);
    world.pass(4_000);
    await settle(teller);
    expect(world.names()).toEqual(["a"]);
    world.pass(1_000);
    await settle(teller);
    world.pass(20_000);
    await settle(teller);
    expect(world.names()).toEqual(["a", "a", "a", "b"]);
    expect(new Set(idsOf(world)).size).toBe(2);
    const stamps = world.got.map(({ headers }) => headers["webhook-timestamp"]);
    expect(new Set(stamps).size).toBe(3);
    expect(world.got.every((got) => isGenuine(got, keyOf(1), start + 25_000))).toBe(true);
    expect(await states(world)).toEqual([
      [1, "failed"],
      [2, "failed"],
      [3, "delivered"],
      [1, "delivered"],
    ]);
    const rows = await world.store.listAttempts({ name: "warehouse", limit: 9, before: null });
    expect(rows.map(({ status, cause }) => [status, cause]).toReversed()).toEqual([
      [500, "the receiver answered 500"],
      [null, "the connection was reset"],
      [200, null],
      [200, null],
    ]);
  });

  it("is left alone for as long as it asks, in seconds or until a date", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    const until = new Date(start + 500 + 120_000 + 90_000).toUTCString();
    world.says.push({ status: 429, retryAfter: "120" }, { status: 503, retryAfter: until });
    for (const [ms, sent] of [
      [500, 1],
      [119_000, 1],
      [1_000, 2],
      [88_000, 2],
      [2_000, 3],
    ] as const) {
      world.pass(ms);
      await settle(teller);
      expect(world.got.length).toBe(sent);
    }
  });

  it("for too often has its event parked, is told so, and hears of the next one", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("poison");
    await world.happen("b");
    world.says.push(400, 400, 400);
    for (const ms of [500, 5_000, 20_000]) {
      world.pass(ms);
      await settle(teller);
    }
    expect(world.names()).toEqual(["poison", "poison", "poison", "b"]);
    expect(await subscriptionOf(world)).toMatchObject({ state: "open", parked: 1, waiting: 0 });
    expect(world.log.join("\n")).toContain('webhook_parked {"subscription":"warehouse","event":"ev-0-1"');
    await world.store.redeliver("warehouse", { number: null, by: "ada" });
    await settle(teller);
    expect(world.names().at(-1)).toBe("poison");
    expect(idsOf(world).at(-1)).toBe(idsOf(world)[0]);
    expect(await subscriptionOf(world)).toMatchObject({ parked: 0, waiting: 0 });
  });

  it("that is asked for again and fails holds nothing up", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    world.pass(500);
    await settle(teller);
    await world.store.redeliver("warehouse", { number: 1, by: "ada" });
    world.says.push(500);
    await settle(teller);
    await world.happen("b");
    world.pass(500);
    await settle(teller);
    expect(world.names()).toEqual(["a", "a", "b"]);
    world.pass(5_000);
    await settle(teller);
    expect(world.names()).toEqual(["a", "a", "b", "a"]);
  });

  it("and says 410 is told nothing more until somebody asks for it; nothing is lost meanwhile", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    await world.happen("b");
    world.says.push(410);
    world.pass(500);
    await settle(teller);
    world.pass(3_600_000);
    await settle(teller);
    expect(world.names()).toEqual(["a"]);
    expect(await subscriptionOf(world)).toMatchObject({ state: "stopped", parked: 1 });
    expect(world.log.join("\n")).toContain("webhook_stopped");
    await world.store.redeliver("warehouse", { number: null, by: "ada" });
    world.pass(5_000);
    await settle(teller);
    expect(world.names()).toEqual(["a", "a", "b"]);
  });

  it("with a redirect is not followed, and not believed", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    world.says.push(302);
    world.pass(500);
    await settle(teller);
    const [row] = await world.store.listAttempts({ name: "warehouse", limit: 1, before: null });
    expect(row).toMatchObject({ state: "waiting", status: 302 });
    expect(row?.cause).toContain("a redirect is not followed");
  });

  it("and hangs while the program ends is not blamed: the attempt counts for nothing", async () => {
    const world = tellerWorld();
    const stopping = new AbortController();
    const post = async (): Promise<never> => {
      stopping.abort();
      throw new Error("cut off");
    };
    const { signal } = stopping;
    const teller = createTeller(world.subscription({ post }), world.deps("one", { signal }));
    await settle(teller);
    await world.happen("a");
    world.pass(500);
    await teller.turn();
    await teller.leave();
    expect(await states(world)).toEqual([]);
    const next = world.teller("two");
    await settle(next);
    expect(world.names()).toEqual(["a"]);
  });
});

describe("workers", () => {
  it("tell one subscription one at a time, and take over from one that is gone", async () => {
    const world = tellerWorld();
    await begun(world, world.teller("one"));
    const two = world.teller("two");
    await world.happen("a");
    world.pass(500);
    expect(await settle(two)).toBe(5_000);
    expect(world.got).toEqual([]);
    world.pass(61_000);
    await settle(two);
    expect(world.names()).toEqual(["a"]);
  });

  it("that die between sending and keeping it have it sent again, under the same id", async () => {
    const world = tellerWorld();
    let isDying = false;
    const store: TellerWorld["store"] = {
      ...world.store,
      commitStep: async (...args) => {
        if (isDying) throw new Error("killed");
        await world.store.commitStep(...args);
      },
    };
    const one = await begun(world, world.teller("one", { store }));
    await world.happen("a");
    world.pass(500);
    isDying = true;
    await expect(one.turn()).rejects.toThrow("killed");
    world.pass(61_000);
    await settle(world.teller("two"));
    expect(world.names()).toEqual(["a", "a"]);
    expect(new Set(idsOf(world)).size).toBe(1);
    expect(await states(world)).toEqual([[1, "delivered"]]);
  });

  it("that wake after another took over keep nothing, and go on behind what it told", async () => {
    const world = tellerWorld();
    const two = world.teller("two");
    let isAsleep = true;
    const post = async () => {
      if (isAsleep) {
        isAsleep = false;
        // The machine is suspended in the middle of a call; meanwhile the other one takes over.
        world.pass(61_000);
        await settle(two);
      }
      return { status: 200, headers: {} };
    };
    const one = createTeller(world.subscription({ post }), world.deps("one"));
    await settle(one);
    await world.happen("a");
    await world.happen("b");
    world.pass(500);
    await expect(one.turn()).rejects.toThrow(LeaseLost);
    expect(await settle(one)).toBe(5_000);
    expect(world.names()).toEqual(["a", "b"]);
    expect(await states(world)).toEqual([
      [1, "delivered"],
      [1, "delivered"],
    ]);
  });

  it("whose right went to another and came back do not tell what the other told", async () => {
    const world = tellerWorld();
    const two = world.teller("two");
    const sent: string[] = [];
    const post = async (_headers: object, body: string) => {
      sent.push(body);
      if (sent.length === 1) {
        world.pass(61_000);
        await settle(two);
        await two.leave();
      }
      return { status: 200, headers: {} };
    };
    const one = createTeller(world.subscription({ post }), world.deps("one"));
    await settle(one);
    for (const name of ["a", "b", "c"]) await world.happen(name);
    world.pass(500);
    await one.turn().catch(() => undefined);
    await settle(one);
    // It had sent the first; the other one told all three.
    expect(sent.length).toBe(1);
    expect(world.names()).toEqual(["a", "b", "c"]);
  });
});

describe("clocks and restored stores", () => {
  it("a clock that is set back makes nobody wait for a day that has been", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    await world.happen("a");
    world.says.push(500);
    world.pass(500);
    await settle(teller);
    world.setStoreClock(-86_400_000);
    await settle(teller);
    expect(world.names()).toEqual(["a", "a"]);
  });

  it("a journal that is shorter than it was is followed from its end; the new has another id", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    const backup = world.store.snapshot();
    await world.happen("lost");
    world.pass(500);
    await settle(teller);
    const told = world.store.snapshot();
    // The journal is the backup's, the subscription still what it was: the worst that can be put together.
    const { subscription, subscription_delivery } = told;
    world.store.restore({ ...backup, subscription, subscription_delivery });
    world.pass(1_000);
    const next = world.teller("one");
    await settle(next);
    await world.happen("new");
    world.pass(500);
    await settle(next);
    expect(world.names()).toEqual(["lost", "new"]);
    const [lost, fresh] = world.got.map(({ body }) => (JSON.parse(body) as { data: { id: string } }).data.id);
    expect(lost).toBe(fresh);
    expect(new Set(idsOf(world)).size).toBe(2);
  });

  it("an event that waits and is in no journal any more is dropped, and holds nobody up", async () => {
    const world = tellerWorld();
    const teller = await begun(world);
    const { journal, journal_head } = world.store.snapshot();
    await world.happen("a");
    world.says.push(500);
    world.pass(500);
    await settle(teller);
    world.store.restore({ ...world.store.snapshot(), journal, journal_head });
    world.pass(10_000);
    await settle(teller);
    expect(await states(world)).toEqual([
      [1, "failed"],
      [2, "dropped"],
    ]);
    expect(world.names()).toEqual(["a"]);
  });
});

describe("all subscriptions", () => {
  it("go their own way: one that hangs holds nobody up, and is cut off in the end", async () => {
    const world = tellerWorld();
    const hanging = Promise.withResolvers<never>();
    const heard = Promise.withResolvers<undefined>();
    const slow = world.subscription({
      name: "slow",
      post: () => hanging.promise,
      close: async () => hanging.reject(new Error("closed")),
    });
    const fast = world.subscription({
      name: "fast",
      post: async () => {
        heard.resolve(undefined);
        return { status: 204, headers: {} };
      },
    });
    let turns = 0;
    const sleep = async (_ms: number, signal?: AbortSignal): Promise<boolean> => {
      turns += 1;
      if (turns === 4) await world.happen("a");
      world.pass(250);
      await new Promise((resolve) => setImmediate(resolve));
      return signal?.aborted !== true;
    };
    const outgoing = startOutgoing([slow, fast], { ...world.deps(), sleep, keepMs: 86_400_000 });
    await heard.promise;
    await outgoing.close();
    const rows = await world.store.listSubscriptions();
    expect(rows.map(({ name, deliveredAt, waiting }) => [name, deliveredAt === null, waiting])).toEqual([
      ["fast", false, 0],
      ["slow", true, 0],
    ]);
  });

  it("outlive a store that does not answer", async () => {
    const world = tellerWorld();
    let isAway = true;
    const store: TellerWorld["store"] = {
      ...world.store,
      journalPlaces: () =>
        isAway ? Promise.reject(new Error("the store is away")) : world.store.journalPlaces(),
    };
    const known = Promise.withResolvers<undefined>();
    const claimSubscription: TellerWorld["store"]["claimSubscription"] = async (claim) => {
      known.resolve(undefined);
      return world.store.claimSubscription(claim);
    };
    const sleep = async (ms: number): Promise<boolean> => {
      if (ms === 5_000) isAway = false;
      await new Promise((resolve) => setImmediate(resolve));
      return true;
    };
    const deps = world.deps("one", { store: { ...store, claimSubscription } });
    const outgoing = startOutgoing([world.subscription()], { ...deps, sleep, keepMs: 1 });
    await known.promise;
    await outgoing.close();
    expect(world.log.join("\n")).toContain("webhooks_wait");
  });
});
