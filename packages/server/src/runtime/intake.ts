import { isTooDeep } from "@crossfoot/connector-sdk";
import type { Delivery, Received } from "@crossfoot/connector-sdk";
import type { ConnectionId } from "@crossfoot/kernel";
import type { Clock, Log } from "../ports.ts";
import type { DeliveryOutcome, DeliveryTally, ProvedDelivery, Store } from "../store/port.ts";
import { openTerms } from "./gate.ts";
import type { Receipt } from "./receipt.ts";
import type { HookTerms, Side } from "./world.ts";

/** Deliveries of one commit. */
const batchMax = 500;
/** Deliveries that wait for their commit; with more the store is not keeping up, and senders try again. */
const queueMax = 20_000;
/** How old the count of waiting hints may be, and how often counts are stored while deliveries come, ms. */
const backlogAgeMs = 1_000;
const tallyEveryMs = 5_000;

/** What holds where a side says nothing. */
const hookTermsUsual: HookTerms = { perSecond: 200, burst: 20_000, backlogMax: 100_000 };

/** The way of deliveries into the store. */
export interface Intake {
  /** Proves and stores one, and does nothing else. Rejects with a StoreError when it could not be stored. */
  receive(id: ConnectionId, delivery: Delivery): Promise<Receipt>;
  /** Counts one that was refused before it was read. */
  refuse(id: ConnectionId, outcome: DeliveryOutcome, reason: string): void;
  /** Stores what was counted since. Rejects with a StoreError; what was counted is kept. */
  flush(): Promise<void>;
}

/** What the intake works with. */
export interface IntakeDeps {
  readonly store: Pick<Store, "saveDeliveries" | "countHints" | "addDeliveryCounts">;
  readonly sides: readonly Pick<Side, "id" | "open" | "hooks">[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Takes deliveries in: proved before anything is counted against the sender, so that whoever cannot sign uses
 * up nobody's room; then within the connection's rate and backlog; then stored. Those that come while a
 * commit is under way share the next one, so that a burst costs few commits; each is answered after its own.
 * Refused ones cost no commit: they are added up and stored now and then. A crash loses what was counted
 * since, and no delivery that was answered.
 *
 * 1. Delivery A is proved and waits in the queue; the commit of an earlier batch is under way
 * 2. delivery B, the same as A, is proved and waits behind it
 * 3. both go into the next commit, which answers `stored` for A and `known` for B
 */
export function createIntake(deps: IntakeDeps): Intake {
  const tallies = new Tallies(deps);
  const doors = new Map(deps.sides.map((side) => [side.id, new Door(side, deps.clock)]));
  const queue = new Queue(deps, { doors, tallies });
  const refuse = (id: ConnectionId, outcome: DeliveryOutcome, reason: string): void =>
    tallies.add({ connection: id, outcome, secret: "", count: 1, reason });
  return {
    async receive(id, delivery) {
      const door = doors.get(id);
      if (door === undefined) return { status: 404, reason: "no such connection" };
      const connection = await door.side.open(openTerms("webhook"));
      const answer = connection.greet?.(delivery) ?? null;
      if (answer !== null) return { status: 200, reason: "greeted", answer };
      if (isTooDeep(new TextDecoder().decode(delivery.body))) {
        refuse(id, "malformed", "the body is nested too deeply");
        return { status: 400, reason: "it cannot be read" };
      }
      const received = connection.receive(delivery);
      if (!received.ok) {
        refuse(id, received.fault, received.reason);
        return received.fault === "malformed"
          ? { status: 400, reason: "it cannot be read" }
          : { status: 401, reason: "refused" };
      }
      const wait = queue.isFull() ? busySeconds : door.waitOf();
      if (wait !== null) {
        if (wait === busySeconds) queue.recount();
        refuse(id, "too_many", wait === busySeconds ? "too much waits to be read" : "too many at once");
        const status = connection.manifest.webhookBusyStatus ?? 429;
        return { status, reason: "too many; send it again later", retryAfterSeconds: wait };
      }
      return queue.save(id, received);
    },
    refuse,
    flush: () => tallies.flush(),
  };
}

/** How long a sender is to wait when too much waits to be read, s. */
const busySeconds = 30;

/** One connection's share: a bucket of tokens that fills at its rate, and a bound for what waits. */
class Door {
  readonly side: IntakeDeps["sides"][number];
  /** Hints that wait, as they were counted last, and what came since. */
  waiting = 0;
  readonly #clock: Clock;
  readonly #terms: HookTerms;
  #tokens: number;
  #filledAt: number;

  constructor(side: IntakeDeps["sides"][number], clock: Clock) {
    this.side = side;
    this.#clock = clock;
    this.#terms = side.hooks ?? hookTermsUsual;
    this.#tokens = this.#terms.burst;
    this.#filledAt = clock.monotonic();
  }

  /** Takes one in; or how long its sender is to wait, s. */
  waitOf(): number | null {
    const { perSecond, burst, backlogMax } = this.#terms;
    if (this.waiting >= backlogMax) return busySeconds;
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond);
    this.#filledAt = now;
    if (this.#tokens < 1) return Math.max(1, Math.ceil((1 - this.#tokens) / perSecond));
    this.#tokens -= 1;
    return null;
  }
}

type Taken = Extract<Received, { readonly ok: true }>;

interface Waiting {
  readonly delivery: ProvedDelivery;
  readonly taken: Taken;
  readonly heard: PromiseWithResolvers<Receipt>;
}

/** Deliveries that wait for their commit, one commit at a time. */
class Queue {
  readonly #deps: IntakeDeps;
  readonly #doors: ReadonlyMap<ConnectionId, Door>;
  readonly #tallies: Tallies;
  #waiting: Waiting[] = [];
  #isSaving = false;
  #countedAt: number | null = null;

  constructor(
    deps: IntakeDeps,
    { doors, tallies }: { readonly doors: ReadonlyMap<ConnectionId, Door>; readonly tallies: Tallies },
  ) {
    this.#deps = deps;
    this.#doors = doors;
    this.#tallies = tallies;
  }

  isFull(): boolean {
    return this.#waiting.length >= queueMax;
  }

  save(connection: ConnectionId, taken: Taken): Promise<Receipt> {
    const hints = taken.hints.flatMap(({ entity, id }) => (id === null ? [] : [{ connection, entity, id }]));
    const heard = Promise.withResolvers<Receipt>();
    this.#waiting.push({ delivery: { connection, id: taken.deliveryId, hints }, taken, heard });
    if (!this.#isSaving) this.#drain().catch((error: unknown) => this.#failed(error));
    return heard.promise;
  }

  #failed(error: unknown): void {
    this.#deps.log.error("deliveries_failed", { reason: error instanceof Error ? error.message : "unknown" });
  }

  async #drain(): Promise<void> {
    this.#isSaving = true;
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.slice(0, batchMax);
        this.#waiting = this.#waiting.slice(batchMax);
        await this.#commit(batch);
      }
    } finally {
      this.#isSaving = false;
    }
    await this.#tallies.flushWhenOld();
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await this.#deps.store.saveDeliveries(batch.map(({ delivery }) => delivery));
      for (const [index, { delivery, taken, heard }] of batch.entries()) {
        const result = results[index] ?? "known";
        const door = this.#doors.get(delivery.connection);
        if (door !== undefined && result === "stored") door.waiting += delivery.hints.length;
        const outcome = result === "stored" ? "accepted" : "duplicate";
        const { connection } = delivery;
        this.#tallies.add({ connection, outcome, secret: taken.secret ?? "", count: 1, reason: null });
        const { answer } = taken;
        heard.resolve({ status: 200, reason: result, ...(answer === undefined ? {} : { answer }) });
      }
      await this.#countWaiting();
    } catch (error) {
      // Whoever was answered stays so.
      for (const { heard } of batch) heard.reject(error);
    }
  }

  /** Nothing is stored while the bound is reached, so that nobody else would see that there is room again. */
  recount(): void {
    this.#countWaiting().catch((error: unknown) => this.#failed(error));
  }

  /** How much waits is counted now and then: the bound may be passed by what comes in between. */
  async #countWaiting(): Promise<void> {
    const now = this.#deps.clock.monotonic();
    if (this.#countedAt !== null && now - this.#countedAt < backlogAgeMs) return;
    this.#countedAt = now;
    const rows = await this.#deps.store.countHints();
    for (const [id, door] of this.#doors)
      door.waiting = rows.find(({ connection }) => connection === id)?.count ?? 0;
  }
}

/** What became of deliveries since it was last stored. */
class Tallies {
  readonly #deps: IntakeDeps;
  #since = new Map<string, DeliveryTally>();
  #flushedAt: number;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    this.#flushedAt = deps.clock.monotonic();
  }

  add(tally: DeliveryTally): void {
    const key = `${tally.connection}\n${tally.outcome}\n${tally.secret}`;
    const known = this.#since.get(key);
    const count = tally.count + (known?.count ?? 0);
    this.#since.set(key, { ...tally, count, reason: tally.reason ?? known?.reason ?? null });
  }

  async flushWhenOld(): Promise<void> {
    if (this.#deps.clock.monotonic() - this.#flushedAt >= tallyEveryMs) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#since.size === 0) return;
    const taken = [...this.#since.values()];
    this.#since = new Map();
    this.#flushedAt = this.#deps.clock.monotonic();
    try {
      await this.#deps.store.addDeliveryCounts(taken);
    } catch (error) {
      for (const tally of taken) this.add(tally);
      throw error;
    }
  }
}
