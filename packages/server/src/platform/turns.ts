/** Turns at something that only one may use at a time, in the order in which they were asked for. */
export interface Turns {
  /** Runs `work` when everyone who asked before is done. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Resolves when every turn asked for so far is done. Never rejects. */
  idle(): Promise<void>;
  /** Turns under way or waiting. */
  readonly size: number;
}

/** A fair queue: first come, first served, so no caller waits for more than those who were there before. */
export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  let size = 0;
  const leave = (): void => {
    size -= 1;
  };
  return {
    take<T>(work: () => Promise<T>): Promise<T> {
      size += 1;
      const turn = last.then(work);
      last = turn.then(leave, leave);
      return turn;
    },
    async idle() {
      await last;
    },
    get size() {
      return size;
    },
  };
}
