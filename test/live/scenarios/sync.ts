import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cashCases } from "./cash.ts";
import { companyName } from "./company.ts";
import type { LiveSystem } from "./live-erp.ts";
import { openLiveStage } from "./live-stage.ts";
import type { LiveStage, LoadSize } from "./live-stage.ts";
import { momentCases } from "./moment.ts";
import { orderChangeCases } from "./order-change.ts";
import { openPair } from "./pair.ts";
import type { Pair } from "./pair.ts";

const wholeSize: LoadSize = { seed: 5, accounts: 300, contactEvery: 5, products: 200 };
/** A CRM twin and an ERP that are brought into agreement, and then worked in. */
export function syncScenario(system: LiveSystem, size: LoadSize = wholeSize): void {
  const { reason, title } = system;
  describe.skipIf(reason !== null)(`CRM twin and ${title} (${reason ?? "live"})`, () => {
    let opened: Pair | undefined;
    let stage: LiveStage | undefined;
    const pair = (): Pair => {
      if (opened === undefined) throw new Error("the pair is not open");
      return opened;
    };
    beforeAll(async () => {
      stage = await openLiveStage(system, size);
      opened = await openPair(stage);
    }, 1_200_000);
    afterAll(async () => {
      await opened?.engine.close();
      await stage?.close();
    }, 120_000);

    loadCases(pair, size);
    changeCases(pair);
    cashCases(pair);
    momentCases(pair);
    orderChangeCases(pair);
    agreementCases(pair);
  });
}

function loadCases(pair: () => Pair, size: LoadSize): void {
  test("a first load does what its plan shows, and a second plan is empty", async () => {
    const { engine, stage, named } = pair();
    const { crm, erp } = stage;
    const plan = await engine.plan();
    const applied = await engine.apply(plan, { approve: { plan: plan.id, by: "test" } });
    expect(applied.unmade).toEqual([]);
    expect(applied.applied).toBe(applied.planned);
    expect(applied.planned).toBeGreaterThan(size.accounts + size.products);
    expect((await engine.plan()).writes).toEqual([]);
    expect(await engine.deadLetters()).toEqual([]);
    const { parties } = await erp.tell();
    expect(parties.filter(({ name }) => name.startsWith("Fable Works ")).length).toBe(size.accounts);
    expect(Object.keys(crm.state.records["products"] ?? {}).length).toBe(size.products);
    const number = named("accounts", "name", companyName(7))?.["customerNumber"];
    expect(typeof number === "string" && /^\d+$/.test(number)).toBe(erp.numbersCustomers);
  }, 600_000);
}

function changeCases(pair: () => Pair): void {
  test("a change on either side arrives on the other", async () => {
    const { stage, named, settleAll } = pair();
    const { crm, erp } = stage;
    const account = named("accounts", "name", companyName(3));
    crm.people.editAccount(String(account?.id), { name: "Fable Works Three SARL" });
    const [party] = await erp.people.customersNamed(companyName(4));
    await erp.people.setEmail(party?.id ?? "", "neu@fable-4.example");
    await settleAll();
    expect((await erp.people.customersNamed("Fable Works Three SARL")).length).toBe(1);
    expect(named("accounts", "name", companyName(4))?.["email"]).toBe("neu@fable-4.example");
  }, 300_000);

  test("two who work on one customer at once both find their change on both sides", async () => {
    const { stage, named, settleAll } = pair();
    const { crm, erp } = stage;
    const account = named("accounts", "name", companyName(5));
    const [party] = await erp.people.customersNamed(companyName(5));
    crm.people.editAccount(String(account?.id), { phone: "+33 3 20 55 55 55" });
    await erp.people.setWebsite(party?.id ?? "", "https://five.example");
    await settleAll();
    const there = (await erp.tell()).parties.find(({ id }) => String(id) === party?.id);
    const here = crm.state.records["accounts"]?.[String(account?.id)];
    const both = { phone: "+33 3 20 55 55 55", website: "https://five.example" };
    expect({ phone: here?.["phone"], website: here?.["website"] }).toEqual(both);
    expect({ phone: there?.reach.get("phone")?.[0], website: there?.reach.get("website")?.[0] }).toEqual(
      both,
    );
  }, 300_000);
}

function agreementCases(pair: () => Pair): void {
  test("both systems agree to the cent over all nine entities, and a last run writes nothing", async () => {
    const { engine, settleAll, stage } = pair();
    expect(await settleAll()).toBe(0);
    const statement = await engine.statement();
    expect(statement.isExplained).toBe(true);
    const linked = Object.fromEntries(statement.entities.map(({ entity, linked: count }) => [entity, count]));
    expect(Object.keys(linked).length).toBe(9);
    for (const [entity, count] of Object.entries(linked)) expect([entity, count > 0]).toEqual([entity, true]);
    const { untied, byReason, rows } = statement.footing;
    const differing = byReason.filter(({ difference }) => Object.keys(difference).length > 0);
    expect({ untied, differing, hasRows: rows.length > 0 }).toEqual({
      untied: [],
      differing: [],
      hasRows: true,
    });
    expect(await engine.checkStatement(await engine.issueStatement())).toEqual([]);
    const booked = statement.entities.filter(({ entity }) => entity === "orders" || entity === "invoices");
    const totals = booked.flatMap(({ entity, totals: lines }) =>
      lines.map(({ field, difference }) => `${entity} ${field} ${difference}`),
    );
    expect(totals.filter((line) => !line.endsWith(" 0"))).toEqual([]);
    expect(totals.length).toBeGreaterThan(5);
    // Whatever is not told as a difference is proven equal by its leaf of the hash tree.
    for (const { entity, proof, differences } of statement.entities) {
      const differ = new Set(differences.map(({ link }) => link)).size;
      expect([entity, proof?.recordsProven]).toEqual([entity, (proof?.records ?? 0) - differ]);
    }
    const told = statement.entities.flatMap(({ entity, differences }) =>
      differences.map(({ field, reason }) => `${entity} ${field} ${reason}`),
    );
    console.log(`differences that stand: ${JSON.stringify([...new Set(told)])}`);
    console.log(`linked: ${JSON.stringify(linked)}; the ERP was up in ${stage.erp.startedInMs} ms`);
  }, 300_000);
}
