import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { seedDemo } from "@crossfoot/twin";
import type { DemoContents } from "@crossfoot/twin";
import type { PlanDocument } from "crossfoot/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli } from "./kill-child.ts";
import { openStage } from "./kill-stage.ts";
import type { Stage } from "./kill-stage.ts";

/**
 * An audit of live connections before the first load: by the command line, between both twins over HTTP. It
 * reads as a plan reads, and writes to neither.
 */

const size = { seed: 11, accounts: 24, products: 12, history: 5, quotes: 8 };

let stage: Stage & { readonly contents: DemoContents };

beforeAll(async () => {
  stage = await openStage({ store: { home: "embedded" }, seed: size.seed }, (twins) => {
    return { contents: seedDemo({ ...twins, ...size, calm: true }) };
  });
});

afterAll(async () => {
  await stage.close();
});

interface Audit {
  readonly lists: readonly { readonly side: string; readonly entity: string; readonly records: number }[];
  readonly firstLoad: readonly {
    readonly entity: string;
    readonly creates: { readonly [side: string]: number } | null;
  }[];
}

async function audited(): Promise<Audit> {
  const ended = await runCli(stage.folder, ["audit", "--out", join(stage.folder, "audit")]);
  expect([0, 2], `${ended.stderr}${ended.stdout.slice(-2_000)}`).toContain(ended.code);
  return JSON.parse(ended.stdout) as Audit;
}

const commits = (): number => stage.crm.commits.length + stage.erp.commits.length;

test("a project is audited before its first load: both sides are read, and neither is written", async () => {
  const before = commits();
  const audit = await audited();
  expect(commits()).toBe(before);
  const count = (side: string, entity: string): number =>
    audit.lists.find((list) => list.side === side && list.entity === entity)?.records ?? 0;
  expect(count("crm", "accounts")).toBeGreaterThanOrEqual(size.accounts / 2);
  expect(count("erp", "products")).toBeGreaterThanOrEqual(size.products / 2);
  // The planner says the same of the first load.
  const planned = await runCli(stage.folder, ["plan"]);
  const plan = JSON.parse(planned.stdout) as PlanDocument;
  for (const { entity, creates } of audit.firstLoad) {
    const own = plan.summary.find((each) => each.entity === entity);
    for (const [side, made] of Object.entries(creates ?? {}))
      expect(made).toBe(own?.writes[side]?.["create"] ?? 0);
  }
  expect(readdirSync(join(stage.folder, "audit"))).toContain("audit.html");
});

test("what somebody breaks in a system is found there, by its rule, with its id", async () => {
  const id = stage.contents.shared[0]?.accountId ?? "";
  const finding = `fault,phone-invalid,crm,accounts,${id},`;
  const found = (): string => readFileSync(join(stage.folder, "audit", "findings.csv"), "utf8");
  await audited();
  expect(found()).not.toContain("ask Ada");
  stage.crm.people.editAccount(id, { phone: "ask Ada" });
  await audited();
  const lines = found().split("\n");
  expect(lines.filter((line) => line.includes("ask Ada") && line.startsWith(finding))).toHaveLength(1);
});

test("what an article costs and its barcode are seen live: a price below it, another barcode", async () => {
  const articles = Object.values(stage.erp.state.records["items"] ?? {});
  const cheap = articles.find(({ kind }) => kind === "stock");
  stage.erp.people.setListPrice(Number(cheap?.id), "0.0100");
  const product = Object.values(stage.crm.state.records["products"] ?? {}).find(
    ({ kind }) => kind === "goods",
  );
  const id = String(product?.id);
  stage.crm.people.edit({ object: "products", id }, { gtin: "4006381333931" });
  await audited();
  const lines = readFileSync(join(stage.folder, "audit", "findings.csv"), "utf8").split("\n");
  const starts = (text: string): readonly string[] => lines.filter((line) => line.startsWith(text));
  expect(starts(`fault,price-below-cost,erp,products,${String(cheap?.id)},`)).toHaveLength(1);
  expect(starts(`stop,identifier-mismatch,crm,products,${id},`)).toHaveLength(1);
});
