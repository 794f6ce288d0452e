import { readEvent } from "../../runtime/events.ts";
import type { HappenedEvent, Places } from "../../runtime/events.ts";
import type {
  AttemptDraft,
  EventPlace,
  EventStore,
  SubscriptionRight,
  SubscriptionStore,
} from "../../store/port.ts";
import { shownEvent, toldOf } from "../api/event-tail.ts";
import type { Tail, Wanted } from "../api/event-tail.ts";
import type { Clock, Log } from "../../ports.ts";
import { messageOf } from "./message.ts";
import { outcomeOf } from "./outcome.ts";
import type { Reply } from "./outcome.ts";
import { signatureHeaders } from "./signature.ts";

/** How often the store is asked for what happened, and for what is to be told again, ms. */
const lookMs = 500;
/** How often somebody who is not told anything at the moment is looked after, ms. */
const restMs = 5_000;
/** Events are passed over in the store this often at least, ms: those of nobody's interest cost no commit. */
const keepPlaceMs = 10_000;
/** Waiting events that are looked at: at most one of them holds the others up, and comes first. */
const waitingMax = 20;
/** A right lasts for so many time-outs, and for this at least, ms. */
const rightTimeouts = 4;
const rightMsMin = 60_000;

/** Whom to tell, of what, and how. */
export interface Subscription extends Wanted {
  readonly name: string;
  readonly attemptsMax: number;
  readonly timeoutMs: number;
  /** Keys that a message is signed with, all of them. */
  readonly keys: () => readonly Uint8Array[];
  /** Sends one POST. Rejects when no whole answer comes. */
  readonly post: (
    headers: { readonly [name: string]: string },
    body: string,
  ) => Promise<{ readonly status: number; readonly headers: { readonly [name: string]: string } }>;
  /** Cuts off what is under way. */
  readonly close: () => Promise<void>;
}

/** What telling needs. */
export interface TellerDeps {
  readonly store: SubscriptionStore & EventStore;
  readonly tail: Tail;
  readonly clock: Clock;
  /** Drawn from 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  /** Name of this worker, of its own in every process. */
  readonly holder: string;
  readonly signal: AbortSignal;
}

/** What this worker holds of a subscription. */
interface Hold {
  readonly right: SubscriptionRight;
  readonly isStopped: boolean;
  readonly claimedAt: number;
  readonly places: Places;
  /** When the store last heard of the places. */
  readonly keptAt: number;
}

/** Tells one subscription. */
export interface Teller {
  /** Does what is to be done, and answers after how many ms to look again. Rejects as the store does. */
  readonly turn: () => Promise<number>;
  /** Gives the right back. */
  readonly leave: () => Promise<void>;
}

/**
 * Tells one subscription, event after event. Nothing is queued in memory: the journal keeps what was not
 * told, the store keeps how far it was told.
 * 1. worker A sends an event and dies before it is kept that it was sent
 * 2. its right runs out, worker B takes it, at the place before the event
 * 3. B sends it again, under the same id: receivers hear of it at least once
 * A worker that wakes after B took over is refused by its fence, and keeps nothing.
 */
export function createTeller(subscription: Subscription, deps: TellerDeps): Teller {
  return new Telling(subscription, deps);
}

class Telling implements Teller {
  readonly #of: Subscription;
  readonly #deps: TellerDeps;
  readonly #ttlMs: number;
  #hold: Hold | null = null;

  constructor(subscription: Subscription, deps: TellerDeps) {
    this.#of = subscription;
    this.#deps = deps;
    this.#ttlMs = Math.max(rightMsMin, rightTimeouts * subscription.timeoutMs);
  }

  async turn(): Promise<number> {
    try {
      return await this.#turn();
    } catch (error) {
      // Whatever it was: what is held is asked for anew.
      this.#hold = null;
      throw error;
    }
  }

  async leave(): Promise<void> {
    if (this.#hold !== null) await this.#deps.store.releaseSubscription(this.#hold.right);
    this.#hold = null;
  }

  async #turn(): Promise<number> {
    const hold = await this.#holdOn();
    if (hold === null || hold.isStopped) return restMs;
    const { store } = this.#deps;
    const waiting = await store.waitingDeliveries(this.#of.name, waitingMax);
    const next = waiting.find(({ dueInMs }) => dueInMs <= 0);
    if (next !== undefined) {
      await this.#tellWaiting(next, hold.right.fence);
      return 0;
    }
    const first = waiting.find(({ isAgain }) => !isAgain);
    return first === undefined ? this.#tellNew(hold) : Math.min(first.dueInMs, lookMs);
  }

  /** The right, taken or kept; null while another worker has it. */
  async #holdOn(): Promise<Hold | null> {
    const { store, clock, holder } = this.#deps;
    const known = this.#hold;
    const now = clock.monotonic();
    const isFresh = known !== null && !known.isStopped && now - known.claimedAt < this.#ttlMs / 3;
    if (isFresh) return known;
    const places = known?.places ?? (await store.journalPlaces());
    const { name } = this.#of;
    const claimed = await store.claimSubscription({ name, holder, ttlMs: this.#ttlMs, places });
    if (claimed === null) {
      this.#hold = null;
      return null;
    }
    // Nobody else had it meanwhile: what was passed over since then stays so.
    const isSame = known !== null && known.right.fence === claimed.right.fence;
    this.#hold = {
      right: claimed.right,
      isStopped: claimed.state === "stopped",
      claimedAt: now,
      places: isSame ? known.places : claimed.places,
      keptAt: isSame ? known.keptAt : now,
    };
    return this.#hold;
  }

  async #tellNew(hold: Hold): Promise<number> {
    const { tail, store, clock, signal } = this.#deps;
    const batch = await tail(hold.places);
    const { told, reached } = toldOf(batch, this.#of);
    const { fence } = hold.right;
    for (const { event, places } of told) {
      if (signal.aborted) return 0;
      const isTold = await this.#tell(event, { attempt: 1, isAgain: false, places, fence });
      if (!isTold) return 0;
    }
    const kept = this.#hold;
    if (kept === null) return 0;
    const now = clock.monotonic();
    const isMoved = reached.some((seq, shard) => seq !== kept.places[shard]);
    const isToKeep = isMoved && (batch.isMore || now - kept.keptAt >= keepPlaceMs);
    if (isToKeep) await store.commitStep(kept.right, { places: reached, attempt: null, stop: null });
    this.#hold = { ...kept, places: reached, keptAt: isToKeep ? now : kept.keptAt };
    return batch.isMore ? 0 : lookMs;
  }

  /** Tells an event that was not told before, or is asked for again; it may be nobody's business by now. */
  async #tellWaiting(
    waiting: EventPlace & { readonly attempt: number; readonly isAgain: boolean },
    fence: number,
  ): Promise<void> {
    const { shard, seq, isAgain } = waiting;
    const attempt = waiting.attempt + 1;
    const event = await readEvent(this.#deps.store, { shard, seq });
    const shown = event === null ? null : shownEvent(event, this.#of.sight);
    if (shown !== null) {
      await this.#tell(shown, { attempt, isAgain, places: null, fence });
      return;
    }
    const cause = event === null ? "the journal does not have it" : "its role does not see it any more";
    const gone = { status: null, ms: null, nextInMs: null };
    await this.#keep(null, {
      draft: { shard, seq, kind: event?.kind ?? "", attempt, isAgain, state: "dropped", cause, ...gone },
      stop: null,
    });
  }

  /** Sends one event and keeps what became of it. False when no other may be sent after it now. */
  async #tell(
    event: HappenedEvent,
    at: {
      readonly attempt: number;
      readonly isAgain: boolean;
      readonly places: Places | null;
      /** Of the right under which the event was found: under a later one others have told it. */
      readonly fence: number;
    },
  ): Promise<boolean> {
    const { clock, random, log, signal } = this.#deps;
    const { name, attemptsMax } = this.#of;
    const hold = await this.#holdOn();
    if (hold === null || hold.isStopped || hold.right.fence !== at.fence) return false;
    const began = clock.monotonic();
    const reply = await this.#send(messageOf(event));
    // A send that was cut off because we end says nothing of the receiver.
    if (reply.status === null && signal.aborted) return false;
    const drawn = { now: clock.now(), random: random() };
    const { stop, ...outcome } = outcomeOf(reply, { attempt: at.attempt, attemptsMax, ...drawn });
    const ms = Math.max(0, Math.round(clock.monotonic() - began));
    const { attempt, isAgain } = at;
    await this.#keep(at.places, {
      draft: { ...placeOf(event), kind: event.kind, attempt, isAgain, ms, ...outcome },
      stop,
    });
    const { state, cause } = outcome;
    if (state === "parked") log.warn("webhook_parked", { subscription: name, event: event.id, cause });
    if (stop !== null) log.warn("webhook_stopped", { subscription: name, cause });
    return state !== "waiting" && stop === null;
  }

  async #send(message: { readonly id: string; readonly body: string }): Promise<Reply> {
    const { clock } = this.#deps;
    const timestamp = Math.floor(clock.now() / 1_000);
    const signed = signatureHeaders({ ...message, timestamp }, this.#of.keys());
    const headers = { "content-type": "application/json", "user-agent": "Crossfoot", ...signed };
    try {
      return await this.#of.post(headers, message.body);
    } catch (error) {
      return { status: null, why: error instanceof Error ? error.message : "no answer" };
    }
  }

  async #keep(
    places: Places | null,
    { draft, stop }: { readonly draft: AttemptDraft; readonly stop: string | null },
  ): Promise<void> {
    const { store, clock } = this.#deps;
    const hold = this.#hold;
    if (hold === null) throw new Error("an attempt without a right is a defect");
    await store.commitStep(hold.right, { places, attempt: draft, stop });
    const kept = places === null ? {} : { places, keptAt: clock.monotonic() };
    this.#hold = { ...hold, ...kept, isStopped: stop !== null };
  }
}

/** The place in the journal that the id of an event names. */
function placeOf({ id }: HappenedEvent): EventPlace {
  const [, shard = 0, seq = 0] = id.split("-").map(Number);
  return { shard, seq };
}
