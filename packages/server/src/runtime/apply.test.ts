import { ConnectorError } from "@crossfoot/connector-sdk";
import { connectionId } from "@crossfoot/kernel";
import type { JsonMap } from "@crossfoot/kernel";
import { describe, expect, test } from "vitest";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { Engine, PlanDocument } from "./engine.ts";
import { planId } from "./planning-compose.ts";
import { customer, miniWorld } from "./testing/world.ts";
import type { MiniWorld, MiniWorldOptions } from "./testing/world.ts";

const company = (n: number, more: JsonMap = {}): JsonMap => ({
  ...customer,
  name: `Company ${n}`,
  taxId: `FR${n}`,
  email: `${n}@x.example`,
  ...more,
});

/** A world with so many companies in the CRM, and nothing in the ERP. */
async function worldOf(count: number, options: Partial<MiniWorldOptions> = {}): Promise<MiniWorld> {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps), ...options });
  for (let n = 1; n <= count; n += 1) mini.crm.add("accounts", company(n));
  return mini;
}

const namesIn = (mini: MiniWorld): readonly string[] =>
  mini.erp.rows("accounts").map(({ fields }) => JSON.stringify(fields["name"]).slice(1, -1));

const approve = (plan: PlanDocument) => ({ approve: { plan: plan.id, by: "ada" } });

describe("a plan is good for what it was made for", () => {
  const refused = async (
    change: (
      mini: MiniWorld,
      plan: PlanDocument,
    ) => { readonly engine?: Engine; readonly plan?: PlanDocument },
    reason: string,
  ): Promise<void> => {
    const mini = await worldOf(1);
    const made = await mini.engine.plan();
    const { engine = mini.engine, plan = made } = change(mini, made);
    await expect(engine.apply(plan)).rejects.toThrow(reason);
    expect(mini.erp.writes).toBe(0);
  };
  const forged = (mini: MiniWorld, plan: PlanDocument, change: Partial<PlanDocument>): PlanDocument => {
    const { id: _id, ...head } = { ...plan, ...change };
    return { id: planId(mini.world.entropy.digest, head), ...head };
  };

  test.each<readonly [string, Parameters<typeof refused>[0], string]>([
    ["edited", (_mini, plan) => ({ plan: { ...plan, writes: [] } }), "changed after it was made"],
    [
      "dated anew",
      (_mini, plan) => ({ plan: { ...plan, expiresAt: "2099-01-01T00:00:00.000Z" } }),
      "changed after",
    ],
    [
      "edited and named anew",
      (mini, plan) => ({ plan: forged(mini, plan, { writes: [] }) }),
      "no plan of that name",
    ],
    ["of another store", (mini, plan) => ({ plan: forged(mini, plan, { store: "s-2" }) }), "another store"],
    ["of another form", (_mini, plan) => ({ plan: { ...plan, format: 2 } }), "reads form 1"],
    [
      "of another contract",
      (mini) => ({ engine: mini.restart({ contractHash: "other" }) }),
      "contract changed",
    ],
    [
      "of another mapping",
      (mini) => {
        const sides = mini.world.sides.map((side) => ({ ...side, mappingHash: `${side.mappingHash}+` }));
        return { engine: mini.restart({ sides }) };
      },
      "mapping of crm changed",
    ],
    [
      "too old",
      (mini) => {
        mini.pass(8 * 86_400_000);
        return {};
      },
      "was good until",
    ],
  ])("one that is %s is refused, with the reason", async (_what, change, reason) => {
    await refused(change, reason);
  });

  test("one of another tenant is refused, and so is one made while a system was away", async () => {
    const mini = await worldOf(1);
    const plan = await mini.engine.plan();
    const row = (await mini.store.listConnections()).find(({ id }) => id === "erp");
    if (row === undefined) throw new Error("the ERP is not known");
    await mini.store.saveConnection({ ...row, tenant: "another" });
    await expect(mini.engine.apply(plan)).rejects.toThrow("erp led to another tenant");
    expect(mini.erp.writes).toBe(0);
  });

  test("how long it is good is the project's to say", async () => {
    const mini = await worldOf(1, { change: { planExpiresMs: 60_000 } });
    const plan = await mini.engine.plan();
    mini.pass(59_000);
    expect((await mini.engine.apply(plan)).applied).toBe(1);
    const next = await mini.engine.plan();
    mini.pass(61_000);
    await expect(mini.engine.apply(next)).rejects.toThrow("was good until");
  });
});

describe("what moved since", () => {
  test("a record that was deleted without a trace is not written to the other side", async () => {
    const mini = await worldOf(2);
    const [first] = mini.crm.rows("accounts");
    const plan = await mini.engine.plan();
    mini.crm.remove("accounts", first?.id ?? "");
    const stopped = await mini.engine.apply(plan);
    expect([stopped.state, stopped.applied, mini.erp.writes]).toEqual(["stopped", 0, 0]);
    const moved = stopped.unmade.filter(({ why }) => why === "moved");
    expect(moved.map(({ reason, observation }) => [reason, observation])).toEqual([
      [`crm no longer shows crm:${first?.id ?? ""}`, { connection: "crm", id: first?.id }],
    ]);
    const skipped = await mini.engine.apply(plan, { onDrift: "skip" });
    expect([skipped.state, skipped.applied, namesIn(mini)]).toEqual(["stopped", 1, ["Company 2"]]);
  });

  test("a counterpart that somebody made meanwhile is linked, and not made again", async () => {
    const mini = await worldOf(1);
    const plan = await mini.engine.plan();
    const made = mini.erp.add("accounts", company(1, { name: "Made by hand" }));
    const applied = await mini.engine.apply(plan);
    expect(applied.unmade.map(({ why, reason }) => [why, reason])).toEqual([
      ["moved", `erp:${made} is there for it now`],
    ]);
    expect(mini.erp.rows("accounts").length).toBe(1);
  });

  test("an edit between the look and the write is refused by its target, and told as moved", async () => {
    let meddles = false;
    const mini: MiniWorld = await worldOf(1, {
      wrapConnection: (id, connection) => ({
        ...connection,
        write: (writes) => {
          const target = writes[0]?.id;
          if (id === "erp" && meddles && typeof target === "string")
            mini.erp.edit("accounts", target, { email: "meddled@x.example" });
          return connection.write(writes);
        },
      }),
    });
    await mini.engine.run();
    const [row] = mini.crm.rows("accounts");
    mini.crm.edit("accounts", row?.id ?? "", { name: "Renamed" });
    const plan = await mini.engine.plan();
    meddles = true;
    const applied = await mini.engine.apply(plan);
    expect([applied.state, applied.unmade.map(({ why }) => why)]).toEqual(["stopped", ["moved"]]);
    expect(namesIn(mini)).toEqual(["Company 1"]);
  });

  test("children whose parent was not written are held, and told so", async () => {
    const mini = await worldOf(1);
    const [account] = mini.crm.rows("accounts");
    mini.crm.add("contacts", { given: "A", family: "B", email: "ab@x.example", account: account?.id ?? "" });
    const plan = await mini.engine.plan();
    mini.crm.edit("accounts", account?.id ?? "", { name: "Another" });
    const applied = await mini.engine.apply(plan, { onDrift: "skip" });
    expect(applied.unmade.map(({ entity, why }) => [entity, why])).toEqual([
      ["accounts", "moved"],
      ["contacts", "held"],
    ]);
    expect(mini.erp.writes).toBe(0);
  });

  test("a company that is made for a quote is not made once that quote is another", async () => {
    const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
    const account = mini.crm.add("accounts", company(1, { status: "prospect" }));
    const quote = { number: "Q-1", account, currency: "EUR", lines: [] };
    const id = mini.crm.add("quotes", { ...quote, status: "accepted" });
    const plan = await mini.engine.plan();
    const creates = plan.writes.filter(({ kind }) => kind === "create").map(({ entity }) => entity);
    expect(creates).toEqual(["accounts", "quotes"]);
    mini.crm.edit("quotes", id, { status: "draft" });
    const applied = await mini.engine.apply(plan, { onDrift: "skip" });
    expect([applied.applied, mini.erp.writes]).toEqual([0, 0]);
    expect(new Set(applied.unmade.map(({ why }) => why))).toEqual(new Set(["moved"]));
  });

  const noRoute = new ConnectorError({ failure: "transient", code: "no_route", message: "no route" });

  test("a system that cannot be reached ends the apply before its first write", async () => {
    let isAway = false;
    const mini = await worldOf(1, {
      wrapConnection: (id, connection) => ({
        ...connection,
        describe: () => (isAway && id === "crm" ? Promise.reject(noRoute) : connection.describe()),
      }),
    });
    const plan = await mini.engine.plan();
    isAway = true;
    const applied = await mini.engine.apply(plan);
    expect([applied.state, applied.unmade.map(({ why }) => why), mini.erp.writes]).toEqual([
      "failed",
      ["left"],
      0,
    ]);
  });
});

describe("a plan is as whole as a run", () => {
  const child = (account: string): JsonMap => ({ given: "A", family: "B", email: "ab@x.example", account });

  test("it shows records that wait for one that it makes", async () => {
    const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
    const account = mini.crm.add("accounts", company(1, { status: "lead" }));
    mini.crm.add("contacts", child(account));
    await mini.engine.run();
    mini.pass(10);
    mini.crm.edit("accounts", account, { status: "customer" });
    const plan = await mini.engine.plan();
    expect(plan.writes.filter(({ kind }) => kind === "create").map(({ entity }) => entity)).toEqual([
      "accounts",
      "contacts",
    ]);
    expect((await mini.engine.apply(plan)).unmade).toEqual([]);
    expect((await mini.engine.run()).whyNothing).toContain("nothing changed");
  });

  test("it shows what follows when two records turn out to be one while it is made", async () => {
    const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
    const account = mini.crm.add("accounts", company(1, { status: "lead" }));
    mini.crm.add("contacts", child(account));
    mini.erp.add("accounts", company(2, { status: "inactive", number: "C1" }));
    await mini.engine.run();
    mini.pass(10);
    mini.crm.edit("accounts", account, { taxId: "FR2" });
    const plan = await mini.engine.plan();
    expect(plan.writes.map(({ entity, target, kind }) => [entity, target, kind])).toContainEqual([
      "contacts",
      "erp",
      "create",
    ]);
    expect((await mini.engine.apply(plan)).unmade).toEqual([]);
    expect((await mini.engine.run()).whyNothing).toContain("nothing changed");
  });
});

describe("a plan without writes", () => {
  test("has nothing to do when it is applied first, and was applied already after that", async () => {
    const mini = await worldOf(0);
    const plan = await mini.engine.plan();
    const first = await mini.engine.apply(plan);
    expect([first.planned, first.appliedAt]).toEqual([0, null]);
    expect(first.whyNothing).toBe("the plan has no writes: there is nothing to do");
    expect((await mini.engine.apply(plan)).whyNothing).toContain("applied already");
  });
});

describe("as much as was asked for", () => {
  test("--limit writes the first records, and the next apply goes on behind them", async () => {
    const mini = await worldOf(5);
    const plan = await mini.engine.plan();
    const order = plan.writes.filter(({ answers }) => answers.length === 0).map(({ label }) => label);
    const first = await mini.engine.apply(plan, { limit: 2 });
    expect([first.state, first.applied, first.appliedNow]).toEqual(["done", 2, 2]);
    expect(first.unmade.map(({ why }) => why)).toEqual(["left", "left", "left"]);
    expect(namesIn(mini)).toEqual(order.slice(0, 2));
    const second = await mini.engine.apply(plan, { limit: 2 });
    expect([second.applied, namesIn(mini)]).toEqual([4, order.slice(0, 4)]);
    expect((await mini.engine.apply(plan)).unmade).toEqual([]);
    expect(namesIn(mini)).toEqual(order);
  });

  test("--only writes those entities, and what needs the others waits for them", async () => {
    const mini = await worldOf(1);
    const [account] = mini.crm.rows("accounts");
    mini.crm.add("contacts", { given: "A", family: "B", email: "ab@x.example", account: account?.id ?? "" });
    const plan = await mini.engine.plan();
    const contacts = await mini.engine.apply(plan, { only: ["contacts"] });
    expect([contacts.applied, contacts.unmade.map(({ entity, why }) => [entity, why])]).toEqual([
      0,
      [
        ["accounts", "left"],
        ["contacts", "held"],
      ],
    ]);
    expect((await mini.engine.apply(plan, { only: ["accounts"] })).applied).toBe(1);
    expect((await mini.engine.apply(plan, { only: ["contacts"] })).unmade).toEqual([]);
    expect(mini.erp.rows("contacts").length).toBe(1);
  });

  test("--canary writes the first of each entity, reads them back, and goes on when they agree", async () => {
    const mini = await worldOf(4);
    mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
    mini.erp.add("products", { sku: "P2", name: "Gadget", unit: "pc" });
    const plan = await mini.engine.plan();
    const applied = await mini.engine.apply(plan, { canary: 1 });
    expect([applied.canary, applied.unmade, applied.state]).toEqual([[], [], "done"]);
    expect([mini.erp.rows("accounts").length, mini.crm.rows("products").length]).toEqual([4, 2]);
  });

  test.each([
    ["keeps another value", { name: "CUT" }, "erp shows another name than was written"],
    ["loses the record", null, "erp does not show it"],
  ])("--canary stops after the first records when the target %s", async (_what, made, problem) => {
    const mini: MiniWorld = await worldOf(5, {
      wrapConnection: (id, connection) => ({
        ...connection,
        readByIds: async (request) => {
          const records = await connection.readByIds(request);
          if (id !== "erp") return records;
          return made === null ? [] : records.map((one) => ({ ...one, native: { ...one.native, ...made } }));
        },
      }),
    });
    const plan = await mini.engine.plan();
    const applied = await mini.engine.apply(plan, { canary: 2 });
    expect([applied.state, mini.erp.rows("accounts").length]).toEqual(["stopped", 2]);
    expect(applied.canary.map((one) => one.problem)).toEqual([problem, problem]);
    expect(applied.unmade.map(({ why }) => why)).toEqual(["left", "left", "left"]);
  });

  test("--canary goes on past what the plan shows as gone, or as a question for a person", async () => {
    const mini = await worldOf(2, { contract: { entities: { accounts: { onFirstLink: "review" } } } });
    mini.erp.add("accounts", company(1, { email: "other@x.example", limit: "500" }));
    const first = await mini.engine.plan();
    const [conflict] = first.conflicts;
    expect(conflict?.field).toBe("email");
    expect(first.writes.map(({ link }) => link)).toContain(conflict?.link);
    const created = await mini.engine.apply(first, { canary: 2 });
    expect([created.canary, created.unmade]).toEqual([[], []]);
    const [, two] = mini.crm.rows("accounts");
    mini.pass(10);
    mini.crm.remove("accounts", two?.id ?? "");
    const second = await mini.engine.plan({ sweep: true });
    expect(second.writes.map(({ kind }) => kind)).toEqual(["archive"]);
    const archived = await mini.engine.apply(second, { canary: 1, ...approve(second) });
    expect([archived.canary, archived.applied]).toEqual([[], 1]);
  });

  test("--canary stops when the target refuses the first of them", async () => {
    const mini = await worldOf(3);
    mini.erp.faults = ["refused"];
    const applied = await mini.engine.apply(await mini.engine.plan(), { canary: 1 });
    expect([applied.state, mini.erp.rows("accounts").length]).toEqual(["stopped", 0]);
    expect(applied.canary[0]?.problem).toContain("refused_by_rule");
  });
});

describe("nothing that the plan does not ask for", () => {
  test("a write of a run that is in doubt is asked about by an apply, and never sent by it", async () => {
    const mini = await worldOf(1);
    mini.erp.faults = ["lost_request"];
    await mini.engine.run({ waitMsMax: 0 });
    mini.crm.add("accounts", company(2));
    const plan = await mini.engine.plan();
    expect(plan.writes.filter(({ kind }) => kind === "create").map(({ label }) => label)).toEqual([
      "Company 2",
    ]);
    mini.pass(60_000);
    const applied = await mini.engine.apply(plan);
    expect([applied.state, namesIn(mini)]).toEqual(["differences", ["Company 2"]]);
    await mini.engine.run();
    expect(namesIn(mini).toSorted()).toEqual(["Company 1", "Company 2"]);
    expect(new Set(mini.erp.creates).size).toBe(mini.erp.creates.length);
  });

  test("a write in doubt is told as open, not as moved, and the next apply settles it", async () => {
    const mini = await worldOf(1);
    const plan = await mini.engine.plan();
    mini.erp.faults = ["lost_request"];
    const first = await mini.engine.apply(plan, { waitMsMax: 0, onDrift: "skip" });
    expect([first.state, first.unmade.map(({ why }) => why)]).toEqual(["differences", ["open"]]);
    mini.pass(60_000);
    const second = await mini.engine.apply(plan, { onDrift: "skip" });
    expect([second.state, second.applied, second.unmade]).toEqual(["done", 1, []]);
    expect([mini.erp.rows("accounts").length, mini.erp.creates.length]).toEqual([1, 1]);
  });

  test("a second apply asks nothing, also when the world would call for the write again", async () => {
    const blind = { accounts: { precondition: "none" as const }, contacts: {}, products: {}, quotes: {} };
    const mini = await worldOf(1, { erp: { entities: blind } });
    await mini.engine.run();
    const [there] = mini.erp.rows("accounts");
    const [here] = mini.crm.rows("accounts");
    mini.pass(10);
    mini.crm.edit("accounts", here?.id ?? "", { name: "Once" });
    const plan = await mini.engine.plan();
    expect((await mini.engine.apply(plan)).applied).toBe(1);
    mini.pass(10);
    mini.erp.edit("accounts", there?.id ?? "", { name: "Company 1" });
    const again = await mini.engine.apply(plan);
    expect([again.appliedNow, again.appliedAt === null, again.state]).toEqual([0, false, "done"]);
    expect(namesIn(mini)).toEqual(["Company 1"]);
  });
});

describe("the guard (I15)", () => {
  const guard = { archive: { countMax: 3, shareMax: 1, countFree: 2 } };

  /** Six products on both sides, of which the ERP then lost so many. */
  async function withLost(count: number): Promise<MiniWorld> {
    const mini = await worldOf(0, { change: { guard } });
    const ids = [1, 2, 3, 4, 5, 6].map((n) =>
      mini.erp.add("products", { sku: `S${n}`, name: `${n}`, unit: "pc" }),
    );
    await mini.engine.run();
    for (const id of ids.slice(0, count)) mini.erp.remove("products", id);
    return mini;
  }
  const archived = (mini: MiniWorld): number =>
    mini.crm.rows("products").filter(({ isArchived }) => isArchived).length;

  test("a plan beyond it is applied only by an approval that names its hash, which is kept", async () => {
    const mini = await withLost(4);
    const plan = await mini.engine.plan({ sweep: true });
    expect(plan.guardStops.map(({ kind, count }) => [kind, count])).toEqual([["archive", 4]]);
    const bare = await mini.engine.apply(plan);
    const wrong = await mini.engine.apply(plan, { approve: { plan: "p-other", by: "ada" } });
    expect([bare.state, wrong.state, archived(mini)]).toEqual(["stopped", "stopped", 0]);
    expect(bare.unmade[0]?.reason).toContain("until somebody approves exactly this plan");
    expect((await mini.engine.apply(plan, approve(plan))).state).toBe("done");
    expect([archived(mini), (await mini.store.loadPlan(plan.id))?.approvedBy]).toEqual([4, "ada"]);
  });

  test("two plans within it are together beyond it: the second needs an approval", async () => {
    const mini = await withLost(3);
    const one = await mini.engine.plan({ sweep: true });
    expect(one.guardStops).toEqual([]);
    expect((await mini.engine.apply(one)).state).toBe("done");
    for (const { id } of mini.erp.rows("products").slice(0, 1)) mini.erp.remove("products", id);
    const two = await mini.engine.plan({ sweep: true });
    expect(two.guardStops.map(({ count }) => count)).toEqual([4]);
    expect([(await mini.engine.apply(two)).state, archived(mini)]).toEqual(["stopped", 3]);
  });

  test("the guard is asked again when a plan is applied, whatever it said before", async () => {
    const mini = await withLost(3);
    const plan = await mini.engine.plan({ sweep: true });
    expect(plan.guardStops).toEqual([]);
    const stricter = mini.restart({ guard: { archive: { countMax: 2, shareMax: 1, countFree: 1 } } });
    const applied = await stricter.apply(plan);
    expect([applied.state, applied.guardStops.map(({ count }) => count), archived(mini)]).toEqual([
      "stopped",
      [3],
      0,
    ]);
  });

  test("what was approved does not count against the next run", async () => {
    const mini = await withLost(4);
    const plan = await mini.engine.plan({ sweep: true });
    await mini.engine.apply(plan, approve(plan));
    const [next] = mini.erp.rows("products");
    mini.erp.remove("products", next?.id ?? "");
    const run = await mini.engine.run({ sweep: true });
    expect([run.state, archived(mini)]).toEqual(["done", 5]);
  });
});

test("what comes back from the other system is written by the same apply, and no more", async () => {
  let given = 0;
  const numbered = (entity: string, fields: JsonMap): JsonMap => {
    if (entity !== "accounts") return fields;
    return { number: `C${(given += 1)}`, ...fields };
  };
  const mini = await worldOf(0, { erp: { transform: numbered } });
  mini.crm.add("accounts", company(1, { number: null }));
  const plan = await mini.engine.plan();
  const answers = plan.writes.filter((write) => write.answers.length > 0);
  expect(answers.map(({ target, answers: fields }) => [target, fields.includes("number")])).toEqual([
    [connectionId("crm"), true],
  ]);
  const applied = await mini.engine.apply(plan);
  expect([applied.applied, applied.appliedNow]).toEqual([1, 1]);
  expect(mini.crm.rows("accounts")[0]?.fields["number"]).toBe("C1");
});
