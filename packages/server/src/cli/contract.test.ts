import { readFileSync, writeFileSync } from "node:fs";
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
import { command } from "./testing.ts";

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
  return contractSheet({ ...head, words, cadence: cadence as never });
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
