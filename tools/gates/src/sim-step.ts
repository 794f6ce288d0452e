/** The simulation, once packages/sim is there. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import { notThereYet, type Outcome } from "./outcome.ts";
import type { Workplace } from "./workplace.ts";

const seeds = 200;
const timeoutMs = 15 * 60_000;

/**
 * Runs the seeds. The simulation ends with the line `N passed, N failed`, where each seed counts as a test.
 */
export async function simStep(place: Workplace): Promise<Outcome> {
  if (!existsSync(join(place.root, "packages/sim"))) return notThereYet("sim", "no packages/sim");
  const args = ["--conditions=source", "packages/sim/src/main.ts", `--seeds=${seeds}`];
  const ended = await run({ program: process.execPath, args, cwd: place.root, timeoutMs });
  const last = /^(\d+) passed, (\d+) failed$/m.exec(ended.output.trimEnd().split("\n").at(-1) ?? "");
  const passed = Number(last?.[1] ?? 0);
  const failed = Number(last?.[2] ?? 0);
  const problems = [
    ended.code === null && `stopped after ${timeoutMs / 60_000} minutes`,
    passed + failed !== seeds && `ran ${passed + failed} of ${seeds} seeds`,
    ended.code !== 0 && failed === 0 && `ended with code ${String(ended.code)}`,
  ].filter((problem) => problem !== false);
  const sight = `${passed} seeds passed, ${failed} failed`;
  const tests = { passed, failed, skipped: 0 };
  return {
    name: "sim",
    seconds: ended.seconds,
    sight,
    count: passed + failed,
    tests,
    problems,
    output: ended.output,
  };
}
