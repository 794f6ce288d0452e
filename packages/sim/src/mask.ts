import type { Random } from "./random.ts";
import { catalogue } from "./catalogue.ts";

/** Share of seeds without any fault: if one of these fails, the rest says nothing. */
const calmShare = 0.05;
/** Share of the catalogue that is switched on in a seed: few faults go deep, many meet each other. */
const liveShares = [0.1, 0.2, 0.35];

/**
 * Draws which faults exist in a seed at all (swarm testing): rare mixes become common, and a fault that hides
 * another is often off. Each fault has a stream of its own, so that one more of them does not shift the rest.
 */
export function drawMask(
  stream: (label: string) => Random,
  only: readonly string[] | undefined,
): ReadonlySet<string> {
  if (only !== undefined) return new Set(only);
  const random = stream("mask");
  if (random.chance(calmShare)) return new Set();
  const share = random.pick(liveShares);
  const drawn = catalogue.filter(({ awaits }) => awaits === undefined).map(({ name }) => name);
  const live = drawn.filter((name) => stream(`mask ${name}`).chance(share));
  return new Set(live.length > 0 ? live : [random.pick(drawn)]);
}
