import { beforeEach, describe, expect, test } from "vitest";
import { ConnectorError } from "@crossfoot/connector-sdk";
import type { JsonMap } from "@crossfoot/kernel";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

/** Invariants over the whole runtime, with two small systems and faults between. */
export function engineSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  const build = (options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> =>
    miniWorld({ database, ...options });

  /** A customer on both sides, and a product, loaded once. */
  async function loaded(options: Partial<MiniWorldOptions> = {}) {
    const mini = await build(options);
    const crmId = mini.crm.add("accounts", customer);
    mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    await mini.engine.run();
    const erpId = mini.erp.rows("accounts")[0]?.id ?? "";
    return { ...mini, crmId, erpId };
  }

  const quoteOf = (mini: MiniWorld, account: string, status = "accepted") => ({
    number: "Q-1",
    account,
    status,
    currency: "EUR",
    lines: [{ product: mini.crm.rows("products")[0]?.id ?? "", qty: "2", unit: "pc", price: "9.50" }],
  });

  describe("first load", () => {
    test("apply does what the plan shows, and a second run writes nothing", async () => {
      const mini = await build();
      mini.crm.add("accounts", customer);
      mini.erp.add("accounts", { ...customer, name: "ACME SA", number: "C1" });
      mini.erp.add("accounts", {
        ...customer,
        name: "Gamma",
        taxId: "FR3",
        email: "g@g.example",
        number: "C3",
      });
      const plan = await mini.engine.plan();
      expect(mini.crm.writes + mini.erp.writes).toBe(0);
      const applied = await mini.engine.apply(plan);
      const sure = plan.writes.filter(({ answers }) => answers.length === 0).length;
      expect([applied.planned, applied.applied, applied.unmade]).toEqual([sure, sure, []]);
      const writes = mini.crm.writes + mini.erp.writes;
      expect((await mini.engine.run()).whyNothing).toContain("nothing changed");
      expect(mini.crm.writes + mini.erp.writes).toBe(writes);
      expect([mini.crm.rows("accounts").length, mini.erp.rows("accounts").length]).toEqual([2, 2]);
    });

    test("a record that moved after the plan stops there, and the plan says so", async () => {
      const mini = await loaded();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme One" });
      const plan = await mini.engine.plan();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme Two" });
      const applied = await mini.engine.apply(plan);
      expect([applied.state, applied.applied, applied.unmade.length]).toEqual(["stopped", 0, 1]);
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme");
    });

    test("a plan that was edited, or made under another contract, is refused", async () => {
      const mini = await loaded();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme One" });
      const plan = await mini.engine.plan();
      await expect(mini.engine.apply({ ...plan, writes: [] })).rejects.toThrow("changed after it was made");
      await expect(mini.restart({ contractHash: "other" }).apply(plan)).rejects.toThrow("contract changed");
    });

    test("two records of one side that claim one counterpart go to review", async () => {
      const mini = await build();
      mini.crm.add("accounts", customer);
      mini.crm.add("accounts", { ...customer, name: "Acme again" });
      await mini.engine.run();
      expect((await mini.engine.candidates()).length).toBeGreaterThan(0);
      expect(mini.erp.rows("accounts").length).toBeLessThanOrEqual(1);
    });

    test("the guard stops a run that would write too much, before its first write", async () => {
      const mini = await build({
        change: { guard: { create: { countMax: 5, shareMax: 1, countFree: 2 } } },
      });
      for (let at = 0; at < 8; at += 1) {
        mini.crm.add("accounts", {
          ...customer,
          name: `A${at}`,
          taxId: `FR${100 + at}`,
          email: `${at}@x.example`,
        });
      }
      const run = await mini.engine.run();
      expect([run.state, run.guardStops.length, mini.erp.writes]).toEqual(["stopped", 1, 0]);
      const plan = await mini.engine.plan();
      const unapproved = await mini.engine.apply(plan);
      expect([unapproved.state, unapproved.guardStops.length, mini.erp.writes]).toEqual(["stopped", 1, 0]);
      const applied = await mini.engine.apply(plan, { approve: { plan: plan.id, by: "ada" } });
      expect([applied.state, mini.erp.rows("accounts").length]).toEqual(["done", 8]);
    });
  });

  describe("unknown outcomes", () => {
    test("a time-out after the create landed is asked about, not repeated", async () => {
      const mini = await build();
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_answer"];
      const run = await mini.engine.run();
      expect(mini.erp.rows("accounts").length).toBe(1);
      expect(run.entities.find(({ entity }) => entity === "accounts")?.probed).toBe(1);
      expect((await mini.engine.run()).state).toBe("done");
    });

    test("a create that never arrived is sent again after the horizon, under one reference", async () => {
      const mini = await build();
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["lost_request"];
      await mini.engine.run();
      expect(mini.erp.rows("accounts").length).toBe(1);
      expect(new Set(mini.erp.creates).size).toBe(1);
    });

    test("a worker that dies between the call and its answer leaves one record", async () => {
      let dies = true;
      const mini = await build({
        wrapStore: (store) => ({
          ...store,
          commitOutcomes: async (...outcomes) => {
            if (dies && outcomes[0].length > 0) throw new Error("killed");
            await store.commitOutcomes(...outcomes);
          },
        }),
      });
      mini.crm.add("accounts", customer);
      await expect(mini.engine.run()).rejects.toThrow("killed");
      expect(mini.erp.rows("accounts").length).toBe(1);
      dies = false;
      await mini.restart().run();
      expect(mini.erp.rows("accounts").length).toBe(1);
      expect((await mini.engine.statement({ only: ["accounts"] })).isEqual).toBe(true);
    });

    test("an update in doubt that landed is settled without a second write", async () => {
      const mini = await loaded();
      mini.crm.edit("accounts", mini.crmId, { email: "new@acme.example" });
      mini.erp.faults = ["lost_answer"];
      const before = mini.erp.writes;
      await mini.engine.run();
      expect(mini.erp.writes).toBe(before + 1);
      expect(mini.erp.get("accounts", mini.erpId).fields["email"]).toBe("new@acme.example");
    });

    test("a quote becomes one document although every step loses its answer", async () => {
      const mini = await loaded();
      mini.crm.add("quotes", quoteOf(mini, mini.crmId));
      mini.erp.faults = ["lost_answer", "lost_answer", "lost_answer"];
      await mini.engine.run();
      await mini.engine.run();
      const quotes = mini.erp.rows("quotes");
      expect(quotes.map(({ fields }) => fields["status"])).toEqual(["accepted"]);
      expect((await mini.engine.deadLetters()).length).toBe(0);
    });
  });

  describe("writes that wait", () => {
    test("a create that was never sent takes what was edited meanwhile", async () => {
      const mini = await build();
      const id = mini.crm.add("accounts", customer);
      mini.erp.faults = Array.from({ length: 50 }, () => "throttled" as const);
      await mini.engine.run({ waitMsMax: 0 });
      expect(mini.erp.rows("accounts")).toEqual([]);
      mini.erp.faults = [];
      mini.pass(10);
      mini.crm.edit("accounts", id, { name: "Acme Edited" });
      await mini.engine.run();
      expect(mini.erp.rows("accounts").map(({ fields }) => fields["name"])).toEqual(["Acme Edited"]);
      expect(new Set(mini.erp.creates).size).toBe(mini.erp.creates.length);
    });

    test("a request whose deadline has passed is not sent any more", async () => {
      const mini = await build({
        wrapStore: (store) => ({
          ...store,
          claimIntents: async (request) => {
            const claimed = await store.claimIntents(request);
            mini.pass(claimed.length > 0 && mini.erp.writes === 0 && !isSlept ? 60_000 : 0);
            isSlept = isSlept || claimed.length > 0;
            return claimed;
          },
        }),
      });
      let isSlept = false;
      mini.crm.add("accounts", customer);
      await mini.engine.run();
      const links = await mini.store.linksOfEntity("accounts", 10, null);
      const intents = await mini.store.intentsOf(links);
      const states = intents.map(({ state, attempts }) => ({ state, attempts }));
      expect([mini.erp.writes, states]).toEqual([1, [{ state: "settled", attempts: 1 }]]);
    });

    test("a create answered with a record of another link is set aside, and linked to nothing", async () => {
      const mini = await loaded();
      const taken = mini.erp.get("accounts", mini.erpId);
      const plain = mini.erp.connection();
      const engine = mini.restart({
        sides: mini.world.sides.map((side) =>
          side.role === "crm"
            ? side
            : {
                ...side,
                open: () =>
                  Promise.resolve({
                    ...plain,
                    write: (writes) =>
                      Promise.resolve(
                        writes.map(() => ({ kind: "done" as const, id: taken.id as never, record: null })),
                      ),
                  }),
              },
        ),
      });
      mini.crm.add("accounts", { ...customer, name: "Other", taxId: "FR77", email: "o@x.example" });
      await engine.run();
      expect((await engine.deadLetters()).map(({ reason }) => reason)).toEqual(["not_unique"]);
      const members = await mini.store.membersOf(await mini.store.linksOfEntity("accounts", 10, null));
      expect(members.filter(({ id }) => id === taken.id).map(({ connection }) => connection)).toEqual([
        "erp",
      ]);
    });
  });

  describe("edits on both sides", () => {
    test("different fields both arrive; the same one goes to its master, the loser is kept", async () => {
      const mini = await loaded();
      mini.crm.edit("accounts", mini.crmId, { name: "Acme CRM", email: "crm@acme.example" });
      mini.erp.edit("accounts", mini.erpId, { name: "Acme ERP", taxId: "FR1" });
      await mini.engine.run();
      expect(mini.erp.get("accounts", mini.erpId).fields["name"]).toBe("Acme CRM");
      const why = await mini.engine.why({ entity: "accounts", id: `crm:${mini.crmId}` });
      const lost = why?.journal.find(({ kind }) => kind === "discarded")?.body;
      expect(lost).toMatchObject({
        field: "name",
        connection: "erp",
        value: "Acme ERP",
        reason: "master_wins",
      });
    });

    test("a field under review waits for a person, whose word then stands on both sides", async () => {
      const contract = { entities: { accounts: { fields: { name: { policy: "review" } } } } };
      const mini = await loaded({ contract });
      mini.crm.edit("accounts", mini.crmId, { name: "Acme CRM" });
      mini.erp.edit("accounts", mini.erpId, { name: "Acme ERP" });
      const run = await mini.engine.run();
      expect(run.state).toBe("differences");
      const [open] = await mini.engine.conflicts();
      expect(open?.field).toBe("name");
      if (open === undefined) return;
      await mini.engine.decideConflict(open.link, "name", {
        take: mini.world.sides[1]?.id as never,
        by: "a person",
      });
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme ERP");
      expect((await mini.engine.conflicts()).length).toBe(0);
    });

    test("a target that changes what it stores is compared with its own image and written once", async () => {
      const mini = await loaded({
        erp: {
          transform: (_entity, fields) => ({
            ...fields,
            name: typeof fields["name"] === "string" ? fields["name"].toUpperCase() : null,
          }),
        },
      });
      const writes = mini.erp.writes;
      await mini.engine.run({ sweep: true });
      expect(mini.erp.writes).toBe(writes);
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("Acme");
      const statement = await mini.engine.statement({ only: ["accounts"] });
      expect(statement.entities[0]?.differences.map(({ reason }) => reason)).toEqual(["lossy_target"]);
      mini.erp.edit("accounts", mini.erpId, { name: "RENAMED" });
      mini.pass(10);
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["name"]).toBe("RENAMED");
    });

    test("lines edited on both sides lose no edit, although one of the two writes is refused", async () => {
      const contract = {
        entities: {
          quotes: {
            direction: "both",
            ownership: [],
            create: { crm: { when: "never" } },
            fields: { lines: { direction: "both" } },
          },
        },
      };
      const mini = await loaded({ contract });
      const quoteId = mini.crm.add("quotes", quoteOf(mini, mini.crmId));
      await mini.engine.run();
      const [there] = mini.erp.rows("quotes");
      const rowsOf = (row: { readonly fields: JsonMap } | undefined): readonly JsonMap[] =>
        (row?.fields["lines"] ?? []) as unknown as readonly JsonMap[];
      mini.pass(10);
      mini.crm.edit("quotes", quoteId, {
        lines: rowsOf(mini.crm.get("quotes", quoteId)).map((line) => ({ ...line, qty: "7" })),
      });
      mini.erp.edit("quotes", there?.id ?? "", {
        lines: rowsOf(there).map((line) => ({ ...line, price: "8.25" })),
      });
      mini.erp.faults = ["refused"];
      await mini.engine.run();
      expect(rowsOf(mini.crm.get("quotes", quoteId))[0]).toMatchObject({ qty: "7", price: "8.25" });
      const dead = await mini.engine.deadLetters();
      expect(dead.map(({ reason }) => reason)).toEqual(["write_refused"]);
      await mini.engine.redrive(
        dead.map(({ parkId }) => parkId),
        "a person",
      );
      await mini.engine.run();
      expect(rowsOf(mini.erp.get("quotes", there?.id ?? ""))[0]).toMatchObject({ qty: "7", price: "8.25" });
      const writes = mini.erp.writes + mini.crm.writes;
      await mini.engine.run({ sweep: true });
      expect(mini.erp.writes + mini.crm.writes).toBe(writes);
    });

    test("a value edited on the side that may not write is put back, and told", async () => {
      const mini = await loaded();
      mini.erp.edit("accounts", mini.erpId, { limit: "1000" });
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["limit"]).toBe("1000");
      mini.crm.edit("accounts", mini.crmId, { limit: "999999" });
      await mini.engine.run();
      expect(mini.crm.get("accounts", mini.crmId).fields["limit"]).toBe("1000");
      expect(mini.erp.get("accounts", mini.erpId).fields["limit"]).toBe("1000");
    });
  });

  describe("bad records", () => {
    test.each([
      ["a null byte", { name: "A\u0000B" }],
      ["half a surrogate pair", { name: "\ud800" }],
      ["text where a decimal belongs", { limit: "many" }],
      ["an unknown currency", { currency: "XXQ", limit: "5" }],
      ["an amount without a currency", { currency: null, limit: "5" }],
    ])("%s parks that record alone", async (_what, broken) => {
      const mini = await build();
      // The ERP masters the credit limit, so the broken record is one of the ERP.
      mini.erp.add("accounts", { ...customer, taxId: "FR8", email: "8@x.example", ...broken });
      mini.erp.add("accounts", { ...customer, taxId: "FR9", email: "9@x.example", name: "Well" });
      await mini.engine.run();
      expect(mini.crm.rows("accounts").map(({ fields }) => fields["name"])).toEqual(["Well"]);
      expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["value_refused"]);
    });

    test("emoji, right-to-left and combining text arrive unharmed", async () => {
      const name = "שלום e\u0301 👩‍👩‍👧 Ltd\u202e";
      const mini = await build();
      mini.crm.add("accounts", { ...customer, name });
      await mini.engine.run();
      expect(mini.erp.rows("accounts")[0]?.fields["name"]).toBe(name);
    });

    test("a write that the target refuses is a dead letter until it is redriven", async () => {
      const mini = await build();
      mini.crm.add("accounts", customer);
      mini.erp.faults = ["refused"];
      await mini.engine.run();
      const [dead] = await mini.engine.deadLetters();
      expect(dead?.reason).toBe("write_refused");
      expect(dead?.failure?.code).toBe("refused_by_rule");
      await mini.engine.run();
      expect(mini.erp.rows("accounts").length).toBe(0);
      await mini.engine.redrive([dead?.parkId ?? ""], "a person");
      await mini.engine.run();
      expect(mini.erp.rows("accounts").length).toBe(1);
      expect((await mini.engine.deadLetters()).length).toBe(0);
    });

    test("a state change that answers well and does nothing is set aside, not repeated", async () => {
      const mini = await loaded();
      mini.crm.add("quotes", quoteOf(mini, mini.crmId));
      // The create passes; the first state change does nothing.
      const silent = { ...mini.erp.connection() };
      let creates = 0;
      const engine = mini.restart({
        sides: mini.world.sides.map((side) =>
          side.role === "crm"
            ? side
            : {
                ...side,
                open: () =>
                  Promise.resolve({
                    ...silent,
                    write: (writes) => {
                      if (creates > 0) mini.erp.faults = writes.map(() => "silent" as const);
                      creates += 1;
                      return silent.write(writes);
                    },
                  }),
              },
        ),
      });
      await engine.run();
      const codes = (await engine.deadLetters()).map(({ failure }) => failure?.code);
      expect(codes).toEqual(["transition_had_no_effect"]);
      const writes = mini.erp.writes;
      await engine.run();
      expect(mini.erp.writes).toBe(writes);
    });
  });

  describe("deletes", () => {
    test("a deletion is never carried over as one, and the record does not come back", async () => {
      const mini = await loaded();
      mini.erp.remove("accounts", mini.erpId);
      await mini.engine.run({ sweep: true });
      expect(mini.crm.get("accounts", mini.crmId).isArchived).toBe(true);
      await mini.engine.run({ sweep: true });
      expect(mini.erp.rows("accounts").length).toBe(0);
    });

    test("a record deleted on one side and edited on the other waits for a person", async () => {
      const mini = await loaded();
      mini.erp.remove("accounts", mini.erpId);
      mini.crm.edit("accounts", mini.crmId, { name: "Edited" });
      await mini.engine.run({ sweep: true });
      expect((await mini.engine.deadLetters()).map(({ reason }) => reason)).toEqual(["edited_while_deleted"]);
    });
  });

  describe("systems that misbehave", () => {
    const broken = (change: object): Partial<MiniWorldOptions> => ({
      wrapConnection: (id, connection) => (id === "erp" ? { ...connection, ...change } : connection),
    });

    test("wrong credentials stop that connection with one clear line, not the other", async () => {
      const refuse = () =>
        Promise.reject(
          new ConnectorError({
            failure: "unauthorised",
            code: "wrong_password",
            message: "the ERP refused the user",
          }),
        );
      const mini = await build(broken({ describe: refuse, read: refuse }));
      mini.crm.add("accounts", customer);
      const run = await mini.engine.run();
      expect(run.troubles.map(({ connection, failure }) => [connection, failure.code])).toEqual([
        ["erp", "wrong_password"],
      ]);
      expect(run.entities.find(({ entity }) => entity === "accounts")?.read["crm"]?.added).toBe(1);
      const states = (await mini.engine.status()).connections.map(({ id, state }) => [id, state]);
      expect(states).toEqual([
        ["crm", "ready"],
        ["erp", "refused"],
      ]);
    });

    test("a cursor that loops is named and bounded", async () => {
      const mini = await build(
        broken({ read: () => Promise.resolve({ records: [], unreadable: [], next: "same" }) }),
      );
      const run = await mini.engine.run();
      expect(new Set(run.troubles.map(({ failure }) => failure.code))).toEqual(new Set(["cursor_loop"]));
    });

    test("a tenant that changed stops the connection before anything is written", async () => {
      let tenant = "one";
      const mini = await build(
        broken({ describe: () => Promise.resolve({ tenant, title: "erp", version: null, fields: {} }) }),
      );
      mini.crm.add("accounts", customer);
      await mini.engine.run();
      tenant = "two";
      mini.crm.add("accounts", { ...customer, taxId: "FR7", email: "7@x.example" });
      const run = await mini.engine.run();
      expect(run.troubles.map(({ failure }) => failure.code)).toContain("tenant_differs");
      expect(mini.erp.rows("accounts").length).toBe(1);
    });
  });

  test("the journal's chain holds after all of it", async () => {
    const mini = await loaded();
    mini.crm.edit("accounts", mini.crmId, { name: "Once more" });
    await mini.engine.run();
    const verified = await mini.store.verifyJournal();
    expect(verified.broken).toEqual([]);
    expect(verified.entries).toBeGreaterThan(10);
  });
}
