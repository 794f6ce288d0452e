import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "@crossfoot/twin";
import type { DemoContents } from "@crossfoot/twin";
import type { ApplySummary, PlanDocument } from "crossfoot/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./kill-child.ts";
import { arm } from "./kill-moment.ts";
import type { Trouble } from "./kill-moment.ts";
import { openStage } from "./kill-stage.ts";
import type { KillStage } from "./kill-stage.ts";

/**
 * What an audit finds is put right by plans that `apply` takes: by the command line, between both twins over
 * HTTP, with a program that is killed, a record that moves, and all of it taken back.
 */

const size = { seed: 21, accounts: 30, products: 6, history: 2, quotes: 2, calm: true };
let stage: KillStage;

beforeAll(async () => {
  const opened = await openStage(
    { store: { home: "embedded" }, seed: size.seed, timeoutSeconds: 5 },
    (twins) => {
      const contents: DemoContents = seedDemo({ ...twins, ...size });
      return { contents, acceptedQuoteIds: [] };
    },
  );
  stage = opened;
  // Both systems agree before anybody breaks anything.
  for (let runs = 0; runs < 2; runs += 1) await run(["run"], [0, 2, 3]);
}, 120_000);
afterAll(async () => {
  await stage.close();
});

/** Runs a command that nobody kills, and answers its document. */
async function run<T>(args: readonly string[], codes: readonly number[]): Promise<T> {
  const ended = await runCli(stage.folder, args);
  expect(codes, `${args.join(" ")}: ${ended.code}\n${ended.stderr}${ended.stdout.slice(-2_000)}`).toContain(
    ended.code,
  );
  return JSON.parse(ended.stdout) as T;
}

interface Audit {
  readonly groups: readonly {
    readonly rule: string;
    readonly side: string;
    readonly entity: string;
    readonly field: string;
    readonly count: number;
    readonly planned: number | null;
    readonly commands: readonly string[];
  }[];
}

const out = (): string => join(stage.folder, "audit");
const fileOf = (name: string): string => join(stage.folder, name);
const commits = (): number => stage.crm.commits.length + stage.erp.commits.length;
const idsOf = (): readonly string[] => stage.contents.shared.map(({ accountId }) => accountId).slice(0, 10);
const crmName = (id: string): string => stage.crm.state.records["accounts"]?.[id]?.["name"] as string;
const untrimmed = (name: string): string => `  ${name.replace(" ", "   ")} `;

async function found(rule: string): Promise<readonly string[]> {
  await run<Audit>(["audit", "--out", out()], [2]);
  const lines = readFileSync(join(out(), "findings.csv"), "utf8").split("\n");
  return lines.filter((line) => line.includes(`,${rule},crm,accounts,`));
}

const clean = new Map<string, string>();
function damage(): void {
  for (const id of idsOf()) {
    clean.set(id, crmName(id));
    stage.crm.people.editAccount(id, { name: untrimmed(crmName(id)) });
  }
}

test("a plan a rule lies beside the report, and the command that makes it beside each finding", async () => {
  damage();
  const before = commits();
  const lines = await found("text-untrimmed");
  expect(lines).toHaveLength(idsOf().length);
  expect(commits()).toBe(before);
  expect(readdirSync(out())).toContain("repair-text-untrimmed.plan");
  expect(readdirSync(out()).filter((name) => name.startsWith("repairs-"))).toEqual([]);
  const { groups } = JSON.parse(readFileSync(join(out(), "audit.json"), "utf8")) as Audit;
  const group = groups.find((each) => each.rule === "text-untrimmed" && each.side === "crm");
  expect(group).toMatchObject({ entity: "accounts", field: "name", count: 10, planned: 10 });
  expect(group?.commands).toEqual([
    "crossfoot audit --repair text-untrimmed --of crm:accounts.name --out repair.plan",
    "crossfoot apply repair.plan",
  ]);
  expect(readFileSync(join(out(), "audit.html"), "utf8")).toContain(group?.commands[0]);
}, 120_000);

const planned = (): Promise<PlanDocument> =>
  run<PlanDocument>(
    ["audit", "--repair", "text-untrimmed", "--of", "crm:accounts.name", "--out", fileOf("repair.plan")],
    [0, 3],
  );
const applied = (
  plan: PlanDocument,
  more: readonly string[],
  codes: readonly number[],
): Promise<ApplySummary> =>
  run<ApplySummary>(["apply", fileOf("repair.plan"), "--approve", plan.id, ...more], codes);

test("a record that moved since ends the apply with 3, and nothing is written", async () => {
  const plan = await planned();
  expect(plan.writes).toHaveLength(idsOf().length);
  const [moved = ""] = idsOf();
  stage.crm.people.editAccount(moved, { name: ` ${clean.get(moved) ?? ""} ` });
  const before = commits();
  const stopped = await applied(plan, [], [3]);
  expect([stopped.applied, commits()]).toEqual([0, before]);
  expect(stopped.unmade.some(({ why }) => why === "moved")).toBe(true);
}, 120_000);

test("killed amid its writes it goes on: each record is written once, and found no more", async () => {
  const plan = await planned();
  const before = stage.crm.commits.length;
  // Of the first life only one call of three lands; of the second one the answer is lost.
  const batch = { side: "crm", method: "POST", path: "/*/batch" } as const;
  const lives: readonly (readonly Trouble[])[] = [
    [{ ...batch, nth: 2, times: 2, effect: { kind: "drop" } }],
    [{ ...batch, nth: 1, effect: { kind: "lose" } }],
  ];
  const made: number[] = [];
  for (const troubles of lives) {
    const armed = arm(stage, { by: "call", purpose: "write", nth: 1, when: "after", ms: 0 }, troubles);
    const args = ["apply", fileOf("repair.plan"), "--approve", plan.id];
    const ended = await runCli(stage.folder, args, armed.watch);
    armed.disarm();
    if (ended.isKilled) made.push(stage.crm.commits.length - before);
  }
  expect(made[0]).toBeGreaterThan(0);
  expect(made[0]).toBeLessThan(idsOf().length);
  const done = await applied(plan, [], [0, 2]);
  expect([done.applied, done.unmade]).toEqual([idsOf().length, []]);
  expect(stage.crm.commits.length - before).toBe(idsOf().length);
  const after = commits();
  expect((await applied(plan, [], [0, 2])).appliedNow).toBe(0);
  expect(commits()).toBe(after);
  expect(await found("text-untrimmed")).toEqual([]);
  for (const id of idsOf()) expect(crmName(id)).toBe(clean.get(id));
}, 240_000);

test("the ERP gets it by the next run, and an undo of the plan brings back what was there", async () => {
  await run(["run"], [0, 2]);
  const before = commits();
  await run(["run"], [0, 2]);
  expect(commits()).toBe(before);
  const { id } = JSON.parse(readFileSync(fileOf("repair.plan"), "utf8")) as PlanDocument;
  const undo = await run<PlanDocument>(["undo", "--plan", id, "--out", fileOf("undo.plan")], [0, 3]);
  expect(undo.writes.map(({ target }) => target)).toEqual(idsOf().map(() => "crm"));
  await run<ApplySummary>(["apply", fileOf("undo.plan"), "--approve", undo.id], [0, 2]);
  expect(await found("text-untrimmed")).toHaveLength(idsOf().length);
}, 120_000);

test("a rule of which nothing is certain is refused, with what a person does about it", async () => {
  const refused = await runCli(stage.folder, ["audit", "--repair", "duplicate"]);
  expect(refused.code).toBe(4);
  expect(refused.stdout).toContain("crossfoot consolidate");
}, 60_000);

test("values from a file are a plan and travel on, and exports tell what was read", async () => {
  const [one = "", two = "", three = ""] = idsOf();
  const phone = (id: string): string =>
    (stage.crm.state.records["accounts"]?.[id]?.["phone"] ?? "#N/A") as string;
  const lines = ["id,phone,was phone", `${one},+33 1 40 00 00 01,${phone(one)}`];
  lines.push(`crm:${two},+33 1 40 00 00 02,`, `${three},+33 1 40 00 00 03,+33 1 99`);
  writeFileSync(fileOf("given.csv"), lines.join("\n"));
  const given = ["bulk", "update", fileOf("given.csv"), "--entity", "accounts", "--on", "crm"];
  await run(["run"], [0, 2]);
  const plan = await run<PlanDocument>([...given, "--out", fileOf("repair.plan")], [2, 3]);
  expect(plan.repair?.left.map(({ id, why }) => [id, why]).toSorted()).toEqual([
    ...[two, three].map((id) => [id, "changed"]),
  ]);
  expect((await applied(plan, [], [0, 2])).unmade).toEqual([]);
  await run(["run"], [0, 2]);
  const phones = Object.values(stage.erp.state.records["customers"] ?? {}).map(
    (each) => each["phone"] as string | null,
  );
  expect(phones.filter((each) => each?.startsWith("+33 1 40 00 00") === true)).toEqual(["+33 1 40 00 00 01"]);
  const told = await runCli(stage.folder, ["export", "order-history", "--format", "jsonl"]);
  expect(told.code).toBe(0);
  const rows = told.stdout.trim().split("\n");
  const orders = Object.values(stage.erp.state.records["sales_orders"] ?? {});
  expect(orders.length).toBeGreaterThan(0);
  expect(new Set(rows.map((row) => (JSON.parse(row) as { readonly number: string }).number)).size).toBe(
    orders.length,
  );
}, 120_000);
