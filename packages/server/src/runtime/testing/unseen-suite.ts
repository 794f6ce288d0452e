import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { MiniWorld, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** A world whose ERP answers writes without the record, and for a time does not give it out either. */
interface Unseen extends MiniWorld {
  readonly sight: { isBlind: boolean };
}

/** Writes that landed and whose record nobody has seen yet (crash matrix, rows 9 and 10). */
export function unseenSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  async function unseen(): Promise<Unseen> {
    const sight = { isBlind: true };
    const away = (): Promise<never> =>
      Promise.reject(new ConnectorError({ failure: "transient", code: "busy", message: "not now" }));
    const mini = await miniWorld({
      database,
      wrapConnection: (id, connection) =>
        id === "crm"
          ? connection
          : {
              ...connection,
              write: async (writes) =>
                (await connection.write(writes)).map((outcome) =>
                  outcome.kind === "done" ? { ...outcome, record: null } : outcome,
                ),
              readByIds: (request) => (sight.isBlind ? away() : connection.readByIds(request)),
            },
    });
    return { ...mini, sight };
  }

  /** A customer made in the CRM, which the ERP has and nobody has seen there. */
  async function made(): Promise<Unseen & { readonly crmId: string; readonly erpId: string }> {
    const mini = await unseen();
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    expect(mini.erp.creates.length).toBe(1);
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }

  describe("a record we made and have not seen", () => {
    test("belongs to its link when it is seen first, and is no likely duplicate of it", async () => {
      const mini = await made();
      mini.pass(10);
      await mini.engine.run();
      expect(await mini.store.listCandidates()).toEqual([]);
      mini.sight.isBlind = false;
      mini.crm.edit("accounts", mini.crmId, { name: "Acme Two" });
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme Two");
      mini.erp.edit("accounts", mini.erpId, { email: "two@acme.example" });
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["email"]).toBe("two@acme.example");
      expect([mini.crm.creates.length, mini.erp.creates.length]).toEqual([0, 1]);
    });

    test("is not made again while nobody has seen it", async () => {
      const mini = await made();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme Two" });
      const [link] = await mini.store.linksOfEntity("accounts", 10, null);
      await mini.store.markWork(link === undefined ? [] : [link], "test");
      const plan = await mini.engine.plan();
      expect(plan.writes.filter(({ kind }) => kind === "create")).toEqual([]);
    });

    test("that is deleted before anybody saw it is found to be gone by the next sweep", async () => {
      const mini = await made();
      mini.erp.remove("accounts", mini.erpId);
      mini.sight.isBlind = false;
      mini.pass(60_000);
      // The first one ends the doubt about the create: its record is not there after the horizon.
      await mini.engine.run({ sweep: true });
      await mini.engine.run({ sweep: true });
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(true);
      expect(mini.erp.creates.length).toBe(1);
    });
  });

  describe("a create whose answer was lost, deleted by a person before it is asked about", () => {
    async function deleted(at: { readonly isSwept: boolean }) {
      let isMute = true;
      const away = (): Promise<never> =>
        Promise.reject(new ConnectorError({ failure: "transient", code: "busy", message: "not now" }));
      const mini = await miniWorld({
        database,
        wrapConnection: (_, connection) => ({
          ...connection,
          probe: (request) => (isMute ? away() : connection.probe(request)),
        }),
      });
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_answer"];
      await mini.engine.run({ waitMsMax: 0 });
      mini.pass(1);
      await mini.engine.run({ waitMsMax: 0 });
      mini.erp.remove("accounts", mini.erp.rows("accounts")[0]?.id ?? "");
      if (at.isSwept) await mini.engine.run({ waitMsMax: 0, sweep: true });
      isMute = false;
      mini.pass(60_000);
      await mini.engine.run();
      return mini;
    }

    test.each([{ isSwept: false }, { isSwept: true }])(
      "once a list has shown it, it is not made again: a person is asked (swept: $isSwept)",
      async (at) => {
        const mini = await deleted(at);
        expect(mini.erp.creates.length).toBe(1);
        expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["doubt_unprovable"]);
      },
    );

    test("is made again when that person says so", async () => {
      const mini = await deleted({ isSwept: true });
      const [park] = await mini.engine.deadLetters();
      await mini.engine.redrive([park?.parkId ?? ""], "a person");
      await mini.engine.run();
      expect([mini.erp.creates.length, mini.erp.rows("accounts").length]).toEqual([2, 1]);
      expect(await mini.engine.deadLetters()).toEqual([]);
    });

    test("a record that shows something else says nothing about it: it is made again", async () => {
      const mini = await miniWorld({ database });
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_request"];
      await mini.engine.run({ waitMsMax: 0 });
      const other = { ...customer, name: "Other", taxId: "FR9", email: "o@o.example", number: "C9" };
      mini.erp.add("accounts", other);
      mini.pass(60_000);
      await mini.engine.run();
      expect([mini.erp.creates.length, mini.crm.creates.length]).toEqual([1, 1]);
    });
  });
}
