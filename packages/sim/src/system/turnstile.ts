import type { Timeline } from "../virtual-time.ts";

/** How long a span of calls is, ms. */
export const limitWindowMs = 60_000;

/** Counts the calls that a system takes in a minute, ours and those of other programs (faults Q2, Q3). */
export class Turnstile {
  readonly #timeline: Timeline;
  readonly #declared: number | null;
  #allowed: number | null;
  #made: number[] = [];

  constructor(timeline: Timeline, declared: number | null) {
    this.#timeline = timeline;
    this.#declared = declared;
    this.#allowed = declared;
  }

  /** Lets a call pass, or says how long it should wait, ms. */
  pass(): number | null {
    if (this.#allowed === null) return null;
    const { now } = this.#timeline;
    this.#made = this.#made.filter((at) => at > now - limitWindowMs);
    if (this.#made.length >= this.#allowed) return Math.max((this.#made[0] ?? now) + limitWindowMs - now, 1);
    this.#made.push(now);
    return null;
  }

  /** Another program makes so many calls at once. */
  spend(count: number): void {
    for (let nr = 0; nr < count; nr += 1) this.#made.push(this.#timeline.now);
  }

  /** The system allows only this share of what it declares, until it is healed. */
  lower(share: number): void {
    if (this.#declared !== null) this.#allowed = Math.max(1, Math.floor(this.#declared * share));
  }

  /** What was declared is allowed again. */
  heal(): void {
    this.#allowed = this.#declared;
  }
}
