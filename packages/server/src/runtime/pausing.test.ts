import type { Connection } from "@crossfoot/connector-sdk";
import { describe, expect, test } from "vitest";
import { inMemory } from "./testing/random-world.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

/** A world whose calls of the ERP are listed; `onCall` hears each before it is made. */
async function listened(onCall: (name: string, world: MiniWorld) => Promise<unknown> = async () => null) {
  const calls: string[] = [];
  let world: MiniWorld | null = null;
  const listen = (own: Connection): Connection => {
    const heard = <Method extends "describe" | "read" | "readByIds" | "readIds" | "probe" | "write">(
      name: Method,
    ): Connection[Method] => {
      const call = own[name] as (...args: readonly unknown[]) => Promise<unknown>;
      return (async (...args: readonly unknown[]) => {
        calls.push(name);
        if (world !== null) await onCall(name, world);
        return call(...args);
      }) as Connection[Method];
    };
    const listed = { describe: heard("describe"), read: heard("read"), readByIds: heard("readByIds") };
    const others = { readIds: heard("readIds"), probe: heard("probe"), write: heard("write") };
    return { ...own, ...listed, ...others };
  };
  world = await miniWorld({
    database: inMemory,
    wrapConnection: (id, own) => (id === "erp" ? listen(own) : own),
  });
  return { ...world, calls, names: () => namesIn(world) };
}

const namesIn = (world: MiniWorld | null): readonly unknown[] =>
  (world?.erp.rows("accounts") ?? []).map(({ fields }) => fields["name"]);

const erp = { kind: "connection", name: "erp" } as const;
const accounts = { kind: "entity", name: "accounts" } as const;

describe("a connection that is paused", () => {
  test("is asked nothing and sent nothing, and gets what it missed when it goes on", async () => {
    const world = await listened();
    world.crm.add("accounts", customer);
    await world.engine.pause(erp, "ada");
    const run = await world.engine.run();
    expect([run.state, run.troubles, world.calls]).toEqual(["done", [], []]);
    expect(run.whyNothing).toContain("erp is paused");
    await world.engine.resume(erp, "ada");
    await world.engine.run();
    expect(world.names()).toEqual([customer["name"]]);
  });

  test("still keeps its webhooks: they are followed when it goes on", async () => {
    const world = await listened();
    await world.engine.run();
    const id = world.erp.add("accounts", customer);
    await world.engine.pause(erp, "ada");
    const hint = { connection: "erp", entity: "accounts", id } as never;
    await world.store.saveDeliveries([{ connection: "erp" as never, id: "d1", hints: [hint] }]);
    world.calls.length = 0;
    expect([await world.engine.followHints(), world.calls]).toEqual([null, []]);
    await world.engine.resume(erp, "ada");
    expect(await world.engine.followHints()).not.toBeNull();
    expect(world.crm.rows("accounts").map(({ fields }) => fields["name"])).toEqual([customer["name"]]);
  });

  test("is told by a plan, which cannot be applied; nor can one that was made before", async () => {
    const world = await listened();
    world.crm.add("accounts", customer);
    const before = await world.engine.plan();
    await world.engine.pause(erp, "ada");
    world.calls.length = 0;
    const plan = await world.engine.plan();
    expect(plan.troubles.map(({ connection, code }) => [connection, code])).toEqual([["erp", "paused"]]);
    await expect(world.engine.apply(plan)).rejects.toThrow("paused");
    await expect(world.engine.apply(before)).rejects.toThrow("erp is paused since");
    expect([world.calls, world.names()]).toEqual([[], []]);
    await world.engine.resume(erp, "ada");
    await world.engine.apply(before);
    expect(world.names()).toEqual([customer["name"]]);
  });
});

describe("an entity that is paused", () => {
  test("is neither read nor decided nor written; others go on", async () => {
    const world = await listened();
    world.crm.add("accounts", customer);
    world.erp.add("products", { sku: "P-1", name: "Bolt" });
    await world.engine.pause(accounts, "ada");
    const run = await world.engine.run();
    expect(run.whyNothing ?? "").not.toContain("erp");
    expect([world.names(), world.crm.rows("products").length]).toEqual([[], 1]);
    expect(run.entities.find(({ entity }) => entity === "accounts")?.read).toEqual({});
    await world.engine.resume(accounts, "ada");
    await world.engine.run();
    expect(world.names()).toEqual([customer["name"]]);
  });

  test("stands still within a run too: what was not begun when it was paused is left", async () => {
    const world = await listened(async (name, { engine, pass }) => {
      if (name !== "write") return;
      await engine.pause(accounts, "ada");
      pass(5_000);
    });
    for (let n = 0; n < 40; n += 1)
      world.crm.add("accounts", { ...customer, name: `A${n}`, taxId: `DE${n}`, email: `a${n}@acme.example` });
    const run = await world.engine.run();
    const begun = world.names().length;
    expect(begun).toBeGreaterThan(0);
    expect(begun).toBeLessThan(40);
    expect(run.state).toBe("differences");
    await world.engine.run();
    expect(world.names().length).toBe(begun);
    await world.engine.resume(accounts, "ada");
    await world.engine.run();
    expect(world.names().length).toBeGreaterThan(begun);
  });
});

test("status tells what is paused, by whom and since when", async () => {
  const world = await listened();
  await world.engine.pause(erp, "ada");
  const { pauses } = await world.engine.status();
  expect(pauses).toMatchObject([{ ...erp, by: "ada" }]);
  expect(Date.parse(pauses[0]?.since ?? "")).not.toBeNaN();
});
