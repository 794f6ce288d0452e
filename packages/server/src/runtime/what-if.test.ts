import { connectionId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { compilePolicy, readContract } from "@crossfoot/model";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MemoryStore } from "../store/memory/memory-store.ts";
import type { Engine, OtherContract, PlanDocument } from "./engine.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";

const accounts = (terms: Json): Json => ({ entities: { accounts: terms } });
const erpOwnsNames = accounts({ fields: { name: { master: "erp", direction: "erp-to-crm" } } });
const erpMasters = accounts({ fields: { name: { master: "erp" } } });

/** Another contract, as the command line gives it to the engine. */
function contractOf(mini: MiniWorld, file: Json): OtherContract {
  const { contract, problems } = readContract(file);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  return {
    contract,
    hash: mini.world.entropy.digest(JSON.stringify(contract)),
    policies: mini.world.policies.map(({ entity }) => compilePolicy(contract, entity as "accounts", roles)),
  };
}

/** The engine once that contract is in force. */
const adopted = (mini: MiniWorld, { contract, hash, policies }: OtherContract): Engine =>
  mini.restart({ contract, contractHash: hash, policies });

interface Linked extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
}

/** A customer on both sides, in agreement. */
async function linked(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps), ...options });
  const crmId = mini.crm.add("accounts", customer);
  await mini.engine.run();
  mini.pass(10);
  return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
}

const rowsOf = ({ whatIf }: PlanDocument): readonly unknown[] =>
  (whatIf?.rows ?? []).map(({ target, what, now, after }) => [
    target,
    what,
    now?.value ?? null,
    after?.value ?? null,
  ]);

describe("what another contract would change", () => {
  test("nothing, for records in agreement: only later edits are decided otherwise", async () => {
    const mini = await linked();
    const other = contractOf(mini, erpMasters);
    const plan = await mini.engine.plan({ other });
    expect([plan.writes, rowsOf(plan), plan.whatIf?.same]).toEqual([[], [], { accounts: 1 }]);
    expect(plan.whatIf?.terms).toEqual([
      { entity: "accounts", field: "name", term: "master", now: "crm", after: "erp" },
    ]);
    const engine = adopted(mini, other);
    expect((await engine.run()).whyNothing).toContain("nothing changed");
    mini.crm.edit("accounts", mini.crmId, { name: "Of the CRM" });
    mini.erp.edit("accounts", mini.erpId, { name: "Of the ERP" });
    await engine.run();
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Of the ERP");
  });

  test("an edit that is due goes the other way, and is told as the value that gives way", async () => {
    const mini = await linked();
    mini.crm.edit("accounts", mini.crmId, { name: "Edited" });
    const plan = await mini.engine.plan({ other: contractOf(mini, erpOwnsNames) });
    expect(rowsOf(plan)).toEqual([
      ["crm", "name", null, "Acme"],
      ["erp", "name", "Edited", null],
    ]);
    expect(plan.losses.map(({ connection, value }) => [connection, value])).toEqual([["crm", "Edited"]]);
    expect(plan.writes.map(({ target, why }) => [target, why["name"]?.reason])).toEqual([
      ["crm", "put_back"],
    ]);
  });

  test("an open conflict that the other contract decides is closed, with what it writes", async () => {
    const contract = accounts({ fields: { name: { policy: "review" } } });
    const mini = await linked({ contract });
    mini.crm.edit("accounts", mini.crmId, { name: "C" });
    mini.erp.edit("accounts", mini.erpId, { name: "E" });
    await mini.engine.run();
    const plan = await mini.engine.plan({ other: contractOf(mini, null) });
    expect([rowsOf(plan), plan.whatIf?.closed.map(({ what }) => what)]).toEqual([
      [["erp", "name", null, "C"]],
      ["conflict: name"],
    ]);
  });

  test("a record that would be made, with its children, is told as such", async () => {
    const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
    const lead = mini.crm.add("accounts", { ...customer, status: "lead" });
    mini.crm.add("contacts", { given: "A", family: "B", email: "ab@x.example", account: lead });
    await mini.engine.run();
    const plan = await mini.engine.plan({
      other: contractOf(mini, accounts({ create: { erp: { when: "always" } } })),
    });
    expect(plan.writes.filter(({ kind }) => kind === "create").map(({ entity }) => entity)).toEqual([
      "accounts",
      "contacts",
    ]);
    expect(plan.whatIf?.closed.map(({ entity, what }) => [entity, what])).toEqual([
      ["contacts", "waiting: account"],
    ]);
  });
});

describe("differences that stand", () => {
  const kept = accounts({ direction: "crm-to-erp", onForeignEdit: "keep" });

  /** Both sides agreed to differ: the ERP's own name was left alone. */
  async function differing(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
    const mini = await linked({ contract: kept, ...options });
    mini.erp.edit("accounts", mini.erpId, { name: "Own name" });
    await mini.engine.run();
    expect((await mini.engine.run()).whyNothing).toContain("nothing changed");
    return mini;
  }

  test("are decided by the contract that takes over their field, and by no other", async () => {
    const mini = await differing();
    const harmless = contractOf(
      mini,
      accounts({ direction: "crm-to-erp", onForeignEdit: "keep", policy: "newest" }),
    );
    expect(rowsOf(await mini.engine.plan({ other: harmless }))).toEqual([]);
    const plan = await mini.engine.plan({ other: contractOf(mini, erpOwnsNames) });
    expect(rowsOf(plan)).toEqual([["crm", "name", null, "Own name"]]);
    expect(plan.whatIf?.standing.map(({ field, values }) => [field, values])).toEqual([
      ["name", { crm: "Acme", erp: "Own name" }],
    ]);
  });

  test("once that contract is in force a run settles them, and then there is nothing to do", async () => {
    const mini = await differing();
    const engine = adopted(mini, contractOf(mini, erpOwnsNames));
    await engine.run();
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Own name");
    const writes = mini.crm.writes + mini.erp.writes;
    await engine.run({ sweep: true });
    expect(mini.crm.writes + mini.erp.writes).toBe(writes);
    expect((await engine.statement({ only: ["accounts"] })).isEqual).toBe(true);
    const why = await engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
    expect(why?.journal.map(({ kind }) => kind)).toContain("base_reopened");
  });

  test("what one system keeps of the other's value is agreement, whoever owns the field", async () => {
    const shout = (_entity: string, fields: typeof customer): typeof customer => ({
      ...fields,
      name: typeof fields["name"] === "string" ? fields["name"].toUpperCase() : null,
    });
    const mini = await linked({ contract: kept, erp: { transform: shout } });
    expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("ACME");
    const other = contractOf(mini, erpOwnsNames);
    expect(rowsOf(await mini.engine.plan({ other }))).toEqual([]);
    await adopted(mini, other).run();
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme");
  });
});

describe("the plan of a contract that is not in force", () => {
  test("is applied once it is, and not before", async () => {
    const mini = await linked();
    mini.crm.edit("accounts", mini.crmId, { name: "Edited", email: "edited@x.example" });
    const other = contractOf(mini, erpOwnsNames);
    const plan = await mini.engine.plan({ other });
    await expect(mini.engine.apply(plan)).rejects.toThrow("put it in the place of contract.yaml first");
    expect(mini.crm.writes + mini.erp.writes).toBe(1);
    const applied = await adopted(mini, other).apply(plan);
    expect([applied.unmade, applied.state]).toEqual([[], "done"]);
    const crm = mini.crm.get("accounts", mini.crmId).fields;
    const erp = mini.erp.get("accounts", mini.erpId).fields;
    expect([crm["name"], erp["name"], crm["email"], erp["email"]]).toEqual([
      "Acme",
      "Acme",
      "edited@x.example",
      "edited@x.example",
    ]);
  });

  test("changes nothing in the store but the plan itself", async () => {
    let store: MemoryStore | null = null;
    const mini = await linked({
      database: (deps) => {
        store = createMemoryStore(deps);
        return store;
      },
    });
    mini.crm.edit("accounts", mini.crmId, { name: "Edited" });
    await mini.engine.plan();
    const facts = (): unknown => {
      const { plan, observation, cursor, lease, journal, journal_head, ...others } = store?.dump() ?? {};
      return [
        others,
        journal === undefined,
        journal_head === undefined,
        plan === undefined,
        observation === undefined,
        cursor === undefined,
        lease === undefined,
      ];
    };
    const before = facts();
    const places = await mini.store.journalPlaces();
    await mini.engine.plan({ other: contractOf(mini, erpOwnsNames) });
    expect(facts()).toEqual(before);
    const { entries } = await mini.store.followJournal({ places, kinds: [], limit: 100 });
    expect(entries.map(({ kind }) => kind)).toEqual(["plan_made"]);
  });
});

test("a change of contract has every record decided again, once, and a change of mapping too", async () => {
  const mini = await linked();
  const decidedBy = async (engine: Engine): Promise<number> =>
    (await engine.run()).entities.find(({ entity }) => entity === "accounts")?.decided ?? -1;
  expect(await decidedBy(mini.engine)).toBe(0);
  const engine = adopted(mini, contractOf(mini, erpMasters));
  expect([await decidedBy(engine), await decidedBy(engine)]).toEqual([1, 0]);
  const sides = mini.world.sides.map((side) => ({ ...side, mappingHash: "mapping-2" }));
  const remapped = mini.restart({ sides });
  expect(await decidedBy(remapped)).toBe(1);
});
