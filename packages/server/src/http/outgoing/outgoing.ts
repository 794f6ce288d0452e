import { forgottenAttemptsMax, LeaseLost } from "../../store/port.ts";
import type { Sleep } from "../../ports.ts";
import { createTail } from "../api/event-tail.ts";
import { createTeller } from "./teller.ts";
import type { Subscription, Teller, TellerDeps } from "./teller.ts";

/** How long nothing is done after a failure of the store, ms. */
const troubleMs = 5_000;
/** How often old attempts are forgotten, ms. */
const forgetEveryMs = 3_600_000;

/** What telling of events needs. */
export interface OutgoingDeps extends Omit<TellerDeps, "tail" | "signal"> {
  readonly sleep: Sleep;
  /** How long attempts are kept, ms. */
  readonly keepMs: number;
}

/** Everybody who is told of events, each on a way of its own. */
export interface Outgoing {
  /** Ends what is under way and gives back what is held. */
  readonly close: () => Promise<void>;
}

/**
 * Tells all subscriptions, each by a loop of its own: one that is slow or gone holds nobody up. None of it
 * waits for a run, and no run or question waits for it.
 */
export function startOutgoing(subscriptions: readonly Subscription[], deps: OutgoingDeps): Outgoing {
  const stopping = new AbortController();
  const { signal } = stopping;
  // What follows from the journal is read once for all who stand at the same place.
  const tail = createTail(deps.store, () => deps.clock.monotonic());
  const loops = subscriptions.map(async (subscription) => {
    const teller = createTeller(subscription, { ...deps, tail, signal });
    while (!signal.aborted) await deps.sleep(await pauseAfter(teller, subscription.name, deps), signal);
    await teller.leave().catch(() => undefined);
  });
  const forgetting = async (): Promise<void> => {
    while (subscriptions.length > 0 && !signal.aborted) {
      await forget(deps, signal).catch(() => undefined);
      await deps.sleep(forgetEveryMs, signal);
    }
  };
  const all = Promise.all([...loops, forgetting()]);
  return {
    async close() {
      stopping.abort();
      await Promise.all(subscriptions.map((each) => each.close()));
      await all;
    },
  };
}

/** Forgets all attempts that are old enough. Rejects as the store does. */
async function forget({ store, keepMs }: OutgoingDeps, signal: AbortSignal): Promise<void> {
  for (let gone = forgottenAttemptsMax; gone === forgottenAttemptsMax && !signal.aborted;)
    gone = await store.forgetAttempts(keepMs);
}

/** One turn; never rejects. */
async function pauseAfter(teller: Teller, name: string, { log }: OutgoingDeps): Promise<number> {
  try {
    return await teller.turn();
  } catch (error) {
    const isTaken = error instanceof LeaseLost;
    if (!isTaken)
      log.warn("webhooks_wait", {
        subscription: name,
        reason: error instanceof Error ? error.message : "unknown",
      });
    return troubleMs;
  }
}
