/** What a machine that has much else to do makes of a run between systems that answer at once. */
import type { RunSummary } from "crossfoot/testing";

/**
 * Whether calls did not go out, or come back, within their time, and nothing else was wrong: whoever wants to
 * know what the run would have done asks for it again.
 */
export function wasTooBusy({ troubles }: Pick<RunSummary, "troubles">): boolean {
  return troubles.length > 0 && troubles.every(({ failure }) => failure.failure === "transient");
}

/** Times that something is asked for on such a machine. */
export const busyTriesMax = 6;

/** Runs until the machine was not too busy for it; answers that run, or the last one. */
export async function runThrough(run: () => Promise<RunSummary>): Promise<RunSummary> {
  let summary = await run();
  for (let tries = 1; wasTooBusy(summary) && tries < busyTriesMax; tries += 1) summary = await run();
  return summary;
}
