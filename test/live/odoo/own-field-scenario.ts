/** Fields that a company added to its Odoo, carried to a CRM and back by a mapping of the user. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connectionId } from "@crossfoot/kernel";
import type { Field } from "@crossfoot/twin";
import type { Desk } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { companyName } from "../scenarios/company.ts";
import type { LiveErp, LiveSystem } from "../scenarios/live-erp.ts";
import { openLiveStage } from "../scenarios/live-stage.ts";
import type { LiveStage } from "../scenarios/live-stage.ts";
import { openPair } from "../scenarios/pair.ts";
import type { Pair } from "../scenarios/pair.ts";
import { addFields } from "./field-cases.ts";

/** An Odoo of whatever version, with an administrator's desk. */
interface OpenedOdoo extends LiveSystem {
  readonly openWithDesk: () => Promise<LiveErp & { readonly desk: Desk }>;
}

/** What the company added to the accounts of its CRM. */
const crmFields: readonly Field[] = [
  { name: "grade", kind: "choice", choices: ["a", "b", "c"] },
  { name: "since", kind: "date" },
  { name: "vip", kind: "flag" },
  { name: "bonus", kind: "money" },
  { name: "remark", kind: "text" },
];
const size = { seed: 11, accounts: 8, contactEvery: 4, products: 3, crmFields };

/** Branches as the company called them, without one that the CRM has. */
const branches = ["M Manufacturing", "R Retail", "L Logistics"].map((words) => words.split(" "));
const fields = [
  {
    ...{ name: "x_studio_branch", field_description: "Branch", ttype: "selection" },
    selection_ids: branches.map(([value = "", name = ""]) => [0, 0, { value, name }]),
  },
  { name: "x_studio_site", field_description: "Site", ttype: "char", size: 60 },
  {
    ...{ name: "x_grade", field_description: "Grade", ttype: "selection" },
    selection_ids: ["gold", "silver"].map((value) => [0, 0, { value, name: value }]),
  },
  { name: "x_since", field_description: "Since", ttype: "date" },
  { name: "x_vip", field_description: "VIP", ttype: "boolean" },
  { name: "x_bonus", field_description: "Bonus", ttype: "float" },
  { name: "x_remark", field_description: "Remark", ttype: "char" },
];
const mapping = `entities:
  accounts:
    fields:
      industry: { path: x_studio_branch, values: { manufacturing: M, retail: R, logistics: L, other: X } }
      website: x_studio_site
      grade: { path: x_grade, values: { a: gold, b: silver } }
      since: x_since
      vip: x_vip
      bonus: { amount: x_bonus, currency: { constant: EUR } }
      remark: x_remark
`;
const crmMapping = `entities:
  accounts:
    fields:
      grade: grade
      since: since
      vip: { path: vip, default: false }
      bonus: { amount: bonus.amount, currency: bonus.currency }
      remark: remark
`;
/** Fields of the company's own that stand for none of those that every company has. */
const contract = `entities:
  accounts:
    fields:
      grade: { kind: code, direction: both, means: How good a customer it is. }
      since: { kind: date, direction: both }
      vip: { kind: boolean, direction: both }
      bonus: { kind: money, master: erp, direction: erp-to-crm }
      remark: { kind: text, direction: both }
`;

/** A CRM twin and an Odoo whose company has added fields to both. */
export function ownFieldScenario(system: OpenedOdoo): void {
  const { reason, title } = system;
  describe.skipIf(reason !== null)(
    `fields of a company's own, CRM and ${title} (${reason ?? "live"})`,
    () => {
      let opened: Pair | undefined;
      let stage: LiveStage | undefined;
      let desk: Desk | undefined;
      let ids: ReadonlyMap<string, number> = new Map();
      const pair = (): Pair => {
        if (opened === undefined) throw new Error("the pair is not open");
        return opened;
      };
      const odooDesk = (): Desk => {
        if (desk === undefined) throw new Error("Odoo is not up");
        return desk;
      };
      /** What Odoo holds of a customer in the added fields. */
      const shown = async (n: number): Promise<readonly unknown[]> => {
        const [row] = await odooDesk().find(
          "res.partner",
          [["name", "=", companyName(n)]],
          ["x_studio_branch", ...(ids.has("gone") ? [] : ["x_studio_site"])],
        );
        return [row?.["x_studio_branch"], row?.["x_studio_site"]];
      };
      const account = (n: number): NonNullable<ReturnType<Pair["named"]>> => {
        const found = pair().named("accounts", "name", companyName(n));
        if (found === undefined) throw new Error("no such account");
        return found;
      };
      beforeAll(async () => {
        const open = async (): ReturnType<OpenedOdoo["openWithDesk"]> => {
          const erp = await system.openWithDesk();
          desk = erp.desk;
          ids = await addFields(erp.desk, "res.partner", fields);
          return erp;
        };
        stage = await openLiveStage({ ...system, open }, size);
        mkdirSync(join(stage.folder, "mappings"), { recursive: true });
        writeFileSync(join(stage.folder, "mappings/erp.yaml"), mapping);
        writeFileSync(join(stage.folder, "mappings/crm.yaml"), crmMapping);
        writeFileSync(join(stage.folder, "contract.yaml"), contract);
        opened = await openPair(stage);
      }, 600_000);
      afterAll(async () => {
        await opened?.engine.close();
        await stage?.close();
      }, 120_000);

      test("`fields` lists them with what they are mapped to, `check` names an option too many", async () => {
        const { engine } = pair();
        const found = (await engine.fields(connectionId("erp"))) ?? [];
        const own = found
          .find(({ entity }) => entity === "accounts")
          ?.fields.filter(({ isOwn }) => isOwn === true);
        expect(own?.filter(({ root }) => root.startsWith("x_studio"))).toMatchObject([
          {
            ...{ root: "x_studio_branch", label: "Branch", type: "selection", isReadOnly: false },
            ...{ mappedTo: ["industry"], options: branches.map(([code, label]) => ({ code, label })) },
          },
          { root: "x_studio_site", type: "char", lengthMax: 60, mappedTo: ["website"] },
        ]);
        const errors = (await engine.check()).filter(({ severity }) => severity === "error");
        expect(errors).toEqual([
          expect.objectContaining({
            about: "erp accounts.industry",
            message: "names X; `x_studio_branch` of erp takes M, R, L only",
          }),
        ]);
      }, 60_000);

      test("values are created there, and an edit on either side arrives on the other", async () => {
        const { stage: at, engine, settleAll } = pair();
        at.crm.people.editAccount(String(account(1).id), { industry: "retail" });
        const plan = await engine.plan();
        await engine.apply(plan, { approve: { plan: plan.id, by: "test" } });
        expect(await shown(1)).toEqual(["R", "https://fable-1.example"]);
        at.crm.people.editAccount(String(account(2).id), {
          industry: "logistics",
          website: "https://two.example",
        });
        const [row] = await odooDesk().find("res.partner", [["name", "=", companyName(3)]], ["name"]);
        const vals = { x_studio_branch: "M", x_studio_site: "https://three.example" };
        await odooDesk().call("res.partner", "write", { ids: [Number(row?.["id"])], vals });
        await settleAll();
        expect(await shown(2)).toEqual(["L", "https://two.example"]);
        expect([account(3)["industry"], account(3)["website"]]).toEqual([
          "manufacturing",
          "https://three.example",
        ]);
        expect((await engine.plan()).writes).toEqual([]);
      }, 300_000);

      test("fields that only this company has go both ways, each by its terms in the contract", async () => {
        const { stage: at, engine, settleAll } = pair();
        const mine = { grade: "a", since: "2020-02-29", vip: true, remark: "Ring twice." };
        at.crm.people.editAccount(String(account(6).id), mine);
        const [row] = await odooDesk().find("res.partner", [["name", "=", companyName(7)]], ["name"]);
        const vals = { x_grade: "silver", x_vip: true, x_bonus: 12.5, x_remark: "Back door." };
        await odooDesk().call("res.partner", "write", { ids: [Number(row?.["id"])], vals });
        await settleAll();
        const own = ["x_grade", "x_since", "x_vip", "x_remark"];
        const [there] = await odooDesk().find("res.partner", [["name", "=", companyName(6)]], own);
        expect(there).toMatchObject({
          ...{ x_grade: "gold", x_since: "2020-02-29", x_vip: true, x_remark: "Ring twice." },
        });
        const here = account(7);
        expect([here["grade"], here["vip"], here["remark"]]).toEqual(["b", true, "Back door."]);
        expect(here["bonus"]).toMatchObject({ currency: "EUR" });
        expect(Number((here["bonus"] as { readonly amount: string }).amount)).toBe(12.5);
        expect((await engine.plan()).writes).toEqual([]);
        const statement = await engine.statement({ only: ["accounts"] });
        const said = statement.entities.flatMap(({ differences }) => differences.map(({ field }) => field));
        expect(said.filter((field) => Object.hasOwn(mine, field ?? ""))).toEqual([]);
      }, 300_000);

      test("an option that Odoo does not know is set aside with its name; all else is written", async () => {
        const { stage: at, engine, settleAll } = pair();
        at.crm.people.editAccount(String(account(4).id), { industry: "other" });
        at.crm.people.editAccount(String(account(5).id), { industry: "retail" });
        await settleAll();
        expect([(await shown(4))[0], (await shown(5))[0]]).toEqual([false, "R"]);
        const letters = await engine.deadLetters();
        expect(JSON.stringify(letters)).toContain("x_studio_branch takes M, R, L, and not this");
        at.crm.people.editAccount(String(account(4).id), { industry: "retail" });
        await settleAll();
        expect((await shown(4))[0]).toBe("R");
      }, 300_000);

      test("a field that is removed there is named by `check`; nothing is emptied in the CRM", async () => {
        const { stage: at, engine } = pair();
        await odooDesk().call("ir.model.fields", "unlink", { ids: [ids.get("x_studio_site") ?? 0] });
        ids = new Map([...ids, ["gone", 0]]);
        const run = await engine.run({ sweep: true });
        expect(run.troubles).toEqual([]);
        expect(account(2)["website"]).toBe("https://two.example");
        const messages = (await engine.check()).map(({ about, message }) => `${about} ${message}`);
        expect(messages.join("\n")).toContain(
          "erp accounts.website is mapped to `x_studio_site`, which erp does not have",
        );
        at.crm.people.editAccount(String(account(2).id), {
          website: "https://lost.example",
          phone: "+33 1 2",
        });
        await engine.run();
        // What a side does not show is not compared, and not written: `check` tells, and all else goes on.
        const [row] = await odooDesk().find("res.partner", [["name", "=", companyName(2)]], ["phone"]);
        expect([row?.["phone"], account(2)["website"]]).toEqual(["+33 1 2", "https://lost.example"]);
        expect(await engine.deadLetters()).toEqual([]);
      }, 300_000);
    },
  );
}
