/**
 * Makes one call of `work` for everything that came while the call before was under way: many callers share
 * one commit, or one answer that was begun after they asked, and none waits for more to come. Each caller's
 * promise is that of the call that took its part.
 */
export function gathered<Part, T = void>(
  work: (parts: readonly Part[]) => Promise<T>,
): (parts: readonly Part[]) => Promise<T> {
  let waiting: Part[] = [];
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  const run = (): Promise<T> => {
    const parts = waiting;
    waiting = [];
    next = null;
    const call = work(parts);
    // A call that failed fails its own callers; those after it get a call of their own.
    last = call.catch(() => undefined);
    return call;
  };
  return (parts) => {
    waiting.push(...parts);
    next ??= last.then(run);
    return next;
  };
}
