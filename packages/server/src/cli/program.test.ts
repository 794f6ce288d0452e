import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { connectionId, linkId } from "@crossfoot/kernel";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainProject, writeFiles } from "../config/testing.ts";
import { tempFolder } from "../platform/testing/temp-folder.ts";
import type { TempFolder } from "../platform/testing/temp-folder.ts";
import { PlanRefused } from "../runtime/apply-refusal.ts";
import type { PlanOptions } from "../runtime/engine.ts";
import { agreedStatement, command, fakeEngine, quietRun, smallPlan } from "./testing.ts";
import type { Ended } from "./testing.ts";

let folder: TempFolder;
let inProject: readonly string[];
beforeEach(() => {
  folder = tempFolder();
  writeFiles(folder.path, { "crossfoot.yaml": plainProject });
  inProject = ["--project", folder.path];
});
afterEach(() => folder.remove());

const run = (argv: readonly string[], more: Parameters<typeof command>[1] = {}): Promise<Ended> =>
  command([...argv, ...inProject], more);

/** The one document on stdout. Throws when it is none, or when anything else is there. */
const documentOf = ({ out }: Ended): unknown => JSON.parse(out);

describe("exit codes", () => {
  it("of a run are those of its state", async () => {
    const codes = [];
    for (const state of ["done", "failed", "differences", "stopped"] as const) {
      const engine = fakeEngine({ run: () => Promise.resolve({ ...quietRun, state }) });
      codes.push((await run(["run"], { engine })).code);
    }
    expect(codes).toEqual([0, 1, 2, 3]);
  });

  it("of a statement tell whether both systems agree", async () => {
    const statement = { ...agreedStatement, isEqual: false };
    const engine = fakeEngine({ statement: () => Promise.resolve(statement) });
    expect((await run(["statement"])).code).toBe(0);
    expect((await run(["statement"], { engine })).code).toBe(2);
  });

  it("a plan that is made is 0, one that a guard would stop is 3", async () => {
    const guardStops = [{ entity: "accounts", kind: "create", count: 900, limit: "at most 500" }];
    const engine = fakeEngine({ plan: () => Promise.resolve({ ...smallPlan, guardStops }) });
    expect((await run(["plan"])).code).toBe(0);
    const stopped = await run(["plan"], { engine });
    expect(stopped.code).toBe(3);
    expect(stopped.out).toContain("--approve plan-1` approves exactly its writes");
  });

  it("a stale plan is 3, a file that is no plan is 4", async () => {
    const text = JSON.stringify(smallPlan);
    writeFiles(folder.path, { "plan.json": text, "no.json": "[]", "cut.json": text.slice(0, 200) });
    writeFiles(folder.path, { "newer.json": JSON.stringify({ ...smallPlan, format: 2 }) });
    writeFiles(folder.path, { "old.json": JSON.stringify({ ...smallPlan, format: undefined }) });
    const engine = fakeEngine({ apply: () => Promise.reject(new PlanRefused("the contract changed")) });
    expect((await run(["apply", join(folder.path, "plan.json")])).code).toBe(0);
    const refused = await run(["apply", join(folder.path, "plan.json")], { engine });
    expect(refused).toMatchObject({ code: 3, out: "" });
    expect(refused.err).toContain("make a new one with `crossfoot plan`");
    for (const file of ["no.json", "cut.json", "gone.json", "newer.json", "old.json"]) {
      expect((await run(["apply", join(folder.path, file)])).code).toBe(4);
    }
    const newer = await run(["apply", join(folder.path, "newer.json")]);
    expect(newer.err).toContain("made by a newer Crossfoot (form 2; this one reads form 1)");
  });

  it("plan --contract reads the other contract as if it were in force", async () => {
    writeFiles(folder.path, { "other.yaml": "entities: { accounts: { master: erp } }\n" });
    const asked: PlanOptions[] = [];
    const engine = fakeEngine({
      plan: (options) => {
        asked.push(options ?? {});
        return Promise.resolve(smallPlan);
      },
    });
    expect((await run(["plan", "--contract", join(folder.path, "other.yaml")], { engine })).code).toBe(0);
    expect((await run(["plan"], { engine })).code).toBe(0);
    const [other, own] = asked;
    expect(other?.other?.contract.entities.accounts.master).toBe("erp");
    expect(other?.other?.policies.find(({ entity }) => entity === "accounts")?.fields["name"]?.master).toBe(
      "erp",
    );
    expect([other?.other?.hash.length, own?.other]).toEqual([64, undefined]);
    writeFiles(folder.path, { "broken.yaml": "entities: { accounts: { mastr: erp } }\n" });
    const broken = await run(["plan", "--contract", join(folder.path, "broken.yaml")], { engine });
    expect(broken).toMatchObject({ code: 4 });
    expect(broken.err).toContain("broken.yaml:1: unknown key `mastr` (did you mean `master`?)");
    expect((await run(["plan", "--contract", join(folder.path, "none.yaml")], { engine })).code).toBe(4);
  });

  it("apply is told how much, what first, and which plan is approved by whom", async () => {
    writeFiles(folder.path, { "plan.json": JSON.stringify(smallPlan) });
    const asked: unknown[] = [];
    const engine = fakeEngine({
      apply: (plan, options) => {
        const { onProgress: _view, signal: _signal, ...told } = options ?? {};
        asked.push(plan.id, told);
        return fakeEngine().apply(plan);
      },
    });
    const file = join(folder.path, "plan.json");
    const flags = ["--only", "accounts", "--limit", "50", "--canary", "3", "--on-drift", "skip"];
    expect((await run(["apply", file, ...flags, "--approve", "plan-1"], { engine })).code).toBe(0);
    const approve = { plan: "plan-1", by: "ada" };
    expect(asked).toEqual(["plan-1", { onDrift: "skip", only: ["accounts"], limit: 50, canary: 3, approve }]);
    for (const wrong of [
      ["--limit", "0"],
      ["--canary", "few"],
      ["--approve", "plan-2"],
    ])
      expect((await run(["apply", file, ...wrong], { engine })).code).toBe(4);
    expect(asked.length).toBe(2);
  });

  it("an option that only the system can tell to be wrong is 4, in a check, a plan and a run", async () => {
    const message = "the option company names none of the companies of this user: First GmbH";
    const failure = { failure: "unauthorised" as const, code: "option_company", message };
    const [connection, entity] = [connectionId("erp"), null];
    const found = { severity: "error" as const, about: "erp", message, code: failure.code };
    const engine = fakeEngine({
      check: () => Promise.resolve([found]),
      plan: () =>
        Promise.resolve({ ...smallPlan, troubles: [{ connection, entity, code: failure.code, message }] }),
      run: () =>
        Promise.resolve({
          ...quietRun,
          state: "failed",
          troubles: [
            {
              connection,
              entity,
              failure: { ...failure, status: null, retryAt: null, requestId: null, field: null },
            },
          ],
        }),
    });
    for (const words of [["check"], ["plan"], ["run"]])
      expect([words, (await run(words, { engine })).code]).toEqual([words, 4]);
  });

  it("errors of a check are 1, warnings 0", async () => {
    const found = (severity: "error" | "warning"): Parameters<typeof command>[1] => ({
      engine: fakeEngine({ check: () => Promise.resolve([{ severity, about: "crm", message: "m" }]) }),
    });
    expect((await run(["check"], found("warning"))).code).toBe(0);
    expect((await run(["check"], found("error"))).code).toBe(1);
  });

  it("bad configuration is 4 and lists every problem with file and line", async () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject.replace("role: crm", "rol: crm") });
    const { code, err, out } = await run(["run"]);
    expect({ code, out }).toEqual({ code: 4, out: "" });
    expect(err).toContain("crossfoot.yaml:4: unknown key `rol` (did you mean `role`?)");
    expect(err).toContain("2 problems in the project; nothing was done");
  });

  it("wrong usage is 4, help and version are 0", async () => {
    expect((await run(["rnu"])).code).toBe(4);
    expect((await run(["run", "--swep"])).code).toBe(4);
    expect((await run(["apply"])).code).toBe(4);
    expect((await run(["apply", "x", "--on-drift", "maybe"])).code).toBe(4);
    expect((await command([])).code).toBe(4);
    expect((await run(["run", "--only", "acounts"])).err).toContain("(did you mean `accounts`?)");
    expect((await command(["--version"])).out).toBe("0.0.0-test\n");
    const help = await command(["plan", "--help"]);
    expect(help.code).toBe(0);
    expect(help.out).toContain("--json");
  });

  it("what the engine rejects with is 1, and the engine is closed all the same", async () => {
    const engine = fakeEngine({ run: () => Promise.reject(new TypeError("boom")) });
    const ended = await run(["run"], { engine });
    expect(ended).toMatchObject({ code: 1, err: "crossfoot: TypeError: boom\n" });
    expect(engine.asked.at(-1)).toBe("close null");
  });
});

describe("a store that another program has open", () => {
  it("is refused with what to do about it", async () => {
    const locked = Object.assign(new Error("the store's folder is in use by process 7"), { code: "55006" });
    locked.name = "StoreError";
    const { code, err } = await run(["status"], { openEngine: () => Promise.reject(locked) });
    expect(code).toBe(1);
    expect(err).toContain("crossfoot: the store's folder is in use by process 7.\n");
    expect(err).toContain("stop the server first");
  });
});

describe("--json", () => {
  it("puts one document on stdout and nothing else, for every command that asks the engine", async () => {
    writeFiles(folder.path, { "plan.json": JSON.stringify(smallPlan), "sample.json": '{"name":"A"}' });
    const engine = fakeEngine({
      why: () =>
        Promise.resolve({
          link: linkId("l-1"),
          entity: "accounts",
          state: "live",
          verdict: "agreed",
          members: [],
          intents: [],
          waits: [],
          parks: [],
          conflicts: [],
          undone: [],
          lost: [],
          journal: [],
          now: ["Both sides agree."],
        }),
    });
    const commands = [
      ["check"],
      ["check", "--settings"],
      ["contract"],
      ["spec"],
      ["plan"],
      ["apply", join(folder.path, "plan.json")],
      ["run"],
      ["status"],
      ["why", "crm:1"],
      ["conflicts"],
      ["conflicts", "--take", "crm", "l-1", "name"],
      ["conflicts", "--lost", "crm:1"],
      ["restore", "l-1", "name"],
      ["dead-letters"],
      ["redrive", "p-1"],
      ["statement"],
      ["sync", "accounts", "crm:1"],
      ["map", "--sample", join(folder.path, "sample.json"), "--connection", "crm", "--entity", "accounts"],
    ];
    for (const argv of commands) {
      const ended = await run([...argv, "--json"], { engine });
      expect([argv[0], ended.code, ended.err]).toEqual([argv[0], 0, ""]);
      expect(typeof documentOf(ended)).toBe("object");
    }
    expect(documentOf(await run(["plan", "--json"]))).toEqual(smallPlan);
  });

  it("holds for failures too: the document has the code, the exit code and the problems", async () => {
    writeFiles(folder.path, { "crossfoot.yaml": plainProject.replace("database: crm", "databse: crm") });
    const refused = await run(["run", "--json"]);
    expect(documentOf(refused)).toMatchObject({
      error: {
        code: "configuration",
        exitCode: 4,
        problems: [{ file: "crossfoot.yaml", line: 8, nearest: "database" }, {}],
      },
    });
    expect(documentOf(await run(["rnu", "--json"]))).toMatchObject({ error: { code: "usage", exitCode: 4 } });
  });
});

describe("what commands ask the engine", () => {
  it("run and plan pass entities and sweep on", async () => {
    const engine = fakeEngine();
    await run(["run", "--only", "accounts,orders", "--sweep"], { engine });
    expect(engine.asked[0]).toContain('"only":["accounts","orders"],"sweep":true');
  });

  it("plan --out keeps the plan in a file that only its owner can read", async () => {
    const file = join(folder.path, "made.json");
    const { out } = await run(["plan", "--out", file]);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(smallPlan);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(out).toContain(`crossfoot apply ${file}`);
  });

  it("a conflict is decided by role or by connection, and by whom", async () => {
    const taken: unknown[] = [];
    const engine = fakeEngine({
      decideConflict: (link, field, decision) => {
        taken.push([link, field, decision]);
        return Promise.resolve(link === "l-1");
      },
    });
    expect((await run(["conflicts", "--take", "erp", "l-1", "email"], { engine })).code).toBe(0);
    expect((await run(["conflicts", "--take", "crm", "l-2", "email"], { engine })).code).toBe(1);
    expect(taken[0]).toEqual(["l-1", "email", { take: connectionId("erp"), by: "ada" }]);
    expect((await run(["conflicts", "--take", "both", "l-1", "email"], { engine })).code).toBe(4);
    expect((await run(["conflicts", "--take", "crm"], { engine })).code).toBe(4);
  });

  it("redrive wants ids or --all, not both and not neither", async () => {
    expect((await run(["redrive"])).code).toBe(4);
    expect((await run(["redrive", "p-1", "--all"])).code).toBe(4);
    const engine = fakeEngine({ redrive: () => Promise.resolve(0) });
    const gone = await run(["redrive", "p-1"], { engine });
    expect(gone.code).toBe(1);
    expect(gone.out).toContain("1 id is not");
  });

  it("why of a record that nobody knows is 1 and says how it gets known", async () => {
    const unknown = await run(["why", "crm:77"]);
    expect(unknown).toMatchObject({ code: 1, out: "" });
    expect(unknown.err).toContain("nothing is known of crm:77; if it exists there, `crossfoot run` reads it");
    expect((await run(["why", "77"])).code).toBe(4);
    const wrong = await run(["sync", "accounts", "cmr:77"]);
    expect(wrong.code).toBe(4);
    expect(wrong.err).toContain("no connection is called `cmr` (did you mean `crm`?)");
  });

  it("the demo gets its options and answers the exit code", async () => {
    const asked: unknown[] = [];
    const demo = (options: unknown): Promise<number> => {
      asked.push(options);
      return Promise.resolve(2);
    };
    expect((await command(["demo", "--once", "--seed", "7", "--json"], { demo })).code).toBe(2);
    expect(asked).toEqual([{ isOnce: true, keeps: false, isJson: true, erp: "twin", seed: 7 }]);
    expect((await command(["demo", "--seed", "x"], { demo })).code).toBe(4);
  });
});
