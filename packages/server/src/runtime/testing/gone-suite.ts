import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** Records that a system no longer gives out, before anything proves that they were deleted. */
export function goneSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  /** A customer on both sides that was deleted in the ERP, which no reading since a stamp shows. */
  async function gone(options: Partial<MiniWorldOptions> = {}) {
    const mini: MiniWorld = await miniWorld({ database, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    const erpId = mini.erp.rows("accounts")[0]?.id ?? "";
    mini.erp.remove("accounts", erpId);
    mini.pass(10);
    mini.crm.edit("accounts", crmId, { email: "two@acme.example" });
    return { ...mini, crmId, erpId, writes: mini.erp.writes };
  }

  describe("a record that its system refuses to change and does not show", () => {
    test("is written to once, not again and again", async () => {
      const mini = await gone();
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.erp.writes - mini.writes).toBe(1);
    });

    test("is written to when it shows again", async () => {
      const mini = await gone();
      await mini.engine.run();
      mini.pass(60_000);
      mini.erp.bringBack("accounts", mini.erpId);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("two@acme.example");
    });

    test("is deleted once a listing of all ids proves it", async () => {
      const mini = await gone();
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(false);
      mini.pass(60_000);
      await mini.engine.run({ sweep: true });
      const parks = await mini.engine.deadLetters();
      expect(parks.map(({ reason }) => reason)).toEqual(["edited_while_deleted"]);
      expect(mini.erp.writes - mini.writes).toBe(1);
    });

    test("is not written to again after a write in doubt that finds nothing there", async () => {
      const busy = new ConnectorError({ failure: "transient", code: "busy", message: "not now" });
      let isDeaf = true;
      const mini = await gone({
        wrapConnection: (_id, connection) => ({
          ...connection,
          readByIds: (request) => (isDeaf ? Promise.reject(busy) : connection.readByIds(request)),
        }),
      });
      mini.erp.faults = ["lost_request"];
      await mini.engine.run({ waitMsMax: 0 });
      isDeaf = false;
      mini.pass(60_000);
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.erp.writes - mini.writes).toBe(1);
    });
  });

  test("a sweep that was noted by a worker whose clock was ahead does not stop the next ones", async () => {
    const mini: MiniWorld = await miniWorld({ database });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    mini.pass(10 * mini.world.sweepEveryMs);
    await mini.engine.run();
    mini.pass(-8 * mini.world.sweepEveryMs);
    mini.erp.remove("accounts", mini.erp.rows("accounts")[0]?.id ?? "");
    await mini.engine.run();
    expect(mini.crm.get("accounts", crmId).isArchived).toBe(true);
  });

  test("a row that breaks its reading by id is set aside, and hides no deletion of another one", async () => {
    let broken = "";
    const unreadable = new ConnectorError({ failure: "invalid", code: "broken_row", message: "no record" });
    const mini: MiniWorld = await miniWorld({
      database,
      wrapConnection: (id, connection) => ({
        ...connection,
        readIds: async (request) => {
          const page = await connection.readIds(request);
          return { ...page, ids: page.ids.filter((each) => each !== broken) };
        },
        readByIds: async (request) => {
          if (id === "erp" && request.ids.some((each) => each === broken)) throw unreadable;
          return connection.readByIds(request);
        },
      }),
    });
    for (const taxId of ["FR1", "FR2", "FR3"])
      mini.crm.add("accounts", { ...customer, taxId, name: `Acme ${taxId}` });
    await mini.engine.run();
    const rows = mini.erp.rows("accounts").toSorted((a, b) => (a.id < b.id ? -1 : 1));
    broken = rows[0]?.id ?? "";
    mini.erp.remove("accounts", rows[2]?.id ?? "");
    mini.pass(60_000);
    await mini.engine.run({ sweep: true });
    const archived = mini.crm.rows("accounts").filter(({ isArchived }) => isArchived);
    expect(archived.map(({ fields }) => fields["name"])).toEqual([rows[2]?.fields["name"]]);
    expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["unreadable"]);
  });

  describe("a system that shows nothing of what is known", () => {
    async function hidden() {
      let isHidden = false;
      const mini: MiniWorld = await miniWorld({
        database,
        wrapConnection: (id, connection) => ({
          ...connection,
          read: async (request) => {
            const page = await connection.read(request);
            return id === "erp" && isHidden ? { ...page, records: [] } : page;
          },
          readIds: async (request) => {
            const page = await connection.readIds(request);
            return id === "erp" && isHidden ? { ...page, ids: [] } : page;
          },
          readByIds: (request) =>
            id === "erp" && isHidden ? Promise.resolve([]) : connection.readByIds(request),
        }),
      });
      for (const taxId of ["FR1", "FR2", "FR3"])
        mini.crm.add("accounts", { ...customer, taxId, name: `Acme ${taxId}` });
      await mini.engine.run();
      mini.pass(60_000);
      isHidden = true;
      const show = (): void => {
        isHidden = false;
        mini.pass(60_000);
      };
      return { ...mini, show };
    }

    const archivedIn = ({ crm }: MiniWorld): number =>
      crm.rows("accounts").filter(({ isArchived }) => isArchived).length;

    test("archives nothing elsewhere: rights may be missing", async () => {
      const mini = await hidden();
      await mini.engine.run({ sweep: true });
      const [row] = mini.crm.rows("accounts");
      mini.crm.edit("accounts", row?.id ?? "", { name: "Acme Two" });
      mini.pass(60_000);
      const before = mini.erp.writes;
      await mini.engine.run({ sweep: true });
      expect([archivedIn(mini), mini.erp.writes]).toEqual([0, before]);
    });

    test("is taken up where it was left once it shows again", async () => {
      const mini = await hidden();
      await mini.engine.run({ sweep: true });
      const [row] = mini.crm.rows("accounts");
      mini.crm.edit("accounts", row?.id ?? "", { name: "Acme Two" });
      mini.show();
      await mini.engine.run({ sweep: true });
      expect(mini.erp.rows("accounts").map(({ fields }) => fields["name"])).toContain("Acme Two");
      expect([archivedIn(mini), mini.erp.rows("accounts").length]).toEqual([0, 3]);
    });

    test("has deleted all of it when a person says so", async () => {
      const mini = await hidden();
      await mini.engine.run({ sweep: true });
      mini.pass(60_000);
      await mini.engine.run({ sweep: true, trustsEmpty: true });
      expect(archivedIn(mini)).toBe(3);
    });
  });
}
