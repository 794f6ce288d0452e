/** Turns at something that only one may use at a time, in the order in which they were asked for. */
export interface Turns {
  /** Runs `work` when everyone who asked before is done; with `after` it counts as asked for then. */
  take<T>(work: () => Promise<T>, after?: Promise<unknown> | null): Promise<T>;
  /** Resolves when no turn is under way or waiting. Never rejects. */
  idle(): Promise<void>;
  /** Turns under way or waiting. */
  readonly size: number;
}

/** A fair queue: first come, first served, so no caller waits for more than those who were there before. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  const asked = new Set<Promise<unknown>>();
  const inLine = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    take<T>(work: () => Promise<T>, after: Promise<unknown> | null = null): Promise<T> {
      const turn = after === null ? inLine(work) : after.then(() => inLine(work));
      const leave = (): void => void asked.delete(turn);
      asked.add(turn);
      turn.then(leave, leave);
      return turn;
    },
    async idle() {
      while (asked.size > 0) await Promise.allSettled(asked);
    },
    get size() {
      return asked.size;
    },
  };
}
