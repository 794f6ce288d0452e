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

    test.each([true, false])("whose answer is lost is asked about (back: %s)", async (isBack) => {
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
    });

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

  describe("deletions", () => {
    const reasons = async (mini: Loaded): Promise<readonly string[]> =>
      (await mini.engine.deadLetters()).map(({ reason }) => reason);
    const sweep = async (mini: Loaded): Promise<number> => {
      const before = mini.crm.writes + mini.erp.writes;
      mini.pass(10);
      await mini.engine.run({ sweep: true });
      return mini.crm.writes + mini.erp.writes - before;
    };
    const answer = (mini: Loaded, word: "archive" | "keep" | "restore"): Promise<string> =>
      mini.engine.answerDeletion({ entity: "accounts", id: `crm:${mini.crmId}` }, { word, by: "a person" });
    const asking = { contract: { entities: { accounts: { onDelete: "ask" } } } };

    test("that are asked about end as the person says: archived, kept, or made again", async () => {
      const mini = await loaded(asking);
      mini.erp.remove("accounts", mini.erpId);
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, ["deleted_elsewhere"]]);
      await answer(mini, "archive");
      expect([await sweep(mini), mini.crm.get("accounts", mini.crmId).isArchived]).toEqual([1, true]);
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, []]);

      database = await home.open();
      const kept = await loaded(asking);
      kept.erp.remove("accounts", kept.erpId);
      await sweep(kept);
      await answer(kept, "keep");
      expect([
        await sweep(kept),
        await reasons(kept),
        kept.crm.get("accounts", kept.crmId).isArchived,
      ]).toEqual([0, [], false]);
      kept.crm.edit("accounts", kept.crmId, { name: "Edited" });
      expect(await sweep(kept)).toBe(0);

      database = await home.open();
      const again = await loaded(asking);
      again.erp.remove("accounts", again.erpId);
      await sweep(again);
      await answer(again, "restore");
      expect([await sweep(again), again.erp.rows("accounts").length, again.erp.creates.length]).toEqual([
        1, 1, 2,
      ]);
      expect(new Set(again.erp.creates).size).toBe(2);
      expect([await sweep(again), await reasons(again)]).toEqual([0, []]);
    });

    test("of a record that was edited on the other side wait for a person's word", async () => {
      const mini = await loaded();
      mini.erp.remove("accounts", mini.erpId);
      mini.crm.edit("accounts", mini.crmId, { name: "Edited" });
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, ["edited_while_deleted"]]);
      await answer(mini, "restore");
      await sweep(mini);
      expect(mini.erp.rows("accounts").map(({ fields }) => fields["name"])).toEqual(["Edited"]);
    });

    test("that no sweep has shown yet cost one try, not one after the other", async () => {
      const mini = await loaded();
      mini.erp.remove("accounts", mini.erpId);
      mini.crm.edit("accounts", mini.crmId, { name: "Edited" });
      const tries = async (): Promise<number> => {
        const before = mini.erp.writes;
        mini.pass(10);
        await mini.engine.run({ sweep: false });
        return mini.erp.writes - before;
      };
      expect([await tries(), await tries()]).toEqual([1, 0]);
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, ["edited_while_deleted"]]);
      expect(await tries()).toBe(0);
    });

    test("that may be a merge archive nothing; told, it is one", async () => {
      const mini = await loaded({ crm: { tellsMerges: false } });
      const lead = mini.crm.add("accounts", {
        ...customer,
        name: "Acme too",
        email: "b@acme.example",
        status: "lead",
        taxId: "FR2",
      });
      await mini.engine.run();
      mini.pass(10);
      mini.crm.merge("accounts", mini.crmId, lead);
      mini.crm.edit("accounts", lead, { taxId: customer["taxId"] ?? null });
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, ["may_be_merged"]]);
      expect(mini.erp.get("accounts", mini.erpId).isArchived).toBe(false);
      const merge = { entity: "accounts", connection: mini.world.sides[0]?.id as never };
      expect(
        await mini.engine.declareMerge({ ...merge, loser: lead as never, survivor: mini.crmId as never }),
      ).toBe("still_there");
      expect(
        await mini.engine.declareMerge({ ...merge, loser: mini.crmId as never, survivor: lead as never }),
      ).toBe("told");
      await sweep(mini);
      expect(mini.erp.rows("accounts").map(({ fields }) => fields["name"])).toEqual(["Acme too"]);
      expect([await sweep(mini), await reasons(mini), mini.erp.creates.length]).toEqual([0, [], 1]);
    });

    test("are final: what is there again comes back only at a person's word (I05)", async () => {
      const mini = await loaded();
      mini.erp.remove("accounts", mini.erpId);
      await sweep(mini);
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(true);
      mini.erp.bringBack("accounts", mini.erpId, { email: "back@acme.example" });
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, ["returned"]]);
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(true);
      await answer(mini, "restore");
      await sweep(mini);
      expect(mini.crm.get("accounts", mini.crmId)).toMatchObject({
        isArchived: false,
        fields: { email: "back@acme.example" },
      });
      expect([await sweep(mini), await reasons(mini), mini.erp.creates.length]).toEqual([0, [], 1]);
    });

    test("whose counterpart a person un-archives make nothing anew but at a person's word", async () => {
      const mini = await loaded();
      mini.crm.remove("accounts", mini.crmId);
      await sweep(mini);
      mini.erp.archive("accounts", mini.erpId, false);
      expect([await sweep(mini), await reasons(mini), mini.crm.rows("accounts").length]).toEqual([
        0,
        ["returned"],
        0,
      ]);
      await answer(mini, "restore");
      await sweep(mini);
      expect([mini.crm.rows("accounts").length, mini.crm.creates.length]).toEqual([1, 1]);
      expect([await sweep(mini), await reasons(mini)]).toEqual([0, []]);
    });

    test("are restored by the contract's rule of that name, or stay ended by the other", async () => {
      for (const onReturn of ["restore", "ignore"]) {
        database = await home.open();
        const mini = await loaded({ contract: { entities: { accounts: { onReturn } } } });
        mini.erp.remove("accounts", mini.erpId);
        await sweep(mini);
        mini.erp.bringBack("accounts", mini.erpId);
        await sweep(mini);
        await sweep(mini);
        expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(onReturn === "ignore");
        expect(await reasons(mini)).toEqual([]);
      }
    });

    test("of what is made again under another id make no counterpart twice", async () => {
      const mini = await loaded();
      mini.crm.remove("accounts", mini.crmId);
      await sweep(mini);
      const again = mini.crm.add("accounts", { ...customer, name: "Acme again" });
      expect([await sweep(mini), mini.erp.creates.length]).toEqual([0, 1]);
      const [candidate] = await mini.engine.candidates();
      expect(candidate?.id).toBe(again);
      const record = { entity: "accounts", connection: candidate?.connection as never, id: again as never };
      await mini.engine.decideCandidate(record, { with: candidate?.links[0] ?? "", by: "a person" });
      await sweep(mini);
      expect(mini.erp.get("accounts", mini.erpId)).toMatchObject({
        isArchived: false,
        fields: { name: "Acme again" },
      });
      expect([await sweep(mini), mini.erp.creates.length, mini.erp.rows("accounts").length]).toEqual([
        0, 1, 1,
      ]);
    });
  });

  describe("a person's word on a possible duplicate", () => {
    const twins = async (): Promise<Loaded & { readonly twin: string }> => {
      const mini = await loaded();
      const twin = mini.crm.add("accounts", { ...customer, name: "Acme twin" });
      await mini.engine.run();
      return { ...mini, twin };
    };
    const told = (mini: Loaded & { readonly twin: string }, with_: string | null): Promise<string> =>
      mini.engine.decideCandidate(
        { entity: "accounts", connection: mini.world.sides[0]?.id as never, id: mini.twin as never },
        { with: with_, by: "a person" },
      );

    test("that it stands apart gives it a link and a counterpart of its own", async () => {
      const mini = await twins();
      expect(mini.erp.rows("accounts").length).toBe(1);
      expect(await told(mini, null)).toBe("told");
      await mini.engine.run();
      expect([mini.erp.rows("accounts").length, (await mini.engine.candidates()).length]).toEqual([2, 0]);
      // The same word again changes nothing, and a record that nobody asked about takes none.
      expect(await told(mini, null)).toBe("told");
      expect([await writesOf(mini), mini.erp.rows("accounts").length]).toEqual([0, 2]);
      expect(await told({ ...mini, twin: mini.crmId }, null)).toBe("unknown");
    });

    test("that it is another of its own side makes it an alias, which is never written to", async () => {
      const mini = await twins();
      expect(await told(mini, `crm:${mini.crmId}`)).toBe("told");
      mini.pass(10);
      mini.crm.edit("accounts", mini.twin, { name: "Edited twin" });
      expect([await writesOf(mini), mini.erp.rows("accounts").length]).toEqual([0, 1]);
      expect(await mini.engine.candidates()).toEqual([]);
    });
  });

  describe("scope", () => {
    /** Both systems give out customers and leads of one owner alone. */
    const scoped = async (beforeWrite: (id: string) => void = () => undefined): Promise<Loaded> => {
      const mini = await loaded({
        change: {},
        wrapConnection: (id, connection) => ({
          ...connection,
          write: (writes) => {
            beforeWrite(id);
            return connection.write(writes);
          },
          read: async (request) => marked(await connection.read(request)),
          readByIds: async (request) => (await connection.readByIds(request)).map(outside),
        }),
      });
      return mini;
    };
    const outside = <Row extends { readonly native: object }>(row: Row): Row =>
      "scope" in row.native && row.native.scope === "out" ? { ...row, kind: "out_of_scope" } : row;
    const marked = <Page extends { readonly records: readonly { readonly native: object }[] }>(
      page: Page,
    ): Page => {
      return { ...page, records: page.records.map(outside) };
    };

    test("is not existence: what leaves it gets no write, and returns to its link (I29)", async () => {
      const mini = await scoped();
      const link = async (): Promise<unknown> =>
        (await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` }))?.link;
      const before = await link();
      mini.crm.edit("accounts", mini.crmId, { scope: "out", name: "Left" });
      mini.erp.edit("accounts", mini.erpId, { email: "meanwhile@acme.example" });
      expect(await writesOf(mini)).toBe(0);
      expect((await mini.engine.status()).entities[0]).toMatchObject({ dormant: 1, ended: 0 });
      mini.pass(10);
      await mini.engine.run({ sweep: true });
      expect([mini.erp.get("accounts", mini.erpId).isArchived, mini.erp.creates.length]).toEqual([false, 1]);
      mini.crm.edit("accounts", mini.crmId, { scope: "in" });
      expect(await writesOf(mini)).toBe(2);
      expect(mini.crm.get("accounts", mini.crmId).fields).toMatchObject({
        name: "Left",
        email: "meanwhile@acme.example",
      });
      expect(mini.erp.get("accounts", mini.erpId).fields).toMatchObject({
        name: "Left",
        email: "meanwhile@acme.example",
      });
      expect([await link(), mini.erp.creates.length]).toEqual([before, 1]);
    });

    test.each(["crm", "erp"] as const)(
      "left in the %s while a write is in doubt: once it is proved not to have landed it is not sent again",
      async (place) => {
        const mini = await scoped();
        mini.crm.edit("accounts", mini.crmId, { name: "Two" });
        mini.erp.faults = ["lost_request"];
        await mini.engine.run({ waitMsMax: 0 });
        const id = place === "crm" ? mini.crmId : mini.erpId;
        mini[place].edit("accounts", id, { scope: "out" });
        mini.pass(60_000);
        expect(await writesOf(mini)).toBe(0);
        expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme");
      },
    );

    test("left while another write of the same decision is refused: nothing more of it is sent", async () => {
      let isLeaving = false;
      const mini = await scoped((id) => {
        if (id !== "crm" || !isLeaving) return;
        isLeaving = false;
        mini.crm.edit("accounts", mini.crmId, { scope: "out" });
      });
      isLeaving = true;
      mini.erp.edit("accounts", mini.erpId, { email: "new@acme.example" });
      mini.crm.edit("accounts", mini.crmId, { name: "Two" });
      await writesOf(mini);
      expect(mini.crm.get("accounts", mini.crmId).fields["scope"]).toBe("out");
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme");
    });

    test("left while a write is stored takes that write back", async () => {
      const mini = await scoped();
      mini.crm.edit("accounts", mini.crmId, { name: "Two" });
      mini.erp.faults = Array.from({ length: 9 }, () => "throttled" as const);
      await mini.engine.run({ waitMsMax: 0 });
      mini.erp.faults = [];
      mini.pass(60_000);
      mini.crm.edit("accounts", mini.crmId, { scope: "out" });
      expect(await writesOf(mini)).toBe(0);
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme");
    });
  });
}
