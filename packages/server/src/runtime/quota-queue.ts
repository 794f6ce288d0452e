import { lanes } from "@crossfoot/kernel";
import type { Lane } from "@crossfoot/kernel";
import type { CallTerms } from "./gate.ts";
import type { Instant } from "./quota-block.ts";

/** Somebody who waits: for one call, or for several to be kept for it. */
export interface Waiter {
  readonly terms: CallTerms;
  readonly kind: "read" | "write" | "hold";
  readonly calls: number;
  readonly admit: (now: Instant) => void;
  readonly refuse: (error: Error) => void;
}

/** Who waits, by lane; first come, first served within a lane. */
export class LaneQueue {
  readonly #waiting = new Map<Lane, Waiter[]>(lanes.map((lane) => [lane, []]));

  add(waiter: Waiter): void {
    this.of(waiter.terms.lane).push(waiter);
  }

  /** Takes a waiter out. False when it was not there. */
  remove(waiter: Waiter): boolean {
    const waiting = this.of(waiter.terms.lane);
    const at = waiting.indexOf(waiter);
    if (at >= 0) waiting.splice(at, 1);
    return at >= 0;
  }

  of(lane: Lane): Waiter[] {
    return this.#waiting.get(lane) ?? [];
  }

  /** Lanes in which somebody waits, first things first. */
  get lanes(): readonly Lane[] {
    return lanes.filter((lane) => this.of(lane).length > 0);
  }

  get all(): readonly Waiter[] {
    return this.lanes.flatMap((lane) => this.of(lane));
  }
}
