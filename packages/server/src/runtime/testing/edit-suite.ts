import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { NativeRecord } from "@crossfoot/connector-sdk";
import type { JsonMap } from "@crossfoot/kernel";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** Edits of people that are made while our own write is under way, or that no reading since a stamp shows. */
export function editSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  const build = (options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> =>
    miniWorld({ database, ...options });

  async function loaded(options: Partial<MiniWorldOptions> = {}) {
    const mini = await build(options);
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }

  describe("unknown outcomes", () => {
    test("an edit of the target read while a write was in doubt is not written over in silence", async () => {
      const mini = await loaded({
        erp: { entities: { accounts: { precondition: "compare" }, products: {} } },
        // The system itself compares nothing.
        wrapConnection: (_id, connection) => ({
          ...connection,
          write: (writes) => connection.write(writes.map((write) => ({ ...write, precondition: null }))),
        }),
      });
      mini.pass(10);
      mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example" });
      mini.erp.faults = ["lost_request"];
      await mini.engine.run({ waitMsMax: 0 });
      mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example" });
      mini.pass(60_000);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("crm@acme.example");
      const lost = await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });
      expect(lost.map(({ value }) => value)).toEqual(["erp@acme.example"]);
    });

    test("an edit of one field of an update that landed in doubt is told, not taken for ours", async () => {
      let isDeaf = false;
      const busy = new ConnectorError({ failure: "unsupported", code: "no_reading", message: "not now" });
      const mini = await loaded({
        wrapConnection: (_id, connection) => ({
          ...connection,
          readByIds: (request) => (isDeaf ? Promise.reject(busy) : connection.readByIds(request)),
        }),
      });
      mini.pass(10);
      mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example", name: "Acme Two" });
      mini.erp.faults = ["lost_answer"];
      isDeaf = true;
      await mini.engine.run({ waitMsMax: 0 });
      isDeaf = false;
      mini.pass(10);
      mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example" });
      mini.pass(60_000);
      await mini.engine.run();
      const shown = [mini.crm.get("accounts", mini.crmId), mini.erp.get("accounts", mini.erpId)];
      expect(new Set(shown.map(({ fields }) => fields["email"])).size).toBe(1);
      const lost = await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });
      const kept = [shown[0]?.fields["email"], ...lost.map(({ value }) => value)];
      expect(kept).toContain("erp@acme.example");
    });

    test("an edit while a write that did not land was in doubt is not written over untold", async () => {
      let isDeaf = false;
      const busy = new ConnectorError({ failure: "transient", code: "no_reading", message: "not now" });
      const mini = await loaded({
        erp: { entities: { accounts: { precondition: "none" }, products: {} } },
        wrapConnection: (_id, connection) => ({
          ...connection,
          readByIds: (request) => (isDeaf ? Promise.reject(busy) : connection.readByIds(request)),
          // The system itself compares nothing.
          write: (writes) => connection.write(writes.map((write) => ({ ...write, precondition: null }))),
        }),
      });
      mini.pass(10);
      mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example", name: "Acme Two" });
      mini.erp.faults = ["lost_request"];
      isDeaf = true;
      await mini.engine.run({ waitMsMax: 0 });
      isDeaf = false;
      mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example" });
      mini.pass(60_000);
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
      const lost = await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });
      const kept = [mini.crm.get("accounts", mini.crmId).fields["email"], ...lost.map(({ value }) => value)];
      expect(kept).toContain("erp@acme.example");
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme Two");
    });

    test("without versions, an edit that no reading shows is seen before it is written over", async () => {
      const mini = await loaded({
        wrapConnection: (id, connection) => {
          if (id === "crm") return connection;
          const shown = (record: NativeRecord): NativeRecord => ({
            ...record,
            version: null,
            versionOrder: null,
          });
          return {
            ...connection,
            read: async (request) => {
              const page = await connection.read(request);
              return { ...page, records: page.records.map(shown) };
            },
            readByIds: async (request) => (await connection.readByIds(request)).map(shown),
            write: async (writes) => {
              const outcomes = await connection.write(
                writes.map((write) => ({ ...write, precondition: null })),
              );
              return outcomes.map((outcome) =>
                outcome.kind === "failed" || outcome.record === null
                  ? outcome
                  : { ...outcome, record: shown(outcome.record) },
              );
            },
          };
        },
      });
      // Its clock was set back: no reading since a stamp shows this edit.
      mini.pass(-1_800_000);
      mini.erp.edit("accounts", mini.erpId, { email: "erp@acme.example" });
      mini.pass(1_810_000);
      mini.crm.edit("accounts", mini.crmId, { email: "crm@acme.example" });
      for (let count = 0; count < 2; count += 1) {
        await mini.engine.run();
        mini.pass(60_000);
      }
      const lost = await mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });
      const kept = [mini.crm.get("accounts", mini.crmId).fields["email"], ...lost.map(({ value }) => value)];
      expect(kept).toContain("erp@acme.example");
    });

    test("an edit of a record whose create is still in doubt is told, not taken for ours", async () => {
      let isDeaf = true;
      const busy = new ConnectorError({ failure: "unsupported", code: "no_search", message: "not now" });
      const mini = await build({
        wrapConnection: (_id, connection) => ({
          ...connection,
          probe: (request) => (isDeaf ? Promise.reject(busy) : connection.probe(request)),
        }),
      });
      const crmId = mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_answer"];
      await mini.engine.run({ waitMsMax: 0 });
      isDeaf = false;
      const erpId = mini.erp.rows("accounts")[0]?.id ?? "";
      mini.erp.edit("accounts", erpId, { email: "edited@acme.example" });
      mini.pass(60_000);
      await mini.engine.run();
      const lost = await mini.engine.lost({ record: `crm:${crmId}`, limit: 10 });
      const kept = [mini.crm.get("accounts", crmId).fields["email"], ...lost.map(({ value }) => value)];
      expect(kept).toContain("edited@acme.example");
      expect([mini.erp.creates.length, mini.erp.rows("accounts").length]).toEqual([1, 1]);
    });
  });

  describe("a target that cuts what it is given", () => {
    const cutting = {
      name: "erp",
      transform: (_entity: string, fields: JsonMap): JsonMap =>
        typeof fields["name"] === "string" ? { ...fields, name: fields["name"].slice(0, 7) } : fields,
    };

    test.each(["create", "update"])(
      "keeps its cut value after a %s in doubt, and the source its own",
      async (kind) => {
        const mini = kind === "create" ? await build({ erp: cutting }) : await loaded({ erp: cutting });
        const name = "Delta Works 281137";
        if (kind === "create") mini.crm.add("accounts", { ...customer, name });
        else mini.crm.edit("accounts", mini.crm.rows("accounts")[0]?.id ?? "", { name });
        mini.erp.faults = ["lost_answer"];
        mini.pass(10);
        await mini.engine.run();
        mini.pass(60_000);
        await mini.engine.run();
        expect(mini.crm.rows("accounts")[0]?.fields["name"]).toBe(name);
        expect(mini.erp.rows("accounts")[0]?.fields["name"]).toBe("Delta W");
      },
    );
  });

  describe("sweeps", () => {
    test("an edit with a stamp older than what was read is found when everything is read again", async () => {
      const mini = await loaded();
      mini.pass(-1_800_000);
      mini.crm.edit("accounts", mini.crmId, { name: "Stamped in the past" });
      mini.pass(1_810_000);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme");
      mini.pass(mini.world.sweepEveryMs);
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Stamped in the past");
    });
  });
}
