import type { DoubtfulIntent, Intent } from "../store/port.ts";
import type { World } from "./world.ts";

/** When this program gave attempts up, by its monotonic clock and by intent key. */
const given = new WeakMap<World, Map<string, number>>();

/** Notes that an attempt of ours has just been given up, with its outcome unknown. */
export function noteDoubt(world: World, intent: Intent): void {
  const known = given.get(world) ?? new Map<string, number>();
  given.set(world, known);
  known.set(intent.key, world.clock.monotonic());
}

/** Forgets a doubt that is over. */
export function forgetDoubt(world: World, intent: Intent): void {
  given.get(world)?.delete(intent.key);
}

/**
 * For how long nothing of a write can have left us: by the store's clock, and by our own monotonic one where
 * we saw its attempt end. The shorter counts, so that a store's clock that is set forward proves nothing
 * while the program that was in doubt lives.
 */
export function quietFor(world: World, intent: DoubtfulIntent): number {
  const since = given.get(world)?.get(intent.key);
  if (since === undefined) return intent.quietForMs;
  return Math.min(intent.quietForMs, world.clock.monotonic() - since);
}
