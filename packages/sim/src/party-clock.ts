import type { Timeline } from "./virtual-time.ts";
import { startInstant } from "./virtual-time.ts";

/**
 * The clock of one party: a worker's machine, the store, a system. Its wall clock may be off, run too fast or
 * too slow, and step; its monotonic clock may stand still while the machine is suspended. No safety rule may
 * rest on two of them (INVARIANTS.md 1.13).
 */
export class PartyClock {
  readonly #timeline: Timeline;
  #offsetMs: number;
  readonly #rate: number;
  #suspendedMs = 0;
  #last = 0;

  constructor(timeline: Timeline, options: { readonly offsetMs?: number; readonly rate?: number } = {}) {
    this.#timeline = timeline;
    this.#offsetMs = options.offsetMs ?? 0;
    this.#rate = options.rate ?? 1;
  }

  /** Wall clock, ms since 1970, as this party believes it. */
  readonly now = (): number => Math.floor(startInstant + this.#timeline.now * this.#rate + this.#offsetMs);

  /** Monotonic clock, ms since its machine started; never goes back. */
  readonly monotonic = (): number => {
    this.#last = Math.max(this.#last, Math.floor(this.#timeline.now * this.#rate) - this.#suspendedMs);
    return this.#last;
  };

  /** The wall clock jumps (fault C2). */
  step(ms: number): void {
    this.#offsetMs += ms;
  }

  /** The machine slept for so long without its monotonic clock moving (fault C4). */
  suspend(ms: number): void {
    this.#suspendedMs += ms;
  }
}
