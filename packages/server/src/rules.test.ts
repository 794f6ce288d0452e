import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionId } from "@crossfoot/kernel";
import { compilePolicy, readContract } from "@crossfoot/model";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadRules } from "./rules.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossfoot-rules-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const policies = (custom: string) => {
  const { contract } = readContract({
    entities: { accounts: { fields: { phone: { policy: "custom", custom } } } },
  });
  return [compilePolicy(contract, "accounts", { crm: connectionId("crm"), erp: connectionId("erp") })];
};

test("a rule of the project's own is loaded by its name, and decides", async () => {
  writeFileSync(
    join(folder, "rules.ts"),
    "export function longest(sides: readonly { connection: string }[]) { return sides[0].connection; }\n",
  );
  const rules = await loadRules(folder, policies("longest"));
  const side = {
    connection: connectionId("crm"),
    view: "1",
    base: ["0"],
    stampMs: null,
    stampGranularityMs: 0,
    actor: null,
  };
  expect(rules["longest"]?.([side])).toBe("crm");
});

test("a rule that the contract names and nobody wrote is refused, with what to do", async () => {
  await expect(loadRules(folder, policies("nowhere"))).rejects.toThrow("export it from rules.ts");
});

test("without a rule file and without a custom policy there are no rules", async () => {
  const { contract } = readContract(null);
  const plain = [compilePolicy(contract, "accounts", { crm: connectionId("crm"), erp: connectionId("erp") })];
  expect(await loadRules(folder, plain)).toEqual({});
});
