import { beatMs } from "../../runtime/holding.ts";
import type { AccessStore, AnswerClaim, ClaimedAnswer } from "../../store/port.ts";
import type { Call } from "./call.ts";

/** Pauses between two looks at a request that another call works on, ms: the first, and the longest. */
const lookMs = { first: 50, longest: 1_000 };

/** What the holds of requests are kept with. */
export interface HoldDeps {
  readonly access: AccessStore;
  /** ms by a clock. */
  readonly now: () => number;
  readonly later: (ms: number, work: () => Promise<void>) => void;
  /** Waits, and ends early when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/** Claims a request; where another call has it, waits for that within the budget. Says what is left of it. */
export async function claimInTime(
  { access, now, sleep }: HoldDeps,
  claim: AnswerClaim,
  { budgetMs, signal }: Pick<Call, "budgetMs" | "signal">,
): Promise<{ readonly claimed: ClaimedAnswer; readonly leftMs: number }> {
  const from = now();
  let pausedMs = 0;
  for (let pauseMs = lookMs.first; ; pauseMs = Math.min(pauseMs * 2, lookMs.longest)) {
    const claimed = await access.claimAnswer(claim);
    // A clock that is set back must not make anybody wait for longer.
    const leftMs = Math.max(0, budgetMs - Math.max(pausedMs, now() - from));
    if (claimed.kind !== "running" || leftMs <= 0 || signal.aborted) return { claimed, leftMs };
    const waitMs = Math.min(pauseMs, leftMs);
    await sleep(waitMs, signal);
    pausedMs += waitMs;
  }
}

/**
 * Renews a hold with each sign of life until it is let go. A renewal that is on its way ends before the hold
 * does, or it would hold what nobody works on any more: 1. the renewal is asked for, 2. the answer forgets
 * the request, 3. the renewal claims it anew.
 * @returns lets it go; resolves when nothing of it is on its way any more
 */
export function keepHold({ access, later }: HoldDeps, claim: AnswerClaim): () => Promise<void> {
  let isOver = false;
  let renewing: Promise<unknown> = Promise.resolve();
  const renewLater = (): void =>
    later(beatMs, async () => {
      if (isOver) return;
      const renewed = access.claimAnswer(claim).catch(() => null);
      renewing = renewed;
      const claimed = await renewed;
      if (claimed === null || claimed.kind === "mine") renewLater();
    });
  renewLater();
  return async () => {
    isOver = true;
    await renewing;
  };
}
