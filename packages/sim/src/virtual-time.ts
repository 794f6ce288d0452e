import { setImmediate as turn } from "node:timers/promises";

/** Something that is due at an instant of virtual time. */
export interface Timer {
  readonly cancel: () => void;
}

interface Due {
  readonly at: number;
  readonly order: number;
  run: (() => void) | null;
}

/** The instant at which every simulation starts: ms since 1970 of a Monday morning in UTC. */
export const startInstant: number = Date.UTC(2026, 0, 5, 8);

/**
 * Virtual time: what is due next happens next, and time jumps to it. After each event everything that it set
 * going in this thread has come to rest before the next one is taken, so that a run depends on nothing but
 * the order of events. Times are ms since the start of the simulation, whole numbers.
 */
export class Timeline {
  #now = 0;
  #order = 0;
  #busy = 0;
  readonly #heap: Due[] = [];
  events = 0;
  #failure: { readonly error: unknown } | null = null;

  /** True time, ms since the start. Nobody inside the simulation sees it; parties see their clocks. */
  get now(): number {
    return this.#now;
  }

  /** Runs something `delayMs` from now (at least at this instant, after everything that is due before). */
  after(delayMs: number, run: () => void): Timer {
    const due: Due = { at: this.#now + Math.max(Math.round(delayMs), 0), order: (this.#order += 1), run };
    this.#push(due);
    return {
      cancel: () => {
        due.run = null;
      },
    };
  }

  /** Something of the simulation itself broke: the run ends with this error at the next event. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Work that goes on outside the event queue (a store in WebAssembly): no event is taken meanwhile. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#busy += 1;
    try {
      return await work;
    } finally {
      this.#busy -= 1;
    }
  }

  /**
   * Takes events until `isEnd` says so after one, none is left, or `until` is passed; answers which. Rejects
   * with what `fail` was told.
   */
  async run(until: number, isEnd: () => boolean): Promise<"ended" | "empty" | "late"> {
    await this.#rest();
    for (;;) {
      if (this.#failure !== null) throw asError(this.#failure.error);
      if (isEnd()) return "ended";
      const due = this.#pop();
      if (due === undefined) return "empty";
      if (due.at > until) {
        this.#push(due);
        this.#now = until;
        return "late";
      }
      this.#now = due.at;
      this.events += 1;
      due.run?.();
      await this.#rest();
    }
  }

  async #rest(): Promise<void> {
    do await turn();
    while (this.#busy > 0);
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(due, heap[parent] as Due)) break;
      heap[at] = heap[parent] as Due;
      at = parent;
    }
    heap[at] = due;
  }

  /** The next event that was not cancelled. */
  #pop(): Due | undefined {
    for (;;) {
      const top = this.#take();
      if (top === undefined || top.run !== null) return top;
    }
  }

  #take(): Due | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Due, heap[child] as Due)) child += 1;
      if (!isBefore(heap[child] as Due, last)) break;
      heap[at] = heap[child] as Due;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}

const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(`an error that is no Error: ${String(thrown)}`);

const isBefore = (a: Due, b: Due): boolean => (a.at === b.at ? a.order < b.order : a.at < b.at);
