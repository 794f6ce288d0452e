import { describe, expect, it } from "vitest";
import { beatMs, leaseMs } from "../../runtime/holding.ts";
import { createMemoryStore } from "../../store/memory/memory-store.ts";
import { fakeEngine, smallPlan } from "../../cli/testing.ts";
import type { Engine } from "../../runtime/engine.ts";
import type { Moment } from "../../runtime/moment-port.ts";
import { apiWorld, someMoment } from "../testing/api-world.ts";
import type { ApiWorld } from "../testing/api-world.ts";

const keyed = (name: string): { readonly headers: { readonly [name: string]: string } } => ({
  headers: { "idempotency-key": name },
});
const undo = { what: "run", id: "run-1" };
const ask = (world: ApiWorld, name: string, body: unknown = undo): Promise<Response> =>
  world.ask("POST", "/undo", { body, ...keyed(name) });
const codeOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { readonly code: string }).code;

/** An engine whose undo waits until the test lets it end. */
function slowEngine(): { readonly engine: Engine; readonly calls: () => number; readonly end: () => void } {
  let calls = 0;
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const engine = fakeEngine({
    undo: async () => {
      calls += 1;
      await ended;
      return smallPlan;
    },
  });
  return { engine, calls: () => calls, end: () => end() };
}

/** Something to wait for until the test opens it. */
function opened(): { readonly whenOpen: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const whenOpen = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { whenOpen, open: () => open() };
}

describe("requests under an Idempotency-Key", () => {
  it("need one, of a sane form", async () => {
    const world = await apiWorld(fakeEngine());
    for (const name of ["", "short", "x".repeat(129), "with a blank"])
      expect(await codeOf(await ask(world, name))).toBe("idempotency_key_missing");
  });

  it("are done once: a repeat gets the same bytes and says so", async () => {
    const engine = fakeEngine();
    const world = await apiWorld(engine);
    const first = await ask(world, "my-request-1");
    const again = await ask(world, "my-request-1");
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(await again.text()).toBe(await first.text());
    expect(again.headers.get("location")).toBe("/api/v1/plans/plan-1");
    expect([first, again].map(({ headers }) => headers.get("idempotency-replayed"))).toEqual([null, "true"]);
    expect(engine.asked.filter((call) => call.startsWith("undo"))).toHaveLength(1);
  });

  it("with another body under the same name are refused; another key has names of its own", async () => {
    const engine = fakeEngine();
    const world = await apiWorld(engine);
    await ask(world, "my-request-1");
    expect(await codeOf(await ask(world, "my-request-1", { ...undo, id: "run-2" }))).toBe(
      "idempotency_key_reused",
    );
    const other = await world.ask("POST", "/undo", {
      body: { ...undo, id: "run-2" },
      token: world.tokens.operator,
      ...keyed("my-request-1"),
    });
    expect(other.status).toBe(201);
    expect(engine.asked.filter((call) => call.startsWith("undo"))).toHaveLength(2);
  });

  it("past its budget a long one answers 202 and goes on, and so does whoever repeats it", async () => {
    const { engine, calls, end } = slowEngine();
    const world = await apiWorld(engine);
    for (const answer of [await ask(world, "my-request-1"), await ask(world, "my-request-1")])
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([202, "5"]);
    end();
    await world.api.close();
    const last = await ask(world, "my-request-1");
    expect([last.status, last.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(calls()).toBe(1);
  });

  it("where nothing is waited for, a repeat of one at work is told so at once", async () => {
    const gate = opened();
    const begun = opened();
    const redrive: Engine["redrive"] = async () => {
      begun.open();
      await gate.whenOpen;
      return 1;
    };
    const engine = fakeEngine({ redrive });
    const world = await apiWorld(engine);
    const again = (): Promise<Response> =>
      world.ask("POST", "/dead-letters/redrive", { body: { ids: ["p1"] }, ...keyed("my-redrive-1") });
    const first = again();
    await begun.whenOpen;
    const second = await again();
    expect([second.status, await codeOf(second)]).toEqual([409, "still_running"]);
    gate.open();
    expect((await first).status).toBe(200);
  });

  it("of an order at work are waited for within the budget of whoever repeats them", async () => {
    const gate = opened();
    const begun = opened();
    let asked = 0;
    const waits: number[] = [];
    const quoteToOrder: Moment["quoteToOrder"] = async () => {
      asked += 1;
      begun.open();
      await gate.whenOpen;
      return { kind: "ordered", order: { names: ["erp:9"], number: "SO9" }, isMadeNow: true, rest: null };
    };
    const world = await apiWorld(fakeEngine(), {
      moment: { ...someMoment, quoteToOrder },
      sleep: (ms) => {
        waits.push(ms);
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    const order = (seconds: number): Promise<Response> =>
      world.ask("POST", "/quotes/crm%3A1/order", {
        headers: { ...keyed("my-order-1").headers, prefer: `wait=${seconds}` },
      });
    const first = order(15);
    await begun.whenOpen;
    const hasty = await order(3);
    expect([hasty.status, hasty.headers.get("location")]).toEqual([202, "/api/v1/quotes/crm%3A1/order"]);
    expect([waits.reduce((sum, ms) => sum + ms, 0), waits.length < 10]).toEqual([3_000, true]);
    const patient = order(60);
    gate.open();
    const answers = [await first, await patient];
    expect(answers.map(({ status, headers }) => [status, headers.get("idempotency-replayed")])).toEqual([
      [200, null],
      [200, "true"],
    ]);
    expect(await answers[0]?.text()).toBe(await answers[1]?.text());
    expect(asked).toBe(1);
  });

  it("that failed, or are not over, are worked on again", async () => {
    let fails = true;
    const engine = fakeEngine({
      undo: () => (fails ? Promise.reject(new Error("no")) : Promise.resolve(smallPlan)),
    });
    const world = await apiWorld(engine, { moment: someMoment });
    expect((await ask(world, "my-request-1")).status).toBe(500);
    fails = false;
    expect((await ask(world, "my-request-1")).status).toBe(201);

    const made: string[] = [];
    const moment: Moment = {
      ...someMoment,
      quoteToOrder: ({ quote }) => {
        made.push(quote);
        return made.length === 1
          ? Promise.resolve({ kind: "pending", message: "it is made" })
          : Promise.resolve({
              kind: "ordered",
              order: { names: ["erp:9"], number: "SO9" },
              isMadeNow: true,
              rest: null,
            });
      },
    };
    const orders = await apiWorld(fakeEngine(), { moment });
    const order = (): Promise<Response> => orders.ask("POST", "/quotes/crm%3A1/order", keyed("my-order-1"));
    const pending = await order();
    expect([pending.status, pending.headers.get("location")]).toEqual([202, "/api/v1/quotes/crm%3A1/order"]);
    const answers = [await order(), await order()];
    expect(await Promise.all(answers.map((each) => each.json()))).toMatchObject([
      { kind: "ordered", isMadeNow: true },
      { kind: "ordered", isMadeNow: true },
    ]);
    expect(made).toEqual(["crm:1", "crm:1"]);
  });

  it("of a server that died are free when its shards are, and those of one that lives never", async () => {
    let now = 0;
    const store = createMemoryStore({
      entropy: { digest: (text) => text, uuid: () => "u" },
      clock: { now: () => now, monotonic: () => now },
    });
    const gate = opened();
    let asked = 0;
    const undo: Engine["undo"] = async () => {
      asked += 1;
      await gate.whenOpen;
      return smallPlan;
    };
    const world = await apiWorld(fakeEngine({ access: () => store, undo }));
    const request = (): Promise<Response> => ask(world, "my-request-1");
    /** Lets time pass while the server gives its signs of life, or not. */
    const pass = async (ms: number, isAlive: boolean): Promise<void> => {
      for (const end = now + ms; now < end; now += beatMs) {
        const due = world.later.splice(0).filter((each) => each.ms === beatMs);
        if (isAlive) for (const { work } of due) await work();
      }
    };
    await request();
    await pass(3 * leaseMs, true);
    await request();
    expect(asked).toBe(1);
    await pass(leaseMs, false);
    await request();
    expect(asked).toBe(2);
    gate.open();
    await world.api.close();
  });

  it("are not held by a renewal that comes after their end", async () => {
    const store = fakeEngine().access();
    const gate = opened();
    const renewing = opened();
    let claims = 0;
    const claimAnswer: typeof store.claimAnswer = async (claim) => {
      claims += 1;
      if (claims === 2) await renewing.whenOpen;
      return store.claimAnswer(claim);
    };
    let asked = 0;
    const quoteToOrder: Moment["quoteToOrder"] = async () => {
      asked += 1;
      await gate.whenOpen;
      return { kind: "pending", message: "it is made" };
    };
    const access = { ...store, claimAnswer };
    const world = await apiWorld(fakeEngine({ access: () => access }), {
      moment: { ...someMoment, quoteToOrder },
    });
    const order = (): Promise<Response> => world.ask("POST", "/quotes/crm%3A1/order", keyed("my-order-1"));
    const first = order();
    while (!world.later.some(({ ms }) => ms === beatMs))
      await new Promise((resolve) => setImmediate(resolve));
    const renewal = world.later.find(({ ms }) => ms === beatMs)?.work();
    gate.open();
    for (let turns = 0; turns < 20; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    renewing.open();
    await Promise.all([first, renewal]);
    // Were it held, the second one would hear nothing but that it goes on, and nobody would be at it.
    await order();
    expect(asked).toBe(2);
  });
});
