/** What is left of a limit. */
export interface Allowance {
  readonly isAllowed: boolean;
  /** Requests that are left now. */
  readonly left: number;
  /** Seconds until all of the limit is there again. */
  readonly fullInSeconds: number;
  /** Seconds until the next request is allowed; 0 when it is. */
  readonly retryInSeconds: number;
}

/**
 * A token bucket per key: so many requests at once, coming back evenly over a minute. One process counts for
 * itself; N of them allow N times as many.
 */
export function createBuckets(perMinute: number, now: () => number): (key: string) => Allowance {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const perMs = perMinute / 60_000;
  return (key) => {
    const at = now();
    const before = buckets.get(key) ?? { tokens: perMinute, at };
    const tokens = Math.min(perMinute, before.tokens + Math.max(0, at - before.at) * perMs);
    const isAllowed = tokens >= 1;
    const left = isAllowed ? tokens - 1 : tokens;
    buckets.set(key, { tokens: left, at });
    return {
      isAllowed,
      left: Math.floor(left),
      fullInSeconds: Math.ceil((perMinute - left) / perMs / 1_000),
      retryInSeconds: isAllowed ? 0 : Math.max(1, Math.ceil((1 - left) / perMs / 1_000)),
    };
  };
}

/** Headers of a limit, as draft-ietf-httpapi-ratelimit-headers-10 has them (read 2026-11). */
export function limitHeaders(perMinute: number, allowance: Allowance): { readonly [name: string]: string } {
  return {
    "ratelimit-policy": `"key";q=${perMinute};w=60`,
    ratelimit: `"key";r=${allowance.left};t=${allowance.fullInSeconds}`,
    ...(allowance.isAllowed ? {} : { "retry-after": String(allowance.retryInSeconds) }),
  };
}
