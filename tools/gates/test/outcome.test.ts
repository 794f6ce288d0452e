import { describe, expect, it } from "vitest";
import {
  linesOf,
  noTests,
  notThereYet,
  problemsOf,
  tableOf,
  totalsOf,
  type Outcome,
} from "../src/outcome.ts";
import { readReport } from "../src/suite-step.ts";

const good: Outcome = {
  name: "unit",
  seconds: 90,
  sight: "3 files",
  count: 3,
  tests: { passed: 5, failed: 0, skipped: 1 },
  problems: [],
  output: "dots",
};

describe("a step", () => {
  it("that looked at nothing has failed, whatever its tool said", () => {
    const blind = { ...good, count: 0, tests: noTests };
    expect(problemsOf(blind)).toEqual(["looked at nothing"]);
    expect(totalsOf([blind])).toEqual({ passed: 0, failed: 1 });
  });

  it("that is not due yet neither passes nor fails", () => {
    const absent = notThereYet("sim", "no packages/sim");
    expect(totalsOf([absent])).toEqual({ passed: 0, failed: 0 });
    expect(linesOf(absent)).toEqual(["--    sim       not there yet: no packages/sim"]);
  });

  it("that passed is one line, one that failed shows its tool's words", () => {
    expect(linesOf(good)).toEqual(["ok    unit      3 files (90.0 s)"]);
    const failed = { ...good, problems: ["it broke"] };
    expect(linesOf(failed)).toEqual(["dots", "      unit: it broke", "FAIL  unit      3 files (90.0 s)"]);
  });

  it("keeps both ends of a long output", () => {
    const output = Array.from({ length: 1000 }, (_, at) => `line ${at}`).join("\n");
    const lines = linesOf({ ...good, output, problems: ["it broke"] });
    expect(lines.length).toBe(203);
    expect(lines).toContain("line 0");
    expect(lines).toContain("line 999");
  });
});

describe("the end of a run", () => {
  it("sums tests and gates", () => {
    const failed = { ...good, tests: { passed: 1, failed: 2, skipped: 0 } };
    expect(totalsOf([good, failed])).toEqual({ passed: 5 + 1 + 1, failed: 2 + 1 });
  });

  it("tells minutes per step", () => {
    expect(tableOf([good]).map((line) => line.split(/\s+/).slice(0, 3))).toEqual([
      ["step", "minutes", "passed"],
      ["unit", "1.50", "5"],
      ["all", "1.50"],
    ]);
  });
});

describe("a vitest report", () => {
  it("names files that broke before their first test", () => {
    const counts = { numPassedTests: 1, numFailedTests: 0, numPendingTests: 2, numTodoTests: 1 };
    const testResults = [
      { name: "a", status: "passed", message: "", assertionResults: [{}] },
      { name: "b", status: "failed", message: "no such module", assertionResults: [] },
    ];
    expect(readReport({ ...counts, testResults })).toEqual({
      tests: { passed: 1, failed: 0, skipped: 3 },
      files: 2,
      broken: ["b"],
    });
  });
});
