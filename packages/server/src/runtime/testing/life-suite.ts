import { beforeEach, describe, expect, test } from "vitest";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** Archiving and un-archiving, deletions, scope: what becomes of a record that is not simply there. */
export function lifeSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  interface Loaded extends MiniWorld {
    readonly crmId: string;
    readonly erpId: string;
  }

  async function loaded(options: Partial<MiniWorldOptions> = {}): Promise<Loaded> {
    const mini = await miniWorld({ database, ...options });
    const crmId = mini.crm.add("accounts", customer);
    await mini.engine.run();
    mini.pass(10);
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
  }
  const isArchived = (mini: Loaded): readonly [crm: boolean, erp: boolean] => [
    mini.crm.get("accounts", mini.crmId).isArchived,
    mini.erp.get("accounts", mini.erpId).isArchived,
  ];
  /** Runs once, and answers how many writes it made. */
  const writesOf = async (mini: Loaded): Promise<number> => {
    const before = mini.crm.writes + mini.erp.writes;
    mini.pass(10);
    await mini.engine.run();
    return mini.crm.writes + mini.erp.writes - before;
  };

  describe("archiving", () => {
    test.each(["crm", "erp"] as const)("in the %s travels to the other side once, and back", async (side) => {
      const mini = await loaded();
      const id = side === "crm" ? mini.crmId : mini.erpId;
      mini[side].archive("accounts", id, true);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [true, true]]);
      expect(await writesOf(mini)).toBe(0);
      mini[side].archive("accounts", id, false);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [false, false]]);
      expect(await writesOf(mini)).toBe(0);
    });

    test("is undone on the side that did not do it as well", async () => {
      const mini = await loaded();
      mini.crm.archive("accounts", mini.crmId, true);
      await writesOf(mini);
      mini.erp.archive("accounts", mini.erpId, false);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [false, false]]);
    });

    test("by both sides, or with a state that is written too, is written once", async () => {
      const mini = await loaded();
      mini.crm.archive("accounts", mini.crmId, true);
      mini.erp.archive("accounts", mini.erpId, true);
      expect(await writesOf(mini)).toBe(0);
      mini.crm.archive("accounts", mini.crmId, false);
      mini.crm.edit("accounts", mini.crmId, { status: "prospect", name: "Acme Two" });
      expect([await writesOf(mini), isArchived(mini)]).toEqual([2, [false, false]]);
      mini.crm.edit("accounts", mini.crmId, { status: "inactive" });
      mini.crm.archive("accounts", mini.crmId, true);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([2, [true, true]]);
      expect(await writesOf(mini)).toBe(0);
    });

    test.each([true, false])(
      "whose answer is lost is asked about, not repeated (back: %s)",
      async (isBack) => {
        const mini = await loaded();
        if (isBack) {
          mini.crm.archive("accounts", mini.crmId, true);
          await writesOf(mini);
        }
        mini.crm.archive("accounts", mini.crmId, !isBack);
        mini.erp.faults = ["lost_answer"];
        expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [!isBack, !isBack]]);
        expect(await mini.engine.deadLetters()).toEqual([]);
        expect(await writesOf(mini)).toBe(0);
      },
    );

    test("that a system refuses is set aside, and made when it is redriven", async () => {
      const mini = await loaded();
      mini.crm.archive("accounts", mini.crmId, true);
      mini.erp.faults = ["refused"];
      await writesOf(mini);
      const [dead] = await mini.engine.deadLetters();
      expect(dead?.reason).toBe("write_refused");
      expect(await writesOf(mini)).toBe(0);
      await mini.engine.redrive([dead?.parkId ?? ""], "a person");
      expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [true, true]]);
    });

    test("on a side that shows it as a state alone is made once, and that state is no edit", async () => {
      const mini = await loaded({ erp: { tellsArchives: false } });
      mini.crm.archive("accounts", mini.crmId, true);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([1, [true, true]]);
      expect(await writesOf(mini)).toBe(0);
      expect(mini.crm.get("accounts", mini.crmId).fields["status"]).toBe("customer");
    });

    test("while other values are on their way to that very side is not lost", async () => {
      const mini = await loaded();
      mini.crm.archive("accounts", mini.crmId, true);
      mini.erp.edit("accounts", mini.erpId, { email: "new@acme.example" });
      await writesOf(mini);
      expect(isArchived(mini)).toEqual([true, true]);
      expect(mini.crm.get("accounts", mini.crmId).fields["email"]).toBe("new@acme.example");
      expect(await writesOf(mini)).toBe(0);
    });

    test("goes by the contract: where deletions are asked about it stays where it was done", async () => {
      const contract = { entities: { accounts: { onDelete: "ask" } } };
      const mini = await loaded({ contract });
      mini.crm.archive("accounts", mini.crmId, true);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([0, [true, false]]);
      mini.crm.archive("accounts", mini.crmId, false);
      expect([await writesOf(mini), isArchived(mini)]).toEqual([0, [false, false]]);
    });

    test("of one of two records that were linked as they are stays as it is", async () => {
      const mini = await miniWorld({ database });
      const crmId = mini.crm.add("accounts", customer);
      const erpId = mini.erp.add("accounts", customer);
      mini.erp.archive("accounts", erpId, true);
      const both = { ...mini, crmId, erpId };
      expect([await writesOf(both), isArchived(both)]).toEqual([0, [false, true]]);
    });
  });
}
