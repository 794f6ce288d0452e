import type { Connection } from "@crossfoot/connector-sdk";
import { connectionId, defaultGuardLimits, unlimited } from "@crossfoot/kernel";
import type { CallLimit, JsonMap } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { TurningTime } from "./testing/turning-time.ts";
import { miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

/** An afternoon, twenty minutes past two. */
const start = Date.UTC(2026, 4, 4, 14, 20);
const second: CallLimit = { name: "second", requests: 5, windowMs: 1_000, zone: null };
const minute: CallLimit = { name: "minute", requests: 60, windowMs: 60_000, zone: null };
const day: CallLimit = { name: "day", requests: 100, windowMs: null, zone: "Europe/Berlin" };

const company = (n: number): JsonMap => ({
  ...{ name: `Company ${n}`, email: `${n}@x.example`, taxId: `FR${n}`, status: "customer" },
  ...{ currency: "EUR", limit: null },
});

/** Every call takes its time. */
function slow(connection: Connection, wait: () => Promise<unknown>): Connection {
  return {
    ...connection,
    describe: async () => wait().then(() => connection.describe()),
    read: async (request) => wait().then(() => connection.read(request)),
    readByIds: async (request) => wait().then(() => connection.readByIds(request)),
    write: async (writes) => wait().then(() => connection.write(writes)),
  };
}

interface Loading {
  readonly mini: MiniWorld;
  readonly time: TurningTime;
}

/** So many companies on one side, under these limits. */
async function loading(
  count: number,
  at: { readonly windows: readonly CallLimit[]; readonly callMs: number },
): Promise<Loading> {
  const time = new TurningTime(start);
  let numbers = 0;
  // What the ERP gives a record comes back to the CRM.
  const numbered = (fields: JsonMap): JsonMap =>
    typeof fields["number"] === "string" ? fields : { ...fields, number: `C${(numbers += 1)}` };
  const able = { accounts: { writeBatchMax: 1 } };
  const tables = { accounts: {}, contacts: {}, products: {}, quotes: {} };
  const opening = miniWorld({
    database: (deps) => createMemoryStore(deps),
    time,
    limits: { ...unlimited, windows: at.windows },
    change: {
      guard: { ...defaultGuardLimits, create: { countMax: 10_000, shareMax: 1, countFree: 10_000 } },
    },
    contract: { entities: { accounts: { create: { erp: { when: "always" } } } } },
    crm: {
      entities: { ...tables, ...able },
      transform: (_entity, fields) => ({ number: null, ...fields }),
    },
    erp: { entities: { ...tables, ...able }, transform: (_entity, fields) => numbered(fields) },
    wrapConnection: (_id, connection) => slow(connection, () => time.sleep(at.callMs)),
  });
  const mini = await time.until(opening);
  for (let n = 0; n < count; n += 1) mini.crm.add("accounts", company(n));
  return { mini, time };
}

describe("how long an apply takes is foretold", () => {
  test.each([
    { what: "calls alone", count: 100, windows: [], callMs: 50, bound: null },
    { what: "a limit of seconds", count: 100, windows: [second], callMs: 10, bound: "second" },
    { what: "a limit of minutes", count: 200, windows: [minute], callMs: 100, bound: "minute" },
    { what: "two limits", count: 200, windows: [second, minute], callMs: 20, bound: "minute" },
    { what: "slow calls", count: 60, windows: [{ ...minute, requests: 600 }], callMs: 900, bound: null },
  ])("under $what", async ({ count, windows, callMs, bound }) => {
    const { mini, time } = await loading(count, { windows, callMs });
    const plan = await time.until(mini.engine.plan({ only: ["accounts"] }));
    expect(plan.writes.length).toBeGreaterThanOrEqual(count);
    const begun = time.now();
    const applied = await time.until(mini.engine.apply(plan, { approve: { plan: plan.id, by: "ada" } }));
    expect(applied.unmade).toEqual([]);
    const took = time.now() - begun;
    expect(plan.takes?.boundBy ?? null).toBe(bound);
    expect(took / (plan.takes?.ms ?? 0)).toBeGreaterThan(0.9);
    expect(took / (plan.takes?.ms ?? 0)).toBeLessThan(1.15);
  });

  test("under a limit of days, over midnight in its zone", async () => {
    const { mini, time } = await loading(150, { windows: [day], callMs: 100 });
    const plan = await time.until(mini.engine.plan({ only: ["accounts"] }));
    const foretold = time.now() + (plan.takes?.ms ?? 0);
    const midnight = Date.UTC(2026, 4, 4, 22);
    expect(plan.takes?.boundBy).toBe("day");
    expect(foretold).toBeGreaterThan(midnight);
    // Somebody begins it again every hour.
    for (let hours = 0; hours < 48; hours += 1) {
      const applied = await time.until(
        mini.engine.apply(plan, { approve: { plan: plan.id, by: "ada" }, onDrift: "skip" }),
      );
      if (applied.unmade.length === 0) break;
      expect(applied.troubles.map(({ failure }) => failure.code)).toContain("quota_used_up");
      await time.pass(3_600_000);
    }
    expect(mini.erp.rows("accounts").length).toBe(150);
    expect(Math.abs(time.now() - foretold)).toBeLessThan(2 * 3_600_000);
  });
});

describe("what is left to do is told by the status", () => {
  test("what a day's limit cut off is counted, and caught up with the next day", async () => {
    const { mini, time } = await loading(150, { windows: [day], callMs: 100 });
    await time.until(mini.engine.run({ only: ["accounts"] }));
    const of = async () => (await mini.engine.status()).outlooks;
    const [crm, erp] = await time.until(of());
    const made = mini.erp.rows("accounts").length;
    // Each run looks first who it is and what is there of four entities.
    expect([erp?.records, erp?.calls, erp?.boundBy]).toEqual([150 - made, 150 - made + 5, "day"]);
    expect(made).toBeGreaterThan(20);
    expect(erp?.quota.limits).toMatchObject([{ name: "day", limit: 100, budget: 95 }]);
    expect(crm?.loading).toEqual(["contacts", "products", "quotes"]);
    const midnight = Date.UTC(2026, 4, 4, 22);
    expect(erp?.caughtUpAt).toBeGreaterThan(midnight);
    expect(erp?.caughtUpAt).toBeLessThan(midnight + 86_400_000);
    for (let days = 0; days < 2; days += 1) {
      await time.pass(86_400_000);
      await time.until(mini.engine.run({ only: ["accounts"] }));
    }
    expect(mini.erp.rows("accounts").length).toBe(150);
    // The numbers that the ERP gave go back to the CRM on the days after.
    const [back, there] = await time.until(of());
    expect([there?.records, there?.calls, back?.records]).toEqual([0, 0, 150]);
  });

  test("nothing is to be written to a connection that is only observed", async () => {
    const { mini, time } = await loading(3, { windows: [], callMs: 1 });
    const observed = mini.restart({ observed: [connectionId("erp")] });
    await time.until(observed.run({ only: ["accounts"] }));
    const { outlooks } = await time.until(observed.status());
    expect(outlooks.map(({ connection, records }) => [connection, records])).toEqual([
      ["crm", 0],
      ["erp", 0],
    ]);
  });
});
