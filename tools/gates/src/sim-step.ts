/** The simulation, once packages/sim is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import { notThereYet, type Outcome } from "./outcome.ts";
import type { Workplace } from "./workplace.ts";

/** Kinds of runs, and how many seeds of each: those with an operator of their own are a sample. */
const kinds: readonly { readonly args: readonly string[]; readonly seeds: number }[] = [
  { args: [], seeds: 200 },
  { args: ["--consolidate"], seeds: 20 },
  { args: ["--repair"], seeds: 10 },
  { args: ["--recant"], seeds: 10 },
];
/** For all kinds together. */
const timeoutMs = 15 * 60_000;

/**
 * Runs the seeds of each kind. The simulation ends with the line `N passed, N failed`, where each seed counts
 * as a test.
 */
export async function simStep(place: Workplace): Promise<Outcome> {
  if (!existsSync(join(place.root, "packages/sim"))) return notThereYet("sim", "no packages/sim");
  const problems: string[] = [];
  const output: string[] = [];
  const tests = { passed: 0, failed: 0, skipped: 0 };
  let seconds = 0;
  for (const { args: kind, seeds } of kinds) {
    const args = ["--conditions=source", "packages/sim/src/main.ts", `--seeds=${seeds}`, ...kind];
    const leftMs = Math.max(1, timeoutMs - seconds * 1000);
    const ended = await run({ program: process.execPath, args, cwd: place.root, timeoutMs: leftMs });
    const last = /^(\d+) passed, (\d+) failed$/m.exec(ended.output.trimEnd().split("\n").at(-1) ?? "");
    const passed = Number(last?.[1] ?? 0);
    const failed = Number(last?.[2] ?? 0);
    const name = kind.length === 0 ? "" : ` with ${kind.join(" ")}`;
    if (ended.code === null) problems.push(`stopped after ${timeoutMs / 60_000} minutes in all${name}`);
    if (passed + failed !== seeds) problems.push(`ran ${passed + failed} of ${seeds} seeds${name}`);
    if (ended.code !== 0 && failed === 0) problems.push(`ended with code ${String(ended.code)}${name}`);
    tests.passed += passed;
    tests.failed += failed;
    seconds += ended.seconds;
    output.push(ended.output);
  }
  const sight = `${tests.passed} seeds passed, ${tests.failed} failed`;
  const count = tests.passed + tests.failed;
  return { name: "sim", seconds, sight, count, tests, problems, output: output.join("\n") };
}
