/** Work that somebody waits for, and other work that gives way to it where all share one session. */
import { AsyncLocalStorage } from "node:async_hooks";
import { sleep } from "./sleep.ts";

const inside = new AsyncLocalStorage<true>();
let waiting = 0;
/** Resolves once nobody waits any more; null while nobody does. */
let quiet: PromiseWithResolvers<null> | null = null;

/**
 * Runs work that somebody waits for. What it begins and does not wait for counts as such as well, for good:
 * whoever asks again may wait for that.
 */
export async function inTheMoment<T>(work: () => Promise<T>): Promise<T> {
  waiting += 1;
  quiet ??= Promise.withResolvers();
  try {
    return await inside.run(true, work);
  } finally {
    waiting -= 1;
    if (waiting === 0) {
      quiet?.resolve(null);
      quiet = null;
    }
  }
}

/**
 * Resolves once nobody waits for an answer, after `msMax` ms at the latest. Null when there is nothing to
 * give way to, as inside such work.
 */
export function otherwise(msMax: number): Promise<unknown> | null {
  if (quiet === null || inside.getStore() === true) return null;
  return Promise.race([quiet.promise, sleep(msMax)]);
}
