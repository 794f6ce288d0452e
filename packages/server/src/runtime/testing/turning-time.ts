import type { Clock, Sleep } from "../../ports.ts";

interface Timer {
  readonly at: number;
  readonly ring: () => void;
}

/** Lets everything run that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Time that passes only when a test lets it. */
export class TurningTime {
  #now: number;
  readonly #timers = new Set<Timer>();

  constructor(start: number) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;
  readonly clock: Clock = { now: this.now, monotonic: () => this.#now };

  readonly sleep: Sleep = (ms, signal) => {
    if (signal?.aborted === true) return Promise.resolve(false);
    return new Promise((resolve) => {
      const end = (isOver: boolean): void => {
        this.#timers.delete(timer);
        signal?.removeEventListener("abort", leave);
        resolve(isOver);
      };
      const leave = (): void => end(false);
      const timer: Timer = { at: this.#now + Math.max(ms, 0), ring: () => end(true) };
      this.#timers.add(timer);
      signal?.addEventListener("abort", leave, { once: true });
    });
  };

  /** Lets so many ms pass, timer by timer. */
  async pass(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const next = this.#next();
      if (next === null || next.at > until) break;
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      await settle();
    }
    this.#now = until;
    await settle();
  }

  /** Lets time pass until a promise has settled; fails when nothing is left that could settle it. */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    promise.then(over, over);
    await settle();
    while (!isOver) {
      const next = this.#next();
      if (next === null) throw new Error("it waits for something that never comes");
      this.#now = Math.max(this.#now, next.at);
      next.ring();
      await settle();
    }
    return promise;
  }

  #next(): Timer | null {
    return [...this.#timers].toSorted((a, b) => a.at - b.at)[0] ?? null;
  }
}
