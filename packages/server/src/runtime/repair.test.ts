import { describe, expect, test } from "vitest";
import { connectionId, externalId } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { PlanDocument, RepairAsked } from "./engine.ts";
import { powerOf } from "./testing/random-world.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";

const untidy = { ...customer, name: " Acme  Ltd ", email: "a@ACME.example" };

interface Scene extends MiniWorld {
  readonly crmId: string;
  readonly erpId: string;
}

const build = (options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> =>
  miniWorld({ database: (deps) => createMemoryStore(deps), ...options });

/** A company in both systems that agree on values which are not right. */
async function agreed(options: Partial<MiniWorldOptions> = {}): Promise<Scene> {
  const mini = await build(options);
  const crmId = mini.crm.add("accounts", untidy);
  await mini.engine.run();
  mini.pass(10);
  return { ...mini, crmId, erpId: mini.erp.rows("accounts")[0]?.id ?? "" };
}

const asked = (id: string, more: Partial<RepairAsked> = {}): RepairAsked => ({
  ...{ rule: "text-untrimmed", connection: connectionId("crm"), entity: "accounts", id: externalId(id) },
  ...{ path: "name", was: " Acme  Ltd ", to: "Acme Ltd", ...more },
});
const mail = (id: string): RepairAsked =>
  asked(id, { rule: "format-mix", path: "email", was: "a@ACME.example", to: "a@acme.example" });

const plan = (mini: MiniWorld, ...all: readonly RepairAsked[]): Promise<PlanDocument> =>
  mini.engine.repair({ of: "what was found", by: "ada", asked: all });
const writesOf = ({ writes }: PlanDocument): readonly unknown[] =>
  writes.map(({ kind, target, id, fields, before }) => [kind, target, id, before, fields]);
const leftOf = ({ repair }: PlanDocument): readonly string[] =>
  (repair?.left ?? []).map(({ target, field, why, reason }) => `${target} ${field}: ${why}, ${reason}`);
const shown = (mini: Scene, field: string): readonly (Json | undefined)[] => [
  mini.crm.get("accounts", mini.crmId).fields[field],
  mini.erp.get("accounts", mini.erpId).fields[field],
];

describe("a repair", () => {
  test("is one write a record, on what was seen, and the other system gets it by the next run", async () => {
    const mini = await agreed();
    const made = await plan(mini, asked(mini.crmId), mail(mini.crmId));
    expect(writesOf(made)).toEqual([
      [
        ...["update", "crm", mini.crmId],
        { name: " Acme  Ltd ", email: "a@ACME.example" },
        { name: "Acme Ltd", email: "a@acme.example" },
      ],
    ]);
    expect([mini.crm.writes, mini.erp.writes]).toEqual([0, 1]);
    const done = await mini.engine.apply(made);
    expect([done.state, done.applied, done.unmade]).toEqual(["done", 1, []]);
    expect(shown(mini, "name")).toEqual(["Acme Ltd", " Acme  Ltd "]);
    await mini.engine.run();
    expect(shown(mini, "name")).toEqual(["Acme Ltd", "Acme Ltd"]);
    expect(shown(mini, "email")).toEqual(["a@acme.example", "a@acme.example"]);
    const writes = [mini.crm.writes, mini.erp.writes];
    expect((await mini.engine.apply(made)).appliedNow).toBe(0);
    await mini.engine.run();
    expect([mini.crm.writes, mini.erp.writes]).toEqual(writes);
    const statement = await mini.engine.statement();
    expect(statement.entities.flatMap(({ differences }) => differences)).toEqual([]);
  });

  test("taken back is an edit too: both systems show again what they showed", async () => {
    for (const isCarried of [true, false]) {
      const mini = await agreed();
      const made = await plan(mini, asked(mini.crmId));
      await mini.engine.apply(made);
      if (isCarried) await mini.engine.run();
      mini.pass(10);
      const back = await mini.engine.undo({ what: "plan", id: made.id, by: "ada" });
      expect(writesOf(back).map((write) => (write as unknown[])[4])).toEqual([{ name: " Acme  Ltd " }]);
      expect((await mini.engine.apply(back)).unmade).toEqual([]);
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual([" Acme  Ltd ", " Acme  Ltd "]);
      mini.pass(10);
      // And that is taken back in turn.
      const again = await mini.engine.undo({ what: "plan", id: back.id, by: "ada" });
      expect((await mini.engine.apply(again)).unmade).toEqual([]);
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual(["Acme Ltd", "Acme Ltd"]);
    }
  });

  test("of a record that moved since stops the apply before anything is written", async () => {
    const mini = await agreed();
    const other = mini.crm.add("accounts", { ...untidy, taxId: "FR2", email: "b@other.example" });
    await mini.engine.run();
    mini.pass(10);
    const made = await plan(mini, asked(mini.crmId), asked(other));
    const writes = mini.crm.writes;
    mini.crm.edit("accounts", other, { name: "Other Ltd" });
    mini.pass(10);
    const stopped = await mini.engine.apply(made);
    expect([stopped.state, stopped.applied, mini.crm.writes]).toEqual(["stopped", 0, writes]);
    expect(stopped.unmade.map(({ why }) => why).toSorted()).toEqual(["left", "moved"]);
    const skipped = await mini.engine.apply(made, { onDrift: "skip" });
    expect([skipped.applied, shown(mini, "name")[0]]).toEqual([1, "Acme Ltd"]);
    expect(mini.crm.get("accounts", other).fields["name"]).toBe("Other Ltd");
  });

  test("whose answer was lost is asked about, and made once", async () => {
    for (const fault of ["lost_answer", "lost_request"] as const) {
      const mini = await agreed();
      const made = await plan(mini, asked(mini.crmId));
      mini.crm.faults = [fault];
      expect((await mini.engine.apply(made)).unmade).toEqual([]);
      expect(shown(mini, "name")[0]).toBe("Acme Ltd");
      await mini.engine.run();
      expect(shown(mini, "name")).toEqual(["Acme Ltd", "Acme Ltd"]);
    }
  });

  test("makes nobody's edit older: where the newest wins, an edit that was not read yet stands", async () => {
    const contract = { entities: { accounts: { policy: "newest" } } };
    const mini = await agreed({ contract });
    const made = await plan(mini, asked(mini.crmId));
    mini.pass(60_000);
    mini.erp.edit("accounts", mini.erpId, { name: "Acme France" });
    mini.pass(60_000);
    const stopped = await mini.engine.apply(made, { onDrift: "skip" });
    expect(stopped.state).not.toBe("failed");
    await mini.engine.run();
    expect(shown(mini, "name")).toEqual(["Acme France", "Acme France"]);
  });
});

describe("what a repair leaves alone is named", () => {
  test("a value that changed since it was looked at, and a record without a link", async () => {
    const mini = await agreed();
    expect(leftOf(await plan(mini, asked(mini.crmId, { was: "Other" }), asked("crm-99"))).toSorted()).toEqual(
      [
        "crm name: changed, it shows something else since it was looked at",
        expect.stringContaining("crm name: refused, it has no link yet"),
      ],
    );
  });

  test("what the contract gives to the other system, and what a run writes anyway", async () => {
    const mini = await build();
    const erpId = mini.erp.add("products", { sku: "P1", name: " Bolt ", unit: "pcs" });
    await mini.engine.run();
    mini.pass(10);
    const crmId = mini.crm.rows("products")[0]?.id ?? "";
    const of = { entity: "products", was: " Bolt ", to: "Bolt" } as const;
    const crm = asked(crmId, of);
    const erp = asked(erpId, { ...of, connection: connectionId("erp") });
    const made = await plan(mini, crm, erp);
    expect(writesOf(made)).toEqual([["update", "erp", erpId, { name: " Bolt " }, { name: "Bolt" }]]);
    expect(leftOf(made)).toEqual([
      expect.stringContaining("crm name: refused, erp leads it by the contract"),
    ]);
    await mini.engine.apply(made);
    await mini.engine.run();
    expect(mini.crm.get("products", crmId).fields["name"]).toBe("Bolt");
  });

  test("a document, whatever period it is in", async () => {
    const mini = await agreed();
    mini.crm.add("quotes", {
      number: " Q1 ",
      date: "2026-01-05",
      account: mini.crmId,
      status: "draft",
      lines: [],
    });
    await mini.engine.run();
    const made = await plan(
      mini,
      asked(mini.crm.rows("quotes")[0]?.id ?? "", { entity: "quotes", path: "number" }),
    );
    expect([made.writes, leftOf(made)[0]]).toEqual([
      [],
      expect.stringContaining("quotes are put right in crm"),
    ]);
  });

  test("a filler in a value that no record can be without", async () => {
    const mini = await build();
    const id = mini.crm.add("accounts", { ...customer, name: "n/a" });
    await mini.engine.run();
    const made = await plan(mini, asked(id, { rule: "placeholder", was: "n/a", to: "" }));
    expect([made.writes, leftOf(made)[0]]).toEqual([
      [],
      expect.stringContaining("no record can be without it"),
    ]);
  });
});

describe("a blank", () => {
  /** Before the first load: only the ERP has the tax id, and by the contract the CRM's blank would win. */
  async function filledInErp(): Promise<Scene> {
    const taxId = { direction: "crm-to-erp", onFirstLink: "master" };
    const mini = await build({ contract: { entities: { accounts: { fields: { taxId } } } } });
    const crmId = mini.crm.add("accounts", { ...customer, taxId: null });
    const erpId = mini.erp.add("accounts", { ...customer, taxId: "FR7" });
    await mini.engine.plan();
    mini.pass(10);
    return { ...mini, crmId, erpId };
  }
  const missing = (id: string): RepairAsked =>
    asked(id, { rule: "missing", path: "taxId", was: "", to: null });

  test("is filled by what the other system has, and rests on that record too", async () => {
    const mini = await filledInErp();
    const made = await plan(mini, missing(mini.crmId));
    expect(writesOf(made)).toEqual([["update", "crm", mini.crmId, { taxId: null }, { taxId: "FR7" }]]);
    expect(made.writes[0]?.rests.map(({ connection }) => connection).toSorted()).toEqual(["crm", "erp"]);
    mini.erp.edit("accounts", mini.erpId, { taxId: "FR8" });
    mini.pass(10);
    expect((await mini.engine.apply(made)).state).toBe("stopped");
    await mini.engine.plan();
    const anew = await plan(mini, missing(mini.crmId));
    expect((await mini.engine.apply(anew)).unmade).toEqual([]);
    await mini.engine.run();
    expect(shown(mini, "taxId")).toEqual(["FR8", "FR8"]);
  });

  test("stays where no other system has the value", async () => {
    const mini = await agreed();
    const made = await plan(mini, asked(mini.crmId, { rule: "missing", path: "number", was: "", to: null }));
    expect(made.writes).toEqual([]);
    expect(made.repair?.left).toHaveLength(1);
  });
});

/** Steps of the store between two cuts that are tried. */
const every = 3;

test("a program that dies in a repair goes on wherever it died: each write is made once", async () => {
  const seen = { before: 0, within: 0, after: 0 };
  for (let call = 1, calls = Infinity; call < calls; call += every) {
    const power = powerOf();
    const one = { accounts: { writeBatchMax: 1 }, contacts: {}, products: {}, quotes: {} };
    const mini = await build({ wrapStore: power.wrap, crm: { entities: one }, concurrency: 1 });
    const ids = [1, 2, 3].map((at) =>
      mini.crm.add("accounts", { ...untidy, taxId: `FR${at}`, email: `a@x${at}.example` }),
    );
    await mini.engine.run();
    mini.pass(10);
    const made = await plan(mini, ...ids.map((id) => asked(id)));
    const start = mini.crm.writes;
    power.on({ call, isAfter: call % 2 === 0 });
    await mini.engine.apply(made).catch(() => undefined);
    const count = mini.crm.writes - start;
    calls = power.isOff() ? calls : call;
    power.on(null);
    mini.pass(60_000);
    const engine = mini.restart();
    if (call % 4 === 1) await engine.run();
    const done = await engine.apply(made, { onDrift: "skip" });
    expect(done.unmade, `cut at ${call}`).toEqual([]);
    expect(mini.crm.writes - start, `cut at ${call}`).toBe(3);
    await engine.run();
    for (const side of [mini.crm, mini.erp])
      expect(side.rows("accounts").map(({ fields }) => fields["name"])).toEqual(ids.map(() => "Acme Ltd"));
    seen[count === 0 ? "before" : count === 3 ? "after" : "within"] += 1;
  }
  expect(Math.min(seen.before, seen.within, seen.after)).toBeGreaterThan(0);
});
