/**
 * Losers are told on the twin: two people edit one field, and whose value gave way finds a note on his
 * record, once, which names the command that brings it back; and a run can be undone.
 */
import { CRM_TOKEN, createCrm, createErp } from "@crossfoot/twin";
import type { Crm, Erp } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import type { TempFolder } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";

let folder: TempFolder;
let crm: Crm;
let erp: Erp;
let ups: readonly { readonly url: string; close(): Promise<void> }[];
const first = { account: "" };

/** The ERP's word stands for phone numbers, so that a value of the CRM gives way. */
const contract = "entities: { accounts: { notes: [crm], fields: { phone: { master: erp } } } }\n";

/** Runs Crossfoot as a person does. Answers its code and all that it said. */
async function crossfoot(
  ...argv: readonly string[]
): Promise<{ readonly code: number; readonly out: string }> {
  const { code, stdout, stderr } = await runProgram(folder.path, argv);
  return { code: code ?? -1, out: code === 0 ? stdout : `${stdout}${stderr}` };
}

const phones = (): readonly unknown[] => [
  crm.state.records["accounts"]?.[first.account]?.["phone"],
  Object.values(erp.state.records["customers"] ?? {})[0]?.["phone"],
];

async function notes(): Promise<readonly { readonly key: string; readonly text: string }[]> {
  const base = ups[0]?.url ?? "";
  const answer = await fetch(`${base}/api/v2/accounts/${first.account}/notes`, {
    headers: { authorization: `Bearer ${CRM_TOKEN}` },
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { results: { key: string; text: string }[] }).results;
}

beforeAll(async () => {
  folder = tempFolder();
  crm = createCrm({ clock: Date.now, seed: 5 });
  erp = createErp({ clock: Date.now, seed: 5 });
  const account = crm.people.createAccount({
    ...{
      name: "Alpha",
      taxId: "DE10001",
      email: "office@alpha.example",
      status: "customer",
      currency: "EUR",
    },
    phone: "+49 1",
  });
  first.account = String(account.id);
  ups = [await crm.listen(), await erp.listen()];
  writeTwinProject(folder.path, { crm: ups[0]?.url ?? "", erp: ups[1]?.url ?? "", contract });
});
afterAll(async () => {
  for (const up of ups) await up.close();
  folder.remove();
});

describe("two people edit one field", () => {
  test("and the one whose value gave way finds one note on his record, however often is run", async () => {
    await crossfoot("run", "--only", "accounts");
    expect(phones()).toEqual(["+49 1", "+49 1"]);
    const [customer] = Object.values(erp.state.records["customers"] ?? {});
    crm.people.edit({ object: "accounts", id: first.account }, { phone: "+49 222" });
    erp.people.edit({ object: "customers", id: Number(customer?.id) }, { phone: "+49 333" });
    await crossfoot("run", "--only", "accounts");
    expect(phones()).toEqual(["+49 333", "+49 333"]);
    const commits = [crm.commits.length, erp.commits.length];
    for (const more of [[], ["--sweep"]]) await crossfoot("run", "--only", "accounts", ...more);
    const left = await notes();
    expect(left).toHaveLength(1);
    expect(left[0]?.text).toContain("the value “+49 222”");
    expect(left[0]?.text).toContain("erp is the master of the field");
    expect([crm.commits.length, erp.commits.length]).toEqual(commits);
    expect((await crossfoot("conflicts", "--lost")).out).toContain("told by a note in crm at");
  });

  test("and the command that the note names brings the value back on both sides", async () => {
    const [note] = await notes();
    const [, record = "", field = "", entry = ""] =
      /restore (\S+) (\S+) --entry (\S+)/.exec(note?.text ?? "") ?? [];
    expect((await crossfoot("restore", record, field, "--entry", entry)).code).toBe(0);
    expect(phones()).toEqual(["+49 222", "+49 222"]);
  });
});

describe("a run that is undone", () => {
  test("leaves both systems as they were before it, and can be undone in turn", async () => {
    crm.people.edit({ object: "accounts", id: first.account }, { email: "two@alpha.example" });
    const mail = (): unknown => Object.values(erp.state.records["customers"] ?? {})[0]?.["email"];
    const was = mail();
    const { out } = await crossfoot("run", "--only", "accounts", "--json");
    const { runId } = JSON.parse(out) as { readonly runId: string };
    expect(mail()).toBe("two@alpha.example");
    const shown = await crossfoot("undo", "--run", runId.slice(0, 8));
    expect([shown.code, mail()]).toEqual([0, "two@alpha.example"]);
    const undone = JSON.parse((await crossfoot("undo", "--run", runId, "--yes", "--json")).out) as {
      readonly apply: { readonly applied: number; readonly runId: string };
    };
    expect([undone.apply.applied, mail()]).toEqual([1, was]);
    await crossfoot("run", "--only", "accounts", "--sweep");
    expect(mail()).toBe(was);
    expect((await crossfoot("undo", "--run", undone.apply.runId, "--yes")).code).toBe(0);
    expect(mail()).toBe("two@alpha.example");
  });
});
