import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "@crossfoot/twin";
import type { DemoContents } from "@crossfoot/twin";
import type { ApplySummary, PlanDocument, RunSummary, StatusReport } from "crossfoot/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { audit } from "./kill-audit.ts";
import { runCli } from "./kill-child.ts";
import { openStage } from "./kill-stage.ts";
import type { Stage } from "./kill-stage.ts";

/**
 * A first load as a company does it: a plan that is looked at, a few records first, the rest, and nothing
 * left for a run. All by the command line, each command a program of its own, between both twins over HTTP.
 */

const size = { seed: 11, accounts: 24, products: 12, history: 5, quotes: 8 };
const terms = `entities:
  accounts:
    effects:
      - { at: erp, on: create, does: opens a debtor's account }
`;

let stage: Stage & { readonly contents: DemoContents };
/** Commits of the integration before: what both systems hold already was brought over by somebody once. */
let before = 0;

beforeAll(async () => {
  // Calm: nothing in them waits for a person.
  stage = await openStage({ store: { home: "embedded" }, seed: size.seed }, (twins) => {
    return { contents: seedDemo({ ...twins, ...size, calm: true }) };
  });
  writeFileSync(join(stage.folder, "contract.yaml"), terms);
  before = ours();
});

afterAll(async () => {
  await stage.close();
});

/** Commits that the integration made in both systems. */
function ours(): number {
  const all = [...stage.crm.commits, ...stage.erp.commits];
  return all.filter(({ actor }) => actor === "integration").length - before;
}

const file = (): string => join(stage.folder, "plan.json");

async function command<Answer>(args: readonly string[], code: number): Promise<Answer> {
  const ended = await runCli(stage.folder, args);
  expect(ended.code, `${args.join(" ")}: ${ended.stderr}${ended.stdout.slice(-2_000)}`).toBe(code);
  return JSON.parse(ended.stdout) as Answer;
}

const direct = ({ writes }: PlanDocument): PlanDocument["writes"] =>
  writes.filter(({ answers }) => answers.length === 0);

test("a first load is planned, stopped by what moved, begun with a few, and made whole", async () => {
  const first = await command<PlanDocument>(["plan", "--out", file()], 0);
  expect(ours()).toBe(0);
  expect(JSON.parse(readFileSync(file(), "utf8"))).toEqual(first);
  const kinds = (entity: string): number =>
    direct(first).filter((write) => write.entity === entity && write.kind === "create").length;
  expect(kinds("accounts")).toBeGreaterThan(5);
  expect(kinds("products")).toBeGreaterThan(5);
  // What it sets off and costs, in calls and time.
  expect(first.effects).toContainEqual({
    ...{ entity: "accounts", target: "erp", on: "create", does: "opens a debtor's account" },
    ...{ by: "contract", count: direct(first).filter(isOpening).length },
  });
  for (const side of ["crm", "erp"]) expect(first.costs[side]?.writes).toBeGreaterThan(0);
  expect(first.takes?.ms).toBeGreaterThan(0);

  // Somebody edits a record that is to be made: nothing of the plan is written.
  const opened = direct(first).find(isOpening);
  const view = opened?.rests.find(({ connection }) => connection === "crm");
  stage.crm.people.editAccount(view?.id ?? "", { phone: "+49 30 1234" });
  const stopped = await command<ApplySummary>(["apply", file()], 3);
  expect(stopped.unmade.filter(({ why }) => why === "moved").map(({ link }) => link)).toContain(opened?.link);
  expect([ours(), stopped.applied]).toEqual([0, 0]);

  const plan = await command<PlanDocument>(["plan", "--out", file()], 0);
  const few = await command<ApplySummary>(["apply", file(), "--limit", "5", "--canary", "2"], 0);
  expect([few.canary, few.applied > 0, few.unmade.length > 0]).toEqual([[], true, true]);
  expect(new Set(few.unmade.map(({ why }) => why))).toEqual(new Set(["left"]));
  const rest = await command<ApplySummary>(["apply", file()], 0);
  expect(rest.unmade).toEqual([]);
  expect(rest.applied).toBe(direct(plan).length);

  const made = ours();
  const again = await command<ApplySummary>(["apply", file()], 0);
  expect(again.whyNothing).toContain("applied already");
  const run = await command<RunSummary>(["run", "--sweep"], 0);
  expect(run.whyNothing).toContain("nothing changed");
  expect(ours()).toBe(made);

  // Nothing is left to do, and the calls of all these programs were charged to one limit.
  const { outlooks } = await command<StatusReport>(["status"], 0);
  for (const { records, calls, loading, quota } of outlooks) {
    expect([records, calls, loading]).toEqual([0, 0, []]);
    const [day] = quota.limits;
    expect(day).toMatchObject({ name: "day", limit: 1_000_000 });
    expect(day?.charged).toBeGreaterThan(50);
    expect(quota.callMs).toBeGreaterThan(0);
  }

  const { lost, doubled, wrong, wanted } = audit(stage);
  expect({ lost, doubled, wrong }).toEqual({ lost: [], doubled: [], wrong: [] });
  expect(wanted).toBeGreaterThan(30);
});

test("another contract is tried as a plan, and done by its apply once it is in force", async () => {
  const [link] = linkedAccounts();
  const phone = "+49 40 777";
  // Both sides change it.
  stage.crm.people.editAccount(link?.crm ?? "", { phone: "+49 30 111" });
  stage.erp.people.editCustomer(link?.erp ?? 0, { phone });
  const other = join(stage.folder, "other.yaml");
  writeFileSync(other, `${terms}    fields: { phone: { master: erp } }\n`);
  const made = ours();
  const today = await command<PlanDocument>(["plan"], 0);
  expect(direct(today).map(({ target, fields }) => [target, Object.keys(fields)])).toEqual([
    ["erp", ["phone"]],
  ]);
  const change = join(stage.folder, "change.json");
  const plan = await command<PlanDocument>(["plan", "--contract", other, "--out", change], 0);
  const { whatIf } = plan;
  expect(whatIf?.terms).toContainEqual({
    ...{ entity: "accounts", field: "phone", term: "master", now: "crm", after: "erp" },
  });
  expect(whatIf?.rows.map(({ target, what, after }) => [target, what, after?.value ?? null])).toEqual([
    ["crm", "phone", phone],
    ["erp", "phone", null],
  ]);
  expect(direct(plan).map(({ target, fields }) => [target, fields])).toEqual([["crm", { phone }]]);
  const refused = await runCli(stage.folder, ["apply", change]);
  expect([refused.code, ours()]).toEqual([3, made]);
  writeFileSync(join(stage.folder, "contract.yaml"), readFileSync(other, "utf8"));
  const applied = await command<ApplySummary>(["apply", change], 0);
  expect([applied.applied, applied.unmade]).toEqual([1, []]);
  expect(stage.crm.state.records["accounts"]?.[link?.crm ?? ""]?.["phone"]).toBe(phone);
  const run = await command<RunSummary>(["run"], 0);
  expect(run.whyNothing).toContain("nothing changed");
});

/** Accounts of the CRM that carry the number of a customer of the ERP. */
function linkedAccounts(): readonly { readonly crm: string; readonly erp: number }[] {
  const customers = Object.values(stage.erp.state.records["customers"] ?? {});
  return Object.values(stage.crm.state.records["accounts"] ?? {}).flatMap(({ id, customerNumber, phone }) => {
    const customer = customers.find(({ number }) => number === customerNumber);
    const has = typeof phone === "string" && phone !== "";
    return customer === undefined || !has ? [] : [{ crm: String(id), erp: Number(customer.id) }];
  });
}

function isOpening({ entity, target, kind }: PlanDocument["writes"][number]): boolean {
  return entity === "accounts" && target === "erp" && kind === "create";
}
