import { parseArgs } from "node:util";
import type { RunResult } from "./run.ts";
import { runScenario } from "./run.ts";
import { drawScenario } from "./scenario.ts";

/** Runs seeds as the arguments say; answers the exit code: 0 when every one of them passed. */
export async function runCli(args: readonly string[], say: (line: string) => void): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "200" },
      seed: { type: "string" },
      from: { type: "string", default: "1" },
      fault: { type: "string", multiple: true },
    },
  });
  const first = Number(values.seed ?? values.from);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  const results: RunResult[] = [];
  for (let seed = first; seed < first + count; seed += 1) {
    const scenario = drawScenario(seed, values.fault === undefined ? {} : { faults: values.fault });
    const result = await runScenario(scenario);
    if (result.verdict !== "pass") tell(result, say);
    results.push(result);
  }
  const failed = results.filter(({ verdict }) => verdict !== "pass").length;
  say(`${results.length - failed} passed, ${failed} failed`);
  return failed === 0 && results.length > 0 ? 0 : 1;
}

function tell({ seed, verdict, violations, reason }: RunResult, say: (line: string) => void): void {
  for (const { invariant, message } of violations) say(`seed ${seed}: ${invariant} ${message}`);
  if (reason !== null) say(`seed ${seed}: ${verdict}: ${reason}`);
}
