import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeWrite } from "@crossfoot/connector-sdk";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

const contract = { entities: { accounts: { fields: { email: { policy: "newest" } } } } };
const timeout = { failure: "in_doubt", code: "timeout", message: "no answer in time" } as const;

/** What our own writes may not do to the edits of people: make one newer, or become one. */
export function newestSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  async function loaded(options: Partial<MiniWorldOptions> = {}) {
    const mini = await miniWorld({ database, contract, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    mini.pass(60_000);
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }

  /** Both sides edit the e-mail address within the tolerance, and the ERP something else beside it. */
  function editBoth(mini: MiniWorld & { readonly crmId: string; readonly erpId: string }): void {
    mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example" });
    mini.pass(900);
    mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example", name: "Acme Two" });
    mini.pass(60_000);
  }

  const asked = async ({ store }: MiniWorld): Promise<readonly string[]> =>
    (await store.listConflicts("open")).map(({ field, reason }) => `${field} ${reason}`);

  describe("stamps of our own writes", () => {
    test("a write of another field makes nobody's edit newer: a person is still asked", async () => {
      const mini = await loaded();
      editBoth(mini);
      for (let count = 0; count < 3; count += 1) {
        await mini.engine.run();
        mini.pass(60_000);
      }
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme Two");
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("erp@acme.example");
      expect(mini.crm.get("accounts", mini.crmId).fields["email"]).toBe("crm@acme.example");
      expect(await asked(mini)).toEqual(["email stamps_too_close"]);
    });

    test("nor does one that was in doubt and is found by asking", async () => {
      const mini = await loaded();
      editBoth(mini);
      mini.crm.faults = ["lost_answer"];
      for (let count = 0; count < 3; count += 1) {
        await mini.engine.run();
        mini.pass(60_000);
      }
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme Two");
      expect(await asked(mini)).toEqual(["email stamps_too_close"]);
    });

    test("nor does a create in doubt: what was edited before we looked is no first meeting", async () => {
      let isBlind = true;
      const mini = await miniWorld({
        ...{ database, contract },
        erp: { entities: { accounts: {} }, horizonMs: 30_000 },
        wrapConnection: (_, connection) => ({
          ...connection,
          probe: async (request) => (isBlind ? { records: [], by: "reference" } : connection.probe(request)),
        }),
      });
      const crmId = mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_answer"];
      await mini.engine.run({ waitMsMax: 0 });
      const [made] = mini.erp.rows("accounts");
      mini.pass(60_000);
      mini.erp.edit("accounts", made?.id ?? "", { email: "erp@acme.example" });
      isBlind = false;
      for (let count = 0; count < 3; count += 1) {
        mini.pass(60_000);
        await mini.engine.run();
      }
      expect(mini.erp.get("accounts", made?.id ?? "").fields["email"]).toBe("erp@acme.example");
      expect(mini.crm.get("accounts", crmId).fields["email"]).toBe("erp@acme.example");
      expect(await asked(mini)).toEqual([]);
    });

    test("an edit that comes after our write is newer by its own stamp", async () => {
      const mini = await loaded();
      editBoth(mini);
      await mini.engine.run();
      mini.pass(60_000);
      mini.crm.edit("accounts", mini.crmId, { email: "later@acme.example" });
      mini.pass(10);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("later@acme.example");
      expect(await asked(mini)).toEqual([]);
    });

    test("where an edit slipped in before our write, nobody knows when: a person is asked", async () => {
      let slip: (() => void) | null = null;
      const mini = await loaded({
        crm: { entities: { accounts: { precondition: "none" } } },
        wrapConnection: (id, connection) => {
          if (id === "erp") return connection;
          const write = (writes: readonly NativeWrite[]) => {
            slip?.();
            slip = null;
            return connection.write(writes.map((one) => ({ ...one, precondition: null })));
          };
          return { ...connection, write };
        },
      });
      mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example", name: "Acme Two" });
      mini.pass(1_000);
      mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example" });
      mini.pass(60_000);
      slip = () => mini.crm.edit("accounts", mini.crmId, { number: "7" });
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme Two");
      expect(await asked(mini)).toContain("email stamps_too_close");
    });
  });

  test("a write that may still land over an edit is waited for, and is no edit when it does", async () => {
    let held: (() => Promise<unknown>) | null = null;
    let isHolding = false;
    const mini: Awaited<ReturnType<typeof loaded>> = await loaded({
      contract: null,
      crm: { entities: { accounts: { precondition: "none" } }, horizonMs: 30_000 },
      wrapConnection: (id, connection) => {
        if (id === "erp") return connection;
        const write = (writes: readonly NativeWrite[]) => {
          const free = writes.map((one) => ({ ...one, precondition: null }));
          if (!isHolding) return connection.write(free);
          held = () => connection.write(free);
          mini.crm.edit("accounts", mini.crmId, { name: "Acme of the CRM" });
          throw new ConnectorError(timeout);
        };
        return { ...connection, write: async (writes) => write(writes) };
      },
    });
    mini.erp.edit("accounts", mini.erpId, { name: "Acme of the ERP" });
    mini.pass(10);
    isHolding = true;
    const before = mini.erp.writes;
    await mini.engine.run({ waitMsMax: 0 });
    isHolding = false;
    mini.pass(100);
    await mini.engine.run({ waitMsMax: 0 });
    expect(held).not.toBeNull();
    await (held as unknown as () => Promise<unknown>)();
    mini.pass(60_000);
    await mini.engine.run();
    mini.pass(60_000);
    await mini.engine.run();
    expect(mini.erp.writes).toBe(before);
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme of the ERP");
  });
}
