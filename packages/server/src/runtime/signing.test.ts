import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { ContractUnsigned } from "./signing-report.ts";
import type { SigningNeed } from "./signing-report.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

const ada = { name: "Ada", role: "CFO", department: "Finance" };
const bob = { name: "Bob", role: "clerk", department: "Sales" };
const eve = { name: "Eve", role: "head", department: "Operations" };

async function unsigned(requires: SigningNeed): Promise<MiniWorld> {
  const mini = await miniWorld({
    database: (deps) => createMemoryStore(deps),
    change: { signing: { requires, version: "1" } },
  });
  mini.crm.add("accounts", customer);
  return mini;
}

describe("a contract that has to be signed", () => {
  test("nothing is written before each signer has signed, and everything is after", async () => {
    const { engine, erp } = await unsigned("roles");
    await expect(engine.run()).rejects.toThrow(ContractUnsigned);
    await engine.signContract(ada, "root");
    await engine.signContract(bob, "root");
    await expect(engine.run()).rejects.toThrow("missing: Operations");
    await expect(engine.enterContract()).rejects.toThrow(ContractUnsigned);
    expect(erp.writes).toBe(0);
    await engine.signContract(eve, "root");
    expect((await engine.run()).state).toBe("done");
    expect(erp.writes).toBe(1);
  });

  test("an apply, a record and hints are refused alike; what only looks is not", async () => {
    const mini = await unsigned("on");
    const { engine, crm, erp } = mini;
    const id = crm.add("accounts", { ...customer, name: "Other", taxId: "FR2", email: "o@x.example" });
    const plan = await engine.plan();
    expect(plan.writes.filter(({ kind }) => kind === "create")).toHaveLength(2);
    await expect(engine.apply(plan)).rejects.toThrow(ContractUnsigned);
    await expect(engine.syncRecord({ entity: "accounts", id: `crm:${id}` })).rejects.toThrow(
      ContractUnsigned,
    );
    await expect(engine.attend()).rejects.toThrow(ContractUnsigned);
    await engine.run({ observe: true });
    expect([erp.writes, crm.writes]).toEqual([0, 0]);
    await engine.signContract(bob, "root");
    const { applied, planned } = await engine.apply(plan);
    expect([applied > 0, applied]).toEqual([true, planned]);
  });

  test("a project that only observes runs unsigned: nothing of it is written", async () => {
    const { restart, erp, store, world } = await unsigned("roles");
    const engine = restart({ observed: world.sides.map(({ id }) => id) });
    await engine.enterContract();
    await engine.run();
    expect([erp.writes, await store.listContracts()]).toEqual([0, []]);
    await expect(restart({ observed: [] }).run()).rejects.toThrow(ContractUnsigned);
  });

  test("another contract is unsigned again; the one of before is signed still", async () => {
    const mini = await unsigned("on");
    await mini.engine.signContract(ada, "root");
    await mini.engine.run();
    const change = { contractHash: "f".repeat(64), signing: { requires: "on", version: "2" } } as const;
    const changed = mini.restart(change);
    await expect(changed.run()).rejects.toThrow("version 2 of the contract (ffffffffffff) is not signed");
    await mini.restart().run();
    const { kept, signatures } = await changed.contract();
    expect(kept.map(({ version, inForce }) => [version, inForce])).toEqual([
      ["1", false],
      ["1", true],
    ]);
    expect(signatures).toMatchObject([{ ...ada, by: "root", hash: mini.world.contractHash }]);
  });

  test("a signature that comes while a run is refused counts for the next, and never twice", async () => {
    const { engine, store } = await unsigned("roles");
    const runs = [engine.run(), engine.signContract(ada, "x"), engine.run(), engine.signContract(ada, "y")];
    const ended = await Promise.allSettled(runs);
    expect(ended.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "rejected", "fulfilled"]);
    expect(await store.listSignatures()).toHaveLength(1);
  });

  test("a signature that is taken back does not count, in a program that runs too", async () => {
    const { engine, crm, erp } = await unsigned("on");
    await engine.signContract(ada, "root");
    await engine.run();
    expect(erp.writes).toBe(1);
    const said = { by: "root", why: "read it too fast" };
    expect(await engine.revokeSignature(ada, said)).toBe(true);
    expect(await engine.revokeSignature(ada, said)).toBe(false);
    crm.add("accounts", { ...customer, name: "Other", taxId: "FR2", email: "o@x.example" });
    await expect(engine.run()).rejects.toThrow(ContractUnsigned);
    expect(erp.writes).toBe(1);
    const state = await engine.contract();
    expect([state.isSigned, state.signatures[0]?.revoked]).toEqual([false, expect.objectContaining(said)]);
    await engine.signContract(ada, "root");
    await engine.run();
    expect(erp.writes).toBe(2);
  });

  test("any signatures, given and taken back in any order, count while they stand", async () => {
    const people = fc.constantFrom(ada, bob, eve);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(people, fc.boolean()), { maxLength: 8 }), async (deeds) => {
        const { engine, store } = await unsigned("roles");
        const standing = new Set<string>();
        let told = 0;
        for (const [who, isGiven] of deeds) {
          const isNews = isGiven ? !standing.has(who.name) : standing.has(who.name);
          const said = { by: "root", why: "x" };
          const isDone = isGiven
            ? await engine.signContract(who, "root")
            : await engine.revokeSignature(who, said);
          expect(isDone).toBe(isNews);
          told += isDone ? 1 : 0;
          if (isGiven) standing.add(who.name);
          else standing.delete(who.name);
          const { isSigned, missing } = await engine.contract();
          expect([isSigned, missing.length]).toEqual([standing.size === 3, 3 - standing.size]);
        }
        const kept = (await store.listContracts()).length;
        expect((await store.verifyJournal()).entries).toBe(told + kept);
      }),
      { numRuns: 40 },
    );
  });

  test("where nobody has to sign, the contract is kept once it takes effect", async () => {
    const { engine, world } = await unsigned("off");
    await engine.run();
    await engine.run();
    const { kept, isSigned, missing } = await engine.contract();
    expect(kept.map(({ hash }) => hash)).toEqual([world.contractHash]);
    expect([isSigned, missing.length]).toEqual([false, 3]);
  });
});
