import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { problemsIn, projectIn } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { questionsFor } from "./interview-questions.ts";
import type { Ask, Question } from "./interview-questions.ts";
import { command } from "./testing.ts";

const environment = { CRM_TOKEN: "c", ERP_TOKEN: "e" };
const questions = questionsFor(["http", "plain"]);
let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder();
});
afterEach(() => folder.remove());
const path = (name: string): string => join(folder.path, name);
const read = (name: string): string => readFileSync(path(name), "utf8");
const init = (answers: object, name = "p") => {
  writeFileSync(path("answers.json"), JSON.stringify(answers));
  return command(["init", path(name), "--interview", "--answers", path("answers.json")], { environment });
};

/** Whoever answers from a list; after its end they stop. */
function answering(given: readonly string[]): Ask & { readonly heard: (readonly [string, string | null])[] } {
  const heard: (readonly [string, string | null])[] = [];
  const rest = [...given];
  const ask = ({ id }: Question, problem: string | null): Promise<string | null> => {
    heard.push([id, problem]);
    return Promise.resolve(rest.shift() ?? null);
  };
  return Object.assign(ask, { heard });
}

const answerOf = ({ form, fallback }: Question): fc.Arbitrary<string> => {
  if (form.is === "choice")
    return fc.constantFrom(...form.of.map(({ value }) => value).filter((v) => v !== "plain"));
  if (form.is === "day") return fc.constantFrom("", "2026-10-31");
  if (form.is === "address") return fc.constant(fallback);
  return fc.constantFrom("", "Head: of # \"all\" 'that' is", "- x", "{a: 1}", "*b &c !d %e", "ä→中");
};

describe("init --interview", () => {
  it("any answers make a project that is in order, and no other one from the same answers", async () => {
    let nr = 0;
    const given = fc.record(Object.fromEntries(questions.map((each) => [each.id, answerOf(each)])));
    await fc.assert(
      fc.asyncProperty(given, async (answers) => {
        const name = `q${(nr += 1)}`;
        const made = await init(answers, name);
        expect([made.code, made.err]).toEqual([0, ""]);
        expect(problemsIn(path(name), environment)).toEqual([]);
        const { contract, requireSignature } = projectIn(path(name), environment);
        expect(requireSignature).toBe(answers["finance.signature"]);
        expect(contract.signers[1]?.role ?? "").toBe(answers["finance.signer"]);
        expect(contract.entities.accounts.fields["creditLimit"]?.master).toBe(answers["finance.credit"]);
        if (answers["sales.customer"] !== "")
          expect(contract.entities.accounts.means).toBe(answers["sales.customer"]);
        expect(contract.entities.invoices.enabled).toBe(answers["finance.invoices"] === "yes");
        expect(contract.periods?.closedThrough ?? "").toBe(answers["finance.closed"]);
        const again = ["init", path(`${name}b`), "--answers", path(`${name}/interview.yaml`)];
        expect((await command(again, { environment })).code).toBe(0);
        expect(read(`${name}b/contract.yaml`)).toBe(read(`${name}/contract.yaml`));
      }),
      { numRuns: 15 },
    );
  });

  it("each line names the question that made it, and a summary tells each department's words", async () => {
    const { out } = await init({ "sales.master": "erp", "finance.invoices": true, "it.observe": false });
    expect(read("p/contract.yaml")).toContain('    master: "erp" # sales.master\n');
    expect(read("p/crossfoot.yaml")).toContain("  invoices: on # finance.invoices\n");
    expect(read("p/crossfoot.yaml")).toContain("observe: off # it.observe\n");
    expect(read("p/mappings/erp.yaml")).toContain("# invoices: # finance.invoices");
    expect(out).toContain("Whose word counts for names and addresses? the ERP: the back office keeps it");
  });

  it("answers that cannot be are all named at once, and nothing is written", async () => {
    const { code, err } = await init({
      ...{ "sales.master": "crmm", "sales.mster": "crm", "it.crmAddress": "https://u:p@x.example" },
      ...{ "finance.closed": "2026-02-30", "sales.customer": "a\nb", "it.sweep": ["1h"] },
    });
    expect(code).toBe(4);
    for (const words of [
      "`sales.master` is one of crm, erp, review, newest; did you mean `crm`?",
      "no question is called `sales.mster`; did you mean `sales.master`?",
      "without a user or a password",
      "`finance.closed` is a day such as",
      "`sales.customer` is one line",
      "`it.sweep` is answered by one text",
    ])
      expect(err).toContain(words);
    expect(existsSync(path("p"))).toBe(false);
    const none = await command(["init", path("p"), "--answers", path("none.yaml")], { environment });
    expect([none.code, none.err]).toEqual([4, expect.stringContaining("cannot be read (ENOENT)")]);
    writeFileSync(path("torn.yaml"), "sales.master: [crm");
    const torn = await command(["init", path("p"), "--answers", path("torn.yaml")], { environment });
    expect([torn.code, torn.err.match(/YAML/g)?.length]).toEqual([4, 1]);
  });

  it("without a terminal and without answers there is nobody to ask", async () => {
    const { code, err } = await command(["init", path("p"), "--interview"], { environment });
    expect([code, err]).toEqual([4, expect.stringContaining("needs a terminal, or a file of answers")]);
  });

  it("a bad answer is asked again with the reason; one broken off goes on where it stopped", async () => {
    const first = answering(["httpp", "http", "crm.example.com", "https://crm.example.com"]);
    const run = (ask: Ask) => command(["init", path("p"), "--interview"], { environment, ask });
    const stopped = await run(first);
    expect([stopped.code, stopped.err]).toEqual([
      1,
      expect.stringContaining(`2 of ${questions.length} answers`),
    ]);
    expect(first.heard.map(([id, problem]) => [id, problem?.split(";")[0] ?? null])).toEqual([
      ["it.crm", null],
      ["it.crm", "`it.crm` is one of http, plain"],
      ["it.crmAddress", null],
      ["it.crmAddress", expect.stringContaining("is an address such as")],
      ["it.erp", null],
    ]);
    expect(existsSync(path("p/contract.yaml"))).toBe(false);
    const rest = answering(questions.slice(2).map(({ fallback }) => fallback));
    expect((await run(rest)).code).toBe(0);
    expect(rest.heard.map(([id]) => id)).toEqual(questions.slice(2).map(({ id }) => id));
    expect(problemsIn(path("p"), environment)).toEqual([]);
    expect((await run(answering([]))).err).toContain("has crossfoot.yaml already; nothing was asked");
  });

  it("overwrites no file that is there", async () => {
    mkdirSync(path("p"));
    writeFileSync(path("p/contract.yaml"), "entities: {}\n");
    expect((await init({})).err).toContain("has contract.yaml already; nothing was written");
    expect(read("p/contract.yaml")).toBe("entities: {}\n");
  });
});
