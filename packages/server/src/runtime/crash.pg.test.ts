/** A worker that dies, or sleeps too long, between two steps of a write; what its successor makes of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../ports.ts";
import type { IntentOutcome, Store } from "../store/port.ts";
import { openEphemeral, migrated } from "../testing.ts";
import type { MiniWorld } from "./testing/world.ts";
import { miniWorld } from "./testing/world.ts";

let database: Database;
beforeEach(async () => {
  database = await openEphemeral(migrated);
});
afterEach(() => database.close());

/** A store whose worker dies just before the first commit of outcomes that fits. */
function dyingAt(fits: (outcome: IntentOutcome) => boolean): (store: Store) => Store {
  let isAlive = true;
  return (store) => ({
    ...store,
    commitOutcomes: async (...call) => {
      if (isAlive && call[0].some(fits)) {
        isAlive = false;
        throw new Error("killed");
      }
      await store.commitOutcomes(...call);
    },
  });
}

const customer = { name: "Acme", email: "a@acme.example", taxId: "FR1", status: "customer", currency: "EUR" };

async function withQuote(wrapStore: (store: Store) => Store): Promise<MiniWorld> {
  const mini = await miniWorld({ database, wrapStore });
  const account = mini.crm.add("accounts", customer);
  const product = mini.crm.add("products", { sku: "P1", name: "Widget", unit: "pc" });
  mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
  const lines = [{ product, qty: "2", unit: "pc", price: "9.50" }];
  mini.crm.add("quotes", { number: "Q-1", account, status: "accepted", currency: "EUR", lines });
  return mini;
}

describe("a worker that dies after a step of a document was sent", () => {
  test.each(["sent", "accepted"])("the step to %s is asked about and the document goes on", async (to) => {
    const mini = await withQuote(dyingAt(({ intent }) => intent.transition?.to === to));
    await expect(mini.engine.run()).rejects.toThrow("killed");
    await mini.restart().run();
    expect(mini.erp.rows("quotes").map(({ fields }) => fields["status"])).toEqual(["accepted"]);
    expect(await mini.engine.deadLetters()).toEqual([]);
  });
});

describe("a create whose outcome cannot be proved", () => {
  /** The target is searched by what a record says, not by our reference; its list lags behind. */
  async function doubted(): Promise<MiniWorld & { readonly account: string; isSure: boolean }> {
    const view = { isSure: false };
    const mini = await miniWorld({
      database,
      wrapConnection: (id, connection) => ({
        ...connection,
        probe: async (request) => ({
          ...(await connection.probe(request)),
          by: view.isSure ? "reference" : "fingerprint",
        }),
        read: async (request) =>
          id === "erp" && !view.isSure
            ? { records: [], unreadable: [], next: null }
            : connection.read(request),
      }),
    });
    const account = mini.crm.add("accounts", customer);
    mini.erp.faults = ["lost_answer"];
    await mini.engine.run();
    return Object.assign(view, mini, { account });
  }
  const dead = async ({ engine }: MiniWorld): Promise<readonly string[]> =>
    (await engine.deadLetters()).map(({ reason }) => reason);

  test("is not repeated when its source is edited later", async () => {
    const mini = await doubted();
    expect(await dead(mini)).toEqual(["doubt_unprovable"]);
    mini.crm.edit("accounts", mini.account, { name: "Acme Two" });
    mini.pass(10);
    await mini.engine.run();
    expect(mini.erp.creates.length).toBe(1);
    expect(await dead(mini)).toEqual(["doubt_unprovable"]);
    const statement = await mini.engine.statement({ only: ["accounts"] });
    expect(statement.entities[0]?.missing.map(({ reason }) => reason)).toEqual(["parked"]);
  });

  test("is asked about again when a person redrives it, also once its record was linked", async () => {
    const mini = await doubted();
    const [park] = await mini.engine.deadLetters();
    await mini.engine.redrive([park?.parkId ?? ""], "a person");
    await mini.engine.run();
    expect(await dead(mini)).toEqual(["doubt_unprovable"]);
    mini.isSure = true;
    mini.pass(10);
    await mini.engine.run({ sweep: true });
    await mini.engine.redrive([park?.parkId ?? ""], "a person");
    await mini.engine.run();
    expect([mini.erp.creates.length, mini.erp.rows("accounts").length]).toEqual([1, 1]);
    expect(await dead(mini)).toEqual([]);
  });
});

describe("a create that was stored and not sent before its worker died", () => {
  test("is taken back when a person has made its record meanwhile", async () => {
    let isAlive = true;
    const mini = await miniWorld({
      database,
      wrapStore: (store) => ({
        ...store,
        claimIntents: (request) => {
          if (!isAlive) return store.claimIntents(request);
          isAlive = false;
          return Promise.reject(new Error("killed"));
        },
      }),
    });
    mini.crm.add("accounts", customer);
    await expect(mini.engine.run()).rejects.toThrow("killed");
    mini.erp.add("accounts", { ...customer, number: "C1" });
    await mini.restart().run();
    expect([mini.erp.rows("accounts").length, mini.erp.creates.length]).toEqual([1, 0]);
    expect((await mini.engine.statement({ only: ["accounts"] })).isEqual).toBe(true);
  });
});

describe("a worker that sleeps through its lease between the claim and the call", () => {
  test("sends nothing when it wakes: its successor has asked, and sent", async () => {
    let isAwake = true;
    let successor = (): Promise<unknown> => Promise.resolve();
    const mini = await miniWorld({
      database,
      wrapStore: (store) => ({
        ...store,
        claimIntents: async (request) => {
          const claimed = await store.claimIntents(request);
          if (isAwake && claimed.length > 0) {
            isAwake = false;
            await successor();
          }
          return claimed;
        },
      }),
    });
    successor = async () => {
      await database.query("update lease set expires_at = now() - interval '1 second'");
      mini.pass(60_000);
      return mini.restart({ holder: "successor" }).run();
    };
    mini.crm.add("accounts", customer);
    await expect(mini.engine.run()).rejects.toThrow("held by another worker");
    expect([mini.erp.rows("accounts").length, mini.erp.creates.length]).toEqual([1, 1]);
  });
});

describe("a worker that dies while it finds out that two links are one thing", () => {
  test.each(["killed after the keys were stored", "nobody is killed"])(
    "no second record: %s",
    async (how) => {
      let isAlive = false;
      const mini = await miniWorld({
        database,
        wrapStore: (store) => ({
          ...store,
          replaceKeys: async (...call) => {
            const waiting = await store.replaceKeys(...call);
            if (!isAlive) return waiting;
            isAlive = false;
            throw new Error("killed");
          },
        }),
      });
      const lead = { ...customer, taxId: "FR2", email: "b@b.example", status: "lead" };
      const crmId = mini.crm.add("accounts", lead);
      mini.erp.add("accounts", { ...customer, status: "supplier" });
      await mini.engine.run();
      mini.crm.edit("accounts", crmId, { taxId: "FR1", status: "customer" });
      mini.pass(10);
      isAlive = how.startsWith("killed");
      await mini.engine.run().catch(() => undefined);
      await mini.restart().run();
      expect(isAlive).toBe(false);
      expect([mini.erp.rows("accounts").length, mini.crm.rows("accounts").length]).toEqual([1, 1]);
      const [accounts] = (await mini.engine.statement({ only: ["accounts"] })).entities;
      expect(accounts?.linked).toBe(1);
    },
  );
});
