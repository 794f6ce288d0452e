import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linkId } from "@crossfoot/kernel";
import { apartIn, composeStatement, sealFaults, sealForm, sealStatement } from "@crossfoot/model";
import type { EntityStatement, SealedStatement } from "@crossfoot/model";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { readStatement, statementBytes } from "./statement-file.ts";
import { command, fakeEngine } from "./testing.ts";

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
const orders: EntityStatement = {
  entity: "orders",
  linked: 1,
  missing: [],
  notWanted: 0,
  fieldsCompared: 2,
  fieldsEqual: 1,
  differences: [
    {
      ...{ link: linkId("l-1"), label: "SO-1 </script>", field: "gross", because: [], reason: "in_flight" },
      ...{ crm: { amount: "10", currency: "EUR" }, erp: { amount: "9.5", currency: "EUR" } },
      command: "crossfoot run",
    },
  ],
  totals: [{ field: "gross", currency: "EUR", crm: "10", erp: "9.5", difference: "0.5" }],
  proof: null,
};
const place = { account: "a-1", period: "2026-01", currency: "EUR" };
const statement = composeStatement({
  madeAt: "2026-02-01T00:00:00.000Z",
  contract: "c0ffee",
  entities: [orders],
  documents: [
    {
      ...{ entity: "orders", link: linkId("l-1"), label: "SO-1" },
      crm: { ...place, amounts: { orders: "10" } },
      erp: { ...place, amounts: { orders: "9.5" } },
      ...{ reason: "in_flight", command: "crossfoot run" },
    },
  ],
  companyDocuments: [
    {
      ...{ entity: "orders", link: linkId("l-1"), label: "SO-1" },
      crm: { ...place, currency: "USD", amounts: { orders: "10.8" } },
      erp: { ...place, currency: "USD", amounts: { orders: "10.45" } },
      ...{ reason: "in_flight", command: "crossfoot run" },
    },
  ],
  accounts: { "a-1": "Ada & Söhne, Łódź" },
});
const sealed: SealedStatement = sealStatement(statement, { store: "s", number: 1, before: "", digest });
const engine = fakeEngine({ issueStatement: () => Promise.resolve(sealed) });
const forms = ["statement.json", "statement.html", "statement.pdf"] as const;

describe("a statement that is handed out", () => {
  let temporary: TempFolder;
  let folder: string;
  beforeEach(() => {
    temporary = tempFolder();
    folder = temporary.path;
    writeFiles(folder, { "crossfoot.yaml": plainProject });
  });
  afterEach(() => temporary.remove());
  const run = (argv: readonly string[], more: Parameters<typeof command>[1]) =>
    command([...argv, "--project", folder], more);

  it.each(forms)(
    "as %s it is written, and found whole; made again it is the same to the byte",
    async (form) => {
      const file = join(folder, form);
      expect((await run(["statement", "--out", file], { engine })).code).toBe(2);
      const { code, out } = await run(["statement", "verify", file], { engine });
      expect([code, out.includes("is whole")]).toEqual([0, true]);
      expect(readFileSync(file).equals(await statementBytes(sealed, file))).toBe(true);
    },
  );

  it("on the page amounts stand at the right, commands are whole, differences counted", async () => {
    const page = (await statementBytes(sealed, "statement.html")).toString().replaceAll(/\s+/g, " ");
    expect(page).toContain('<th scope="col" class="count">Orders</th>');
    expect(page).toContain('<td class="count">9.50</td>');
    expect(page).toContain("<span>crossfoot</span> <span>run</span>");
    expect(page).toContain("The CRM and the ERP do not agree yet: 1 difference, each with its reason.");
    expect(page).toContain("Totals in the company&#39;s currency");
    expect(page).toContain('<td class="count">10.45</td>');
  });

  // A page is made again for each byte, with its fonts.
  it.each(forms)("as %s it is not whole when a byte of it is another", { timeout: 120_000 }, async (form) => {
    const whole = await statementBytes(sealed, form);
    const file = join(folder, `changed-${form}`);
    const place = fc.nat(whole.length - 1);
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const bytes = Buffer.from(whole);
        bytes[at] = ((bytes[at] ?? 0) + by) % 256;
        writeFileSync(file, bytes);
        const read = await readStatement(file);
        // Space between the values of a JSON says nothing.
        if (JSON.stringify(read.sealed) === JSON.stringify(sealed) && form.endsWith("json")) return;
        const ofSeal = read.sealed === null ? [] : sealFaults(read.sealed, digest);
        expect(read.faults.length + ofSeal.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });

  it("tells what was changed, and what the store says against it", async () => {
    const file = join(folder, "forged.json");
    writeFileSync(file, (await statementBytes(sealed, file)).toString().replace('"9.5"', '"10"'));
    const against = fakeEngine({ checkStatement: () => Promise.resolve(["chain: another store"]) });
    const { code, out } = await run(["statement", "verify", file], { engine: against });
    expect(code).toBe(1);
    for (const fault of ["orders: its content is not what was sealed", "chain: another store"])
      expect(out).toContain(fault);
  });

  it.each(forms)("as %s it is told as not whole when a bit breaks what is sealed inside", async (form) => {
    const bytes = await statementBytes(sealed, form);
    const file = join(folder, `broken-${form}`);
    const seal = bytes.indexOf(sealForm);
    const opening = bytes.lastIndexOf("{", seal);
    const places = [opening, seal, seal - 1, seal + sealForm.length, bytes.indexOf("statement", seal) - 1];
    for (const at of [...places, bytes.indexOf("/EmbeddedFile"), bytes.indexOf("crossfoot-statement")]) {
      if (at < 0) continue;
      const broken = Buffer.from(bytes);
      broken[at] = (broken[at] ?? 0) ^ 4;
      writeFileSync(file, broken);
      const { code, out } = await run(["statement", "verify", file, "--json"], { engine });
      const told = JSON.parse(out) as { readonly faults: readonly string[] };
      expect([form, at, code, told.faults.length > 0]).toEqual([form, at, 1, true]);
    }
    // What was cut off is missed too.
    writeFileSync(file, bytes.subarray(0, bytes.indexOf(sealForm) + 200));
    const { code, out } = await run(["statement", "verify", file], { engine });
    expect([code, out]).toEqual([1, expect.stringContaining("is NOT whole")]);
    expect(out).toContain("sealed statement inside");
  });

  it("where nothing can be written no statement is handed out, and no number used", async () => {
    const asked = fakeEngine({ issueStatement: () => Promise.resolve(sealed) });
    const { code, err } = await run(["statement", "--out", join(folder, "nowhere", "s.json")], {
      engine: asked,
    });
    expect([code, err.includes("no statement was handed out")]).toEqual([4, true]);
    expect(asked.asked.filter((call) => call.startsWith("issueStatement"))).toEqual([]);
  });

  it("what stands beside the seal is a fault", async () => {
    const file = join(folder, "more.json");
    const whole = JSON.parse((await statementBytes(sealed, file)).toString()) as object;
    writeFileSync(file, JSON.stringify({ ...whole, note: "all is paid" }));
    const { code, out } = await run(["statement", "verify", file], { engine });
    expect([code, out.includes("note: it stands beside the seal")]).toEqual([1, true]);
  });

  it("a figure told twice, the first of which a person reads and no machine, is a fault", async () => {
    const file = join(folder, "twice.json");
    const whole = (await statementBytes(sealed, file)).toString();
    const verify = async (text: string): Promise<readonly [number, string]> => {
      writeFileSync(file, text);
      const { code, out } = await run(["statement", "verify", file], { engine });
      return [code, out];
    };
    const [code, out] = await verify(whole.replace('"isEqual":', '"isEqual": true,\n    "isEqual":'));
    expect([code, out]).toEqual([1, expect.stringContaining("isEqual: it stands there twice")]);
    const number = /"number": \d+,/;
    // Escaped it is the same key.
    expect((await verify(whole.replace(number, '"\\u006eumber": 77, $&')))[0]).toBe(1);
    // What stands within a text is no key, and one key may stand in many places.
    expect((await verify(JSON.stringify(JSON.parse(whole))))[0]).toBe(0);
  });

  it("agreement over nothing is none", async () => {
    const nothing = composeStatement({ ...statement, entities: [], documents: [], accounts: {} });
    const empty = fakeEngine({ statement: () => Promise.resolve(nothing) });
    const clock = { now: () => Date.UTC(2026, 0, 31, 10), monotonic: () => 0 };
    const { code, out } = await run(["statement", "--as-of", "1999-01-01"], { engine: empty, clock });
    expect([nothing.isEqual, code, out.includes("says nothing about both systems")]).toEqual([true, 2, true]);
  });

  it.each([
    ["2026-01-30", null],
    ["2026-01-31", null],
    ["2026-01-31T10:59:59+01:00", null],
    ["2026-02-01", "lies ahead by UTC"],
    ["2026-01-31T11:00:01+01:00", "lies ahead: "],
    ["2099-01-01", "lies ahead by UTC"],
  ])("as of %s on 2026-01-31, 10:00 by UTC", async (day, says) => {
    const clock = { now: () => Date.UTC(2026, 0, 31, 10), monotonic: () => 0 };
    const { code, err } = await run(["statement", "--as-of", day], { engine, clock });
    expect([code === 4, err]).toEqual([says !== null, expect.stringContaining(says ?? "")]);
  });

  it("of a day that is not over the end is not told, and agreement is of what is known", async () => {
    const equal = { ...orders, differences: [], fieldsEqual: 2, totals: [] };
    const notes = { unknown: ["orders of crm: last read before the cut"], since: [], byStamp: 0 };
    const asOf = { ...notes, day: "2026-02-01", at: "2026-02-01T23:59:59.999Z" };
    const shown = async (told: typeof asOf, exits: number): Promise<readonly string[]> => {
      const part = { ...statement, madeAt: "2026-02-01T10:00:00.000Z", entities: [equal], documents: [] };
      const made = composeStatement({ ...part, companyDocuments: [], accounts: {}, asOf: told });
      const { code, out } = await run(["statement"], {
        engine: fakeEngine({ statement: () => Promise.resolve(made) }),
      });
      expect(code).toBe(exits);
      const page = await statementBytes(
        sealStatement(made, { store: "s", number: 1, before: "", digest }),
        "statement.html",
      );
      return [out, page.toString().split('<script type="application/json"')[0] ?? ""];
    };
    for (const text of await shown(asOf, 2)) {
      expect(text).not.toContain("showed at");
      expect(text).toContain("2026-02-01 was not over: what both systems showed up to 2026-02-01 10:00");
      expect(text).toContain("agree in what is known of 2026-02-01");
    }
    const known = { ...asOf, unknown: [], day: "2026-01-31", at: "2026-01-31T23:59:59Z" };
    for (const text of await shown(known, 0)) {
      expect(text).toContain("What both systems showed at 2026-01-31 23:59");
      expect(text).not.toContain("in what is known");
    }
  });

  it("what the contract does not want is told apart from what differs", async () => {
    const [open] = orders.differences;
    if (open === undefined) throw new Error("no difference");
    const apart = {
      ...open,
      field: "quote",
      reason: "parent_not_wanted",
      command: "crossfoot contract",
    } as const;
    const lone = { ...apart, link: linkId("l-2"), label: "SO-2" };
    const tree = { withinMs: 1, records: 3, recordsEqual: 1, recordsProven: 1, fields: 9, fieldsProven: 6 };
    const proof = { ...tree, oldest: null, root: { crm: "a", erp: "b" }, nodes: [] };
    const differences = [open, apart, lone];
    const entity = { ...orders, linked: 3, fieldsCompared: 9, fieldsEqual: 6, differences };
    const told = composeStatement({
      ...statement,
      documents: [],
      entities: [{ ...entity, proof: { ...proof, ...apartIn(differences) } }],
    });
    const { out } = await run(["statement"], {
      engine: fakeEngine({ statement: () => Promise.resolve(told) }),
    });
    expect(out).toContain("Differences (1)");
    expect(out).toContain("Apart by the contract; nothing has to be done (2)");
    expect(out).toContain("They do not agree yet: 1 difference, each with its reason.");
    // Two records owe a proof, and seven fields.
    expect(out).toMatch(/orders +3 +50\.00 % +85\.71 % +1 /);
  });

  it("what a field leads to is told by its name, and accounts come by theirs", async () => {
    const [open] = orders.differences;
    if (open === undefined) throw new Error("no difference");
    const lead = { ...open, field: "account", crm: { link: "l-8" }, erp: { link: "l-9" } };
    const names = { "a-1": "Zeta", "a-2": "alpha", "a-3": "Beta" };
    const documents = Object.keys(names).map((account) => ({
      ...{
        entity: "orders",
        link: linkId(`o-${account}`),
        label: `of ${account}`,
        reason: null,
        command: null,
      },
      crm: { ...place, account, amounts: { orders: "10" } },
      erp: { ...place, account, amounts: { orders: "10" } },
    }));
    const told = composeStatement({
      ...statement,
      documents,
      companyDocuments: [],
      accounts: names,
      entities: [{ ...orders, differences: [lead] }],
      names: [{ entity: "accounts", link: "l-8", label: "Northwind" }],
    });
    const { out } = await run(["statement"], {
      engine: fakeEngine({ statement: () => Promise.resolve(told) }),
    });
    expect(out).toMatch(/→ Northwind +→ l-9/);
    const page = await statementBytes(
      sealStatement(told, { store: "s", number: 1, before: "", digest }),
      "statement.html",
    );
    const text =
      page
        .toString()
        .split('<script type="application/json"')[0]
        ?.replaceAll(/<[^>]+>/g, " ") ?? "";
    expect(text).toMatch(/→\s+Northwind\s+→\s+l-9/);
    const places = ["alpha", "Beta", "Zeta"].map((name) => text.indexOf(name));
    expect(places.every((at, nr) => at > (places[nr - 1] ?? 0))).toBe(true);
  });

  it("an ending of no form, a day that is none and a file without a statement are refused", async () => {
    const empty = join(folder, "empty.html");
    writeFileSync(empty, "<html></html>");
    const strange = join(folder, "strange.json");
    writeFileSync(strange, '{"statement":{},"hash":1}');
    for (const args of [
      ["statement", "--out", "statement.doc"],
      ["statement", "--as-of", "2026-02-30"],
      ["statement", "verify", empty],
      ["statement", "verify", join(folder, "nowhere.pdf")],
      ["statement", "verify", strange],
      ["statement", "prove", empty],
    ])
      expect([args, (await run(args, { engine })).code]).toEqual([args, 4]);
  });
});
