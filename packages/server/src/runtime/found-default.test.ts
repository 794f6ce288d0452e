import type { JsonMap } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

/** An ERP that gives each quote a number of its own where it comes without one. */
const numbers = (entity: string, fields: JsonMap): JsonMap =>
  entity === "quotes" &&
  (fields["number"] === undefined || fields["number"] === "" || fields["number"] === null)
    ? { ...fields, number: "NG01" }
    : fields;

async function stage(number: string | null): Promise<MiniWorld> {
  const world = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    erp: { transform: numbers },
  });
  const account = world.crm.add("accounts", customer);
  world.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
  await world.engine.run();
  world.crm.add("quotes", {
    ...{ number, account, status: "accepted", currency: "EUR" },
    lines: [{ product: world.crm.rows("products")[0]?.id ?? "", qty: "2", unit: "pc", price: "9.50" }],
  });
  return world;
}

async function settle(world: MiniWorld): Promise<void> {
  for (let runs = 0; runs < 3; runs += 1) {
    world.pass(120_000);
    await world.engine.run();
  }
}

describe.each([{ number: "" }, { number: null }])("a quote with number $number", ({ number }) => {
  test.each(["none", "lost_answer"] as const)("is made, and nobody edited it (%s)", async (fault) => {
    const world = await stage(number);
    const before = world.erp.writes;
    world.erp.faults = [fault];
    await settle(world);
    const [quote] = world.erp.rows("quotes");
    expect(quote?.fields).toMatchObject({ number: "NG01", status: "accepted" });
    expect([world.erp.writes - before, await world.engine.deadLetters()]).toEqual([3, []]);
  });
});
