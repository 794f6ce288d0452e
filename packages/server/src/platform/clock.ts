import type { Clock } from "../ports.ts";

/**
 * The machine's clocks. `monotonic` counts from the start of the program and stops while the machine
 * sleeps.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
