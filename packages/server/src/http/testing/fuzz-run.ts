import fc from "fast-check";
import { faultOf, fuzzRequests } from "./fuzz.ts";
import { fuzzWorld } from "./fuzz-world.ts";
import { heldMemory } from "./held-memory.ts";
import type { HeldMemory } from "./held-memory.ts";

/** What a fuzz came to. */
export interface Fuzzed {
  readonly sent: number;
  /** How often each status was answered. */
  readonly statuses: { readonly [status: number]: number };
  /** The first request that was answered otherwise than the document says; null when there was none. */
  readonly fault: string | null;
  /** What was logged, a line each: a server that is asked nonsense has nothing to log. */
  readonly logged: readonly string[];
  /** What the program held after each world. */
  readonly held: readonly HeldMemory[];
}

/** Requests to one world, before it begins anew: what is made in it does not slow down the rest. */
const worldRequests = 1_000;
/** Every kind of answer; a fuzz that has not seen them all has looked at little. */
export const fuzzStatuses: readonly number[] = [
  ...[200, 201, 202, 304, 400, 401, 403, 404, 405, 409, 415, 422, 503],
];

/** Sends requests that are made from the API's document to a real engine, and stops at the first fault. */
export async function runFuzz({
  requests,
  seed,
}: {
  readonly requests: number;
  readonly seed: number;
}): Promise<Fuzzed> {
  const statuses: Record<number, number> = {};
  const held: HeldMemory[] = [];
  const logged: string[] = [];
  let sent = 0;
  for (let from = 0; from < requests; from += worldRequests) {
    const world = await fuzzWorld();
    const count = Math.min(worldRequests, requests - from);
    for (const request of fc.sample(fuzzRequests(world.names), { numRuns: count, seed: seed + from })) {
      const { fault, status } = await faultOf(world, request);
      if (fault !== null) return { sent, statuses, fault, logged, held };
      statuses[status] = (statuses[status] ?? 0) + 1;
      sent += 1;
    }
    await world.api.close();
    logged.push(...world.logged);
    // What is let go is swept between two turns of the loop, and nothing here waits for one.
    await new Promise((resolve) => setImmediate(resolve));
    held.push(heldMemory());
  }
  return { sent, statuses, fault: null, logged, held };
}
