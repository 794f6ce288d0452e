import { describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Json } from "@crossfoot/kernel";
import type { Testimony, Witness } from "../ports.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { MemoryStore, Snapshot } from "../store/memory/memory-store.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";
import { customer, miniWorld } from "./testing/world.ts";

/** A witness that a test can look into and send away. */
function memoryWitness(): Witness & { testimony: Testimony | null } {
  const witness: Witness & { testimony: Testimony | null } = {
    testimony: null,
    load: () => Promise.resolve(witness.testimony),
    save: (testimony) => {
      witness.testimony = testimony;
      return Promise.resolve();
    },
  };
  return witness;
}

interface Stage extends MiniWorld {
  readonly memory: MemoryStore;
  readonly witness: ReturnType<typeof memoryWitness>;
  /** The store is as it was when `backup` was called last. */
  readonly backup: () => void;
  readonly restore: () => void;
  /** A person confirms, the horizons pass, and it runs until nothing is left to recover. */
  readonly recover: () => Promise<void>;
}

async function stage(options: Partial<MiniWorldOptions> = {}): Promise<Stage> {
  const opened: { memory?: MemoryStore } = {};
  const witness = memoryWitness();
  const mini = await miniWorld({
    database: (deps) => {
      opened.memory = createMemoryStore(deps);
      return opened.memory;
    },
    ...options,
    change: { ...options.change, witness },
  });
  const { memory } = opened;
  if (memory === undefined) throw new Error("no store was opened");
  let kept = memory.snapshot();
  return {
    ...mini,
    memory,
    witness,
    backup: () => {
      kept = memory.snapshot();
    },
    restore: () => memory.restore(kept),
    recover: async () => {
      await mini.engine.confirmEpoch("ada");
      mini.pass(60_000);
      await mini.engine.run();
      mini.pass(60_000);
      await mini.engine.run();
    },
  };
}

const other = { ...customer, name: "Other", email: "other@example.com", taxId: "DE222222222", number: "C-2" };
const away = (): Promise<never> =>
  Promise.reject(
    new ConnectorError({ failure: "transient", code: "unreachable", message: "the ERP is away" }),
  );
const live = (stageOf: Stage) => [stageOf.crm.rows("accounts").length, stageOf.erp.rows("accounts").length];
const fingerprintOnly: MiniWorldOptions["erp"] = {
  entities: {
    accounts: { createProof: "fingerprint", referenceField: null },
    contacts: {},
    products: {},
    quotes: {},
  },
};

describe("steps of a document that was not made yet when the store was confirmed", () => {
  test("wait for what becomes of it, and none of them is left to a person", async () => {
    let isAway = false;
    const world = await stage({
      wrapConnection: (id, connection) => ({
        ...connection,
        write: (writes) => (isAway && id === "erp" ? away() : connection.write(writes)),
      }),
    });
    const account = world.crm.add("accounts", customer);
    await world.engine.run();
    const product = world.crm.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    world.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    const lines = [{ product, qty: "2", unit: "pc", price: "9.50" }];
    const quote = { number: "Q-1", account, status: "accepted", currency: "EUR", lines };
    world.crm.add("quotes", quote);
    isAway = true;
    await world.engine.run({ waitMsMax: 0 });
    isAway = false;
    await world.engine.holdEpoch("ada");
    await world.engine.confirmEpoch("ada");
    for (let round = 0; round < 8; round += 1) {
      world.pass(60_000);
      await world.engine.run();
    }
    expect(await world.store.listParks()).toEqual([]);
    expect(world.erp.rows("quotes").map(({ fields }) => fields["status"])).toEqual(["accepted"]);
  });
});

describe("a system that is away while its records are asked for our reference", () => {
  test("is told as away, and its records wait until it is back; nothing is made twice", async () => {
    let isAway = false;
    const world = await stage({
      wrapConnection: (id, connection) => ({
        ...connection,
        readByIds: (request) => (isAway && id === "erp" ? away() : connection.readByIds(request)),
      }),
    });
    world.backup();
    world.crm.add("accounts", customer);
    await world.engine.run();
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored from a backup");
    await world.engine.confirmEpoch("ada");
    isAway = true;
    const run = await world.engine.run();
    expect(run.troubles.map(({ connection, failure }) => [connection, failure.code])).toContainEqual([
      "erp",
      "unreachable",
    ]);
    isAway = false;
    for (let round = 0; round < 3; round += 1) {
      world.pass(60_000);
      await world.engine.run();
    }
    expect(live(world)).toEqual([1, 1]);
    expect((await world.engine.status()).epoch).toMatchObject({ number: 2, state: "confirmed" });
  });
});

describe("a record that cannot be read while it is asked for our reference", () => {
  test("waits by itself: those that are asked for with it are linked again", async () => {
    let poisoned = "";
    const world = await stage({
      wrapConnection: (id, connection) => ({
        ...connection,
        readByIds: (request) =>
          id === "erp" && request.ids.some((each) => each === poisoned)
            ? Promise.reject(
                new ConnectorError({ failure: "invalid", code: "unreadable", message: "a bad row" }),
              )
            : connection.readByIds(request),
      }),
    });
    world.backup();
    world.crm.add("accounts", customer);
    await world.engine.run();
    poisoned = world.erp.add("accounts", other);
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored from a backup");
    await world.engine.confirmEpoch("ada");
    for (let round = 0; round < 3; round += 1) {
      world.pass(60_000);
      await world.engine.run();
    }
    const [made] = world.erp.rows("accounts");
    const members = await world.store.membersOf(await world.store.linksOfEntity("accounts", 9, null));
    expect(members.map(({ connection, id }) => `${connection}:${id}`)).toContain(`erp:${made?.id}`);
    expect(world.erp.rows("accounts")).toHaveLength(2);
  });
});

describe("a store whose journal was changed behind its back", () => {
  const damage = (world: Stage, change: (row: Snapshot["journal"][number]) => Snapshot["journal"]): void => {
    const snapshot = world.memory.snapshot();
    const at = Math.trunc(snapshot.journal.length / 2);
    const journal = snapshot.journal.flatMap((row, place) => (place === at ? change(row) : [row]));
    world.memory.restore({ ...snapshot, journal });
  };

  test.each([
    ["changed", (row: Snapshot["journal"][number]) => [{ ...row, body: { forged: true } }]],
    ["lost", () => []],
  ] as const)("is held by the program that starts when an entry is %s", async (_what, change) => {
    const world = await stage();
    world.crm.add("accounts", customer);
    await world.engine.run();
    damage(world, change);
    world.crm.add("accounts", other);
    const writes = world.erp.writes;
    const engine = world.restart();
    await expect(engine.run()).rejects.toThrow("were changed or lost");
    expect(world.erp.writes).toBe(writes);
    expect((await engine.verify()).broken).toHaveLength(1);
    await engine.confirmEpoch("ada");
    for (let round = 0; round < 2; round += 1) {
      world.pass(60_000);
      await engine.run();
    }
    expect(live(world)).toEqual([2, 2]);
    expect(await engine.verify()).toMatchObject({ broken: [], accepted: [expect.any(Object)] });
  });

  test("is held by the command that verifies it, while programs are running", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    await world.engine.run();
    expect((await world.engine.verify()).broken).toEqual([]);
    damage(world, () => []);
    expect((await world.engine.verify()).broken).toHaveLength(1);
    await expect(world.engine.run()).rejects.toThrow("were changed or lost");
  });
});

describe("a store that is older than its witness", () => {
  test("is held: nothing is read or sent until a person confirms, and looking still works", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    world.backup();
    await world.engine.run();
    world.restore();
    const writes = world.erp.writes;
    for (const command of [
      () => world.engine.run(),
      () => world.engine.plan(),
      () => world.restart().run({ observe: true }),
    ])
      await expect(command()).rejects.toThrow("restored from a backup");
    expect(world.erp.writes).toBe(writes);
    expect((await world.engine.status()).epoch).toMatchObject({ number: 1, state: "held" });
    expect((await world.engine.status()).epoch.reason).toContain("its journal does not have the entries");
  });

  test("is told by an entry with another hash too", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    await world.engine.run();
    const { testimony } = world.witness;
    if (testimony === null) throw new Error("nothing was said");
    const heads = testimony.heads.map((head) => ({ ...head, hash: "another" }));
    await world.witness.save({ ...testimony, heads });
    await expect(world.engine.run()).rejects.toThrow("restored from a backup");
  });

  test("is told before a claim of the forgotten life has left us", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    let seen = 0;
    const { write } = { write: world.witness.save };
    world.witness.save = (testimony) => {
      seen += 1;
      // The backup that is restored is the store as it was before the claim: the witness knows of the claim.
      if (world.erp.writes > 0 && seen === 1) throw new Error("a write left us before anybody was told");
      return write(testimony);
    };
    await world.engine.run();
    expect(world.erp.writes).toBe(1);
    expect(seen).toBeGreaterThan(1);
  });

  test("one that only went on is not held, and neither is one that nobody knew before", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    await world.engine.run();
    world.witness.testimony = null;
    await world.engine.run();
    await world.restart().run();
    expect((await world.engine.epoch()).state).toBe("confirmed");
  });

  test("a second restore is noticed, also of a backup from before the first", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    world.backup();
    await world.engine.run();
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("restored");
    await world.recover();
    expect(await world.engine.epoch()).toMatchObject({ number: 2, state: "confirmed" });
    world.restore();
    await expect(world.engine.run()).rejects.toThrow("it is in epoch 1, and was in 2");
    await world.recover();
    expect(await world.engine.epoch()).toMatchObject({ number: 3, state: "confirmed" });
    expect(live(world)).toEqual([1, 1]);
  });

  test("a person can say so where nobody noticed; there is nothing to confirm else", async () => {
    const world = await stage();
    await world.engine.run();
    expect(await world.engine.confirmEpoch("ada")).toBe(null);
    expect(await world.engine.holdEpoch("ada")).toMatchObject({ state: "held", reason: "ada said so" });
    await expect(world.engine.run()).rejects.toThrow("ada said so");
  });
});

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

  test("a plan that was made before is refused", async () => {
    const world = await stage();
    world.crm.add("accounts", customer);
    const plan = await world.engine.plan();
    world.backup();
    await world.engine.apply(plan);
    world.restore();
    await expect(world.engine.apply(plan)).rejects.toThrow("restored");
    await world.recover();
    await expect(world.engine.apply(plan)).rejects.toThrow("after the plan was made");
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
