import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "@crossfoot/twin";
import type { PlanDocument, RunSummary } from "crossfoot/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./kill-child.ts";
import { openStage } from "./kill-stage.ts";
import type { Stage } from "./kill-stage.ts";

/**
 * A contract as a company lives with it: nothing is written before it is signed, a change shows as a redline
 * with its effect, and is unsigned again. All by the command line, between both twins over HTTP.
 */

const version = (nr: number, more = ""): string =>
  `version: "${nr}"\nsigners:\n  - { department: Sales }\n  - { department: Finance, role: CFO }\n${more}`;
const creditOfCrm = `entities:
  accounts:
    fields:
      phone: { direction: erp-to-crm, master: erp }
`;

let stage: Stage & { readonly contents: unknown };
let before = 0;

beforeAll(async () => {
  stage = await openStage({ store: { home: "embedded" }, seed: 5 }, (twins) => {
    return { contents: seedDemo({ ...twins, ...size, calm: true }) };
  });
  writeFileSync(join(stage.folder, "contract.yaml"), version(1));
  appendFileSync(join(stage.folder, "crossfoot.yaml"), "contract: { requireSignature: roles }\n");
  before = ours();
});

afterAll(async () => {
  await stage.close();
});

const size = { seed: 5, accounts: 8, products: 4, history: 2, quotes: 2 };

/** Commits that the integration made in both systems. */
function ours(): number {
  const all = [...stage.crm.commits, ...stage.erp.commits];
  return all.filter(({ actor }) => actor === "integration").length - before;
}

const path = (name: string): string => join(stage.folder, name);

async function command<Answer>(args: readonly string[], code: number): Promise<Answer> {
  const ended = await runCli(stage.folder, args);
  expect(ended.code, `${args.join(" ")}: ${ended.stderr}${ended.stdout.slice(-2_000)}`).toBe(code);
  return JSON.parse(ended.stdout) as Answer;
}

interface Refused {
  readonly error: { readonly code: string; readonly message: string };
}

interface Redline {
  readonly changes: readonly { readonly place: string }[];
  readonly effect: PlanDocument | null;
}

test("whatever may write is refused with exit 3 while a signer is missing, and says who", async () => {
  const plan = await command<PlanDocument>(["plan", "--out", path("plan.json")], 0);
  expect(plan.writes.length).toBeGreaterThan(0);
  const acting = [["run"], ["apply", path("plan.json")], ["sync", "accounts", "crm:1"], ["up"], ["worker"]];
  for (const args of acting) {
    const { error } = await command<Refused>(args, 3);
    expect([args[0], error.code]).toEqual([args[0], "contract_unsigned"]);
    expect(error.message).toContain("missing: Sales; Finance, CFO");
  }
  await command(["contract", "sign", "--name", "Bob", "--role", "head", "--department", "sales"], 0);
  expect((await command<Refused>(["run"], 3)).error.message).toContain("missing: Finance, CFO");
  expect((await command<{ missing: unknown[] }>(["contract", "signatures"], 3)).missing).toHaveLength(1);
  expect(ours()).toBe(0);
});

test("once all have signed, the plan that was looked at is applied", async () => {
  const signed = await command<{ isSigned: boolean }>(
    ["contract", "sign", "--name", "Ada <b>", "--role", "CFO"],
    0,
  );
  expect(signed.isSigned).toBe(true);
  await command(["apply", path("plan.json")], 0);
  expect(ours()).toBeGreaterThan(0);
  await command(["contract", "--out", path("contract.html")], 0);
  const page = readFileSync(path("contract.html"), "utf8");
  expect(page).toContain("Ada &lt;b&gt;");
  expect(page).not.toContain("____");
});

test("another contract shows as a redline with the plan of its effect, and is unsigned again", async () => {
  writeFileSync(path("next.yaml"), version(2, creditOfCrm));
  const made = ours();
  const proposed = await command<Redline>(["contract", "--redline", path("next.yaml")], 0);
  const places = proposed.changes.map(({ place }) => place);
  expect(places).toEqual([
    "accounts/phone/master",
    "accounts/phone/which way it travels",
    "accounts/phone/who decides",
    "accounts/phone/first time",
  ]);
  expect(proposed.effect?.whatIf?.terms.map(({ term }) => term)).toEqual(["master", "direction"]);
  writeFileSync(path("contract.yaml"), version(2, creditOfCrm));
  const since = await command<Redline>(["contract", "--redline"], 0);
  expect(since.changes).toEqual(proposed.changes);
  expect(since.effect?.whatIf?.terms).toEqual(proposed.effect?.whatIf?.terms);
  await command(["contract", "--redline", "1", "--out", path("redline.html")], 0);
  expect(readFileSync(path("redline.html"), "utf8")).toMatch(/<del>CRM[^<]*<\/del>/);
  expect((await command<Refused>(["run"], 3)).error.message).toContain("version 2");
  expect(ours()).toBe(made);
  writeFileSync(path("contract.yaml"), version(1));
  const back = await command<RunSummary>(["run"], 0);
  expect(back.state).toBe("done");
});
