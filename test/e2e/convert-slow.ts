/** What `crossfoot why` tells of a quote while its callers wait for long. */
import { setTimeout as pause } from "node:timers/promises";
import { runProgram } from "./kill-child.ts";

/** A quote is asked about after this long, and as often, ms. */
const askEveryMs = 60_000;

/** The parts of the story that tell where it stands: neither the fields nor what was done to them. */
const told = /^(?:This record|Writes|Waits|Set aside|Conflicts|What happened)/;

function storyOf(stdout: string): string {
  const parts = stdout.split("\n\n").filter((part) => told.test(part));
  return parts.join("\n").replaceAll("\n", "\n    ");
}

/** Says where a quote stands as long as it takes longer than usual. */
export async function tellWhileSlow(
  { folder, say }: { readonly folder: string; readonly say: (text: string) => void },
  quote: string,
  signal: AbortSignal,
): Promise<void> {
  const from = performance.now();
  while (await hasPassed(signal)) {
    const { stdout, stderr } = await runProgram(folder, ["why", `crm:${quote}`]);
    const seconds = Math.round((performance.now() - from) / 1_000);
    say(`quote ${quote} after ${seconds} s: ${storyOf(stdout) || stderr}`);
  }
}

/** Waits until it is time to ask. False where it is over meanwhile. */
async function hasPassed(signal: AbortSignal): Promise<boolean> {
  return pause(askEveryMs, true, { signal }).catch(() => false);
}
