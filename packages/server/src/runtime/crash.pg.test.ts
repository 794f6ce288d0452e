/** A worker that dies, or sleeps too long, between two steps of a write; what its successor makes of it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../ports.ts";
import type { IntentOutcome, Store } from "../store/port.ts";
import { openEphemeral } from "../testing.ts";
import type { MiniWorld } from "./testing/world.ts";
import { miniWorld } from "./testing/world.ts";

let database: Database;
beforeEach(async () => {
  database = await openEphemeral();
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
  test("is not repeated when its source is edited later", async () => {
    const mini = await miniWorld({
      database,
      wrapConnection: (id, connection) =>
        id === "crm"
          ? connection
          : {
              ...connection,
              probe: async (request) => ({ ...(await connection.probe(request)), by: "fingerprint" }),
              // Its list lags behind: what was made is not to be seen there yet.
              read: () => Promise.resolve({ records: [], unreadable: [], next: null }),
            },
    });
    const account = mini.crm.add("accounts", customer);
    mini.erp.faults = ["lost_answer"];
    await mini.engine.run();
    expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["doubt_unprovable"]);
    mini.crm.edit("accounts", account, { name: "Acme Two" });
    mini.pass(10);
    await mini.engine.run();
    expect(mini.erp.creates.length).toBe(1);
    expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["doubt_unprovable"]);
  });
});
