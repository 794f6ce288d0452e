import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { auditRuleIds } from "@crossfoot/model";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { command, fakeEngine } from "./testing.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());

const at = (name: string): string => join(folder.path, name);
const names = "Acorn Foods,Birch Steel,Cedar Paints,Delta Tools,Ember Lamps,Falcon Boats,Granite Tiles".split(
  ",",
);
const head = "id,name,street,city,postcode,country,phone,email";
const lineOf = (id: string, name: string, row: number): string => {
  const web = `${name.split(" ")[0]?.toLowerCase()}-firm.com`;
  const place = `${row + 3} High Street,Leeds,LS${row + 1} 4AP,GB`;
  return `${id},${name},${place},+44 20 7946 0${row + 100},office${row}@${web}`;
};
const crm = [head, ...names.map((name, row) => lineOf(`A${row}`, `${name} Ltd`, row))];
const erp = [head, ...names.map((name, row) => lineOf(`9${row}`, `${name.toUpperCase()} LIMITED`, row))];

/** Writes the lists of both sides, and runs `audit` on them. */
async function audit(
  files: { readonly [name: string]: string | Buffer },
  flags: readonly string[] = ["--crm", at("crm"), "--erp", at("erp"), "--out", at("out")],
): ReturnType<typeof command> {
  writeFiles(folder.path, files as { readonly [name: string]: string });
  return command(["audit", ...flags]);
}

const findings = (): readonly string[] =>
  readFileSync(at("out/findings.csv"), "utf8").trimEnd().split("\n").slice(1);
const rulesFound = (): readonly string[] => findings().map((line) => line.split(",").slice(1, 6).join(" "));

describe("audit on files", () => {
  it("records in order have the score 100 and the exit code 0", async () => {
    const ended = await audit({ "crm/accounts.csv": crm.join("\n"), "erp/customers.csv": erp.join("\n") });
    expect(ended.err).not.toMatch(/crossfoot:/);
    expect(rulesFound()).toEqual([]);
    expect(ended.code).toBe(0);
    expect(ended.out).toContain("Score 100.0 of 100");
    expect(ended.out).toMatch(/accounts\s+7\s+0\s+0 only in crm, 0 only in erp/);
  });

  it("a place that takes no files is refused before anything is read, and left as it was", async () => {
    const lists = { "crm/accounts.csv": "no list at all", taken: "a file" };
    for (const out of [at("taken"), at("taken/below")]) {
      const ended = await audit(lists, ["--crm", at("crm"), "--out", out]);
      expect([ended.code, ended.out]).toEqual([4, ""]);
      expect(ended.err).toContain(`\`${out}\` cannot be made a folder`);
      expect(ended.err).toContain("nothing was audited");
    }
    const engine = fakeEngine();
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
    const project = ["--project", folder.path, "--out"];
    const repair = [...project, at("taken/plan.json"), "--repair", "space-around"];
    for (const flags of [[...project, at("taken")], repair]) {
      const ended = await command(["audit", ...flags], { engine });
      expect([ended.code, engine.asked]).toEqual([4, []]);
      expect(ended.err).toContain("nothing was audited");
    }
    // A place that is good is not there before there is something in it.
    await audit({ "crm/accounts.csv": "" }, ["--crm", at("crm"), "--map", at("none"), "--out", at("new")]);
    expect(existsSync(at("new"))).toBe(false);
  });

  it("what both sides say of one record is compared, whatever its id there", async () => {
    const other = erp.map((line) => line.replace("3 High Street,Leeds", "12 Low Lane,York"));
    const ended = await audit({ "crm/accounts.csv": crm.join("\n"), "erp/accounts.csv": other.join("\n") });
    expect(ended.code).toBe(2);
    expect(rulesFound()).toEqual(["disagree crm accounts A0 1", "disagree crm accounts A0 1"]);
    expect(findings()[0]).toContain("erp,90");
  });

  it("what a spreadsheet would compute is escaped, a phone number with it", async () => {
    const line = "A9,=cmd|' /C calc'!A0,1 Low Lane,Leeds ,LS1 4AP,GB,+44 20 7946 0999,a@b.example.com";
    const faulty = "A8,Hill & Co,1 Low Lane,Leeds ,LS1 4AP,GB,+44 20,a@hill-firm.com";
    await audit({ "crm/accounts.csv": [...crm, line, faulty].join("\n") }, [
      ...["--crm", at("crm"), "--out", at("out")],
    ]);
    const all = readFileSync(at("out/findings.csv"), "utf8");
    expect(all).not.toMatch(/(?:^|,)=/m);
    expect(all).toContain(",'+44 20,");
    expect(readFileSync(at("out/repairs-crm-accounts.csv"), "utf8")).toContain("A8,city,Leeds ,Leeds,");
  });

  it("the page escapes what stands in the records", async () => {
    const line = "A9,<script>alert(1)</script>,,Leeds,LS1 4AP,GB,+44 20 7946 0999,a@low-firm.com";
    await audit({ "crm/accounts.csv": [...crm, line].join("\n") }, ["--crm", at("crm"), "--out", at("out")]);
    const page = readFileSync(at("out/audit.html"), "utf8");
    expect(page).toContain("An address without street");
    // Who reads the page knows a company by its name.
    expect(page).toContain("<code>A9</code> &lt;script&gt;alert(1)&lt;/script&gt;:");
    expect(page).not.toContain("<script");
  });

  it("the page names the record of the same system that another is the same as", async () => {
    const twin = (crm[1] ?? "").replace("A0", "A9");
    await audit({ "crm/accounts.csv": [...crm, twin].join("\n") }, ["--crm", at("crm"), "--out", at("out")]);
    const page = readFileSync(at("out/audit.html"), "utf8").replaceAll(/\s+/g, " ");
    const name = twin.split(",")[1] ?? "";
    expect(page).toContain(
      `<code>A9</code> <span class="value">“${name}”</span> <span class="soft">the same as A0</span> ` +
        `<span class="value">“${name}”</span>`,
    );
  });

  it("the page says what becomes of a filler, and of a single record", async () => {
    const line = "A9,Low  Firm,1 Low Lane,n/a,LS1 4AP,GB,+44 20 7946 0999,a@low-firm.com";
    await audit({ "crm/accounts.csv": [...crm, line].join("\n") }, ["--crm", at("crm"), "--out", at("out")]);
    const page = readFileSync(at("out/audit.html"), "utf8").replaceAll(/\s+/g, " ");
    expect(page).toContain('<span class="value">“n/a”</span> <span class="good">→ nothing</span>');
    expect(page).toContain("It can be repaired at once");
    expect(page).not.toContain("All of them can be repaired");
  });

  it("each field and each list is told by four shares, on the page, as JSON and as CSV", async () => {
    const wrong = crm.map((line, row) => (row === 1 ? line.replace("+44 20 7946 0100", "+44 20") : line));
    const other = erp.map((line) => line.replace("+44 20 7946 0103", "+44 20 7946 0999"));
    const ended = await audit({ "crm/accounts.csv": wrong.join("\n"), "erp/accounts.csv": other.join("\n") });
    expect(ended.code).toBe(2);
    const csv = readFileSync(at("out/fields.csv"), "utf8").split("\n");
    expect(csv.slice(0, 3)).toEqual([
      "system,entity,field,taken_for,records,filled,completeness,validity,uniqueness,consistency",
      "crm,accounts,id,id,7,7,1.0000,1.0000,1.0000,",
      "crm,accounts,name,name,7,7,1.0000,1.0000,,1.0000",
    ]);
    expect(csv).toContain("crm,accounts,phone,phone,7,7,1.0000,0.8571,,0.8333");
    const { lists } = JSON.parse(readFileSync(at("out/audit.json"), "utf8")) as {
      readonly lists: readonly { readonly quality: object; readonly columns: readonly object[] }[];
    };
    expect(lists[0]?.quality).toMatchObject({ completeness: 1, validity: 55 / 56, uniqueness: 1 });
    expect(lists[0]?.columns[6]).toMatchObject({ name: "phone", validity: 6 / 7, consistency: 5 / 6 });
    const page = readFileSync(at("out/audit.html"), "utf8").replaceAll(/\s+/g, " ");
    expect(page).toContain("How good the lists are");
    const cell = (text: string): string => `<td class="count">${text}</td>`;
    expect(page).toContain(
      `<th scope="row">phone</th> <td class="soft">phone</td> ${cell("100 %")}${cell("85 %")}` +
        `<td class="count soft">–</td>${cell("83 %")}`,
    );
  });

  it("one JSON document tells the same as the files", async () => {
    const broken = crm.map((line) => line.replace("LS1 4AP", "1234"));
    const ended = await audit({ "crm/accounts.csv": broken.join("\n") }, [
      ...["--crm", `accounts=${at("crm/accounts.csv")}`, "--out", at("out"), "--json"],
    ]);
    const told = JSON.parse(ended.out) as { groups: { rule: string; count: number }[]; score: number };
    expect(told.groups.map(({ rule, count }) => [rule, count])).toEqual([["postcode-invalid", 1]]);
    expect(told.score).toBe(94.2);
    expect(existsSync(at("out/audit.json"))).toBe(true);
  });
});

describe("bad input is named", () => {
  it("of an audit that was refused no findings are left that would pass for all", async () => {
    const blank = crm.map((line) => line.replace("Leeds", ""));
    const ended = await audit({ "crm/accounts.csv": [...blank, "A9,too,few"].join("\n") }, [
      ...["--crm", at("crm"), "--out", at("out")],
    ]);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(/accounts.csv, line 9: has another number of cells/);
    expect(readdirSync(at("out"))).toEqual([]);
  });

  it.each([
    ["another encoding", Buffer.from("id,name\n1,M\xfcller", "latin1"), /accounts.csv, line 2: not UTF-8/],
    ["a row of another width", "id,name\n1,a,b\n", /line 2: has another number of cells/],
    ["a quote that is left open", 'id,name\n1,"a\n2,b\n', /a quote was opened and never closed/],
    ["nothing", "", /is empty/],
  ])("%s", async (_what, text, message) => {
    const ended = await audit({ "crm/accounts.csv": text }, ["--crm", at("crm")]);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
  });

  it("another encoding is named before anything else is looked at, in whatever list", async () => {
    const latin = Buffer.from("id,name\n1,a\n2,M\xfcller\n", "latin1");
    const files = { "crm/accounts.csv": "id,name\n1,a,b\n", "crm/contacts.csv": latin };
    expect((await audit(files, ["--crm", at("crm")])).err).toMatch(/contacts.csv, line 3: not UTF-8/);
  });

  it.each([
    [[], /crossfoot.yaml: there is none/],
    [["--crm", "nowhere"], /there is no folder nowhere/],
    [["--crm", "acounts=x.csv"], /did you mean `accounts`/],
    [["--crm", "accounts=x.csv", "--stale-days", "-3"], /whole number/],
    [["--crm", "accounts=x.csv", "orders=y.csv", "accounts=z.csv"], /both x.csv and z.csv are accounts/],
  ])("flags such as %j", async (flags, message) => {
    const ended = await audit({}, flags);
    expect(ended.code).toBe(4);
    expect(ended.err).toMatch(message);
  });
});

it("the guide explains every rule", () => {
  const guide = readFileSync(new URL("../../../../docs/guide/audit.md", import.meta.url), "utf8");
  expect(auditRuleIds.filter((rule) => !guide.includes(`\`${rule}\``))).toEqual([]);
});
