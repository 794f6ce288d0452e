import type { Sleep } from "../ports.ts";

/** Longest wait of one timer: Node ends a longer one at once. */
const timerMsMax = 2 ** 31 - 1;

/**
 * Waits in real time. The timer does not keep the program alive. Resolves with true when the time is over,
 * at once with false when `signal` is or gets aborted. A negative or unusable time counts as 0, more than
 * 24 days as 24 days. Never rejects.
 */
export const sleep: Sleep = (ms, signal) => {
  if (signal?.aborted === true) return Promise.resolve(false);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const end = (isOver: boolean): void => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
    resolve(isOver);
  };
  const onAbort = (): void => end(false);
  const timer = setTimeout(() => end(true), Math.min(Math.max(ms, 0) || 0, timerMsMax));
  timer.unref();
  signal?.addEventListener("abort", onAbort, { once: true });
  return promise;
};
