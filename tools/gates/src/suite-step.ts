/** Running one test suite by vitest, and reading from its report what really ran. */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import { noTests, notThereYet, type Outcome, type Tests } from "./outcome.ts";
import type { Suite } from "./suites.ts";
import { filesIn, tool, type Workplace } from "./workplace.ts";

/** The part of vitest's JSON report that is read here. */
export type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly unknown[];
  }[];
};

/** What a report says: tests by outcome, files that ran, and files that broke before their first test. */
export function readReport(report: Report): {
  readonly tests: Tests;
  readonly files: number;
  readonly broken: readonly string[];
} {
  const broken = report.testResults
    .filter((file) => file.assertionResults.length === 0)
    .map((file) => file.name);
  return {
    tests: {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    },
    files: report.testResults.length,
    broken,
  };
}

function loadReport(path: string): Report | null {
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Report) : null;
}

/** Runs a suite. A suite that is owed and runs no test, or fewer files than it has, fails. */
export async function suiteStep(place: Workplace, suite: Suite): Promise<Outcome> {
  if (!existsSync(join(place.root, suite.owedWhen))) return notThereYet(suite.name, `no ${suite.owedWhen}`);
  const expected = filesIn(place, suite.include, suite.exclude);
  if (expected.length === 0) {
    const problems = [`${suite.owedWhen} exists, but no test file of this suite does`];
    return {
      name: suite.name,
      seconds: 0,
      sight: "no tests",
      count: 0,
      tests: noTests,
      problems,
      output: "",
    };
  }
  const folder = join(place.root, "node_modules/.cache/crossfoot-gates");
  mkdirSync(folder, { recursive: true });
  const reportPath = join(folder, `${suite.name}.json`);
  rmSync(reportPath, { force: true });
  const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${reportPath}`];
  const ended = await run({
    program: tool(place, "vitest"),
    args: ["run", "--project", suite.name, ...reporters],
    cwd: place.root,
    timeoutMs: suite.suiteTimeoutMs,
  });
  const report = loadReport(reportPath);
  const { tests, files, broken } =
    report === null ? { tests: noTests, files: 0, broken: [] } : readReport(report);
  const ran = tests.passed + tests.failed;
  const problems = [
    ended.code === null && `stopped after ${suite.suiteTimeoutMs / 60_000} minutes`,
    report === null && "vitest wrote no report",
    ...broken.map((path) => `${path.replace(`${place.root}/`, "")} broke before its first test`),
    ended.code !== 0 && tests.failed + broken.length === 0 && "vitest failed outside the tests (see above)",
    files !== expected.length && `ran ${files} test files, git counts ${expected.length}`,
    suite.isSkipFailure &&
      tests.skipped > 0 &&
      `${tests.skipped} tests skipped themselves, which this suite forbids`,
  ].filter((problem) => problem !== false);
  const sight =
    `${suite.what}: ${files} files, ` +
    `${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`;
  return {
    name: suite.name,
    seconds: ended.seconds,
    sight,
    count: ran,
    tests,
    problems,
    output: ended.output,
  };
}

/** Test files that no suite would run, or that two would. */
export function unclaimedTests(place: Workplace, suites: readonly Suite[]): readonly string[] {
  const claims = new Map<string, number>();
  for (const suite of suites) {
    for (const path of filesIn(place, suite.include, suite.exclude))
      claims.set(path, (claims.get(path) ?? 0) + 1);
  }
  return filesIn(place, ["**/*.test.ts"]).filter((path) => claims.get(path) !== 1);
}
