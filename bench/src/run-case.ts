/**
 * Runs one case in a process of its own, so that its memory is its own and a profile shows nothing else.
 * Started by main.ts with the case's name; takes its input over the channel to its parent and answers a
 * report.
 */
import { cases } from "./cases.ts";
import type { CaseInput } from "./cases/scene.ts";

async function run(name: string, input: CaseInput): Promise<void> {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no case ${name}`);
  process.send?.({ report: await found.run(input) });
}

process.once("message", (input: CaseInput) => {
  run(process.argv[2] ?? "", input)
    .catch((error: unknown) => {
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : "unknown" });
    })
    .finally(() => process.disconnect())
    .catch(() => undefined);
});
