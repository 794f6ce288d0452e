/** Records that turn out to be one thing at a moment when nobody may join them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../ports.ts";
import { openEphemeral, migrated } from "../testing.ts";
import { customer, miniWorld } from "./testing/world.ts";

let database: Database;
beforeEach(async () => {
  database = await openEphemeral(migrated);
});
afterEach(() => database.close());

describe("two records that turn out to be one thing while a create of one of them is in doubt", () => {
  test("wait for the answer and are joined then: neither side gets a second record", async () => {
    const mini = await miniWorld({ database });
    const lead = { ...customer, taxId: "FR2", email: "b@b.example", status: "lead" };
    const crmId = mini.crm.add("accounts", lead);
    await mini.engine.run();
    mini.erp.add("accounts", { ...customer, number: "C1" });
    mini.pass(10);
    mini.crm.faults = ["lost_request"];
    await mini.engine.run({ waitMsMax: 0 });
    mini.crm.edit("accounts", crmId, { taxId: "FR1", status: "customer", name: "Acme" });
    mini.pass(1);
    await mini.engine.run();
    expect([mini.erp.rows("accounts").length, mini.crm.rows("accounts").length]).toEqual([1, 1]);
    const { isEqual, entities } = await mini.engine.statement({ only: ["accounts"] });
    expect([isEqual, entities[0]?.linked]).toEqual([true, 1]);
  });
});
