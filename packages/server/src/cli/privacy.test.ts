import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { plainEnvironment, plainProject, writeFiles } from "../config/testing.ts";
import { createMemoryStore } from "../store/memory/memory-store.ts";
import type { ErasureProof, PlanDocument } from "../runtime/engine.ts";
import { personScene, personValues } from "../runtime/testing/person-scene.ts";
import { tempFolder } from "../testing.ts";
import type { TempFolder } from "../testing.ts";
import { filesHolding } from "./privacy-files.ts";
import { command, fakeEngine } from "./testing.ts";

let folder: TempFolder;
const path = (name: string): string => join(folder.path, name);
const read = (name: string): string => readFileSync(path(name), "utf8");
const ask = (engine: ReturnType<typeof fakeEngine> | undefined, ...argv: readonly string[]) =>
  command(["--project", folder.path, ...argv], {
    environment: plainEnvironment,
    ...(engine === undefined ? {} : { engine }),
  });

beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
});
afterEach(() => folder.remove());

describe("privacy", () => {
  test("inventory shows the fields of persons as a table, as JSON, as a page; needs no store", async () => {
    const table = await ask(undefined, "privacy", "inventory");
    expect(table.code).toBe(0);
    expect(table.out).toMatch(/Contacts +Email +contact/);
    expect(table.out).not.toContain("Products");
    const json = await ask(undefined, "--json", "privacy", "inventory", "--all");
    const { fields } = JSON.parse(json.out) as { readonly fields: readonly { readonly entity: string }[] };
    expect(fields.some(({ entity }) => entity === "products")).toBe(true);
    await ask(undefined, "privacy", "inventory", "--out", path("inventory.html"));
    expect(read("inventory.html")).toContain("legal obligation (6.1.c)");
  });

  test("rekey takes the next master key and says what is left to do; without one it is refused", async () => {
    const none = await ask(fakeEngine(), "privacy", "rekey");
    expect(none.code).toBe(4);
    expect(none.err).toContain("atRest.nextKey");
    for (const [name, bytes] of [
      ["one.key", "a"],
      ["two.key", "b"],
    ] as const)
      writeFiles(folder.path, { [name]: bytes.repeat(64) }, 0o600);
    const keys = 'atRest: { key: "file:one.key", nextKey: "file:two.key" }\n';
    writeFiles(folder.path, { "crossfoot.yaml": plainProject + keys });
    const asked: string[] = [];
    const privacy = {
      ...fakeEngine().privacy,
      rekey: (master: string, by: string) => {
        asked.push(master, by);
        const state = { state: "sealed", master, keys: 7, others: 0 } as const;
        return Promise.resolve({ wrapped: 7, state });
      },
    };
    const done = await ask({ ...fakeEngine(), privacy }, "privacy", "rekey");
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toContain(`7 keys wrapped anew; the master key is ${asked[0]}`);
    expect(asked).toEqual([expect.stringMatching(/^k-[\da-f]{16}$/), "ada"]);
  });

  test("scrub has the tables written anew and says what that came to", async () => {
    const asked: string[] = [];
    const rewriteStore = (project: { readonly folder: string }) => {
      asked.push(project.folder);
      const isLogWrittenOver = asked.length === 1;
      return Promise.resolve({ tables: 3, bytesBefore: 9_100_000, bytesAfter: 2_040_000, isLogWrittenOver });
    };
    const scrub = () =>
      command(["privacy", "scrub", "--project", folder.path], {
        environment: plainEnvironment,
        rewriteStore,
      });
    const done = await scrub();
    expect(done).toMatchObject({ code: 0, err: "" });
    expect(done.out).toContain("3 tables written anew, 9.1 MB before, 2.0 MB now");
    expect(done.out).toContain("log is written over too");
    expect((await scrub()).out).toContain("log and backups keep");
    expect(asked).toEqual([folder.path, folder.path]);
  });

  test("erase goes by plan, apply, run and finish; the files of the project are first", async () => {
    const mini = await personScene({ database: (deps) => createMemoryStore(deps) });
    // Each command closes its engine: the scene goes on.
    const engine = { ...fakeEngine(), ...mini.engine, close: () => Promise.resolve() };
    const person = `crm:${mini.crmId}`;
    const [, , mail = ""] = personValues;
    const made = await ask(engine, "privacy", "export", mail, "--out", path("person.json"));
    expect(made).toMatchObject({ code: 0, err: "" });
    expect(statSync(path("person.json")).mode & 0o777).toBe(0o600);
    expect(read("person.json")).toContain(mail);
    expect((await mini.store.listAudit(0, 10)).map(({ kind, body }) => [kind, body])).toEqual([
      ["person_exported", { link: mini.link, by: "ada" }],
    ]);

    const planned = await ask(engine, "privacy", "erase", person, "--out", path("erase.plan"));
    expect(planned.code).toBe(0);
    expect(planned.out).toContain("invoices stay for 10 years");
    expect(planned.out).toContain("consent of contacts stays as it is, to prove what the person has allowed");
    const early = await ask(engine, "privacy", "erase", person, "--finish", "--why", "a letter");
    expect(early.code).toBe(3);
    expect(early.err).toContain("erase.plan, person.json");
    const plan = JSON.parse(read("erase.plan")) as PlanDocument;
    for (const name of ["erase.plan", "person.json"]) rmSync(path(name));
    const still = await ask(engine, "privacy", "erase", person, "--finish", "--why", "a letter");
    expect(still.code).toBe(3);
    expect(still.err).toContain("crm name.given");

    await mini.engine.apply(plan);
    await mini.engine.run();
    const nothing = await ask(engine, "privacy", "erase", person);
    expect(nothing.out).toContain("Both systems show nothing of the person");
    expect((await ask(engine, "privacy", "erase", person, "--finish")).code).toBe(4);
    const asked = ["privacy", "erase", person, "--finish", "--why", "a letter", "--out", path("proof.json")];
    expect((await ask(engine, ...asked)).code).toBe(0);
    const proof = JSON.parse(read("proof.json")) as ErasureProof;
    expect(proof).toMatchObject({ by: "ada", facts: { why: "a letter", systems: { crm: "anonymised" } } });
    expect((await ask(engine, "privacy", "erasures")).out).toContain(proof.hash);
    expect(filesHolding(folder.path, personValues, [])).toEqual({ holding: [], unsearched: [] });
  });

  test("of nobody is refused with a code, and what is no action is told", async () => {
    const mini = await personScene({ database: (deps) => createMemoryStore(deps) });
    const engine = { ...fakeEngine(), ...mini.engine, close: () => Promise.resolve() };
    const none = await ask(engine, "--json", "privacy", "export", "crm:nobody");
    expect(none.code).toBe(3);
    expect(JSON.parse(none.out)).toMatchObject({ error: { code: "person_refused" } });
    expect((await ask(engine, "privacy", "forget")).err).toContain("there are: inventory, export, erase");
    expect((await ask(engine, "privacy", "export")).code).toBe(4);
  });
});

test("files are searched for a text as it is, as in JSON and as in a page, in any case", () => {
  const name = `Zoë "Z" O'Hara`;
  writeFiles(folder.path, {
    "plain.txt": `to ${name.toUpperCase()} now`,
    "plan.json": JSON.stringify({ name }),
    "page.html": "<td>Zoë &quot;Z&quot; O&#39;Hara</td>",
    "other.txt": "Zoë",
    "store/data": name,
  });
  expect(existsSync(path("store"))).toBe(true);
  const { holding } = filesHolding(folder.path, [name], [path("store")]);
  expect(holding).toEqual(["page.html", "plain.txt", "plan.json"]);
});
