import { connectionId, unlimited } from "@crossfoot/kernel";
import type { CallLimit, JsonMap, QuotaLimits } from "@crossfoot/kernel";
import { compilePolicy, readContract } from "@crossfoot/model";
import { expect, test } from "vitest";
import type { ApplySummary, PlanDocument } from "../runtime/engine.ts";
import { customer, miniWorld } from "../runtime/testing/world.ts";
import type { MiniWorld } from "../runtime/testing/world.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import { showApply } from "./show-apply.ts";
import { showPlan } from "./show-plan.ts";
import { whatIfHead } from "./show-what-if.ts";

const contract = {
  entities: {
    accounts: {
      fields: {
        email: { policy: "review" },
        taxId: { direction: "crm-to-erp" },
        currency: { policy: "newest" },
        status: { policy: "custom", custom: "broken" },
      },
      effects: [{ at: "erp", on: "create", does: "opens a debtor's account" }],
    },
    quotes: {
      effects: [
        { at: "erp", on: "create", does: "e-mails the customer" },
        { at: "erp", on: "transition", statuses: ["accepted"], does: "reserves stock" },
      ],
    },
  },
};

const broken = (): never => {
  throw new Error("a bug");
};

const others = (n: number): JsonMap => ({
  ...customer,
  name: `Company ${n}`,
  taxId: `FR${n}`,
  email: `${n}@x.example`,
});

/** A small company in which a plan has something of every kind to tell. */
async function busyWorld(more: { readonly limits?: QuotaLimits } = {}): Promise<MiniWorld> {
  const mini = await miniWorld({
    ...more,
    database: (deps) => createMemoryStore(deps),
    contract,
    change: { customRules: { broken } },
  });
  const ids = [1, 2, 3, 4, 5, 6, 7].map((n) => mini.crm.add("accounts", others(n)));
  mini.erp.add("products", { sku: "P1", name: "Widget", unit: "pc" });
  await mini.engine.run();
  const erpOf = (n: number): string =>
    mini.erp.rows("accounts").find(({ fields }) => fields["taxId"] === `FR${n}`)?.id ?? "";
  mini.pass(60_000);
  // Only one side, both sides, a foreign edit, a conflict, a deletion, a broken rule, another newest.
  mini.crm.edit("accounts", ids[0] ?? "", { name: "Company One" });
  mini.crm.edit("accounts", ids[1] ?? "", { name: "Two of the CRM" });
  mini.erp.edit("accounts", erpOf(2), { name: "Two of the ERP" });
  mini.erp.edit("accounts", erpOf(3), { taxId: "FR33" });
  mini.crm.edit("accounts", ids[3] ?? "", { email: "crm@four.example" });
  mini.erp.edit("accounts", erpOf(4), { email: "erp@four.example" });
  mini.erp.remove("accounts", erpOf(5));
  mini.crm.edit("accounts", ids[5] ?? "", { status: "prospect" });
  mini.erp.edit("accounts", erpOf(6), { status: "inactive" });
  mini.crm.edit("accounts", ids[6] ?? "", { currency: "USD" });
  mini.pass(60_000);
  mini.erp.edit("accounts", erpOf(7), { currency: "EUR" });
  // New: a customer, its person, its accepted quote; a duplicate; a record that cannot be read.
  const eight = mini.crm.add("accounts", others(8));
  mini.crm.add("contacts", { given: "Ada", family: "Eight", email: "ada@x.example", account: eight });
  mini.crm.add("quotes", {
    number: "Q-8",
    account: eight,
    status: "accepted",
    currency: "EUR",
    lines: [{ product: mini.crm.rows("products")[0]?.id ?? "", qty: "2", unit: "pc", price: "9.50" }],
  });
  mini.erp.add("accounts", { ...others(9), name: "Bad money", currency: null, limit: "12" });
  mini.crm.add("accounts", { ...others(1), name: "Company One again" });
  const lead = mini.crm.add("accounts", { ...others(10), status: "lead" });
  mini.crm.add("contacts", { given: "Bo", family: "Ten", email: "bo@x.example", account: lead });
  return mini;
}

const named = (plan: PlanDocument, text: string): string =>
  text.replaceAll(plan.id, "p-0000").replaceAll(plan.contract.slice(0, 12), "c0ffee");

test("a plan tells all that it does and leaves, why, what it sets off and what it costs", async () => {
  const second: CallLimit = { name: "second", requests: 6, windowMs: 1_000, zone: null };
  const mini = await busyWorld({ limits: { ...unlimited, windows: [second] } });
  const plan = await mini.engine.plan({ sweep: true });
  const text = showPlan(plan, { room: 160, isWhole: true, out: "plan.json" });
  await expect(`${named(plan, text)}\n`).toMatchFileSnapshot("../../../../test/golden/plan.txt");
  const counted = plan.summary.flatMap(({ writes }) =>
    Object.values(writes).flatMap((kinds) => Object.values(kinds)),
  );
  const direct = plan.writes.filter(({ answers }) => answers.length === 0);
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(direct.length);
});

test("an apply tells what it made, what it did not, and what moved", async () => {
  const mini = await busyWorld();
  const plan = await mini.engine.plan({ sweep: true });
  const [first] = mini.crm.rows("accounts");
  mini.crm.edit("accounts", first?.id ?? "", { name: "Company Won" });
  const texts: string[] = [];
  const say = (summary: ApplySummary): void => {
    texts.push(named(plan, showApply({ ...summary, durationMs: 1_200 }, 160)));
  };
  say(await mini.engine.apply(plan));
  mini.erp.faults = ["refused"];
  say(await mini.engine.apply(plan, { onDrift: "skip", limit: 2 }));
  say(await mini.engine.apply(plan, { onDrift: "skip", canary: 1 }));
  const next = await mini.engine.plan({ sweep: true });
  const done = await mini.engine.apply(next, { onDrift: "skip" });
  expect(done.unmade).toEqual([]);
  const again = showApply(await mini.engine.apply(next), 160);
  texts.push(again.replaceAll(next.id, "p-1111"));
  await expect(`${texts.join("\n\n---\n\n")}\n`).toMatchFileSnapshot("../../../../test/golden/apply.txt");
});

test("a change of contract tells what it changes, and how it is done", async () => {
  const mini = await busyWorld();
  const { contract: other } = readContract({
    entities: {
      accounts: {
        ...contract.entities.accounts,
        onForeignEdit: "keep",
        create: { erp: { when: "always" } },
        fields: { name: { master: "erp" }, email: { policy: "master" }, taxId: { direction: "both" } },
      },
    },
  });
  const roles = { crm: connectionId("crm"), erp: connectionId("erp") };
  const names = mini.world.policies.map(({ entity }) => entity as "accounts");
  const policies = names.map((name) => compilePolicy(other, name, roles));
  const hash = "0".repeat(64);
  const plan = await mini.engine.plan({ other: { contract: other, hash, policies }, sweep: true });
  const text = showPlan(plan, { room: 150, isWhole: true, out: "plan.json" });
  const told = text.replaceAll(plan.id, "p-0000").replaceAll(mini.world.contractHash.slice(0, 12), "c0ffee");
  await expect(`${told}\n`).toMatchFileSnapshot("../../../../test/golden/what-if.txt");
});

test("what comes from a system cannot move the cursor or turn the line around", async () => {
  const mini = await miniWorld({ database: (deps) => createMemoryStore(deps) });
  mini.crm.add("accounts", { ...customer, name: "A\u001b[2J\u202eB" });
  const plan = await mini.engine.plan();
  const text = showPlan(plan, { room: 200, isWhole: true, out: null });
  expect(text).toContain("A\\u001b[2J\\u202eB");
  expect(text).not.toContain("\u001b");
  expect(plan.writes[0]?.target).toBe(connectionId("erp"));
});

test("what another contract would do is told as known so far where a system could not be read", () => {
  const whatIf = { contract: "a", terms: [], rows: [], standing: [], closed: [], same: {}, notes: [] };
  const said = (troubles: PlanDocument["troubles"]): string =>
    whatIfHead({ contract: "b", troubles } as unknown as PlanDocument, whatIf).join(" ");
  expect(said([])).toContain("No write would be another one.");
  const away = [{ connection: connectionId("crm"), message: "it is away" }];
  const told = said(away as unknown as PlanDocument["troubles"]);
  expect(told).toContain("not everything could be read");
  expect(told).not.toContain("No write would be another one.");
});
