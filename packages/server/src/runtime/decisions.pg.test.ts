import * as vitest from "vitest";
import { expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import { forEachHome, migrated } from "../testing.ts";
import type { TestHome } from "../testing.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";

const contract = { entities: { accounts: { fields: { name: { policy: "review" } } } } };

function decisionSuite(home: TestHome): void {
  const conflicting = async (
    options: Partial<MiniWorldOptions> = {},
  ): Promise<MiniWorld & { readonly crmId: string; readonly erpId: string }> => {
    const mini = await miniWorld({ database: await home.open(migrated), contract, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    const erpId = mini.erp.rows("accounts")[0]?.id ?? "";
    mini.pass(10);
    mini.crm.edit("accounts", crmId, { name: "crm one" });
    mini.erp.edit("accounts", erpId, { name: "erp one" });
    await mini.engine.run();
    return { ...mini, crmId, erpId };
  };
  const take = async (mini: MiniWorld, side: 0 | 1): Promise<void> => {
    const [open] = await mini.engine.conflicts();
    if (open === undefined) throw new Error("there is no conflict");
    await mini.engine.decideConflict(open.link, "name", {
      take: mini.world.sides[side]?.id as never,
      by: "a person",
    });
  };

  test("a conflict shows what both sides show now, and taking one brings back nothing older", async () => {
    const mini = await conflicting();
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "crm two" });
    await mini.engine.run();
    expect((await mini.engine.conflicts())[0]?.values).toMatchObject({ crm: "crm two", erp: "erp one" });
    await take(mini, 0);
    await mini.engine.run();
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("crm two");
    expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("crm two");
  });

  test("a side that moves after it was taken is in conflict again, and nothing is written", async () => {
    const mini = await conflicting();
    await take(mini, 0);
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "crm three" });
    const writes = mini.crm.writes + mini.erp.writes;
    await mini.engine.run();
    expect(mini.crm.writes + mini.erp.writes).toBe(writes);
    expect((await mini.engine.conflicts())[0]?.values).toMatchObject({ crm: "crm three", erp: "erp one" });
  });

  test("archivings that come one by one are held by the guard of the window", async () => {
    const limits = { archive: { countMax: 100, shareMax: 0, countFree: 2 } };
    const mini = await miniWorld({ database: await home.open(migrated), change: { guard: limits } });
    const ids = ["1", "2", "3", "4"].map((n) =>
      mini.erp.add("products", { sku: `S${n}`, name: n, unit: "pc" }),
    );
    await mini.engine.run();
    for (const id of ids) {
      mini.pass(10);
      mini.erp.remove("products", id);
      await mini.engine.run({ sweep: true });
    }
    expect(mini.crm.rows("products").filter(({ isArchived }) => isArchived).length).toBe(2);
  });

  test("a plan shows what was decided and not sent; an earlier plan does not send it", async () => {
    const mini = await miniWorld({ database: await home.open(migrated) });
    const empty = await mini.engine.plan();
    mini.crm.add("accounts", customer);
    mini.erp.faults = Array.from({ length: 60 }, () => "throttled" as const);
    await mini.engine.run({ waitMsMax: 0 });
    mini.erp.faults = [];
    expect((await mini.engine.plan()).writes.map(({ kind }) => kind)).toContain("create");
    await mini.engine.apply(empty, { onDrift: "skip" });
    expect(mini.erp.rows("accounts")).toEqual([]);
  });

  test("a refused write keeps its evidence when its source moves and it is decided again", async () => {
    const mini = await miniWorld({ database: await home.open(migrated) });
    const id = mini.crm.add("accounts", customer);
    mini.erp.faults = ["refused"];
    await mini.engine.run();
    mini.pass(10);
    // Another version of the same values: the write is the same, its causes are not.
    mini.crm.edit("accounts", id, {});
    await mini.store.markWork(
      (await mini.engine.deadLetters()).flatMap(({ link }) => link ?? []),
      "again",
    );
    await mini.engine.run();
    expect((await mini.engine.deadLetters()).map(({ failure }) => failure?.code)).toEqual([
      "refused_by_rule",
    ]);
    expect(mini.erp.rows("accounts")).toEqual([]);
  });

  test("a plan made while a system could not be read says so, and is not applied", async () => {
    const refuse = (): Promise<never> =>
      Promise.reject(
        new ConnectorError({ failure: "unauthorised", code: "wrong_password", message: "refused" }),
      );
    const mini = await miniWorld({
      database: await home.open(migrated),
      wrapConnection: (id, connection) =>
        id === "erp" ? { ...connection, describe: refuse, read: refuse } : connection,
    });
    const plan = await mini.engine.plan();
    expect(plan.troubles.map(({ connection, code }) => [connection, code])).toEqual([
      ["erp", "wrong_password"],
    ]);
    await expect(mini.engine.apply(plan)).rejects.toThrow("could not be read");
  });
}

forEachHome(vitest, ["embedded"], decisionSuite);
