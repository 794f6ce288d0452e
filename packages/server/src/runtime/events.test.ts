import { eventKinds } from "@crossfoot/model";
import { describe, expect, it } from "vitest";
import { eventOf, readHappened } from "./events.ts";
import type { HappenedEvent, Places } from "./events.ts";
import { inMemory } from "./testing/random-world.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

/** Everything that was told after a place, and where it ended. */
async function heard({ store }: MiniWorld, from: Places = []) {
  const batch = await readHappened(store, from);
  expect(batch.isMore).toBe(false);
  const events = batch.happened.flatMap(({ event }) => event ?? []);
  return { events, places: batch.happened.at(-1)?.places ?? batch.from };
}
const told = (events: readonly HappenedEvent[]) => events.map(({ kind, facts }) => [kind, facts] as const);

describe("what happened", () => {
  it("tells the run, and each record it wrote with the names of its fields", async () => {
    const world = await miniWorld({ database: inMemory });
    world.crm.add("accounts", customer);
    const { runId } = await world.engine.run();
    const { events, places } = await heard(world);
    const made = world.erp.rows("accounts")[0]?.id ?? "none";
    const change = events.find(({ kind }) => kind === "record.changed");
    expect(change).toMatchObject({
      entity: "accounts",
      facts: { connection: "erp", record: made, did: "create" },
    });
    expect(change?.facts.fields).toContain("name");
    // In the order of their chains: all of this happened at one moment of the clock.
    const ofRun = told(events).filter(([kind]) => kind.startsWith("run."));
    expect(ofRun).toEqual([
      ["run.started", { run: runId, command: "run" }],
      ["run.ended", { run: runId, command: "run", state: "done" }],
    ]);
    expect((await heard(world, places)).events).toEqual([]);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it("tells a conflict when it opens and when a person closes it, and never a value", async () => {
    const contract = { entities: { accounts: { fields: { email: { policy: "review" } } } } };
    const world = await miniWorld({ database: inMemory, contract });
    const id = world.crm.add("accounts", customer);
    await world.engine.run();
    const { places } = await heard(world);
    world.crm.edit("accounts", id, { email: "one@acme.example" });
    world.erp.edit("accounts", world.erp.rows("accounts")[0]?.id ?? "", { email: "two@acme.example" });
    world.pass(60_000);
    await world.engine.run();
    const opened = await heard(world, places);
    const [open] = await world.engine.conflicts();
    if (open === undefined) throw new Error("there is no conflict");
    expect(told(opened.events)).toContainEqual([
      "question.opened",
      { about: "conflict", field: "email", reason: open.reason },
    ]);
    await world.engine.decideConflict(open.link, open.field, { take: "crm" as never, by: "Ada Person" });
    const closed = await heard(world, opened.places);
    expect(told(closed.events)).toEqual([["question.closed", { about: "conflict", field: "email" }]]);
    const all = JSON.stringify([...opened.events, ...closed.events]);
    for (const secret of ["acme.example", "Ada Person", "Acme"]) expect(all).not.toContain(secret);
  });

  it("tells plans and pauses", async () => {
    const world = await miniWorld({ database: inMemory });
    world.crm.add("accounts", customer);
    const plan = await world.engine.plan();
    await world.engine.apply(plan);
    await world.engine.pause({ kind: "connection", name: "erp" }, "Ada Person");
    await world.engine.resume({ kind: "connection", name: "erp" }, "Ada Person");
    await world.engine.pause({ kind: "entity", name: "quotes" }, "Ada Person");
    const { events } = await heard(world);
    const kinds = events.map(({ kind }) => kind);
    for (const kind of ["plan.made", "plan.applied"]) {
      const event = events.find((each) => each.kind === kind);
      expect([kind, event?.facts]).toEqual([kind, { plan: plan.id }]);
    }
    const pauses = kinds.filter((kind) => /paused|resumed/.test(kind));
    expect(pauses).toEqual(["connection.paused", "connection.resumed", "entity.paused"]);
    expect(JSON.stringify(events)).not.toContain("Ada");
  });

  it("tells an order that somebody waited for as an operation, once it is over", () => {
    const entry = { shard: 0, seq: 7, at: "2026-01-05T08:00:00.000Z", runId: "r", entity: null, link: null };
    const body = { run: "r", command: "order crm:Q/1", state: "done" };
    expect(eventOf({ ...entry, kind: "run_started", body })).toBeNull();
    const facts = { run: "r", operation: "order", connection: "crm", record: "Q/1", state: "done" };
    const event = eventOf({ ...entry, kind: "run_ended", body });
    expect(event).toMatchObject({ id: "ev-0-7", kind: "operation.ended", entity: "quotes", facts });
  });

  it("is of known kinds, and every other entry of the journal tells nothing", () => {
    expect(new Set(eventKinds).size).toBe(eventKinds.length);
    const entry = { shard: 0, seq: 1, at: "", runId: null, entity: null, link: null };
    for (const kind of ["base_moved", "constructor", "link_made", "statement_issued"])
      expect(eventOf({ ...entry, kind, body: { name: "x" } })).toBeNull();
  });
});
