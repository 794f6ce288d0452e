import { connectionId } from "@crossfoot/kernel";
import * as vitest from "vitest";
import { expect, test } from "vitest";
import { forEachHome } from "../testing.ts";
import { createMemoryStore } from "./memory/memory-store.ts";
import { keepDeliveriesMs } from "./port.ts";
import type { Store } from "./port.ts";
import { createStore } from "./store.ts";
import { migrated } from "./testing/migrated.ts";

const entropy = { digest: (text: string) => text, uuid: () => "u" };
const clock = { now: () => Date.UTC(2026, 0, 5), monotonic: () => 0 };
const crm = connectionId("crm");
const tally = { connection: crm, outcome: "accepted", secret: "", count: 1, reason: null } as const;

/** Whether a delivery is known again once it has aged and others were counted since. */
async function knownAfter(store: Store, age: () => Promise<unknown>): Promise<string | undefined> {
  await store.migrate();
  const delivery = { connection: crm, id: "d1", hints: [] };
  await store.saveDeliveries([delivery]);
  await age();
  await store.addDeliveryCounts([tally]);
  return (await store.saveDeliveries([delivery]))[0];
}

forEachHome(vitest, ["embedded"], (home) => {
  test.each([
    [keepDeliveriesMs - 60_000, "known"],
    [keepDeliveriesMs + 60_000, "stored"],
  ])("a delivery that came %i ms ago is %s", async (ageMs, expected) => {
    let now = clock.now();
    const memory = createMemoryStore({ entropy, clock, storeClock: { now: () => now } });
    expect(
      await knownAfter(memory, async () => {
        now += ageMs;
      }),
    ).toBe(expected);
    const database = await home.open(migrated);
    const store = createStore({ database, entropy, clock });
    const older = `received_at - ${ageMs} * interval '1 millisecond'`;
    const age = () => database.query(`update delivery set received_at = ${older}`);
    expect(await knownAfter(store, age)).toBe(expected);
  });
});
