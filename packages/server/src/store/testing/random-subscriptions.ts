import fc from "fast-check";
import { attemptStates } from "../port.ts";
import { plain } from "./random-call.ts";
import type { Call } from "./random-call.ts";

const names = fc.constantFrom("warehouse", "é");
const holders = fc.constantFrom("one", "two");
const spanMs = fc.constantFrom(5, 900, 900);
const places = fc.constantFrom([0, 4], [1, 2, 3]);
const right = fc.record({ name: names, holder: holders, fence: fc.constantFrom(1, 1, 2) });
const attempt = fc.record({
  ...{ shard: fc.nat(1), seq: fc.integer({ min: 1, max: 2 }), kind: fc.constantFrom("run.ended", "") },
  attempt: fc.integer({ min: 1, max: 3 }),
  state: fc.constantFrom(...attemptStates, "waiting", "nonsense"),
  status: fc.constantFrom(null, 200, 503),
  cause: fc.constantFrom(null, "no answer"),
  ms: fc.constantFrom(null, 7),
  nextInMs: fc.constantFrom(null, 0, 5, 4_000),
  isAgain: fc.boolean(),
});
const step = fc.record({
  places: fc.option(places),
  attempt: fc.option(attempt),
  stop: fc.constantFrom(null, null, null, "gone"),
});
const limit = fc.integer({ min: 1, max: 3 });
const number = fc.constantFrom(null, 1, 2, 3);

/** Calls about subscriptions that change something. */
export const subscriptionChanges: { readonly [method: string]: fc.Arbitrary<Call> } = {
  claimSubscription: plain(
    "claimSubscription",
    fc.record({ name: names, holder: holders, ttlMs: spanMs, places }),
  ),
  releaseSubscription: plain("releaseSubscription", right),
  commitStep: plain("commitStep", right, step),
  redeliver: plain("redeliver", names, fc.record({ number, by: fc.constant("somebody") })),
  forgetAttempts: plain("forgetAttempts", fc.constantFrom(0, 5, 4_000)),
};

/** Those that only look. */
export const subscriptionLooks: { readonly [method: string]: fc.Arbitrary<Call> } = {
  waitingDeliveries: plain("waitingDeliveries", names, limit),
  listSubscriptions: plain("listSubscriptions"),
  listAttempts: plain("listAttempts", fc.record({ name: names, limit, before: number })),
};
