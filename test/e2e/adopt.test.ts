/** A company that integrates already: its cross-reference table is taken over, and nothing is doubled. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCrm, createErp } from "@crossfoot/twin";
import type { Crm, Erp } from "@crossfoot/twin";
import { tempFolder } from "crossfoot/testing";
import type { TempFolder } from "crossfoot/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runProgram } from "./kill-child.ts";
import { writeTwinProject } from "./twin-project.ts";

const pairs = 60;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: TempFolder;
let crm: Crm;
let erp: Erp;
let ups: readonly { close(): Promise<void> }[];
/** Lines of the old integration's table. */
const table: string[] = ["Record type;CRM id;ERP id"];
const first = { account: "", customer: "" };

/** Customers and their people on both sides, of which no declared key is equal. */
function fill(): void {
  for (let at = 0; at < pairs; at += 1) {
    const status = at % 3 === 0 ? "prospect" : "customer";
    const own = { name: `Alpha ${at}`, taxId: `DE1000${at}`, email: `office@alpha-${at}.example`, status };
    const account = crm.people.createAccount({ ...own, currency: "EUR", customerNumber: `OLD-${at}` });
    const theirs = {
      name: `ALPHA NO ${at} GMBH`,
      vat_number: `ATU77${at}`,
      email: `rechnung@beta-${at}.example`,
    };
    const customer = erp.people.create("customers", { ...theirs, currency: "EUR", phone: `+43 ${at}` });
    const person = { givenName: `Ann ${at}`, familyName: "Alpha", email: `ann@alpha-${at}.example` };
    const contact = crm.people.createContact({ ...person, accountId: account.id });
    const same = {
      first_name: `A. ${at}`,
      last_name: "Beta",
      email: `a${at}@beta.example`,
      customer_id: customer.id,
    };
    const twin = erp.people.create("contacts", same);
    table.push(`Customer;${account.id};${customer.id}`, `Contact;${contact.id};${twin.id}`);
    if (at === 0) Object.assign(first, { account: account.id, customer: customer.id });
  }
}

/** Runs Crossfoot as a person does, in a process of its own. */
async function crossfoot(...argv: readonly string[]): Promise<Ended> {
  const { code, stdout, stderr } = await runProgram(folder.path, argv);
  return { code: code ?? -1, out: stdout, err: stderr };
}

/** Everything that people see in both systems. */
const world = (): string =>
  JSON.stringify([crm.state.records["accounts"], crm.state.records["contacts"], erp.state.records]);

beforeAll(async () => {
  folder = tempFolder();
  crm = createCrm({ clock: Date.now, seed: 11 });
  erp = createErp({ clock: Date.now, seed: 11 });
  fill();
  const [crmUp, erpUp] = [await crm.listen(), await erp.listen()];
  ups = [crmUp, erpUp];
  writeTwinProject(folder.path, { crm: crmUp.url, erp: erpUp.url });
  writeFileSync(join(folder.path, "links.csv"), `\ufeff${table.join("\r\n")}\r\n`);
});
afterAll(async () => {
  for (const up of ups) await up.close();
  folder.remove();
});

describe("a company that integrates already", () => {
  const before = { world: "" };

  test("sees first, in an observing run, what would be doubled without its table", async () => {
    before.world = world();
    const { code, out } = await crossfoot("run", "--observe", "--json");
    expect(code).toBe(0);
    const run = JSON.parse(out) as {
      entities: { entity: string; observed: Record<string, { create?: number }> }[];
    };
    const creates = run.entities.flatMap(({ observed }) =>
      Object.values(observed).map(({ create }) => create ?? 0),
    );
    expect(creates.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(pairs);
    expect(world()).toBe(before.world);
  });

  test("gives its table, and is told what that got wrong; nothing is written", async () => {
    const file = join(folder.path, "links.csv");
    const looked = await crossfoot("adopt", file, "--check", "--json");
    const adopted = await crossfoot("adopt", file, "--json");
    expect([looked.code, adopted.code]).toEqual([2, 2]);
    const report = JSON.parse(adopted.out) as {
      counts: Record<string, { adopted: number }>;
      found: Record<string, number>;
      differences: Record<string, Record<string, number>>;
    };
    expect(report.counts).toMatchObject({ accounts: { adopted: pairs }, contacts: { adopted: pairs } });
    expect(Object.keys(report.found)).toEqual(["keys_contradict"]);
    expect(report.differences["accounts"]?.["name"]).toBe(pairs);
    expect(world()).toBe(before.world);
  });

  test("lets Crossfoot run: nothing is created, nothing overwritten", async () => {
    const run = await crossfoot("run", "--json");
    expect(run.code).toBe(2);
    const { entities } = JSON.parse(run.out) as {
      entities: { settled: Record<string, Record<string, number>> }[];
    };
    expect(
      entities.flatMap(({ settled }) =>
        Object.values(settled).filter((kinds) => Object.keys(kinds).length > 0),
      ),
    ).toEqual([]);
    expect(world()).toBe(before.world);
    const again = await crossfoot("adopt", join(folder.path, "links.csv"), "--json");
    expect(JSON.parse(again.out)).toMatchObject({ counts: { accounts: { adopted: 0, known: pairs } } });
  });

  test("edits on, and the edit travels; what differed before still waits for a person", async () => {
    crm.people.editAccount(first.account, { website: "https://alpha-0.example" });
    expect((await crossfoot("run")).code).toBe(2);
    const customer = erp.state.records["customers"]?.[first.customer];
    expect(customer).toMatchObject({ url: "https://alpha-0.example", name: "ALPHA NO 0 GMBH" });
    const conflicts = JSON.parse((await crossfoot("conflicts", "--json")).out) as { conflicts: unknown[] };
    expect(conflicts.conflicts.length).toBeGreaterThan(pairs);
  });

  test("says at last that its differences stand, and nothing is left to decide", async () => {
    await crossfoot("adopt", join(folder.path, "links.csv"), "--on-difference", "keep");
    const conflicts = JSON.parse((await crossfoot("conflicts", "--json")).out) as { conflicts: unknown[] };
    expect(conflicts.conflicts).toEqual([]);
    expect((await crossfoot("run")).code).toBe(0);
    expect(Object.keys(erp.state.records["customers"] ?? {}).length).toBe(pairs);
    expect(Object.keys(crm.state.records["accounts"] ?? {}).length).toBe(pairs);
  });
});
