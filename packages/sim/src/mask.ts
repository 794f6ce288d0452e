import type { Random } from "./random.ts";
import { catalogue } from "./catalogue.ts";

/** Share of seeds without any fault: if one of these fails, the rest says nothing. */
const calmShare = 0.05;
/** Share of the catalogue that is switched on in a seed. */
const liveShare = 0.3;

/**
 * Draws which faults exist in a seed at all (swarm testing): rare mixes become common, and a fault that hides
 * another is often off.
 */
export function drawMask(random: Random, only: readonly string[] | undefined): ReadonlySet<string> {
  if (only !== undefined) return new Set(only);
  if (random.chance(calmShare)) return new Set();
  const drawn = catalogue.filter(({ awaits }) => awaits === undefined);
  const live = drawn.filter(() => random.chance(liveShare)).map(({ name }) => name);
  return new Set(live.length > 0 ? live : [random.pick(drawn).name]);
}
