import { beforeEach, describe, expect, test } from "vitest";
import type { Json } from "@crossfoot/kernel";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

interface Linked extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
}

const short = (name: Json | undefined): string => (typeof name === "string" ? name.slice(0, 6) : "");
const noting = {
  entities: { accounts: { notes: true }, contacts: {}, products: {}, quotes: {} },
};
const wanted = { entities: { accounts: { notes: ["crm", "erp"] } } };

/** People are told of values of theirs that lost, by a note on their own record: once, and never not. */
export function tellSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  /** Two linked records, on systems that take notes. */
  async function linked(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
    const mini = await miniWorld({ database, crm: noting, erp: noting, contract: wanted, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    mini.pass(10);
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }
  /** The name is edited on both sides: the ERP's value loses. */
  function contest(mini: Linked): void {
    mini.crm.edit("accounts", mini.crmId, { name: "Acme CRM" });
    mini.erp.edit("accounts", mini.erpId, { name: "Acme ERP" });
    mini.pass(10);
  }
  const lostOf = (mini: Linked) => mini.engine.lost({ record: `crm:${mini.crmId}`, limit: 9 });
  const notes = (mini: Linked): readonly [number, number] => [
    mini.crm.notesOn(mini.crmId).length,
    mini.erp.notesOn(mini.erpId).length,
  ];
  async function staysQuiet(mini: Linked): Promise<void> {
    const writes = mini.crm.writes + mini.erp.writes;
    for (const sweep of [false, true, false]) {
      mini.pass(10);
      await mini.engine.run({ sweep });
    }
    expect(mini.crm.writes + mini.erp.writes).toBe(writes);
  }

  describe("a note about a value that lost", () => {
    test("is put on its own record with value, reason and the way back, and does not travel", async () => {
      const mini = await linked();
      contest(mini);
      await mini.engine.run();
      const [lost] = await lostOf(mini);
      expect([notes(mini), lost?.note?.state]).toEqual([[0, 1], "told"]);
      const [text] = mini.erp.notesOn(mini.erpId);
      expect(text).toContain("the value “Acme ERP” of somebody of the field name gave way");
      expect(text).toContain("crm is the master of the field");
      expect(text).toContain(`crossfoot restore erp:${mini.erpId} name --entry ${lost?.entry ?? ""}`);
      await staysQuiet(mini);
      expect(notes(mini)).toEqual([0, 1]);
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      expect(why?.journal.filter(({ kind }) => kind === "loser_told")).toMatchObject([
        { body: { entry: lost?.entry, connection: "erp", id: mini.erpId } },
      ]);
      expect((await mini.store.verifyJournal()).broken).toEqual([]);
    });

    test("names the restoring that works, and the value that is replaced then is told in turn", async () => {
      const mini = await linked();
      contest(mini);
      await mini.engine.run();
      const text = mini.erp.notesOn(mini.erpId).join("\n");
      const [, record = "", field = "", entry = ""] = /restore (\S+) (\S+) --entry (\S+)/.exec(text) ?? [];
      mini.pass(10);
      await mini.engine.restore({ id: record, field, entry, by: "ada" });
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme ERP");
      expect(mini.crm.notesOn(mini.crmId).join("\n")).toContain("“Acme CRM” of somebody");
      await staysQuiet(mini);
    });

    test("tells of what a target keeps of a value on the record where it stands whole", async () => {
      const mini = await linked({
        erp: {
          ...noting,
          transform: (_entity, fields) => ({ ...fields, name: short(fields["name"]) }),
        },
      });
      mini.crm.edit("accounts", mini.crmId, { name: "Acme and Sons" });
      await mini.engine.run();
      expect(mini.crm.notesOn(mini.crmId)).toEqual([
        expect.stringContaining("“Acme and Sons” of somebody of the field name stands here in full"),
      ]);
      await staysQuiet(mini);
      expect(notes(mini)).toEqual([1, 0]);
    });

    test.each(["lost_answer", "lost_request", "throttled"] as const)(
      "is there once after %s, when its time has come again",
      async (fault) => {
        const mini = await linked();
        contest(mini);
        mini.erp.faults = ["none", fault];
        await mini.engine.run();
        expect((await lostOf(mini))[0]?.note?.state).toBe("due");
        mini.pass(60_000);
        await mini.engine.run();
        expect([notes(mini), (await lostOf(mini))[0]?.note?.state]).toEqual([[0, 1], "told"]);
        await staysQuiet(mini);
      },
    );

    test("is sent after a worker died between the call and its storing, and is there once", async () => {
      let dies = true;
      const mini = await linked({
        wrapStore: (store) => ({
          ...store,
          commitTellings: async (...call) => {
            if (dies) throw new Error("killed");
            await store.commitTellings(...call);
          },
        }),
      });
      contest(mini);
      await expect(mini.engine.run()).rejects.toThrow("killed");
      dies = false;
      await mini.restart().run();
      expect([notes(mini), (await lostOf(mini))[0]?.note?.state]).toEqual([[0, 1], "told"]);
    });

    test("that its system refuses is told as refused, stops nothing and is not sent again", async () => {
      const mini = await linked();
      contest(mini);
      mini.erp.faults = ["none", "refused"];
      const run = await mini.engine.run();
      expect([run.state, (await lostOf(mini))[0]?.note?.state]).toEqual(["done", "refused"]);
      await staysQuiet(mini);
      expect(notes(mini)).toEqual([0, 0]);
    });

    test("waits until the value did lose: one that was spared is told of to nobody", async () => {
      const mini = await linked();
      contest(mini);
      mini.erp.faults = ["refused"];
      await mini.engine.run();
      expect([notes(mini), (await lostOf(mini))[0]?.outcome]).toEqual([[0, 0], "spared"]);
    });

    test("is named by a plan, and sent by its apply", async () => {
      const mini = await linked();
      contest(mini);
      const plan = await mini.engine.plan();
      expect(plan.effects).toContainEqual(
        expect.objectContaining({ target: "erp", on: "a value that gives way", count: 1 }),
      );
      await mini.engine.apply(plan);
      expect(notes(mini)).toEqual([0, 1]);
    });

    test("is sent only where the contract wants it", async () => {
      const mini = await linked({ contract: null });
      contest(mini);
      await mini.engine.run();
      expect([notes(mini), (await lostOf(mini))[0]?.note]).toEqual([[0, 0], null]);
    });

    test("is sent only where the system takes it, which `check` tells", async () => {
      const mini = await linked({ erp: {} });
      contest(mini);
      await mini.engine.run();
      expect([notes(mini), (await lostOf(mini))[0]?.note?.state]).toEqual([[0, 0], "due"]);
      expect((await mini.engine.check()).map(({ message }) => message)).toContain(
        "the contract wants notes about values that lost, and erp (mini) takes none",
      );
    });
  });
}
