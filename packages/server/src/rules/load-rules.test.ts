import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionId } from "@crossfoot/kernel";
import type { SideValue } from "@crossfoot/kernel";
import { compilePolicy, readContract } from "@crossfoot/model";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadRules } from "./load-rules.ts";
import type { LoadedRules } from "./load-rules.ts";

let folder: string;
let loaded: LoadedRules | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "crossfoot-rules-"));
  loaded = null;
});
afterEach(() => {
  loaded?.close();
  rmSync(folder, { recursive: true, force: true });
});

const policies = (custom: string) => {
  const { contract } = readContract({
    entities: { accounts: { fields: { phone: { policy: "custom", custom } } } },
  });
  return [compilePolicy(contract, "accounts", { crm: connectionId("crm"), erp: connectionId("erp") })];
};
const side: SideValue = {
  connection: connectionId("crm"),
  view: "1",
  base: ["0"],
  stampMs: null,
  stampGranularityMs: 0,
  actor: null,
};

/** Loads a file with these rules; one that takes longer than a blink is stopped. */
async function rulesOf(text: string): Promise<LoadedRules["rules"]> {
  writeFileSync(join(folder, "rules.ts"), text);
  loaded = await loadRules(folder, [], { answerMs: 500, loadMs: 20_000 });
  return loaded.rules;
}

test("a rule of the project's own is loaded by its name, and decides", async () => {
  writeFileSync(
    join(folder, "rules.ts"),
    "export function longest(sides: readonly { connection: string }[]) { return sides[0].connection; }\n",
  );
  loaded = await loadRules(folder, policies("longest"));
  expect(loaded.rules["longest"]?.([side])).toBe("crm");
});

test("a rule that the contract names and nobody wrote is refused, with what to do", async () => {
  await expect(loadRules(folder, policies("nowhere"))).rejects.toThrow("export it from rules.ts");
  writeFileSync(join(folder, "rules.mjs"), "export const other = () => null;\n");
  await expect(loadRules(folder, policies("nowhere"))).rejects.toThrow("export it from rules.ts");
});

test("without a rule file and without a custom policy there are no rules", async () => {
  const { contract } = readContract(null);
  const plain = [compilePolicy(contract, "accounts", { crm: connectionId("crm"), erp: connectionId("erp") })];
  expect((await loadRules(folder, plain)).rules).toEqual({});
});

describe("a rule that goes wrong stops nothing", () => {
  test("one that never ends, or that ends its own thread, is stopped by name; others go on", async () => {
    const rules = await rulesOf(
      "export function never() { for (;;); }\n" +
        "export function sleeps() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); }\n" +
        "export function leaves() { process.exit(1); }\n" +
        "export const good = () => 'erp';\n",
    );
    for (const name of ["never", "sleeps", "leaves"]) {
      expect(() => rules[name]?.([side])).toThrow("an answer within 500 ms");
      expect(rules["good"]?.([side])).toBe("erp");
    }
  });

  test("one that keeps being too slow is not asked again", async () => {
    const rules = await rulesOf("export function never() { for (;;); }\nexport const good = () => 'erp';\n");
    for (let at = 0; at < 3; at += 1) expect(() => rules["never"]?.([side])).toThrow("within 500 ms");
    expect(() => rules["never"]?.([side])).toThrow("it was stopped 3 times, and is not asked");
    expect(rules["good"]?.([side])).toBe("erp");
  });

  test("one that throws is told by the class of its error, without a value", async () => {
    const rules = await rulesOf(
      "export function throws([one]: any) { throw new RangeError(String(one.view)); }\n" +
        "export function lines() { throw 'a customer'; }\n",
    );
    expect(() => rules["throws"]?.([{ ...side, view: "secret" }])).toThrow(/^an answer, and no RangeError$/);
    expect(() => rules["lines"]?.([side])).toThrow(/^an answer, and no string$/);
  });

  test("one that answers no text, or answers later, asks a person", async () => {
    const rules = await rulesOf(
      "export const number = () => 7;\nexport const later = async () => 'erp';\n" +
        "export const none = () => null;\n",
    );
    expect([rules["number"]?.([side]), rules["later"]?.([side]), rules["none"]?.([side])]).toEqual([
      null,
      null,
      null,
    ]);
  });

  test("one sees no secrets of the environment, and eats no more memory than its thread has", async () => {
    const rules = await rulesOf(
      "export const peeps = () => Object.keys(process.env).join() || 'nothing';\n" +
        "export function eats() { const all: unknown[] = []; for (;;) all.push(new Array(1e5).fill(1)); }\n",
    );
    expect(rules["peeps"]?.([side])).toBe("nothing");
    expect(() => rules["eats"]?.([side])).toThrow("an answer within 500 ms");
    expect(rules["peeps"]?.([side])).toBe("nothing");
  });

  test("a file that cannot be loaded is refused with what it did", async () => {
    writeFileSync(join(folder, "rules.mjs"), "throw new TypeError('x');\n");
    await expect(loadRules(folder, [])).rejects.toThrow("rules.mjs threw TypeError");
    writeFileSync(join(folder, "rules.mjs"), "for (;;);\n");
    await expect(loadRules(folder, [], { answerMs: 100, loadMs: 700 })).rejects.toThrow(
      "was not loaded within 700 ms",
    );
  });
});
