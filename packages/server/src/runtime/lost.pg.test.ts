/** Values that lose: in the journal before anything takes their place, told with who, when and why. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isMap } from "@crossfoot/kernel";
import type { Json, LinkId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { JournalEntry, LostValue } from "../store/port.ts";
import { openEphemeral } from "../testing.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";
import { customer, miniWorld } from "./testing/world.ts";

let database: Database;
beforeEach(async () => {
  database = await openEphemeral();
});
afterEach(() => database.close());

interface Linked extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
}

async function linked(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
  const mini = await miniWorld({ database, ...options });
  const crmId = mini.crm.add("accounts", customer);
  await mini.engine.run();
  return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
}

const short = (name: Json | undefined): string => (typeof name === "string" ? name.slice(0, 6) : "");
const lostOf = (mini: Linked): Promise<readonly LostValue[]> =>
  mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });

describe("a value that loses", () => {
  test("is in the journal, with actor and reason, before the write in its place is sent", async () => {
    const told: (readonly LostValue[])[] = [];
    let watched: Linked | null = null;
    const mini = await linked({
      wrapConnection: (id, connection) => ({
        ...connection,
        write: async (writes) => {
          if (id === "erp" && watched !== null) told.push(await lostOf(watched));
          return connection.write(writes);
        },
      }),
    });
    watched = mini;
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "Acme CRM" });
    mini.erp.edit("accounts", mini.erpId, { name: "Acme ERP" });
    await mini.engine.run();
    const expected = {
      field: "name",
      connection: "erp",
      value: "Acme ERP",
      actor: "somebody",
      reason: "master_wins",
      winner: "crm",
    };
    expect(told.at(-1)).toEqual([expect.objectContaining({ ...expected, outcome: "pending" })]);
    expect(await lostOf(mini)).toEqual([expect.objectContaining({ ...expected, outcome: "overwritten" })]);
  });

  test("still stands when the write that would take its place is refused, and is said to", async () => {
    const mini = await linked();
    mini.erp.edit("accounts", mini.erpId, { limit: "1000" });
    mini.pass(10);
    await mini.engine.run();
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { limit: "5" });
    mini.crm.faults = ["refused"];
    await mini.engine.run();
    expect(mini.crm.get("accounts", mini.crmId).fields["limit"]).toBe("5");
    expect((await lostOf(mini)).map(({ field, reason, outcome }) => [field, reason, outcome])).toEqual([
      ["creditLimit", "not_a_writer", "spared"],
    ]);
    const dead = await mini.engine.deadLetters();
    await mini.engine.redrive(
      dead.map(({ parkId }) => parkId),
      "a person",
    );
    await mini.engine.run();
    expect(mini.crm.get("accounts", mini.crmId).fields["limit"]).toBe("1000");
    expect((await lostOf(mini)).map(({ outcome }) => outcome)).toEqual(["overwritten", "spared"]);
  });

  test("is told once when a target cuts it, and stays whole on its own side", async () => {
    const mini = await linked({
      erp: {
        transform: (_entity, fields) => ({ ...fields, name: short(fields["name"]) }),
      },
    });
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "Acme and Sons" });
    await mini.engine.run();
    await mini.engine.run({ sweep: true });
    const cut = { field: "name", connection: "crm", value: "Acme and Sons", kept: "Acme a", winner: "erp" };
    expect(await lostOf(mini)).toEqual([expect.objectContaining({ ...cut, reason: "lossy_target" })]);
    expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme and Sons");
    expect((await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` }))?.lost).toHaveLength(1);
  });

  test("by a target that adds rows of its own and keeps what it is sent, nothing is lost", async () => {
    const freight = { id: "freight", product: null, qty: "1", unit: "pc", price: "5" };
    const mini = await linked({
      erp: {
        transform: (entity, fields) => {
          const lines: readonly Json[] = Array.isArray(fields["lines"]) ? fields["lines"] : [];
          const isThere = lines.some((line) => isMap(line) && line["id"] === "freight");
          return entity === "quotes" && !isThere ? { ...fields, lines: [...lines, freight] } : fields;
        },
      },
    });
    const product = mini.crm.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    const lines = [{ product, qty: "2", unit: "pc", price: "9.50" }];
    const quote = { number: "Q-1", account: mini.crmId, status: "accepted", currency: "EUR", lines };
    mini.crm.add("quotes", quote);
    await mini.engine.run();
    expect(mini.erp.rows("quotes")).toHaveLength(1);
    expect(await mini.engine.lost({ record: null, limit: 10 })).toEqual([]);
  });
});

/** The entry of the last write that settled. */
async function lastMade(mini: Linked): Promise<JournalEntry | undefined> {
  const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
  const entries = await mini.store.journalOf(why?.link as LinkId, 50);
  return entries.find(({ kind }) => kind === "intent_settled");
}

describe("a write that settled", () => {
  test("leaves in the journal what the target held before and what it holds after", async () => {
    const mini = await linked();
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "Acme Two" });
    const { runId } = await mini.engine.run();
    expect(await lastMade(mini)).toMatchObject({
      runId,
      body: {
        target: "erp",
        kind: "update",
        run: runId,
        before: { name: { name: "Acme" } },
        after: { name: { name: "Acme Two" } },
      },
    });
  });

  test("whose worker died after the call tells it all the same, once its record was asked for", async () => {
    let isAlive = true;
    const mini = await linked({
      wrapStore: (store) => ({
        ...store,
        commitOutcomes: async (...call) => {
          if (!isAlive && call[0].some(({ intent }) => intent.kind === "update")) throw new Error("killed");
          await store.commitOutcomes(...call);
        },
      }),
    });
    mini.pass(10);
    mini.crm.edit("accounts", mini.crmId, { name: "Acme Two" });
    isAlive = false;
    await expect(mini.engine.run()).rejects.toThrow("killed");
    isAlive = true;
    await mini.restart().run();
    const made = await lastMade(mini);
    expect(made?.body).toMatchObject({
      before: { name: { name: "Acme" } },
      after: { name: { name: "Acme Two" } },
    });
  });
});
