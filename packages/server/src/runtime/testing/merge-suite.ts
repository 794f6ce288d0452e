import { beforeEach, describe, expect, test } from "vitest";
import type { Store } from "../../store/port.ts";
import type { MiniWorld, MiniWorldOptions, StoreOpener } from "./world.ts";
import { customer, miniWorld } from "./world.ts";

const account = (name: string, change: object = {}) => ({
  ...customer,
  name,
  email: `${name.toLowerCase()}@x.example`,
  taxId: `FR-${name}`,
  ...change,
});

interface Loaded extends MiniWorld {
  readonly crmIds: Readonly<Record<string, string>>;
  readonly erpIds: Readonly<Record<string, string>>;
}

const id = (ids: Readonly<Record<string, string>>, name: string): string => ids[name] ?? "";

/** Runs, and answers how many writes either side got. */
async function writesOf(mini: MiniWorld, sweep = false): Promise<readonly [crm: number, erp: number]> {
  const before = [mini.crm.writes, mini.erp.writes] as const;
  mini.pass(10);
  await mini.engine.run({ sweep });
  return [mini.crm.writes - before[0], mini.erp.writes - before[1]];
}

const linkOf = async (mini: MiniWorld, record: string): Promise<string | null> =>
  (await mini.engine.why({ entity: "accounts", id: record }))?.link ?? null;

const erpNames = (mini: MiniWorld): readonly string[] =>
  mini.erp
    .rows("accounts")
    .map(({ fields }) => fields["name"] as string)
    .toSorted((a, b) => (a < b ? -1 : 1));

/** Merges of records on either side, and merges that are taken back: who is who, over time (I28). */
export function mergeSuite(home: { readonly open: () => Promise<StoreOpener> }): void {
  let database: StoreOpener;
  beforeEach(async () => {
    database = await home.open();
  });

  /** Customers of these names on both sides, loaded once. */
  async function loaded(names: readonly string[], options: Partial<MiniWorldOptions> = {}): Promise<Loaded> {
    const mini = await miniWorld({ database, ...options });
    const crmIds = Object.fromEntries(names.map((name) => [name, mini.crm.add("accounts", account(name))]));
    await mini.engine.run();
    const erpIds = Object.fromEntries(
      mini.erp.rows("accounts").map(({ id, fields }) => [fields["name"] as string, id]),
    );
    mini.pass(10);
    return { ...mini, crmIds, erpIds };
  }

  describe("a merge of two records that both have counterparts", () => {
    test("makes one link of two, writes nothing, and lists the duplicate for a person", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      mini.crm.merge("accounts", id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob"));
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      const records = [`crm:${id(mini.crmIds, "Ada")}`, `erp:${id(mini.erpIds, "Ada")}`];
      const bob = await linkOf(mini, `crm:${id(mini.crmIds, "Bob")}`);
      for (const record of records) expect(await linkOf(mini, record)).toBe(bob);
      const candidates = await mini.engine.candidates();
      expect(candidates.map(({ connection, id: own, links }) => [connection, own, links])).toEqual([
        ["erp", id(mini.erpIds, "Ada"), [bob]],
      ]);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
    });

    test("gives later edits to the survivor's counterpart alone", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      mini.crm.merge("accounts", id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob"));
      mini.crm.edit("accounts", id(mini.crmIds, "Bob"), { email: "new@x.example" });
      expect(await writesOf(mini)).toEqual([0, 1]);
      expect(mini.erp.get("accounts", id(mini.erpIds, "Bob")).fields["email"]).toBe("new@x.example");
      mini.erp.edit("accounts", id(mini.erpIds, "Ada"), { email: "duplicate@x.example" });
      expect(await writesOf(mini)).toEqual([0, 0]);
    });

    test("made on both sides, in either order, leaves one pair and no question", async () => {
      const mini = await loaded(["Ada", "Bob", "Cy", "Dee"]);
      mini.crm.merge("accounts", id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob"));
      mini.crm.merge("accounts", id(mini.crmIds, "Cy"), id(mini.crmIds, "Dee"));
      await mini.engine.run();
      mini.erp.merge("accounts", id(mini.erpIds, "Ada"), id(mini.erpIds, "Bob"));
      mini.erp.merge("accounts", id(mini.erpIds, "Dee"), id(mini.erpIds, "Cy"));
      await writesOf(mini, true);
      expect(await mini.engine.candidates()).toEqual([]);
      expect([mini.crm.rows("accounts").length, mini.erp.rows("accounts").length]).toEqual([2, 2]);
      mini.crm.edit("accounts", id(mini.crmIds, "Dee"), { email: "dee2@x.example" });
      await writesOf(mini);
      expect(mini.erp.get("accounts", id(mini.erpIds, "Cy")).fields["email"]).toBe("dee2@x.example");
      expect(await writesOf(mini, true)).toEqual([0, 0]);
    });

    test("seen by the ERP's merge leaves the CRM's loser untouched and listed", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      mini.erp.merge("accounts", id(mini.erpIds, "Ada"), id(mini.erpIds, "Bob"));
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect((await mini.engine.candidates()).map(({ id: own }) => own)).toEqual([id(mini.crmIds, "Ada")]);
    });
  });

  describe("a merge with a record that has no counterpart", () => {
    test("brings the survivor's values to the loser's counterpart and creates nothing", async () => {
      const mini = await loaded(["Ada"]);
      const lead = mini.crm.add("accounts", account("Lea", { status: "lead" }));
      await mini.engine.run();
      mini.pass(10);
      mini.crm.merge("accounts", id(mini.crmIds, "Ada"), lead);
      expect(await writesOf(mini)).toEqual([0, 1]);
      expect(erpNames(mini)).toEqual(["Lea"]);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect(await mini.engine.candidates()).toEqual([]);
    });

    test("takes a loser without one into the survivor's link, and writes nothing", async () => {
      const mini = await loaded(["Ada"]);
      const lead = mini.crm.add("accounts", account("Lea", { status: "lead" }));
      await mini.engine.run();
      mini.pass(10);
      mini.crm.merge("accounts", lead, id(mini.crmIds, "Ada"));
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect(await linkOf(mini, `crm:${lead}`)).toBe(await linkOf(mini, `crm:${id(mini.crmIds, "Ada")}`));
    });

    test("made before the survivor was ever read is followed once it is", async () => {
      let isHidden = true;
      const mini = await loaded(["Ada"], {
        wrapConnection: (side, connection) =>
          side === "erp"
            ? connection
            : {
                ...connection,
                read: async (request) => {
                  const page = await connection.read(request);
                  const isShown = (row: { id: string }) => !isHidden || row.id !== "crm-late";
                  return { ...page, records: page.records.filter(isShown) };
                },
                readByIds: (request) => (isHidden ? Promise.resolve([]) : connection.readByIds(request)),
              },
      });
      mini.crm.addAs("accounts", "crm-late", account("Late"));
      mini.crm.merge("accounts", id(mini.crmIds, "Ada"), "crm-late");
      expect(await writesOf(mini)).toEqual([0, 0]);
      isHidden = false;
      await writesOf(mini, true);
      expect(erpNames(mini)).toEqual(["Late"]);
      expect(mini.erp.creates.length).toBe(1);
    });
  });

  describe("a chain of merges", () => {
    test.each([[["Ada>Bob", "Bob>Cy"]], [["Bob>Cy", "Ada>Cy"]], [["Bob>Cy", "Ada>Bob"]]])(
      "%s ends in one link, whether each is seen alone or all at once",
      async (steps) => {
        for (const isAtOnce of [true, false]) {
          database = await home.open();
          const mini = await loaded(["Ada", "Bob", "Cy"]);
          for (const step of steps) {
            const [loser = "", survivor = ""] = step.split(">");
            mini.crm.merge("accounts", id(mini.crmIds, loser), id(mini.crmIds, survivor));
            if (!isAtOnce) expect(await writesOf(mini)).toEqual([0, 0]);
          }
          expect(await writesOf(mini, true)).toEqual([0, 0]);
          const records = ["Ada", "Bob", "Cy"].flatMap((name) => [
            `crm:${id(mini.crmIds, name)}`,
            `erp:${id(mini.erpIds, name)}`,
          ]);
          const links = new Set(await Promise.all(records.map((record) => linkOf(mini, record))));
          expect(links.size).toBe(1);
          mini.crm.edit("accounts", id(mini.crmIds, "Cy"), { email: "end@x.example" });
          expect(await writesOf(mini)).toEqual([0, 1]);
          expect(mini.erp.get("accounts", id(mini.erpIds, "Cy")).fields["email"]).toBe("end@x.example");
        }
      },
    );

    test("in a circle is followed nowhere, and writes nothing", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.move("accounts", { from: ada, to: bob, moved: "merged" });
      mini.crm.move("accounts", { from: bob, to: ada, moved: "merged" });
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect(await linkOf(mini, `crm:${ada}`)).not.toBe(await linkOf(mini, `crm:${bob}`));
    });
  });

  describe("children of a record that was merged", () => {
    test("stay whose they are without a write, and later ones go to the survivor's counterpart", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.add("contacts", { given: "Ann", family: "A", email: "ann@x.example", account: ada });
      await mini.engine.run();
      mini.pass(10);
      mini.crm.merge("accounts", ada, bob);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      mini.crm.add("contacts", { given: "Ben", family: "B", email: "ben@x.example", account: bob });
      expect(await writesOf(mini)).toEqual([0, 1]);
      const parents = mini.erp.rows("contacts").map(({ fields }) => [fields["given"], fields["account"]]);
      expect(parents).toEqual([
        ["Ann", id(mini.erpIds, "Ada")],
        ["Ben", id(mini.erpIds, "Bob")],
      ]);
    });

    test("that waited for the loser's counterpart go on with the survivor's", async () => {
      const mini = await loaded(["Ada"]);
      const lead = mini.crm.add("accounts", account("Lea", { status: "lead" }));
      mini.crm.add("contacts", { given: "Ann", family: "A", email: "ann@x.example", account: lead });
      await mini.engine.run();
      expect(mini.erp.rows("contacts")).toEqual([]);
      mini.pass(10);
      // The system tells of the merge, and leaves the child where it was.
      mini.crm.move("accounts", { from: lead, to: id(mini.crmIds, "Ada"), moved: "merged" });
      await writesOf(mini);
      expect(mini.erp.rows("contacts").map(({ fields }) => fields["account"])).toEqual([
        id(mini.erpIds, "Ada"),
      ]);
    });
  });

  describe("writes that are open while records are merged", () => {
    const throttled = Array.from({ length: 40 }, () => "throttled" as const);

    test("and were not sent are decided again, never sent to the loser's counterpart", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.edit("accounts", ada, { name: "Ada Two" });
      mini.crm.add("contacts", { given: "Ann", family: "A", email: "ann@x.example", account: ada });
      mini.erp.faults = [...throttled];
      await mini.engine.run({ waitMsMax: 0 });
      mini.erp.faults = [];
      mini.pass(60_000);
      mini.crm.merge("accounts", ada, bob);
      await writesOf(mini);
      expect(erpNames(mini)).toEqual(["Ada", "Bob"]);
      expect(mini.erp.rows("contacts").map(({ fields }) => fields["account"])).toEqual([
        id(mini.erpIds, "Bob"),
      ]);
    });

    test("and may have landed are asked about first; then the merge is followed", async () => {
      const mini = await miniWorld({ database });
      const bob = mini.crm.add("accounts", account("Bob"));
      await mini.engine.run();
      mini.pass(10);
      const ada = mini.crm.add("accounts", account("Ada"));
      mini.erp.faults = ["lost_answer"];
      await mini.engine.run({ waitMsMax: 0 });
      mini.crm.merge("accounts", ada, bob);
      await writesOf(mini, true);
      await writesOf(mini, true);
      expect(erpNames(mini)).toEqual(["Ada", "Bob"]);
      expect(await linkOf(mini, `crm:${ada}`)).toBe(await linkOf(mini, `crm:${bob}`));
      expect((await mini.engine.candidates()).length).toBe(1);
      expect(await mini.engine.deadLetters()).toEqual([]);
    });
  });

  describe("a merge that is taken back", () => {
    test("brings back both pairs, and what was edited meanwhile flows on", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      const before = [await linkOf(mini, `crm:${ada}`), await linkOf(mini, `crm:${bob}`)];
      mini.crm.merge("accounts", ada, bob);
      await writesOf(mini, true);
      mini.erp.edit("accounts", id(mini.erpIds, "Ada"), { email: "meanwhile@x.example" });
      mini.crm.edit("accounts", bob, { name: "Bob Two" });
      await writesOf(mini);
      mini.crm.unmerge("accounts", ada);
      expect(await writesOf(mini)).toEqual([1, 0]);
      expect([await linkOf(mini, `crm:${ada}`), await linkOf(mini, `crm:${bob}`)]).toEqual(before);
      expect(await linkOf(mini, `erp:${id(mini.erpIds, "Ada")}`)).toBe(before[0]);
      expect(mini.crm.get("accounts", ada).fields["email"]).toBe("meanwhile@x.example");
      expect(erpNames(mini)).toEqual(["Ada", "Bob Two"]);
      expect(await mini.engine.candidates()).toEqual([]);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
    });

    test("gives a counterpart that served the survivor its own values again", async () => {
      const mini = await loaded(["Ada"]);
      const lead = mini.crm.add("accounts", account("Lea", { status: "lead" }));
      await mini.engine.run();
      mini.pass(10);
      const ada = id(mini.crmIds, "Ada");
      mini.crm.merge("accounts", ada, lead);
      await writesOf(mini);
      expect(erpNames(mini)).toEqual(["Lea"]);
      mini.crm.unmerge("accounts", ada);
      await writesOf(mini);
      expect(erpNames(mini)).toEqual(["Ada"]);
      expect(mini.crm.get("accounts", ada).fields["name"]).toBe("Ada");
      expect(mini.crm.get("accounts", lead).fields["name"]).toBe("Lea");
      expect(mini.erp.creates.length).toBe(1);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
    });

    test("decides children again whose parent means another link now", async () => {
      const mini = await loaded(["Ada", "Bob"]);
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.add("contacts", { given: "Ann", family: "A", email: "ann@x.example", account: ada });
      await mini.engine.run();
      mini.pass(10);
      mini.crm.merge("accounts", ada, bob);
      await writesOf(mini, true);
      mini.crm.unmerge("accounts", ada);
      await writesOf(mini);
      // The CRM leaves the contact at the survivor: so does the ERP.
      expect(mini.erp.rows("contacts").map(({ fields }) => fields["account"])).toEqual([
        id(mini.erpIds, "Bob"),
      ]);
      expect(await writesOf(mini, true)).toEqual([0, 0]);
    });

    test("in a chain, from its beginning or its end, brings back who was who", async () => {
      for (const order of [
        ["Ada", "Bob"],
        ["Bob", "Ada"],
      ]) {
        database = await home.open();
        const mini = await loaded(["Ada", "Bob", "Cy"]);
        const names = ["Ada", "Bob", "Cy"];
        const all = (): Promise<readonly (string | null)[]> =>
          Promise.all(
            names.flatMap((name) => [
              linkOf(mini, `crm:${id(mini.crmIds, name)}`),
              linkOf(mini, `erp:${id(mini.erpIds, name)}`),
            ]),
          );
        const before = await all();
        mini.crm.merge("accounts", id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob"));
        await writesOf(mini);
        mini.crm.merge("accounts", id(mini.crmIds, "Bob"), id(mini.crmIds, "Cy"));
        await writesOf(mini);
        for (const name of order) {
          mini.crm.unmerge("accounts", id(mini.crmIds, name));
          expect(await writesOf(mini)).toEqual([0, 0]);
        }
        expect(await all()).toEqual(before);
        expect(erpNames(mini)).toEqual(["Ada", "Bob", "Cy"]);
      }
    });

    test("and made with another record is a merge with that one", async () => {
      const mini = await loaded(["Ada", "Bob", "Cy"]);
      const [ada, bob, cy] = ["Ada", "Bob", "Cy"].map((name) => id(mini.crmIds, name));
      mini.crm.merge("accounts", ada ?? "", bob ?? "");
      await writesOf(mini);
      mini.crm.move("accounts", { from: ada ?? "", to: cy ?? "", moved: "merged" });
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      const links = await Promise.all([ada, bob, cy].map((own) => linkOf(mini, `crm:${own ?? ""}`)));
      expect(links[0]).toBe(links[2]);
      expect(links[0]).not.toBe(links[1]);
      expect(await linkOf(mini, `erp:${id(mini.erpIds, "Ada")}`)).toBe(links[2]);
    });
  });

  describe("a worker that dies while it follows a merge (crash matrix 15)", () => {
    /** Dies at the n-th commit of that name, before it or after it. */
    const dying = (at: { call: "commitMerge" | "commitUnmerge"; isAfter: boolean }) => {
      let isAlive = true;
      return (store: Store): Store => ({
        ...store,
        [at.call]: async (...call: [never, never, never]) => {
          if (!isAlive) return store[at.call](...call);
          isAlive = false;
          if (at.isAfter) await store[at.call](...call);
          throw new Error("killed");
        },
      });
    };

    test.each([true, false])("leaves the same world, killed after the commit: %s", async (isAfter) => {
      const mini = await loaded(["Ada", "Bob"], { wrapStore: dying({ call: "commitMerge", isAfter }) });
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.merge("accounts", ada, bob);
      await expect(mini.engine.run()).rejects.toThrow("killed");
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect(await linkOf(mini, `erp:${id(mini.erpIds, "Ada")}`)).toBe(await linkOf(mini, `crm:${bob}`));
      expect((await mini.engine.candidates()).length).toBe(1);
    });

    test.each([true, false])("or its being taken back, killed after the commit: %s", async (isAfter) => {
      const mini = await loaded(["Ada", "Bob"], { wrapStore: dying({ call: "commitUnmerge", isAfter }) });
      const [ada, bob] = [id(mini.crmIds, "Ada"), id(mini.crmIds, "Bob")];
      mini.crm.merge("accounts", ada, bob);
      await writesOf(mini);
      mini.crm.unmerge("accounts", ada);
      await expect(mini.engine.run()).rejects.toThrow("killed");
      expect(await writesOf(mini, true)).toEqual([0, 0]);
      expect(await linkOf(mini, `crm:${ada}`)).not.toBe(await linkOf(mini, `crm:${bob}`));
      expect(erpNames(mini)).toEqual(["Ada", "Bob"]);
    });
  });
}
