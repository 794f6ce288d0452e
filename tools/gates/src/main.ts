/**
 * `node --conditions=source tools/gates/src/main.ts check | test | verify | soak NAME`
 *
 * Each gate prints what it looked at and how long it took; a failing one does not stop the others. The last
 * line is `N passed, N failed`, the sum of tests and gates. Exit code 0 when nothing failed, else 1.
 */
import { fileURLToPath } from "node:url";
import { linesOf, noTests, tableOf, totalsOf, type Outcome } from "./outcome.ts";
import { simStep } from "./sim-step.ts";
import { soak } from "./soak.ts";
import { formatStep, knipStep, lintStep, tidyStep, typesStep } from "./static-steps.ts";
import { suiteStep, unclaimedTests } from "./suite-step.ts";
import { suites } from "./suites.ts";
import { filesIn, type Workplace } from "./workplace.ts";

type Step = {
  readonly name: string;
  readonly run: (place: Workplace) => Outcome | Promise<Outcome>;
  /** It may take minutes, so its start is told. */
  readonly isLong?: true;
};

function suite(name: string): Step {
  const found = suites.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no suite is called ${name}`);
  return { name, run: async (place) => suiteStep(place, found), isLong: true };
}

/** Every test file belongs to one suite, or nobody would notice that it never runs. */
function claimsStep(place: Workplace): Outcome {
  const startedAt = performance.now();
  const count = filesIn(place, ["**/*.test.ts"]).length;
  const problems = unclaimedTests(place, suites).map((path) => `${path} belongs to no suite, or to two`);
  const seconds = (performance.now() - startedAt) / 1000;
  const sight = `${count} test files, each in one of ${suites.length} suites`;
  return {
    name: "claims",
    seconds,
    sight,
    count,
    tests: noTests,
    problems,
    output: "",
  };
}

const checkSteps: readonly Step[] = [
  { name: "format", run: formatStep },
  { name: "types", run: typesStep },
  { name: "lint", run: lintStep },
  { name: "tidy", run: tidyStep },
  { name: "knip", run: knipStep },
  { name: "claims", run: claimsStep },
  suite("unit"),
];
const testSteps: readonly Step[] = [
  ...checkSteps,
  suite("store"),
  suite("pgserver"),
  { name: "sim", run: simStep, isLong: true },
  suite("e2e"),
];
const plans: Readonly<Record<string, readonly Step[]>> = {
  check: checkSteps,
  test: testSteps,
  verify: [...testSteps, suite("live"), suite("browser")],
};

/** A step whose tool cannot even start has failed; the others still run. */
async function attempt(step: Step, place: Workplace): Promise<Outcome> {
  try {
    return await step.run(place);
  } catch (error) {
    const output = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return {
      name: step.name,
      seconds: 0,
      sight: "broke down",
      count: 0,
      tests: noTests,
      problems: [],
      output,
    };
  }
}

async function runPlan(steps: readonly Step[], place: Workplace): Promise<number> {
  const outcomes: Outcome[] = [];
  for (const step of steps) {
    if (step.isLong === true) console.log(`...   ${step.name}`);
    const outcome = await attempt(step, place);
    outcomes.push(outcome);
    for (const line of linesOf(outcome)) console.log(line);
  }
  console.log(`\n${tableOf(outcomes).join("\n")}\n`);
  const { passed, failed } = totalsOf(outcomes);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}

async function main(args: readonly string[]): Promise<number> {
  const root = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");
  const place = { root, home: root };
  const [name = "", ...rest] = args;
  if (name === "soak") return soak(place, rest);
  const steps = plans[name];
  if (steps === undefined) {
    console.log(`usage: ${[...Object.keys(plans), "soak NAME"].join(" | ")}`);
    return 1;
  }
  return runPlan(steps, place);
}

process.exitCode = await main(process.argv.slice(2));
