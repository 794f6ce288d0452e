import { createHash } from "node:crypto";
import { externalId } from "@crossfoot/kernel";
import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../testing.ts";
import { createMemoryStore } from "./memory/memory-store.ts";
import type { Store } from "./port.ts";
import { createStore } from "./store.ts";
import { erp, seen } from "./testing/records.ts";
import { migrated } from "./testing/migrated.ts";

const entropy = {
  digest: (text: string) => createHash("sha256").update(text).digest("hex"),
  uuid: () => "u",
};
const clock = { now: () => Date.UTC(2026, 0, 5), monotonic: () => 0 };

/** How many former states are left of a record that changed, once a run has ended. */
async function leftOf(store: Store): Promise<number> {
  await store.migrate();
  for (const at of [1, 2]) {
    const span = { readStart: at * 10, readEnd: at * 10 + 1, versionOrder: at, contentHash: `state ${at}` };
    const observations = [seen("i-1", { connection: erp, entity: "orders", ...span })];
    await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
  }
  const key = { connection: erp, entity: "orders", id: externalId("i-1") };
  expect((await store.historyOf([key]))[0]?.before).toHaveLength(1);
  await store.startRun("run-1", "sync", "one");
  await store.endRun("run-1", "done", {});
  return (await store.historyOf([key]))[0]?.before.length ?? 0;
}

forEachHome(vitest, ["embedded"], (home) => {
  // Below zero: what is younger than any state can be is too old.
  test.each([
    [-60_000, 0],
    [60_000, 1],
  ])("a run forgets former states that are older than %i ms, and no others", async (keepHistoryMs, left) => {
    const parts = { entropy, clock, keepHistoryMs };
    expect(await leftOf(createMemoryStore(parts))).toBe(left);
    expect(await leftOf(createStore({ database: await home.open(migrated), ...parts }))).toBe(left);
  });
});
