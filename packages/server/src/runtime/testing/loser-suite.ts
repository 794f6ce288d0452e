import { beforeEach, describe, expect, test } from "vitest";
import { isMap } from "@crossfoot/kernel";
import type { Json, JsonMap, LinkId } from "@crossfoot/kernel";
import type { JournalEntry, LostValue } from "../../store/port.ts";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

interface Linked extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
}

const short = (name: Json | undefined): string => (typeof name === "string" ? name.slice(0, 6) : "");
const lostOf = (mini: Linked): Promise<readonly LostValue[]> =>
  mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 10 });

/** The entry of the last write that settled. */
async function lastMade(mini: Linked): Promise<JournalEntry | undefined> {
  const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
  const entries = await mini.store.journalOf(why?.link as LinkId, 50);
  return entries.find(({ kind }) => kind === "intent_settled");
}

/**
 * Values that lose are in the journal before anything takes their place, are told with who, when and why,
 * and come back at a person's word.
 */
export function loserSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  async function linked(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
    const mini = await miniWorld({ database, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }

  describe("a value that loses", () => {
    test("in a field that the state closes stands there, is told once, and explained", async () => {
      const closed = [{ at: "erp", statuses: ["customer"], fields: "*", writer: "nobody" }];
      const mini = await linked({ contract: { entities: { accounts: { ownership: closed } } } });
      mini.pass(10);
      await mini.engine.run();
      mini.pass(10);
      mini.crm.edit("accounts", mini.crmId, { email: "b@acme.example" });
      for (let run = 0; run < 2; run += 1) await mini.engine.run({ sweep: true });
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("a@acme.example");
      expect(await lostOf(mini)).toEqual([
        expect.objectContaining({
          ...{ field: "email", connection: "crm", value: "b@acme.example", actor: "somebody" },
          ...{ reason: "closed_by_state", winner: "erp" },
        }),
      ]);
      const { entities, isExplained } = await mini.engine.statement();
      const differences = entities.flatMap((one) =>
        one.differences.map(({ field, reason }) => [field, reason]),
      );
      expect([isExplained, differences]).toEqual([true, [["email", "closed_by_state"]]]);
    });

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

    test("whose worker died after the call tells it all the same, once it is asked about", async () => {
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

  describe("a value that is brought back", () => {
    /** A name edited on both sides: the CRM's stands, the ERP's lost. */
    async function contested(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
      const mini = await linked(options);
      mini.pass(10);
      mini.crm.edit("accounts", mini.crmId, { name: "Acme CRM" });
      mini.erp.edit("accounts", mini.erpId, { name: "Acme ERP" });
      await mini.engine.run();
      mini.pass(10);
      return mini;
    }
    const restore = (mini: Linked, field = "name", entry: string | null = null) =>
      mini.engine.restore({ id: `crm:${mini.crmId}`, field, entry, by: "ada" });
    const names = (mini: Linked): readonly unknown[] => [
      mini.crm.get("accounts", mini.crmId).fields["name"],
      mini.erp.get("accounts", mini.erpId).fields["name"],
    ];

    test("stands on both sides at once, and what it replaces is kept in turn", async () => {
      const mini = await contested();
      const done = await restore(mini);
      expect(done.restored).toMatchObject({
        field: "name",
        targets: ["crm", "erp"],
        reached: ["crm", "erp"],
      });
      expect(names(mini)).toEqual(["Acme ERP", "Acme ERP"]);
      const lost = await lostOf(mini);
      expect(lost.map(({ value, reason }) => [value, reason])).toEqual([
        ["Acme CRM", "person_decided"],
        ["Acme CRM", "person_decided"],
        ["Acme ERP", "master_wins"],
      ]);
      expect(lost.at(-1)?.restored?.by).toBe("ada");
      const writes = mini.crm.writes + mini.erp.writes;
      await mini.engine.run({ sweep: true });
      expect(mini.crm.writes + mini.erp.writes).toBe(writes);
      await restore(mini, "name", lost[0]?.entry ?? "");
      expect(names(mini)).toEqual(["Acme CRM", "Acme CRM"]);
    });

    test("stands where it was edited against the contract, until its owner edits again", async () => {
      const mini = await linked();
      mini.erp.edit("accounts", mini.erpId, { limit: "1000" });
      mini.pass(10);
      await mini.engine.run();
      mini.crm.edit("accounts", mini.crmId, { limit: "7" });
      mini.pass(10);
      await mini.engine.run();
      expect((await restore(mini, "creditLimit")).restored.reached).toEqual(["crm"]);
      await mini.engine.run({ sweep: true });
      const limits = (): readonly unknown[] => [
        mini.crm.get("accounts", mini.crmId).fields["limit"],
        mini.erp.get("accounts", mini.erpId).fields["limit"],
      ];
      expect(limits()).toEqual(["7", "1000"]);
      mini.pass(10);
      mini.erp.edit("accounts", mini.erpId, { limit: "2000" });
      await mini.engine.run();
      expect(limits()).toEqual(["2000", "2000"]);
    });

    test("is decided on what both sides show now: an edit nobody had read is told as a loser", async () => {
      const mini = await contested();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme Later" });
      await restore(mini);
      expect(names(mini)).toEqual(["Acme ERP", "Acme ERP"]);
      expect((await lostOf(mini)).map(({ value }) => value)).toContain("Acme Later");
    });

    test("that never was, or that stands already, is refused with the reason", async () => {
      const mini = await contested();
      await expect(restore(mini, "email")).rejects.toThrow("no value of email has lost");
      await expect(restore(mini, "name", "9/999")).rejects.toThrow("no lost value has the entry 9/999");
      await restore(mini);
      const [, , first] = await lostOf(mini);
      await expect(restore(mini, "name", first?.entry ?? "")).rejects.toThrow("has that value already");
      expect((await mini.engine.status()).runs.map(({ state }) => state)).toContain("failed");
    });

    test("is not written when the target refuses it, and the command says where it is missing", async () => {
      const mini = await contested();
      mini.erp.faults = ["refused"];
      const done = await restore(mini);
      expect([done.state, done.restored.targets, done.restored.reached]).toEqual([
        "differences",
        ["crm", "erp"],
        ["crm"],
      ]);
    });

    test("may be the quantity of one line, which comes back among the lines as they are now", async () => {
      const own = { policy: "master", direction: "both", master: "crm" };
      const contract = {
        entities: {
          quotes: {
            direction: "both",
            ownership: [],
            create: { crm: { when: "never" } },
            fields: { lines: own },
          },
        },
      };
      const mini = await linked({ contract });
      const product = mini.crm.add("products", { sku: "P1", name: "Widget", unit: "pc" });
      mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
      const lines = [{ product, qty: "2", unit: "pc", price: "9.50" }];
      const quote = { number: "Q-1", account: mini.crmId, status: "accepted", currency: "EUR", lines };
      const quoteId = mini.crm.add("quotes", quote);
      await mini.engine.run();
      const erpQuote = mini.erp.rows("quotes")[0]?.id ?? "";
      const edit = (system: "crm" | "erp", id: string, change: JsonMap): void => {
        const rows = mini[system].get("quotes", id).fields["lines"] as unknown as readonly JsonMap[];
        mini[system].edit("quotes", id, { lines: rows.map((row) => ({ ...row, ...change })) });
      };
      const rowOf = (system: "crm" | "erp", id: string): unknown =>
        (mini[system].get("quotes", id).fields["lines"] as unknown as readonly JsonMap[])[0];
      mini.pass(10);
      edit("crm", quoteId, { qty: "5" });
      edit("erp", erpQuote, { qty: "8" });
      await mini.engine.run();
      mini.pass(10);
      edit("crm", quoteId, { price: "9.75" });
      const request = { id: `crm:${quoteId}`, field: "lines", entry: null, by: "ada" };
      await mini.engine.restore(request);
      expect(rowOf("crm", quoteId)).toMatchObject({ qty: "8", price: "9.75" });
      expect(rowOf("erp", erpQuote)).toMatchObject({ qty: "8", price: "9.75" });
    });
  });
}
