import { beforeEach, describe, expect, test } from "vitest";
import type { JsonMap } from "@crossfoot/kernel";
import type { PlanDocument, RunSummary, UndoRequest } from "../engine.ts";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

interface Linked extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
  readonly first: RunSummary;
}

const leftOf = (plan: PlanDocument): readonly string[] =>
  (plan.undo?.left ?? []).map(({ target, field, why }) => `${why} ${field ?? "record"} in ${target}`);

/** Taking back what was written: on both systems, and only what nobody has changed since. */
export function undoSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  async function linked(options: Partial<MiniWorldOptions> = {}): Promise<Linked> {
    const mini = await miniWorld({ database, ...options });
    const crmId = mini.crm.add("accounts", customer);
    const first = await mini.engine.run();
    mini.pass(10);
    return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "", first };
  }
  const undo = (mini: MiniWorld, request: Omit<UndoRequest, "by">): Promise<PlanDocument> =>
    mini.engine.undo({ ...request, by: "ada" } as UndoRequest);
  const undoRun = (mini: MiniWorld, { runId }: RunSummary): Promise<PlanDocument> =>
    undo(mini, { what: "run", id: runId });
  async function takeBack(mini: MiniWorld, run: RunSummary) {
    const plan = await undoRun(mini, run);
    const summary = await mini.engine.apply(plan);
    mini.pass(10);
    return { plan, summary };
  }
  const shown = (mini: Linked, field: string): readonly unknown[] => [
    mini.crm.get("accounts", mini.crmId).fields[field],
    mini.erp.get("accounts", mini.erpId).fields[field],
  ];
  const writesOf = (mini: MiniWorld): number => mini.crm.writes + mini.erp.writes;
  /** Several runs, sweeps among them: none of them writes anything. */
  async function staysQuiet(mini: MiniWorld): Promise<void> {
    const before = writesOf(mini);
    for (const sweep of [false, true, false]) {
      mini.pass(10);
      await mini.engine.run({ sweep });
    }
    expect(writesOf(mini)).toBe(before);
  }
  const edit = (mini: Linked, side: "crm" | "erp", fields: JsonMap): void => {
    mini.pass(10);
    mini[side].edit("accounts", side === "crm" ? mini.crmId : mini.erpId, fields);
  };

  describe("an update that is undone", () => {
    test("holds its value before, stays so, is explained, and flows again after an edit", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const { plan, summary } = await takeBack(mini, await mini.engine.run());
      expect(plan.writes).toMatchObject([{ target: "erp", kind: "update", fields: { name: "Acme" } }]);
      expect([summary.planned, summary.applied, summary.unmade]).toEqual([1, 1, []]);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
      await staysQuiet(mini);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
      const [accounts] = (await mini.engine.statement({ only: ["accounts"] })).entities;
      expect(accounts?.differences.map(({ field, reason }) => [field, reason])).toEqual([["name", "undone"]]);
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      expect(why?.now.join(" ")).toContain("name in erp was undone by ada");
      edit(mini, "crm", { name: "Acme Three" });
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual(["Acme Three", "Acme Three"]);
      expect((await mini.engine.statement({ only: ["accounts"] })).isEqual).toBe(true);
    });

    test("is undone in turn: both systems are as after the run, and stay so", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two", email: "two@acme.example" });
      const run = await mini.engine.run();
      const { summary } = await takeBack(mini, run);
      expect(shown(mini, "email")).toEqual(["two@acme.example", "a@acme.example"]);
      const again = await takeBack(mini, summary);
      expect(again.summary.applied).toBe(1);
      expect([...shown(mini, "name"), ...shown(mini, "email")]).toEqual([
        ...["Acme Two", "Acme Two"],
        ...["two@acme.example", "two@acme.example"],
      ]);
      await staysQuiet(mini);
      expect((await mini.engine.statement({ only: ["accounts"] })).isEqual).toBe(true);
      await takeBack(mini, again.summary);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
      const [accounts] = (await mini.engine.statement({ only: ["accounts"] })).entities;
      expect(accounts?.differences.map(({ reason }) => reason)).toEqual(["undone", "undone"]);
    });

    test("that put an edit back against the contract brings that edit back", async () => {
      const mini = await linked();
      edit(mini, "erp", { limit: "1000" });
      await mini.engine.run();
      edit(mini, "crm", { limit: "7" });
      await takeBack(mini, await mini.engine.run());
      expect(shown(mini, "limit")).toEqual(["7", "1000"]);
      await staysQuiet(mini);
    });

    test("of the same field in several runs goes back to what it was before the first of them", async () => {
      const mini = await linked();
      const since = new Date(mini.world.clock.now()).toISOString();
      for (const name of ["Two", "Three", "Four"]) {
        edit(mini, "crm", { name });
        await mini.engine.run();
      }
      const plan = await undo(mini, { what: "record", id: `crm:${mini.crmId}`, since } as never);
      await mini.engine.apply(plan);
      expect(shown(mini, "name")).toEqual(["Four", "Acme"]);
    });

    test("of many records is numbered in the order in which an apply sends its writes", async () => {
      const mini = await linked();
      for (const nr of [1, 2, 3, 4, 5, 6])
        mini.crm.add("accounts", { ...customer, name: `Many ${nr}`, taxId: `M${nr}` });
      const plan = await undoRun(mini, await mini.engine.run());
      const links = plan.writes.map(({ link }) => link);
      expect([links.length, links]).toEqual([6, links.toSorted()]);
    });

    test("is found by its plan and by its key too", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const made = await mini.engine.plan();
      await mini.engine.apply(made);
      const byPlan = await undo(mini, { what: "plan", id: made.id });
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      const key = why?.intents.find(({ kind, state }) => kind === "update" && state === "settled")?.key;
      const byKey = await undo(mini, { what: "write", id: key ?? "" });
      expect([byPlan.writes, byKey.writes].map((writes) => writes.map(({ fields }) => fields))).toEqual([
        [{ name: "Acme" }],
        [{ name: "Acme" }],
      ]);
      await mini.engine.apply(byPlan);
      await expect(mini.engine.apply(byKey)).resolves.toMatchObject({ state: "stopped", applied: 0 });
    });
  });

  describe("what somebody changed since", () => {
    test.each(["crm", "erp"] as const)("in %s is listed and not touched", async (side) => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two", email: "two@acme.example" });
      const run = await mini.engine.run();
      // Nobody has read this edit when the undo is planned.
      edit(mini, side, { name: "Acme Later" });
      const { plan } = await takeBack(mini, run);
      expect(leftOf(plan)).toEqual(["changed name in erp"]);
      expect(shown(mini, "email")).toEqual(["two@acme.example", "a@acme.example"]);
      expect(shown(mini, "name")).toContain("Acme Later");
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual(["Acme Later", "Acme Later"]);
      expect(shown(mini, "email")).toEqual(["two@acme.example", "a@acme.example"]);
    });

    test("after the plan was made stops it, and nothing is written", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const plan = await undoRun(mini, await mini.engine.run());
      edit(mini, "erp", { name: "Acme Later" });
      const writes = writesOf(mini);
      const summary = await mini.engine.apply(plan);
      expect([summary.state, summary.applied, writesOf(mini)]).toEqual(["stopped", 0, writes]);
      expect(summary.unmade.map(({ why }) => why)).toEqual(["moved"]);
    });

    test("is nothing to a second undo: what was undone already is left as it is", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const run = await mini.engine.run();
      await takeBack(mini, run);
      const plan = await undoRun(mini, run);
      expect([plan.writes, leftOf(plan)]).toEqual([[], ["done name in erp"]]);
    });
  });

  describe("a creation that is undone", () => {
    test("is archived where it was made, and is neither created nor written again", async () => {
      const mini = await linked();
      edit(mini, "erp", {});
      const { plan } = await takeBack(mini, mini.first);
      expect(plan.writes).toMatchObject([{ target: "erp", kind: "archive" }]);
      expect(mini.erp.get("accounts", mini.erpId).isArchived).toBe(true);
      edit(mini, "crm", { name: "Acme Two" });
      await staysQuiet(mini);
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(false);
      expect([mini.erp.rows("accounts").length, mini.erp.creates.length]).toEqual([1, 1]);
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      expect([why?.state, why?.now.join(" ")]).toEqual([
        "ended",
        expect.stringContaining("was undone by ada"),
      ]);
      const statement = await mini.engine.statement({ only: ["accounts"] });
      expect(statement.entities[0]?.differences.map(({ reason }) => reason)).toEqual(["undone"]);
    });

    test("is undone in turn: the record is back, and edits flow again", async () => {
      const mini = await linked();
      const { summary } = await takeBack(mini, mini.first);
      await takeBack(mini, summary);
      expect(mini.erp.get("accounts", mini.erpId).isArchived).toBe(false);
      await staysQuiet(mini);
      edit(mini, "crm", { name: "Acme Two" });
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme Two"]);
    });

    test("that somebody brings back by hand is a question, and nothing else is", async () => {
      const mini = await linked();
      await takeBack(mini, mini.first);
      await staysQuiet(mini);
      expect(await mini.engine.deadLetters()).toEqual([]);
      mini.erp.archive("accounts", mini.erpId, false);
      await staysQuiet(mini);
      expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["returned"]);
    });

    test("is left alone when somebody has worked on the record since", async () => {
      const mini = await linked();
      edit(mini, "erp", { email: "erp@acme.example" });
      const plan = await undoRun(mini, mini.first);
      expect([plan.writes, leftOf(plan)]).toEqual([[], ["changed record in erp"]]);
    });

    test("is left alone when somebody filled a field since that nobody had sent", async () => {
      const mini = await linked();
      edit(mini, "erp", { limit: "500" });
      const plan = await undoRun(mini, mini.first);
      expect([plan.writes, leftOf(plan)]).toEqual([[], ["changed record in erp"]]);
    });

    test("is left alone when somebody edited it before we knew that it was made", async () => {
      const people: (() => void)[] = [];
      const review = { fields: { email: { policy: "review" } }, onFirstLink: "review" };
      const mini = await miniWorld({
        database,
        contract: { entities: { accounts: review } },
        wrapConnection: (id, connection) => ({
          ...connection,
          write: async (writes) => {
            const outcomes = await connection.write(writes);
            if (id === "erp") people.pop()?.();
            return outcomes;
          },
        }),
      });
      people.push(() => {
        const [made] = mini.erp.rows("accounts");
        mini.erp.edit("accounts", made?.id ?? "", { email: "erp@acme.example" });
      });
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_answer"];
      const run = await mini.engine.run();
      expect([people, mini.erp.creates.length]).toEqual([[], 1]);
      mini.pass(10);
      const plan = await undoRun(mini, run);
      expect([plan.writes, leftOf(plan)]).toEqual([[], ["changed record in erp"]]);
    });

    test("is left alone too when a write of ours to another field came after that", async () => {
      const mini = await linked();
      edit(mini, "erp", { email: "erp@acme.example" });
      edit(mini, "crm", { name: "Acme Two" });
      await mini.engine.run();
      const plan = await undoRun(mini, mini.first);
      expect([plan.writes, leftOf(plan)]).toEqual([[], ["changed record in erp"]]);
    });

    test("is refused with the reason where the contract or the system does not allow it", async () => {
      const ignoring = await linked({ contract: { entities: { accounts: { onDelete: "ignore" } } } });
      const plan = await undoRun(ignoring, ignoring.first);
      expect(leftOf(plan)).toEqual(["refused record in erp"]);
      expect(plan.undo?.left[0]?.reason).toContain("onDelete: ignore");
    });

    test("is refused where the system can neither archive nor cancel", async () => {
      const mini = await linked({
        erp: { entities: { accounts: { archive: false }, products: {}, quotes: {} } },
      });
      const plan = await undoRun(mini, mini.first);
      expect(plan.undo?.left.map(({ why, reason }) => [why, reason.includes("no way to")])).toEqual([
        ["refused", true],
      ]);
    });
  });

  describe("a document", () => {
    const cancels = [
      { from: "draft", to: "cancelled", via: "cancel" },
      { from: "accepted", to: "cancelled", via: "cancel" },
    ];
    const steps = [
      { from: "draft", to: "sent", via: "send" },
      { from: "sent", to: "accepted", via: "accept" },
    ];
    const erpWith = (transitions: readonly { from: string; to: string; via: string }[]) => ({
      erp: {
        entities: {
          ...{ accounts: {}, contacts: {}, products: {} },
          quotes: { initialStatus: "draft", archive: false, transitions },
        },
      },
    });
    async function quoted(transitions: readonly { from: string; to: string; via: string }[]) {
      const mini = await linked(erpWith(transitions));
      const product = mini.crm.add("products", { sku: "P1", name: "Widget", unit: "pc" });
      mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
      const lines = [{ product, qty: "2", unit: "pc", price: "9.50" }];
      const quote = { number: "Q-1", account: mini.crmId, status: "accepted", currency: "EUR", lines };
      const quoteId = mini.crm.add("quotes", quote);
      const run = await mini.engine.run();
      mini.pass(10);
      return { ...mini, quoteId, run };
    }
    const statesOf = (mini: MiniWorld): readonly unknown[] => [
      ...mini.crm.rows("quotes").map(({ fields }) => fields["status"]),
      ...mini.erp.rows("quotes").map(({ fields }) => fields["status"]),
    ];

    test("that was made is cancelled by its system's own way, and stays cancelled there alone", async () => {
      const mini = await quoted([...steps, ...cancels]);
      const { plan } = await takeBack(mini, mini.run);
      expect(plan.writes.filter(({ entity }) => entity === "quotes")).toMatchObject([
        { kind: "transition", transition: { from: "accepted", to: "cancelled" } },
      ]);
      expect(statesOf(mini)).toEqual(["accepted", "cancelled"]);
      await staysQuiet(mini);
      expect(statesOf(mini)).toEqual(["accepted", "cancelled"]);
    });

    test("that its system offers no way to cancel is refused with the reason", async () => {
      const mini = await quoted(steps);
      const { plan } = await takeBack(mini, mini.run);
      const left = plan.undo?.left.filter(({ entity }) => entity === "quotes");
      expect(left?.map(({ why, reason }) => `${why}: ${reason}`)).toEqual([
        "refused: erp offers no way to cancel or archive a document that is accepted",
      ]);
      expect(statesOf(mini)).toEqual(["accepted", "accepted"]);
    });

    test("whose state was changed goes back by the changes that its system offers", async () => {
      const back = { from: "accepted", to: "sent", via: "reopen" };
      const mini = await quoted([...steps, back]);
      mini.pass(10);
      mini.crm.edit("quotes", mini.quoteId, { status: "sent" });
      const run = await mini.engine.run();
      expect(statesOf(mini)).toEqual(["sent", "sent"]);
      mini.pass(10);
      const { summary } = await takeBack(mini, run);
      expect(statesOf(mini)).toEqual(["sent", "accepted"]);
      await staysQuiet(mini);
      await takeBack(mini, summary);
      expect(statesOf(mini)).toEqual(["sent", "sent"]);
      await staysQuiet(mini);
    });

    test("is not changed in a state in which the contract lets nobody write it", async () => {
      const mini = await quoted([...steps, { from: "accepted", to: "converted", via: "convert" }]);
      mini.pass(10);
      mini.crm.edit("quotes", mini.quoteId, { currency: "USD" });
      const run = await mini.engine.run();
      mini.pass(10);
      const [there] = mini.erp.rows("quotes");
      mini.erp.edit("quotes", there?.id ?? "", { status: "converted" });
      await mini.engine.run();
      mini.pass(10);
      const plan = await undoRun(mini, run);
      expect(plan.writes).toEqual([]);
      expect(plan.undo?.left.map(({ why, reason }) => `${why}: ${reason}`)).toContain(
        "refused: the contract does not let it be written in erp while the record is converted",
      );
    });
  });

  describe("an archiving", () => {
    async function archived(unarchive: boolean): Promise<Linked & { readonly run: RunSummary }> {
      const tables = { accounts: {}, contacts: {}, quotes: {} };
      const mini = await linked({ crm: { entities: { ...tables, products: { unarchive } } } });
      const id = mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
      await mini.engine.run();
      mini.pass(10);
      mini.erp.remove("products", id);
      const run = await mini.engine.run({ sweep: true });
      mini.pass(10);
      expect(mini.crm.rows("products").map(({ isArchived }) => isArchived)).toEqual([true]);
      return { ...mini, run };
    }

    test("is undone by bringing the record back where the system can", async () => {
      const mini = await archived(true);
      await takeBack(mini, mini.run);
      expect(mini.crm.rows("products").map(({ isArchived }) => isArchived)).toEqual([false]);
      await staysQuiet(mini);
      expect(mini.crm.rows("products").map(({ isArchived }) => isArchived)).toEqual([false]);
    });

    test("is refused with the reason where it cannot", async () => {
      const mini = await archived(false);
      const plan = await undoRun(mini, mini.run);
      expect(plan.undo?.left.map(({ reason }) => reason)).toEqual([
        "crm cannot bring back what was archived",
      ]);
    });
  });

  describe("an undo under faults", () => {
    test("goes on where its worker died, and makes no write twice", async () => {
      let dies = false;
      const mini = await linked({
        wrapStore: (store) => ({
          ...store,
          commitOutcomes: async (...call) => {
            if (dies && call[0].length > 0) throw new Error("killed");
            await store.commitOutcomes(...call);
          },
        }),
      });
      edit(mini, "crm", { name: "Acme Two" });
      const plan = await undoRun(mini, await mini.engine.run());
      dies = true;
      await expect(mini.engine.apply(plan)).rejects.toThrow("killed");
      dies = false;
      const writes = mini.erp.writes;
      const summary = await mini.restart().apply(plan);
      expect([summary.applied, mini.erp.writes]).toEqual([1, writes]);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
      await staysQuiet(mini);
      expect(await mini.engine.apply(plan)).toMatchObject({ appliedNow: 0 });
    });

    test("is asked about when its answer is lost", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const plan = await undoRun(mini, await mini.engine.run());
      mini.erp.faults = ["lost_answer"];
      const writes = mini.erp.writes;
      const summary = await mini.engine.apply(plan);
      expect([summary.applied, mini.erp.writes]).toEqual([1, writes + 1]);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
      await staysQuiet(mini);
    });

    test("that its target refuses says so, and can be applied again", async () => {
      const mini = await linked();
      edit(mini, "crm", { name: "Acme Two" });
      const plan = await undoRun(mini, await mini.engine.run());
      mini.erp.faults = ["refused"];
      const refused = await mini.engine.apply(plan);
      expect(refused.unmade.map(({ why }) => why)).toEqual(["refused"]);
      expect((await mini.engine.apply(plan)).applied).toBe(1);
      expect(shown(mini, "name")).toEqual(["Acme Two", "Acme"]);
    });

    test("of something that wrote nothing is refused", async () => {
      const mini = await linked();
      const quiet = await mini.engine.run();
      await expect(undoRun(mini, quiet)).rejects.toThrow("nothing to take back");
      await expect(undo(mini, { what: "run", id: "unknown" })).rejects.toThrow("nothing to take back");
    });
  });
}
