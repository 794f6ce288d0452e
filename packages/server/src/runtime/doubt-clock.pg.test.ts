/** Doubts go by the store's clock: clocks of workers that jump, or differ, prove nothing. */
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../ports.ts";
import { openEphemeral, migrated } from "../testing.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const hour = 3_600_000;
let database: Database;
beforeEach(async () => {
  database = await openEphemeral(migrated);
});
afterEach(() => database.close());

/** A create whose request was lost, on a target that may still commit it for ten minutes. */
async function doubted(): Promise<MiniWorld> {
  const mini = await miniWorld({ database, erp: { horizonMs: 600_000 } });
  mini.crm.add("accounts", customer);
  mini.erp.faults = ["lost_request"];
  await mini.engine.run({ waitMsMax: 0 });
  return mini;
}

/** Lets time pass by the store's clock, as its stamps see it. */
const passByTheStore = (span: string): Promise<unknown> =>
  database.query(
    "update intent set send_deadline = send_deadline - $1::interval, abandoned_at = abandoned_at - " +
      "$1::interval, claimed_at = claimed_at - $1::interval, due_at = due_at - $1::interval, due_set_at = " +
      "due_set_at - $1::interval",
    [span],
  );

const states = async (): Promise<readonly string[]> =>
  (await database.query<{ state: string }>("select state from intent")).map(({ state }) => state);

test.each([
  ["forward", 5 * hour],
  ["back", -5 * hour],
])("a worker's clock that jumps %s by hours proves no absence", async (_way, jump) => {
  const mini = await doubted();
  mini.pass(jump);
  await database.query("update intent set due_at = now()");
  await mini.engine.run({ waitMsMax: 0 });
  await mini.restart({ holder: "another" }).run({ waitMsMax: 0 });
  expect(await states()).toEqual(["in_doubt"]);
  expect(mini.erp.creates.length).toBe(0);
});

test("a worker that is hours behind finds absence proved once the store's clock has passed", async () => {
  const mini = await doubted();
  await passByTheStore("11 minutes");
  mini.pass(-5 * hour);
  await mini.restart({ holder: "another" }).run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["settled"], 1]);
});

test("a store's clock that is set forward proves nothing to the worker that gave the write up", async () => {
  const mini = await doubted();
  await passByTheStore("5 hours");
  await mini.engine.run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["in_doubt"], 0]);
  mini.pass(600_001);
  await passByTheStore("5 hours");
  await mini.engine.run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["settled"], 1]);
});

test("a store's clock that is set back by hours keeps no doubt waiting for hours", async () => {
  const mini = await doubted();
  await passByTheStore("-5 hours");
  const another = mini.restart({ holder: "another" });
  await another.run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["in_doubt"], 0]);
  await passByTheStore("11 minutes");
  await another.run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["settled"], 1]);
});

test("a write that was put off before the store's clock was set back is tried again at once", async () => {
  const mini = await miniWorld({ database });
  mini.crm.add("accounts", customer);
  mini.erp.faults = ["throttled"];
  await mini.engine.run({ waitMsMax: 0 });
  expect(await states()).toEqual(["stored"]);
  await passByTheStore("-5 hours");
  await mini.engine.run({ waitMsMax: 0 });
  expect([await states(), mini.erp.creates.length]).toEqual([["settled"], 1]);
});
