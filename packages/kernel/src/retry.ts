import type { FailureRecord } from "./failure.ts";

/** Limits of retrying. */
export interface RetryPolicy {
  readonly attemptsMax: number;
  readonly delayMsMin: number;
  readonly delayMsMax: number;
}

/**
 * Ten attempts of a transient failure take eight and a half to thirteen minutes: longer than the restart of
 * an ERP, short enough that a person hears of it at once. Only what never gives up (`throttled`,
 * `unauthorised`) comes to the longest delay.
 */
export const defaultRetryPolicy: RetryPolicy = { attemptsMax: 10, delayMsMin: 1_000, delayMsMax: 900_000 };

/** What comes after a failed attempt. */
export type RetryDecision =
  | { readonly kind: "retry"; readonly at: number }
  | { readonly kind: "give_up" }
  | { readonly kind: "not_retryable" };

/**
 * When to try again, in ms on the caller's clock. Doubles from the smallest delay; a hint by the system
 * (Retry-After) is honoured when it is later, and bounded by a day so that a date in the wrong century cannot
 * stop the work. `throttled` never counts towards giving up: the system is well, we are too fast. `spread` in
 * [0, 1) is drawn by the caller, so that many records do not come back at one instant.
 */
export function decideRetry(
  attempt: {
    readonly failure: FailureRecord;
    readonly attempts: number;
    readonly now: number;
    readonly spread: number;
  },
  policy: RetryPolicy = defaultRetryPolicy,
): RetryDecision {
  const { failure, attempts, now } = attempt;
  if (
    failure.failure !== "transient" &&
    failure.failure !== "throttled" &&
    failure.failure !== "unauthorised"
  ) {
    return { kind: "not_retryable" };
  }
  if (failure.failure === "transient" && attempts >= policy.attemptsMax) return { kind: "give_up" };
  const doubled = policy.delayMsMin * 2 ** Math.min(Math.max(attempts - 1, 0), 20);
  const delay = Math.min(doubled, policy.delayMsMax) * (1 + attempt.spread / 2);
  const hinted = failure.retryAt === null ? 0 : Math.min(failure.retryAt, now + 86_400_000);
  return { kind: "retry", at: Math.max(now + Math.round(delay), hinted) };
}
