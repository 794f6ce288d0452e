import { describe, expect, test } from "vitest";
import { compileMapping } from "@crossfoot/connector-sdk";
import { entities, entityNames } from "@crossfoot/model";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Engine } from "./engine.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld } from "./testing/world.ts";

interface Scene extends MiniWorld {
  readonly engine: Engine;
  readonly crmId: string;
  readonly erpId: string;
}

/** A contact in both systems who has said no to mail. */
async function scene(contract = {}): Promise<Scene> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps), contract });
  const kinds = Object.fromEntries(entityNames.map((name) => [name, entities[name].fields]));
  const name = { parts: { given: "given", family: "family" } };
  const account = { path: "account", ref: "accounts" };
  const contacts = { fields: { name, email: "email", account, consent: { parts: { email: "mailOk" } } } };
  const accounts = { fields: { name: "name", taxId: "taxId", status: "status" } };
  const { mapping } = compileMapping({ entities: { accounts, contacts } }, kinds);
  if (mapping === undefined) throw new Error("the mapping is wrong");
  const engine = mini.restart({ sides: mini.world.sides.map((side) => ({ ...side, mapping })) });
  const of = mini.crm.add("accounts", customer);
  const person = { given: "Ada", family: "Ford", email: "ada@ford.example", mailOk: false, account: of };
  const crmId = mini.crm.add("contacts", person);
  await engine.run();
  mini.pass(10_000);
  return { ...mini, engine, crmId, erpId: mini.erp.rows("contacts")[0]?.id ?? "" };
}

const shown = (mini: Scene): readonly unknown[] => [
  mini.crm.get("contacts", mini.crmId).fields["mailOk"],
  mini.erp.get("contacts", mini.erpId).fields["mailOk"],
];

describe("what a person has allowed", () => {
  test("reaches the ERP, and an edit there is put back, however new it is", async () => {
    for (const policy of ["master", "newest", "review"]) {
      const mini = await scene({ entities: { contacts: { policy } } });
      expect(shown(mini)).toEqual([false, false]);
      mini.erp.edit("contacts", mini.erpId, { mailOk: true });
      mini.pass(10_000);
      await mini.engine.run();
      expect(shown(mini)).toEqual([false, false]);
    }
  });

  test("would come from the ERP too, if the contract said so", async () => {
    const fields = { consent: { direction: "both", policy: "newest" } };
    const mini = await scene({ entities: { contacts: { fields } } });
    mini.erp.edit("contacts", mini.erpId, { mailOk: true });
    mini.pass(10_000);
    await mini.engine.run();
    expect(shown(mini)).toEqual([true, true]);
  });

  test("is never overwritten by a value of before, although the ERP is edited later", async () => {
    const mini = await scene();
    mini.crm.edit("contacts", mini.crmId, { mailOk: true });
    mini.pass(10_000);
    await mini.engine.run();
    mini.pass(10_000);
    // Taken back in the CRM; the ERP, which has not heard of it, is edited after that with the old value.
    mini.crm.edit("contacts", mini.crmId, { mailOk: false });
    mini.pass(10_000);
    mini.erp.edit("contacts", mini.erpId, { mailOk: true, family: "Forde" });
    mini.pass(10_000);
    await mini.engine.run();
    mini.pass(10_000);
    await mini.engine.run();
    expect(shown(mini)).toEqual([false, false]);
    expect(mini.crm.get("contacts", mini.crmId).fields["family"]).toBe("Forde");
  });

  test("is not taken from the ERP at the first meeting; what stood there is told as lost", async () => {
    for (const theirWord of [true, false]) {
      const mini = await scene();
      const account = mini.crm.rows("accounts")[0]?.id ?? "";
      const theirs = mini.erp.rows("accounts")[0]?.id ?? "";
      const person = { given: "Ben", family: "Ode", email: "ben@ode.example" };
      const crmId = mini.crm.add("contacts", { ...person, mailOk: null, account });
      const erpId = mini.erp.add("contacts", { ...person, mailOk: theirWord, account: theirs });
      await mini.engine.run();
      mini.pass(10_000);
      await mini.engine.run();
      expect(shown({ ...mini, crmId, erpId })).toEqual([null, null]);
      const [lost] = await mini.engine.lost({ record: `crm:${crmId}`, limit: 1 });
      expect(lost).toMatchObject({ field: "consent", value: { email: theirWord } });
      // What the person then says in the CRM stands in both.
      mini.crm.edit("contacts", crmId, { mailOk: !theirWord });
      mini.pass(10_000);
      await mini.engine.run();
      expect(shown({ ...mini, crmId, erpId })).toEqual([!theirWord, !theirWord]);
    }
  });
});
