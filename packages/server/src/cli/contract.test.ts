import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contractWords, defaultContract, readContract } from "@crossfoot/model";
import type { Contract } from "@crossfoot/model";
import { plainEnvironment, plainProject, writeFiles } from "../config/testing.ts";
import { contractSheet } from "../documents/contract-sheet.ts";
import { sheetHtml } from "../documents/sheet-html.ts";
import { sheetMarkdown } from "../documents/sheet-markdown.ts";
import type { Sheet } from "../documents/sheet.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import type { ContractState } from "../runtime/engine.ts";
import type { KeptContract } from "../store/port.ts";
import { personalPart } from "../documents/inventory-sheet.ts";
import { command, fakeEngine } from "./testing.ts";

const golden = (name: string): string => `../../../../test/golden/${name}`;
let folder: TempFolder;
const path = (name: string): string => join(folder.path, name);
const read = (name: string): string => readFileSync(path(name), "utf8");
const run = (...argv: readonly string[]) =>
  command(["--project", folder.path, ...argv], { environment: plainEnvironment });

const printed = (contract: Contract): Sheet => {
  const words = contractWords(contract);
  const cadence = Object.fromEntries(words.entities.map(({ entity }) => [entity, "Looked at every 30s."]));
  const head = { version: "1", hash: "c0ffee", signatures: null, missing: null };
  return contractSheet({ ...head, words, cadence: cadence as never, personal: personalPart(contract) });
};

/** What a browser shows as text, cell by cell. */
const textsOf = (page: string): readonly string[] =>
  page.split(/<[^>]*>/).filter((text) => text.trim() !== "");

describe("the contract and the specification as documents (run vitest with -u to write them anew)", () => {
  beforeEach(() => {
    folder = tempFolder();
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  });
  afterEach(() => folder.remove());

  it("the default contract reads so", async () => {
    await expect(sheetMarkdown(printed(defaultContract))).toMatchFileSnapshot(golden("contract.md"));
    await expect(sheetHtml(printed(defaultContract))).toMatchFileSnapshot(golden("contract.html"));
  });

  it("the specification of a project that init made reads so", async () => {
    const made = await command(["init", path("p")]);
    expect(made.code).toBe(0);
    writeFileSync(path("p/contract.yaml"), 'version: "2"\n');
    const at = ["--project", path("p")];
    expect((await command([...at, "spec", "--out", path("spec.md")])).code).toBe(0);
    await expect(read("spec.md")).toMatchFileSnapshot(golden("spec.md"));
    expect((await command([...at, "spec", "--out", path("spec.html")])).code).toBe(0);
    expect(textsOf(read("spec.html")).length).toBeGreaterThan(200);
  });

  it("each is kept as what its name says, and any other name is refused", async () => {
    for (const name of ["contract", "spec"]) {
      for (const ending of ["html", "md", "json"])
        expect((await run(name, "--out", path(`x.${ending}`))).code).toBe(0);
      expect(read("x.html")).toMatch(/^<!doctype html>/);
      expect(read("x.md")).toMatch(/^# /);
      expect(JSON.parse(read("x.json"))).toHaveProperty(name === "spec" ? "facts" : "entities");
      const refused = await run(name, "--out", path("x.docx"));
      expect([refused.code, refused.err]).toEqual([4, expect.stringContaining(".html, .md or .json")]);
    }
  });

  it("another cadence is another specification, and the same contract", async () => {
    const factsOf = async (): Promise<readonly string[]> => {
      const { facts } = JSON.parse((await run("spec", "--json")).out) as Sheet;
      return ["Contract hash", "Hash of this specification"].map(
        (name) => facts.find(([of]) => of === name)?.[1] ?? "",
      );
    };
    const before = await factsOf();
    expect(await factsOf()).toEqual(before);
    writeFiles(folder.path, { "crossfoot.yaml": `${plainProject}sweep: 2h\n` });
    const after = await factsOf();
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
  });

  it("no text of a contract becomes a tag, a link, a heading or a column", () => {
    const evil = `</td><script>alert(1)</script> [x](javascript:y) | z & "q" \`t\`\n# head`;
    const { contract } = readContract({
      signers: [{ department: evil }],
      entities: {
        accounts: { means: evil, edgeCases: [evil], fields: { name: { means: evil } } },
      },
    });
    const page = sheetHtml(printed(contract));
    expect(page).not.toContain("<script");
    expect(page).toContain("&lt;script&gt;");
    const text = sheetMarkdown(printed(contract));
    expect(text).not.toContain("<script");
    expect(text.split("\n").filter((line) => line.startsWith("# "))).toHaveLength(1);
    const row = text.split("\n").find((line) => line.startsWith("| Name |")) ?? "";
    expect(row.split(/(?<!\\)\|/)).toHaveLength(8);
    expect(text).toContain(String.raw`\[x\](javascript:y) \| z`);
  });

  it("a very long contract is a whole document", () => {
    const many = Array.from({ length: 5_000 }, (_, at) => `Case ${at}: somebody asks.`);
    const { contract } = readContract({ entities: { accounts: { edgeCases: many } } });
    expect(sheetHtml(printed(contract)).split("<li>Case ")).toHaveLength(5_001);
    expect(sheetMarkdown(printed(contract)).split("- Case ")).toHaveLength(5_001);
  });
});

describe("signing and comparing", () => {
  const asked: string[] = [];
  const kept = (version: string, hash: string, more: Partial<Contract> = {}): KeptContract => ({
    ...{ seq: 1, hash, version, inForce: true, since: "2026-01-31T10:00:00.000Z" },
    terms: { ...defaultContract, ...more } as unknown as KeptContract["terms"],
  });
  const other = kept("1", "a".repeat(64), { signers: [{ department: "Finance" }] });
  const engine = (state: Partial<ContractState> = {}) =>
    fakeEngine({
      signContract: (signing, by) => {
        asked.push(JSON.stringify({ signing, by }));
        return Promise.resolve(asked.length === 1);
      },
      contract: async () => ({
        ...{ hash: "c".repeat(64), version: null, requires: "on", isSigned: false },
        ...{ missing: [{ department: "Sales" }], signatures: [], kept: [other], ...state },
      }),
    });
  const sign = (...argv: readonly string[]) =>
    command(["--project", folder.path, "contract", ...argv], {
      environment: plainEnvironment,
      engine: engine(),
    });

  beforeEach(() => {
    asked.length = 0;
    folder = tempFolder();
    writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  });
  afterEach(() => folder.remove());

  it("takes name, role and a department that signs, and tells who is left", async () => {
    const argv = ["sign", "--name", " Ada ", "--role", "CFO", "--department", "finance"];
    const { code, out } = await sign(...argv);
    expect([code, out]).toEqual([0, expect.stringContaining("Has yet to sign, one of these: Sales.")]);
    expect(asked).toEqual(['{"signing":{"name":"Ada","role":"CFO","department":"Finance"},"by":"ada"}']);
    expect((await sign(...argv)).out).toContain("before; nothing was added");
  });

  it("without a name, a role, or a department that could be told, nothing is recorded", async () => {
    for (const [argv, why] of [
      [["--role", "CFO"], "--name is missing"],
      [["--name", "Ada", "--role", " "], "--role is missing"],
      [["--name", "Ada\u0000", "--role", "CFO"], "one line"],
      [["--name", "Ada", "--role", "CFO"], "--department is one of Sales, Finance, Operations"],
      [["--name", "Ada", "--role", "CFO", "--department", "IT"], "no department `IT` signs"],
    ] as const) {
      const { code, err } = await sign("sign", ...argv);
      expect([code, err]).toEqual([4, expect.stringContaining(why)]);
    }
    expect((await sign("seal")).err).toContain("sign, revoke, signatures, history");
    expect(asked).toEqual([]);
  });

  it("signs no other hash than the one that was read", async () => {
    const argv = ["sign", "--name", "Ada", "--role", "CFO", "--department", "finance", "--hash"];
    const { out } = await run("contract", "--json");
    const { hash } = JSON.parse(out) as { readonly hash: string };
    for (const wrong of ["f".repeat(64), hash.slice(0, 5), "", "zz"]) {
      const refused = await sign(...argv, wrong);
      expect([refused.code, refused.err]).toEqual([4, expect.stringContaining("read it again")]);
    }
    expect(asked).toEqual([]);
    expect((await sign(...argv, hash.slice(0, 12))).code).toBe(0);
  });

  it("takes back the one signature that stands and fits, with who and why", async () => {
    const taken: string[] = [];
    const one = {
      hash: "c".repeat(64),
      name: "Ada",
      role: "CFO",
      department: "Finance",
      turn: 1,
      by: "root",
    };
    const at = "2026-02-01T10:00:00.000Z";
    const signatures = [
      { ...one, at, revoked: { by: "eve", why: "too fast", at } },
      { ...one, at, turn: 2, revoked: null },
      { ...one, at, role: "chair", department: null, revoked: null },
      { ...one, at, hash: "a".repeat(64), revoked: null },
    ];
    const able = {
      ...engine({ signatures }),
      revokeSignature: (signing: object, said: object) => {
        taken.push(JSON.stringify({ ...signing, ...said }));
        return Promise.resolve(true);
      },
    };
    const revoke = (...argv: readonly string[]) =>
      command(["--project", folder.path, "contract", "revoke", ...argv], {
        environment: plainEnvironment,
        engine: able,
      });
    const why = ["--why", "left the company"];
    expect((await revoke("--name", "Ada", "--role", "CFO")).err).toContain("--why is missing");
    expect((await revoke("--name", "Bob", ...why)).err).toContain("no signature of Bob stands");
    expect((await revoke("--name", "Ada", ...why)).err).toContain("say which one");
    expect(taken).toEqual([]);
    const { code, out } = await revoke("--name", "ada", "--role", "cfo", ...why);
    expect([code, out]).toEqual([0, expect.stringContaining("Ada, CFO, Finance does not count any more")]);
    expect((await revoke("--name", "Ada", "--hash", "aaaaaa", ...why)).code).toBe(0);
    const { turn: _nr, by: _by, ...plain } = one;
    const said = { by: "ada", why: "left the company" };
    expect(taken.map((each) => JSON.parse(each) as object)).toEqual([
      { ...plain, ...said },
      { ...plain, ...said, hash: "a".repeat(64) },
    ]);
    const listed = await command(["--project", folder.path, "contract", "signatures"], {
      environment: plainEnvironment,
      engine: able,
    });
    expect(listed.out.replaceAll(/\s+/g, " ")).toContain("too fast");
  });

  it("where no signature is asked for, a contract that nobody signed is not told as signed", async () => {
    const { code, out } = await command(["--project", folder.path, "contract", "signatures", "--json"], {
      environment: plainEnvironment,
      engine: engine({ requires: "off", isSigned: false }),
    });
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ requires: "off", isSigned: false }),
    ]);
  });

  it("signatures end with 3 while one is missing; the history names what was in force", async () => {
    const ended = await sign("signatures");
    expect([ended.code, ended.out]).toEqual([3, expect.stringContaining("Until then nothing is written.")]);
    expect((await sign("history")).out).toMatch(/1 +1 +aaaaaaaaaaaa +2026-01-31 10:00:00 UTC +in force/);
  });

  it("a redline tells in words what was and what is, without reaching a system when asked so", async () => {
    const { code, out } = await sign("--redline", "1", "--no-effect");
    expect(code).toBe(0);
    expect(out).toContain("signer 1\n  + Sales signs.");
    expect(out).toContain("signer 3\n  + Operations signs.");
    expect(out).not.toContain("signer 2");
    expect((await sign("--redline", "7")).err).toContain("there are: 1");
    const file = path("next.yaml");
    writeFileSync(file, "entities: { accounts: { onDelete: ask } }\n");
    expect((await sign("--redline", file, "--no-effect")).out).toContain(
      "  - Deleted on one side: archived on the other. There again after that: a person is asked.\n" +
        "  + Deleted on one side: a person is asked. There again after that: a person is asked.",
    );
    expect((await sign("--redline", file, "--out", path("r.html"))).code).toBe(0);
    expect(read("r.html")).toContain("<del>archived on the other.</del> <ins>a person is asked.</ins>");
    expect(read("r.html")).not.toContain("</del><ins>");
    expect(statSync(path("r.html")).mode & 0o077).toBe(0);
    writeFileSync(file, "entities: { accounts: { fields: { name: { onForeignEdit: keep } } } }\n");
    const silent = await sign("--redline", file, "--no-effect");
    expect(silent.out).toContain(
      "Terms that show in no sentence\n  accounts.fields.name.onForeignEdit: nothing -> keep",
    );
    expect((await sign("--redline", file, "--out", path("r.md"))).code).toBe(0);
    expect(read("r.md")).toContain("accounts.fields.name.onForeignEdit");
    writeFileSync(file, "entities: { acounts: {} }\n");
    expect((await sign("--redline", file)).code).toBe(4);
  });

  it("a contract that another Crossfoot kept can still be read", async () => {
    const old = { ...other, terms: { entities: { accounts: { enabled: true, fields: {} } } } };
    const ended = await command(["--project", folder.path, "contract", "--redline", "1", "--no-effect"], {
      environment: plainEnvironment,
      engine: engine({ kept: [old] }),
    });
    expect([ended.code, ended.err]).toEqual([0, ""]);
  });
});
