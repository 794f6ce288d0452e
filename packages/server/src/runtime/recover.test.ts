import { describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import { live, other, stage } from "./testing/restored-world.ts";
import type { MiniWorldOptions } from "./testing/world.ts";
import { customer } from "./testing/world.ts";

const away = new ConnectorError({ failure: "transient", code: "unreachable", message: "the ERP is away" });
const fingerprintOnly: MiniWorldOptions["erp"] = {
  entities: {
    accounts: { createProof: "fingerprint", referenceField: null },
    contacts: {},
    products: {},
    quotes: {},
  },
};

describe("after the restore of a backup", () => {
  test("what was made of a record that the store knows is found by its reference", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    await world.engine.plan();
    world.backup();
    await world.engine.run();
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect([live(world), world.erp.creates.length]).toEqual([[1, 1], 1]);
    expect(await world.engine.epoch()).toMatchObject({ number: 2, state: "confirmed" });
  });

  test("so is what was made of a record that it does not know, with no key in common", async () => {
    const world = await stage();
    await world.engine.run();
    world.backup();
    const crmId = world.crm.add("accounts", customer);
    await world.engine.run();
    const erpId = world.erp.rows("accounts")[0]?.id ?? "";
    world.restore();
    world.erp.edit("accounts", erpId, { name: "Else", email: "else@x.example", taxId: "FR9", number: "Z" });
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect([live(world), world.erp.creates.length, world.crm.creates.length]).toEqual([[1, 1], 1, 0]);
    const why = await world.engine.why({ entity: "accounts", id: `crm:${crmId}` });
    expect(why?.members.map(({ id }) => id).toSorted()).toEqual([crmId, erpId].toSorted());
  });

  test("a side that shows nothing of what is known was not read: what it hides is found", async () => {
    let isBlind = false;
    const world = await stage({
      wrapConnection: (id, connection) => {
        const isHidden = (): boolean => isBlind && id === "erp";
        return {
          ...connection,
          read: async (request) =>
            isHidden() ? { records: [], unreadable: [], next: null } : connection.read(request),
          readByIds: async (request) => (isHidden() ? [] : connection.readByIds(request)),
          readIds: async (request) =>
            isHidden() ? { ids: [], next: null, isComplete: true } : connection.readIds(request),
          probe: async (request) =>
            isHidden() ? { records: [], by: "reference" } : connection.probe(request),
        };
      },
    });
    world.crm.add("accounts", customer);
    world.crm.add("accounts", other);
    await world.engine.run();
    world.backup();
    const third = { ...other, name: "Third", email: "3@x.example", taxId: "3", number: "C-3" };
    const crmId = world.crm.add("accounts", third);
    world.pass(10);
    await world.engine.run();
    const made = world.erp.rows("accounts").find(({ fields }) => fields["name"] === "Third")?.id ?? "";
    world.restore();
    world.erp.edit("accounts", made, { name: "Else", email: "e@x.example", taxId: "4", number: "C-4" });
    await expect(world.engine.run()).rejects.toThrow("restored");
    isBlind = true;
    await world.recover();
    isBlind = false;
    for (let count = 0; count < 2; count += 1) {
      world.pass(60_000);
      await world.engine.run();
    }
    const why = await world.engine.why({ entity: "accounts", id: `crm:${crmId}` });
    expect(why?.members.map(({ id }) => id).toSorted()).toEqual([crmId, made].toSorted());
    expect(live(world)).toEqual([3, 3]);
  });

  test("a create that was stored in the backup and sent after it is not sent again", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    world.erp.faults = ["throttled"];
    await world.engine.run({ waitMsMax: 0 });
    expect(world.memory.snapshot().intent.map(({ state }) => state)).toEqual(["stored"]);
    world.backup();
    world.pass(600_000);
    await world.engine.run();
    expect(world.erp.creates.length).toBe(1);
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect([live(world), world.erp.creates.length]).toEqual([[1, 1], 1]);
  });

  test("what was never made is made, once the horizon has passed", async () => {
    const world = await stage();
    await world.engine.run();
    world.backup();
    world.crm.add("accounts", customer);
    await world.engine.run();
    world.restore();
    world.crm.add("accounts", other);
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect([live(world), world.erp.creates.length]).toEqual([[2, 2], 2]);
    world.crm.add("accounts", { ...other, name: "Third", email: "3@x.example", taxId: "3", number: "C-3" });
    world.pass(10);
    await world.engine.run();
    expect(live(world)).toEqual([3, 3]);
  });

  test("what we made of a record that a person deleted meanwhile waits for a person", async () => {
    const world = await stage();
    await world.engine.run();
    world.backup();
    const crmId = world.crm.add("accounts", customer);
    await world.engine.run();
    world.crm.remove("accounts", crmId);
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect(live(world)).toEqual([0, 1]);
    expect((await world.engine.candidates()).map(({ connection }) => connection)).toEqual(["erp"]);
  });

  test.each(["before", "after"])(
    "it joins that record again when it is put back %s all was recovered, and is not made twice",
    async (when) => {
      const world = await stage();
      await world.engine.run();
      world.backup();
      const crmId = world.crm.add("accounts", customer);
      world.crm.add("accounts", other);
      await world.engine.run();
      world.crm.remove("accounts", crmId);
      world.restore();
      await expect(world.engine.run()).rejects.toThrow("restored");
      if (when === "after") await world.recover();
      else await world.engine.confirmEpoch("ada");
      world.crm.bringBack("accounts", crmId);
      for (let round = 0; round < 3; round += 1) {
        world.pass(60_000);
        await world.engine.run({ sweep: true });
      }
      expect([live(world), world.erp.creates.length]).toEqual([[2, 2], 2]);
      expect(await world.engine.candidates()).toEqual([]);
      const why = await world.engine.why({ entity: "accounts", id: `crm:${crmId}` });
      expect(why?.members).toHaveLength(2);
    },
  );

  test("one that we made under an id that was another's stands for its own source only", async () => {
    const world = await stage();
    const crmId = world.crm.add("accounts", customer);
    const erpId = world.erp.add("accounts", other);
    await world.engine.run();
    const [toErp, toCrm] = [world.erp.creates[0], world.crm.creates[0]];
    world.restore();
    // What the CRM's was made of is gone; its id now names what was made of the CRM's first one.
    const made = world.erp.rows("accounts").find(({ fields }) => fields["reference"] === toErp);
    world.erp.remove("accounts", made?.id ?? "");
    world.erp.edit("accounts", erpId, { ...customer, reference: toErp ?? null });
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect(world.erp.creates.length + world.crm.creates.length).toBe(2);
    const why = await world.engine.why({ entity: "accounts", id: `crm:${crmId}` });
    expect(why?.members.map(({ id }) => id).toSorted()).toEqual([crmId, erpId].toSorted());
    const asked = await world.engine.candidates();
    expect(asked.map(({ connection, keys }) => [connection, keys])).toEqual([
      ["crm", [toCrm?.toLowerCase()]],
    ]);
  });

  test("a target that does not tell by our reference gets no second record: a person says", async () => {
    const world = await stage({
      erp: fingerprintOnly,
      wrapConnection: (_id, connection) => ({
        ...connection,
        probe: () => Promise.resolve({ records: [], by: "fingerprint" }),
      }),
    });
    world.crm.add("accounts", customer);
    await world.engine.plan();
    world.backup();
    await world.engine.run();
    const erpId = world.erp.rows("accounts")[0]?.id ?? "";
    world.erp.edit("accounts", erpId, { name: "Else", email: "else@x.example", taxId: "FR9", number: "Z" });
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect([live(world), world.erp.creates.length, world.crm.creates.length]).toEqual([[1, 1], 1, 0]);
    const reasons = (await world.engine.deadLetters()).map(({ reason }) => reason);
    expect(reasons).toEqual(["doubt_unprovable"]);
    expect((await world.engine.candidates()).length).toBe(1);
  });

  test("new records wait until both sides were read as a whole, and are linked then", async () => {
    let isAway = false;
    const world = await stage({
      wrapConnection: (id, connection) => ({
        ...connection,
        read: (request) =>
          isAway && id === "crm" ? Promise.reject(new TypeError("away")) : connection.read(request),
      }),
    });
    await world.engine.run();
    world.backup();
    world.crm.add("accounts", customer);
    await world.engine.run();
    world.restore();
    isAway = true;
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.engine.confirmEpoch("ada");
    world.pass(60_000);
    await world.engine.run().catch(() => undefined);
    expect((await world.engine.epoch()).state).toBe("recovering");
    expect([live(world), world.crm.creates.length]).toEqual([[1, 1], 0]);
    isAway = false;
    world.pass(60_000);
    await world.engine.run();
    expect((await world.engine.epoch()).state).toBe("confirmed");
    expect([live(world), world.erp.creates.length, world.crm.creates.length]).toEqual([[1, 1], 1, 0]);
  });

  test("nothing is decided on what the backup showed: no older value is put back", async () => {
    let isAway = false;
    const lost = () => Promise.reject(away);
    const world = await stage({
      wrapConnection: (id, connection) => ({
        ...connection,
        read: (request) => (isAway && id === "erp" ? lost() : connection.read(request)),
        readIds: (request) => (isAway && id === "erp" ? lost() : connection.readIds(request)),
      }),
    });
    const crmId = world.crm.add("accounts", customer);
    await world.engine.run();
    const erpId = world.erp.rows("accounts")[0]?.id ?? "";
    world.erp.edit("accounts", erpId, { limit: "1000" });
    await world.engine.run();
    world.backup();
    world.erp.edit("accounts", erpId, { limit: "2000" });
    await world.engine.run();
    const shown = () => world.crm.get("accounts", crmId).fields["limit"];
    expect(shown()).toBe("2000");
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.engine.confirmEpoch("ada");
    // The CRM is read again, and the ERP, whose limit it is, is not: to the store the CRM changed it.
    isAway = true;
    const writes = world.crm.writes + world.erp.writes;
    for (let round = 0; round < 2; round += 1) {
      world.pass(60_000);
      expect((await world.engine.run()).whyNothing).toContain("nothing is decided before all was read again");
    }
    expect(shown()).toBe("2000");
    isAway = false;
    for (let round = 0; round < 2; round += 1) {
      world.pass(60_000);
      await world.engine.run();
    }
    expect([shown(), world.erp.get("accounts", erpId).fields["limit"]]).toEqual(["2000", "2000"]);
    expect(world.crm.writes + world.erp.writes).toBe(writes);
  });

  test("a plan that was made before is refused", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    const plan = await world.engine.plan();
    world.backup();
    await world.engine.apply(plan);
    world.restore();
    await expect(world.engine.apply(plan)).rejects.toThrow("restored");
    await world.recover();
    await expect(world.engine.apply(plan)).rejects.toThrow("since the plan was made the store was restored");
    expect(live(world)).toEqual([1, 1]);
  });

  test("edits of both sides since then are merged, and none is lost untold", async () => {
    const world = await stage();
    const crmId = world.crm.add("accounts", customer);
    await world.engine.run();
    world.backup();
    const erpId = world.erp.rows("accounts")[0]?.id ?? "";
    world.pass(10);
    world.crm.edit("accounts", crmId, { email: "two@acme.example" });
    await world.engine.run();
    world.restore();
    world.pass(10);
    world.erp.edit("accounts", erpId, { name: "Acme & Co" });
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    const shown: readonly Json[] = [
      world.crm.get("accounts", crmId).fields["email"] ?? null,
      world.erp.get("accounts", erpId).fields["email"] ?? null,
      world.crm.get("accounts", crmId).fields["name"] ?? null,
    ];
    expect(shown).toEqual(["two@acme.example", "two@acme.example", "Acme & Co"]);
  });
});
