import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { AdoptReport, AdoptRow, BadRow } from "../runtime/adopt-report.ts";
import type { AdoptOptions } from "../runtime/engine.ts";
import { command, fakeEngine } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
let read: (AdoptRow | BadRow)[];
let asked: AdoptOptions[];
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  [read, asked] = [[], []];
});
afterEach(() => folder.remove());

const clean: AdoptReport = {
  ...{ runId: "run-1", isCheck: false, counts: {}, findings: [], found: {} },
  ...{ differences: {}, alone: {}, planned: {}, troubles: [] },
};

/** Runs `adopt` on a table, and keeps what the engine was given. */
async function adopt(
  table: string | Buffer | null,
  flags: readonly string[] = [],
  report: AdoptReport = clean,
): Promise<Ended> {
  const file = join(folder.path, "table.csv");
  if (table !== null) writeFiles(folder.path, { "table.csv": table as string });
  const engine = fakeEngine({
    adopt: async (options) => {
      asked.push(options);
      for await (const row of options.rows ?? []) read.push(row);
      return report;
    },
  });
  const named = table === null ? [] : [file];
  return command(["adopt", ...named, ...flags, "--project", folder.path], { engine });
}

const idsRead = (): readonly unknown[] =>
  read.map((row) => ("problem" in row ? row.problem : [row.entity, ...row.ids.map(({ id }) => id)]));
const accounts = ["--entity", "accounts"];

describe("a table is understood", () => {
  it.each([
    ["names of the connections", "crm,erp\n1,2\n", accounts],
    ["other cases and marks", '"CRM ID";"ERP-Key"\r\n1;2\r\n', accounts],
    ["a byte order mark and tabs", "\ufeffcrm_id\terp_id\n1\t2\n", accounts],
    ["more columns, in another order", "note,erp_id,crm_id\nx,2,1\n", accounts],
    ["columns named by hand", "AccountId,CustNo\n1,2\n", [...accounts, "--map", "crm=AccountId,erp=CustNo"]],
    ["an entity column", "Type,crm,erp\nCustomer,1,2\n", []],
    ["blank lines and blanks around", "crm , erp\n\n 1 , 2 \n\n", accounts],
    ["bars", "crm|erp\n1|2\n", accounts],
  ])("with %s", async (_what, table, flags) => {
    expect((await adopt(table, flags)).code).toBe(0);
    expect(idsRead()).toEqual([["accounts", "1", "2"]]);
  });

  it("with quotes, delimiters and line breaks in its fields, and ids as they are", async () => {
    await adopt('crm,erp,note\n"00,1",0002,"two\nlines"\n"say ""x""",1E5,\n', accounts);
    expect(idsRead()).toEqual([
      ["accounts", "00,1", "0002"],
      ["accounts", 'say "x"', "1E5"],
    ]);
  });

  it("line by line: what cannot be read is told with its line, and the rest goes on", async () => {
    await adopt("type,crm,erp\naccounts,1\nthing,1,2\ncontacts,3,\nAccounts,4,5\norders,6,7\n");
    expect(read.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(idsRead()).toEqual([
      "2 columns, the header has 3",
      "unknown entity `thing`",
      ["contacts", "3", ""],
      ["accounts", "4", "5"],
      ["orders", "6", "7"],
    ]);
  });

  it("of 100,000 lines without holding them all", async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `c${at},e${at}`);
    await adopt(`crm,erp\n${lines.join("\n")}\n`, accounts);
    expect([read.length, read.at(-1)]).toMatchObject([100_000, { line: 100_001 }]);
  });
});

describe("a table is refused", () => {
  it.each([
    ["that is not there", null, [...accounts], "name a file, or a field"],
    ["that is empty", "", accounts, "is empty"],
    ["that has a header alone", "crm,erp\n", accounts, "has a header and no lines"],
    [
      "without a column of one side",
      "crm,number\n1,2\n",
      accounts,
      "no column holds the ids of erp; there are: `crm`, `number`",
    ],
    ["without an entity", "crm,erp\n1,2\n", [], "no column says which entity a line is of"],
    [
      "whose columns are mapped to nothing",
      "crm,erp\n1,2\n",
      [...accounts, "--map", "crm=Id"],
      "names a column `Id` that is not there",
    ],
    [
      "whose columns are mapped to nobody",
      "crm,erp\n1,2\n",
      [...accounts, "--map", "sap=erp"],
      "knows entity, crm, erp, not `sap`",
    ],
    [
      "with one column for both sides",
      "a,b\n1,2\n",
      [...accounts, "--map", "crm=a,erp=a"],
      "cannot hold the ids of both sides",
    ],
    ["whose quotes are never closed", 'crm,erp\n1,"2\n', accounts, "is no CSV"],
  ])("%s, with what to do", async (_what, table, flags, message) => {
    const ended = await adopt(table, flags);
    expect(ended.code).toBe(4);
    expect(ended.err).toContain(message);
  });

  it("that is UTF-16, which spreadsheets write as Unicode text", async () => {
    const ended = await adopt(Buffer.from("\ufeffcrm,erp\n1,2\n", "utf16le"), accounts);
    expect([ended.code, ended.err]).toMatchObject([4, expect.stringContaining("not UTF-8")]);
  });
});

describe("adopt", () => {
  it("passes on what is asked", async () => {
    await adopt("crm,erp\n1,2\n", [...accounts, "--on-difference", "keep", "--check", "--sweep"]);
    expect(asked[0]).toMatchObject({ onDifference: "keep", isCheck: true, sweep: true });
    await adopt(null, ["--field", "erp.id", "--on", "crm", ...accounts]);
    expect(asked[1]).toMatchObject({ field: { entity: "accounts", on: "crm", field: "erp.id" } });
    expect((await adopt(null, ["--field", "x", ...accounts])).code).toBe(4);
  });

  it("ends with 2 when something is left for a person, and says what", async () => {
    const report: AdoptReport = {
      ...clean,
      counts: { accounts: { rows: 3, adopted: 1, known: 0, aliases: 0, held: 1, rejected: 1 } },
      findings: [
        { kind: "unknown_id", entity: "accounts", line: 3, records: ["erp:9", "crm:1"], detail: "" },
        {
          kind: "missed",
          entity: "accounts",
          line: null,
          records: ["crm:5"],
          detail: "joined by a declared key",
        },
      ],
      found: { unknown_id: 1, missed: 1 },
      differences: { accounts: { name: 2 } },
      alone: { accounts: { crm: 4 } },
      planned: { erp: { update: 7 } },
    };
    const { code, out } = await adopt("crm,erp\n1,2\n", accounts, report);
    expect(code).toBe(2);
    for (const text of [
      "Ids that do not exist (1):\n  line 3: erp:9 and crm:1",
      "accounts: crm:5 joined by a declared key",
      "accounts: name 2",
      "7 × update in erp",
    ])
      expect(out).toContain(text);
    const { out: json } = await adopt("crm,erp\n1,2\n", [...accounts, "--json"], report);
    expect(JSON.parse(json)).toEqual(report);
  });
});
