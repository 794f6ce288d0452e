/**
 * Every gate is run on a small repository with one planted violation, and on the same repository without it.
 */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { run } from "../src/command.ts";
import { problemsOf, type Outcome } from "../src/outcome.ts";
import { formatStep, knipStep, lintStep, tidyStep, typesStep } from "../src/static-steps.ts";
import { suiteStep, unclaimedTests } from "../src/suite-step.ts";
import { suites, type Suite } from "../src/suites.ts";
import type { Workplace } from "../src/workplace.ts";

const home = fileURLToPath(new URL("../../..", import.meta.url));
let place: Workplace = { root: "", home };

const settings = [
  ".oxlintrc.json",
  ".oxfmtrc.json",
  "tsconfig.base.json",
  "tsconfig.json",
  "packages/kernel/package.json",
  "packages/kernel/tsconfig.json",
];
/** What stays as it is. */
const frame: Readonly<Record<string, string>> = {
  ".gitignore": "node_modules\n",
  "package.json":
    '{ "name": "planted", "type": "module", "workspaces": ["packages/*"],' +
    ' "devDependencies": { "vitest": "*" } }\n',
  "knip.json":
    '{ "workspaces": { "packages/*": { "entry": ["src/index.ts", "src/*.test.ts"] },' +
    ' ".": { "entry": ["vitest.config.ts"] } } }\n',
  "vitest.config.ts":
    'import { defineConfig } from "vitest/config";\n\nexport default defineConfig({\n' +
    '  test: { projects: [{ extends: true, test: { name: "unit" } }] },\n});\n',
};
/** What is restored before each test. */
const clean: Readonly<Record<string, string>> = {
  "packages/kernel/src/index.ts": 'export { one } from "./one.ts";\n',
  "packages/kernel/src/one.ts": "/** The number one. */\nexport const one: number = 1;\n",
  "packages/kernel/src/one.test.ts":
    'import { expect, it } from "vitest";\nimport { one } from "./one.ts";\n\n' +
    'it("is one", () => {\n  expect(one).toBe(1);\n});\n',
};

function put(path: string, text: string): void {
  const target = join(place.root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

beforeAll(() => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "gates-")));
  place = { root, home };
  execFileSync("git", ["init", "-q"], { cwd: root });
  symlinkSync(join(home, "node_modules"), join(root, "node_modules"));
  for (const path of settings) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    copyFileSync(join(home, path), join(root, path));
  }
  for (const [path, text] of Object.entries(frame)) put(path, text);
  execFileSync(join(home, "node_modules/.bin/oxfmt"), [], { cwd: root });
});
afterAll(() => {
  rmSync(place.root, { recursive: true });
});
beforeEach(() => {
  rmSync(join(place.root, "packages/kernel/src"), { recursive: true, force: true });
  for (const [path, text] of Object.entries(clean)) put(path, text);
});

function expectGood(outcome: Outcome): void {
  expect({
    problems: problemsOf(outcome),
    output: outcome.problems.length === 0 ? "" : outcome.output,
  }).toEqual({
    problems: [],
    output: "",
  });
  expect(outcome.count).toBeGreaterThan(0);
}

function expectBad(outcome: Outcome, words: RegExp): void {
  expect(problemsOf(outcome).length + outcome.tests.failed).toBeGreaterThan(0);
  expect([outcome.output, ...problemsOf(outcome)].join("\n")).toMatch(words);
}

describe("format", () => {
  it("passes a file in form and fails one that is not", async () => {
    expectGood(await formatStep(place));
    put("packages/kernel/src/one.ts", "export   const one:number=1\n");
    expectBad(await formatStep(place), /one\.ts/);
  });
});

describe("types", () => {
  it("passes the clean twin", async () => {
    expectGood(await typesStep(place));
  });

  it.each([
    ["a wrong type", 'export const one: number = "1";\n', /TS2322/],
    ["a timer in a pure package", "export const one: unknown = setTimeout;\n", /TS2304/],
  ])("fails %s", async (_title, text, words) => {
    put("packages/kernel/src/one.ts", text);
    expectBad(await typesStep(place), words);
  });

  it("fails when no project checks a file", async () => {
    put("elsewhere/stray.ts", "export const a = 1;\n");
    const outcome = await typesStep(place);
    rmSync(join(place.root, "elsewhere"), { recursive: true });
    expectBad(outcome, /no project checks elsewhere\/stray\.ts/);
  });
});

describe("lint", () => {
  it("passes the clean twin", async () => {
    expectGood(await lintStep(place));
  });

  it.each([
    ["a floating promise", "const f = async (): Promise<void> => {};\nf();\n", /no-floating-promises/],
    ["an explicit any", "export const one = (a: any): number => Number(a);\n", /no-explicit-any/],
    ["a clock in a pure package", "export const one: number = Date.now();\n", /no-restricted-globals/],
    [
      "a random number in a pure package",
      "export const one: number = Math.random();\n",
      /no-restricted-properties/,
    ],
    [
      "empty text taken as missing",
      'export const one = (a: string): string => a || "-";\n',
      /strict-boolean/,
    ],
  ])("fails %s", async (_title, text, words) => {
    put("packages/kernel/src/one.ts", text);
    expectBad(await lintStep(place), words);
  });
});

describe("tidy", () => {
  it("finds nothing in the clean twin but what a repository of one package lacks", async () => {
    const { output } = await tidyStep(place);
    expect(output).not.toMatch(/canary|broke down|opened/);
    expect(output).toMatch(/ 0 findings/);
  });

  it.each([
    [
      "an arrow that is not allowed",
      'import type { Money } from "@crossfoot/model";\n',
      /arrows: kernel may not/,
    ],
    ["a banned name", "export const accountData: number = 1;\n", /names: accountData/],
    ["an untested rule", "export function decide(): number {\n  return 1;\n}\n", /tested-rules: decide/],
  ])("fails %s", async (_title, text, words) => {
    put("packages/kernel/src/two.ts", text);
    expectBad(await tidyStep(place), words);
  });
});

describe("knip", () => {
  it("passes the clean twin and fails an export nobody uses", async () => {
    expectGood(await knipStep(place));
    put("packages/kernel/src/one.ts", "export const one = 1;\nexport const two = 2;\n");
    expectBad(await knipStep(place), /two/);
  });
});

describe("a suite", () => {
  const unit: Suite = { ...suites.find((suite) => suite.name === "unit")!, suiteTimeoutMs: 60_000 };

  it("passes with what ran", async () => {
    const outcome = await suiteStep(place, unit);
    expectGood(outcome);
    expect(outcome.tests).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it("fails with a failing test, a broken file and a file that runs no test", async () => {
    put(
      "packages/kernel/src/two.test.ts",
      'import { expect, it } from "vitest";\nit("x", () => expect(1).toBe(2));\n',
    );
    put("packages/kernel/src/three.test.ts", 'import "./gone.ts";\n');
    const outcome = await suiteStep(place, unit);
    expectBad(outcome, /three\.test\.ts broke before its first test/);
    expect(outcome.tests).toEqual({ passed: 1, failed: 1, skipped: 0 });
  });

  it("fails when it is owed and has no file, and is not there yet before that", async () => {
    rmSync(join(place.root, "packages/kernel/src/one.test.ts"));
    expectBad(await suiteStep(place, unit), /looked at nothing/);
    expect((await suiteStep(place, { ...unit, owedWhen: "packages/none" })).absent).toBe("no packages/none");
  });

  it("fails on a skipped test where skipping is forbidden", async () => {
    put("packages/kernel/src/two.test.ts", 'import { it } from "vitest";\nit.skipIf(true)("x", () => {});\n');
    expectGood(await suiteStep(place, unit));
    expectBad(await suiteStep(place, { ...unit, isSkipFailure: true }), /1 tests skipped/);
  });

  it("misses a test file that belongs to none", () => {
    put("packages/kernel/lost/two.test.ts", "");
    const lost = unclaimedTests(place, suites);
    rmSync(join(place.root, "packages/kernel/lost"), { recursive: true });
    expect(lost).toEqual(["packages/kernel/lost/two.test.ts"]);
    expect(unclaimedTests(place, suites)).toEqual([]);
  });
});

describe("a tool", () => {
  const node = (script: string, timeoutMs: number) =>
    run({ program: process.execPath, args: ["-e", script], cwd: place.root, timeoutMs });
  const leave = (isDetached: boolean): string =>
    `require("node:child_process")` +
    `.spawn("sleep", ["15"], { stdio: "inherit", detached: ${isDetached} }).unref();`;

  it("that hangs is stopped with everything it started", async () => {
    const ended = await node(`${leave(false)} setInterval(() => {}, 1e6)`, 500);
    expect(ended.code).toBeNull();
    expect(ended.seconds).toBeLessThan(10);
  });

  it("that leaves something running does not hold up the gate", async () => {
    const ended = await node(`${leave(true)} console.log("said"); process.exitCode = 3`, 60_000);
    expect(ended).toMatchObject({ code: 3, output: "said\n" });
    expect(ended.seconds).toBeLessThan(10);
  });
});
