import type { Clock } from "../ports.ts";

/** A span of our own time after which something must not begin any more. */
export interface Deadline {
  /** Whether it is over, or will be so many ms from now. */
  readonly isOver: (inMs?: number) => boolean;
  /** Until it is over, ms; 0 or less when it is. */
  readonly leftMs: () => number;
}

/**
 * A deadline so many ms from now, by both of our clocks, whichever is further on: the monotonic one stands
 * still while the machine is suspended, the wall clock may be set back. Nothing of it is ever compared with
 * the clock of another machine.
 */
export function deadlineIn(clock: Clock, ms: number): Deadline {
  const from = { monotonic: clock.monotonic(), wall: clock.now() };
  const leftMs = (): number => ms - Math.max(clock.monotonic() - from.monotonic, clock.now() - from.wall);
  return { leftMs, isOver: (inMs = 0) => leftMs() <= inMs };
}
