import { connectionId } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";
import { customer, miniWorld } from "./testing/world.ts";

const build = (options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> =>
  miniWorld({ database: (deps) => createMemoryStore(deps), ...options });
const other = { ...customer, name: "Other", email: "o@x.example", taxId: "FR2" };
const erpOnly = { change: { observed: [connectionId("erp")] } };

async function kindsOf(mini: MiniWorld, record: string): Promise<readonly string[]> {
  const why = await mini.engine.why({ entity: "accounts", id: record });
  return (why?.journal ?? []).map(({ kind }) => kind);
}

describe("a run that only observes", () => {
  test("links and decides everything, stores and sends nothing, and says how much it held back", async () => {
    const mini = await build();
    const id = mini.crm.add("accounts", customer);
    mini.erp.add("accounts", { ...other, number: "C2" });
    mini.crm.add("accounts", { ...other, number: null });
    const run = await mini.engine.run({ observe: true });
    expect([mini.crm.writes, mini.erp.writes]).toEqual([0, 0]);
    expect(run.entities.find(({ entity }) => entity === "accounts")?.observed).toEqual({
      crm: { update: 1 },
      erp: { create: 1 },
    });
    expect(run.whyNothing).toContain("2 writes were decided and held back");
    expect(await kindsOf(mini, `crm:${id}`)).toEqual(["link_made"]);
    const why = await mini.engine.why({ entity: "accounts", id: `crm:${id}` });
    expect([why?.verdict, why?.intents]).toEqual(["writes", []]);
  });

  test("leaves its work due: a plan shows it, and the next run makes it, once", async () => {
    const mini = await build();
    mini.crm.add("accounts", customer);
    await mini.engine.run({ observe: true });
    await mini.engine.run({ observe: true });
    expect((await mini.engine.plan()).writes.filter(({ kind }) => kind === "create").length).toBe(1);
    await mini.engine.run();
    expect(mini.erp.rows("accounts").length).toBe(1);
    const writes = mini.erp.writes;
    await mini.engine.run();
    expect(mini.erp.writes).toBe(writes);
  });

  test("discards nothing, archives nothing and ends no link", async () => {
    const mini = await build();
    const crmId = mini.crm.add("accounts", customer);
    const lost = mini.crm.add("accounts", other);
    await mini.engine.run();
    mini.pass(10);
    const rows = mini.erp.rows("accounts");
    const first = rows.find(({ fields }) => fields["name"] === customer["name"]);
    const second = rows.find((row) => row !== first);
    mini.crm.edit("accounts", crmId, { name: "From the CRM" });
    mini.erp.edit("accounts", first?.id ?? "", { name: "From the ERP" });
    mini.erp.remove("accounts", second?.id ?? "");
    const writes = mini.crm.writes + mini.erp.writes;
    await mini.engine.run({ observe: true, sweep: true });
    expect(mini.crm.writes + mini.erp.writes).toBe(writes);
    expect(await kindsOf(mini, `crm:${crmId}`)).not.toContain("discarded");
    expect(await kindsOf(mini, `crm:${lost}`)).not.toContain("tombstone_made");
    await mini.engine.run();
    expect(mini.erp.get("accounts", first?.id ?? "").fields["name"]).toBe("From the CRM");
    expect(mini.crm.get("accounts", lost).isArchived).toBe(true);
  });

  test("is not stopped by the guard, which counts what is sent", async () => {
    const guard = { create: { countMax: 5, shareMax: 1, countFree: 2 } };
    const mini = await build({ change: { guard } });
    for (let at = 0; at < 9; at += 1)
      mini.crm.add("accounts", {
        ...customer,
        name: `A${at}`,
        taxId: `FR${100 + at}`,
        email: `${at}@x.example`,
      });
    const run = await mini.engine.run({ observe: true });
    expect([run.guardStops, mini.erp.writes]).toEqual([[], 0]);
    expect((await mini.engine.run()).state).toBe("stopped");
  });
});

describe("a connection that is only observed", () => {
  test("gets nothing while the other one is kept up to date", async () => {
    const mini = await build(erpOnly);
    mini.crm.add("accounts", customer);
    mini.erp.add("accounts", { ...other, number: "C2" });
    await mini.engine.run();
    expect([mini.erp.writes, mini.crm.rows("accounts").length]).toEqual([0, 2]);
    expect((await mini.engine.status()).observed).toEqual(["erp"]);
  });

  test("takes back what was stored for it before, and refuses plans that write to it", async () => {
    const mini = await build();
    mini.crm.add("accounts", customer);
    mini.erp.faults = Array.from({ length: 9 }, () => "throttled" as const);
    await mini.engine.run({ waitMsMax: 0 });
    const plan = await mini.engine.plan();
    mini.erp.faults = [];
    mini.pass(60_000);
    const watching = mini.restart(erpOnly.change);
    await expect(watching.apply(plan)).rejects.toThrow("only observed");
    await watching.run();
    expect(mini.erp.rows("accounts")).toEqual([]);
    await mini.restart().run();
    expect(mini.erp.rows("accounts").length).toBe(1);
  });
});
