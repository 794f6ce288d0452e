import { CrossfootAway } from "./problem.ts";
import type { CrossfootProblem } from "./problem.ts";

/** Waits; ends early, rejecting, when the signal aborts. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

/** One try of a call. */
export type Try<T> =
  | { readonly kind: "done"; readonly value: T }
  /** Worth another try, after so many ms where the server said so; `error` is told when there is none. */
  | { readonly kind: "again"; readonly error: Error; readonly afterMs: number | null }
  | { readonly kind: "failed"; readonly error: unknown };

/** What decides for how long a call is tried. */
export interface Patience {
  readonly budgetMs: number;
  readonly triesMax?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly sleep: Sleep;
  /** A clock that only goes forward, ms. */
  readonly now: () => number;
}

const firstWaitMs = 200;
const waitMsMax = 5_000;

/** Waits with a timer. */
export const sleepByTimer: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted === true) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });

/**
 * Tries until it is done, until the next try would begin past the budget, or as often as allowed; then throws
 * what the last try met. Waits as long as the server says, else twice as long after every try, 5 s at most.
 * Rejects with the signal's reason when it aborts.
 */
export async function patiently<T>(
  patience: Patience,
  attempt: (leftMs: number, nth: number) => Promise<Try<T>>,
): Promise<T> {
  const { budgetMs, triesMax = Infinity, signal, sleep, now } = patience;
  const until = now() + budgetMs;
  for (let nth = 0; ; nth += 1) {
    signal?.throwIfAborted();
    const outcome = await attempt(Math.max(1, until - now()), nth);
    if (outcome.kind === "done") return outcome.value;
    if (outcome.kind === "failed") throw outcome.error;
    const waitMs = outcome.afterMs ?? Math.min(waitMsMax, firstWaitMs * 2 ** nth);
    if (now() + waitMs >= until || nth + 1 >= triesMax) throw outcome.error;
    await sleep(waitMs, signal);
  }
}

/** Answers after which the same request may do better; `still_running` alone among conflicts. */
const passing: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** What a problem means for a call: that it is to be tried again, or that it failed. */
export function tryOfProblem(problem: CrossfootProblem, retryAfter: string | null): Try<never> {
  const isPassing = passing.has(problem.status) || problem.code === "still_running";
  if (!isPassing) return { kind: "failed", error: problem };
  return { kind: "again", error: problem, afterMs: msOf(retryAfter) };
}

/** What a request that got no answer means for a call. */
export function tryOfTrouble(error: unknown, signal: AbortSignal | undefined): Try<never> {
  if (signal?.aborted === true) return { kind: "failed", error: signal.reason };
  return { kind: "again", error: new CrossfootAway(error), afterMs: null };
}

/** Seconds of a Retry-After as ms; null where there is none. The API sends no dates. */
export function msOf(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : null;
}
