import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { customer, miniWorld } from "./testing/world.ts";

describe("what was changed in the database with its hash left alone", () => {
  test("is found by a sweep: what the system shows takes its place, and nothing is written", async () => {
    const { engine, store, crm, erp, pass } = await miniWorld({
      database: (deps) => createMemoryStore(deps),
    });
    const id = crm.add("accounts", customer);
    await engine.run();
    pass(10);
    const key = { connection: "crm", entity: "accounts", id } as never;
    const nameNow = async (): Promise<unknown> => (await store.observationsOf([key]))[0]?.native["name"];
    const [seen] = await store.observationsOf([key]);
    if (seen === undefined) throw new Error("nothing was seen");
    // Other values under the same hash and version, as an update of the one column leaves them behind.
    const native = { ...seen.native, name: "Forged Ltd" };
    for (const [at, version] of ["2", seen.version].entries()) {
      const [readStart, readEnd] = [seen.readEnd + 2 * at + 1, seen.readEnd + 2 * at + 2];
      const observations = [{ ...seen, native, version, readStart, readEnd }];
      await store.checkpoint({ observations, unreadable: [], cursor: null, runId: null });
    }
    const [forged] = await store.observationsOf([key]);
    expect(forged).toMatchObject({ native, contentHash: seen.contentHash, version: seen.version });

    const writes = [crm.writes, erp.writes];
    await engine.run();
    pass(10);
    expect(await nameNow()).toBe("Forged Ltd");
    await engine.run({ sweep: true });
    expect(await nameNow()).toBe(customer["name"]);
    pass(10);
    await engine.run();
    expect([crm.writes, erp.writes]).toEqual(writes);
    expect(erp.rows("accounts").map(({ fields }) => fields["name"])).toEqual([customer["name"]]);
    // A sweep that finds nothing changed stores nothing anew.
    const [kept] = await store.observationsOf([key]);
    pass(10);
    await engine.run({ sweep: true });
    expect((await store.observationsOf([key]))[0]?.readEnd).toBe(kept?.readEnd);
  });
});
