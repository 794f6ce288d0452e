/** Deciding under the guard: what writes nothing is stored at once, what writes waits for all. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { defaultGuardLimits } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { openEphemeral, migrated } from "../testing.ts";
import { miniWorld } from "./testing/world.ts";

let database: Database;
beforeEach(async () => {
  database = await openEphemeral(migrated);
});
afterEach(() => database.close());

const wide = { countMax: 10_000, shareMax: 1, countFree: 10_000 };
const named = (at: number, status: string): { readonly [field: string]: string } => ({
  name: `Account ${at}`,
  email: `office@a${at}.example`,
  status,
  currency: "EUR",
});

test("records that turn out to be one while the guard counts are joined, and none is created", async () => {
  const guard = { ...defaultGuardLimits, create: wide, update: wide };
  const mini = await miniWorld({ database, change: { guard } });
  // More links than one batch, and not known to be pairs: that comes with a later edit.
  const count = 210;
  const ids = Array.from({ length: count }, (_, at) => ({
    crm: mini.crm.add("accounts", { ...named(at, "lead"), taxId: `SAME${at}` }),
    erp: mini.erp.add("accounts", { ...named(at, "lead"), email: `erp@a${at}.example`, taxId: `ERP${at}` }),
  }));
  await mini.engine.run();
  for (const [at, id] of ids.entries()) {
    mini.crm.edit("accounts", id.crm, { status: "customer" });
    mini.erp.edit("accounts", id.erp, { status: "customer", taxId: `SAME${at}` });
  }
  mini.pass(10);
  await mini.engine.run();
  expect([mini.crm.creates.length, mini.erp.creates.length]).toEqual([0, 0]);
  expect([mini.crm.rows("accounts").length, mini.erp.rows("accounts").length]).toEqual([count, count]);
});

test("a stop of the guard lets decisions through that write nothing, and none that do", async () => {
  const mini = await miniWorld({
    database,
    change: { guard: { create: { ...wide, countMax: 1, countFree: 1 } } },
  });
  for (const at of [1, 2, 3]) {
    mini.crm.add("accounts", { ...named(at, "customer"), taxId: `NEW${at}` });
    const pair = { ...named(at + 10, "customer"), taxId: `PAIR${at}` };
    mini.crm.add("accounts", pair);
    mini.erp.add("accounts", pair);
  }
  const summary = await mini.engine.run();
  expect(summary.guardStops.map(({ kind, count }) => [kind, count])).toEqual([["create", 3]]);
  expect(mini.erp.creates).toEqual([]);
  expect(await mini.store.countDue("accounts")).toBe(3);
});
