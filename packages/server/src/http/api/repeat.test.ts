import { describe, expect, it } from "vitest";
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

  it("that are still at work are told so; past its budget a long one answers 202 and goes on", async () => {
    const { engine, calls, end } = slowEngine();
    const world = await apiWorld(engine);
    const first = await ask(world, "my-request-1");
    expect([first.status, first.headers.get("retry-after")]).toEqual([202, "5"]);
    const meanwhile = await ask(world, "my-request-1");
    expect([meanwhile.status, meanwhile.headers.get("retry-after")]).toEqual([409, "5"]);
    expect(await codeOf(meanwhile)).toBe("still_running");
    end();
    await world.api.close();
    const last = await ask(world, "my-request-1");
    expect([last.status, last.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
    expect(calls()).toBe(1);
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
          : Promise.resolve({ kind: "ordered", order: { names: ["erp:9"], number: "SO9" }, isMadeNow: true });
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

  it("of a server that died are worked on by whoever asks once its hold is over", async () => {
    const { engine, calls } = slowEngine();
    const world = await apiWorld(engine);
    const claim = world.access.claimAnswer;
    // As if the first server had held it for no time at all.
    Object.assign(world.access, {
      claimAnswer: (wanted: Parameters<typeof claim>[0]) => claim({ ...wanted, holdMs: 0 }),
    });
    await ask(world, "my-request-1");
    await ask(world, "my-request-1");
    expect(calls()).toBe(2);
  });
});
