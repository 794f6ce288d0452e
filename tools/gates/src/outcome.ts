/** What a step reports, and how the reports become lines, a table and the last line. */

/** Counts of tests. */
export type Tests = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The end of one step. It is good when it looked at something and has no problem. */
export type Outcome = {
  readonly name: string;
  readonly seconds: number;
  /** What it looked at, in words with counts. */
  readonly sight: string;
  /** How many things it looked at; nothing is a failure. */
  readonly count: number;
  readonly tests: Tests;
  /** What is wrong, one line each. */
  readonly problems: readonly string[];
  /** The tool's own words, shown when something is wrong. */
  readonly output: string;
  /** Set when the step is not due in this tree yet; then it neither passes nor fails. */
  readonly absent?: string;
};

export const noTests: Tests = { passed: 0, failed: 0, skipped: 0 };

/** A step that has nothing to do in this tree yet, and says so. */
export function notThereYet(name: string, absent: string): Outcome {
  return { name, seconds: 0, sight: "", count: 0, tests: noTests, problems: [], output: "", absent };
}

/** Everything wrong with a step; a step that looked at nothing is wrong whatever its tool said. */
export function problemsOf(outcome: Outcome): readonly string[] {
  if (outcome.absent !== undefined) return [];
  return outcome.count === 0 ? ["looked at nothing", ...outcome.problems] : outcome.problems;
}

function isFailed(outcome: Outcome): boolean {
  return problemsOf(outcome).length > 0 || outcome.tests.failed > 0;
}

const outputLinesMax = 200;

function shortened(output: string): readonly string[] {
  const lines = output.trimEnd().split("\n");
  if (lines.length <= outputLinesMax) return lines;
  const half = outputLinesMax / 2;
  return [
    ...lines.slice(0, half),
    `... ${lines.length - outputLinesMax} lines left out ...`,
    ...lines.slice(-half),
  ];
}

/** The lines of one step: the tool's words and the problems when it failed, then the one line of the step. */
export function linesOf(outcome: Outcome): readonly string[] {
  const name = outcome.name.padEnd(9);
  if (outcome.absent !== undefined) return [`--    ${name} not there yet: ${outcome.absent}`];
  const time = `${outcome.seconds.toFixed(1)} s`;
  if (!isFailed(outcome)) return [`ok    ${name} ${outcome.sight} (${time})`];
  return [
    ...shortened(outcome.output),
    ...problemsOf(outcome).map((problem) => `      ${outcome.name}: ${problem}`),
    `FAIL  ${name} ${outcome.sight} (${time})`,
  ];
}

/** The table of minutes and tests per step. */
export function tableOf(outcomes: readonly Outcome[]): readonly string[] {
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell, at) => (at === 0 ? String(cell).padEnd(10) : String(cell).padStart(8))).join("");
  const due = outcomes.filter((outcome) => outcome.absent === undefined);
  const total = due.reduce((sum, outcome) => sum + outcome.seconds, 0);
  return [
    row(["step", "minutes", "passed", "failed", "skipped"]),
    ...due.map(({ name, seconds, tests }) =>
      row([name, (seconds / 60).toFixed(2), tests.passed, tests.failed, tests.skipped]),
    ),
    row(["all", (total / 60).toFixed(2)]),
  ];
}

/** Sums tests and gates: each step that is due counts as one beside its tests. */
export function totalsOf(outcomes: readonly Outcome[]): { readonly passed: number; readonly failed: number } {
  let passed = 0;
  let failed = 0;
  for (const outcome of outcomes) {
    if (outcome.absent !== undefined) continue;
    passed += outcome.tests.passed + (isFailed(outcome) ? 0 : 1);
    failed += outcome.tests.failed + (isFailed(outcome) ? 1 : 0);
  }
  return { passed, failed };
}
