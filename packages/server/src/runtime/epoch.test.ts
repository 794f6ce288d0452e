import { describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { Snapshot } from "../store/memory/memory-store.ts";
import { live, other, stage } from "./testing/restored-world.ts";
import type { Stage } from "./testing/restored-world.ts";
import { customer } from "./testing/world.ts";

const away = (): Promise<never> =>
  Promise.reject(
    new ConnectorError({ failure: "transient", code: "unreachable", message: "the ERP is away" }),
  );

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
