import fc from "fast-check";
import { expect, inject, test } from "vitest";
import { faultOf, fuzzRequests } from "../testing/fuzz.ts";
import { fuzzWorld } from "../testing/fuzz-world.ts";
import { growthOf, heldMemory, memoryText } from "../testing/held-memory.ts";
import type { HeldMemory } from "../testing/held-memory.ts";

interface FuzzSoak {
  readonly requests: number;
  readonly seed: number;
}
declare module "vitest" {
  interface ProvidedContext {
    readonly fuzzSoak?: FuzzSoak;
  }
}

// `npm run soak -- fuzz` asks for more requests.
const usual: FuzzSoak = { requests: 5_000, seed: 1 };
const { requests, seed }: FuzzSoak = inject("fuzzSoak") ?? usual;
/** Requests to one world, before it begins anew: what is made in it does not slow down the rest. */
const worldRequests = 1_000;

test(
  `${requests} requests made from the document: none is answered 500, or otherwise than it says`,
  { timeout: 60_000 + requests * 20 },
  async () => {
    const statuses = new Map<number, number>();
    const held: HeldMemory[] = [];
    let sent = 0;
    for (let from = 0; from < requests; from += worldRequests) {
      const world = await fuzzWorld();
      const count = Math.min(worldRequests, requests - from);
      for (const request of fc.sample(fuzzRequests(world.names), { numRuns: count, seed: seed + from })) {
        const { fault, status } = await faultOf(world, request);
        // vitest remembers each call of `expect`, which is memory that grows.
        if (fault !== null) expect([seed, sent, fault]).toEqual([seed, sent, null]);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        sent += 1;
      }
      await world.api.close();
      expect(world.logged).toEqual([]);
      held.push(heldMemory());
    }
    expect(sent).toBe(requests);
    expect(growthOf(held)).toBe(0);
    // The fuzz has looked at something: every kind of answer came up.
    for (const status of [200, 201, 202, 304, 400, 401, 403, 404, 405, 409, 415, 422, 503])
      expect([status, statuses.get(status) ?? 0]).not.toEqual([status, 0]);
    console.log(
      `fuzz, seed ${seed}: ${JSON.stringify(Object.fromEntries([...statuses].toSorted(([one], [other]) => one - other)))}; ${memoryText(held)}`,
    );
  },
);
