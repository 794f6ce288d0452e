import type { LinkId } from "@crossfoot/kernel";
import { LeaseLost, shardCount, shardName, shardOf } from "../store/port.ts";
import type { Beat, LiveWorker, Rights, ShardRight, Store, WorkerSign } from "../store/port.ts";
import { deadlineIn } from "./deadline.ts";
import type { Deadline } from "./deadline.ts";
import type { Clock } from "../ports.ts";

/**
 * What a worker holds is free for others this long after it was last heard of, ms. With the time to the next
 * look of another one ({@link beatMs}) a killed worker's shards are taken over within some eleven seconds.
 */
export const leaseMs = 9_000;
/** Time between two signs of life, ms: three may be late before anything is lost. */
export const beatMs = 2_250;
/** The same while a shard is to be had or to be given: others wait for it. */
const moveMs = 300;

/**
 * How many shards are a worker's share, so that all shares together are all shards, and no two differ by more
 * than one. While somebody wants all for himself, everybody else's share is none. Pure.
 */
export function shareOf(workers: readonly LiveWorker[], holder: string): number {
  const alone = workers.find(({ isAlone }) => isAlone);
  if (alone !== undefined) return alone.holder === holder ? shardCount : 0;
  const place = workers.findIndex((worker) => worker.holder === holder);
  if (place < 0) return 0;
  const whole = Math.floor(shardCount / workers.length);
  return whole + (place < shardCount % workers.length ? 1 : 0);
}

/** What a worker is known by. */
interface HoldingOptions {
  readonly holder: string;
  readonly isAlone: boolean;
  /** Called after each sign of life, once its answer is known. */
  readonly onBeat?: () => void;
}

/**
 * What one piece of work holds while it goes on: its share of the shards. It grows when others go or die,
 * and shrinks when others come: a shard is given when nothing that is under way rests on it any more.
 */
export class Holding {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #options: HoldingOptions;
  readonly #lost: AbortController = new AbortController();
  /** Fencing tokens of the shards that are held, those that are to be given among them. */
  readonly #fences: Map<number, number> = new Map();
  readonly #leaving: Set<number> = new Set();
  /** Shards that each piece of work under way rests on. */
  readonly #uses: Set<ReadonlySet<number>> = new Set();
  #beat: Beat = { now: 0, workers: [], pauses: [], shards: [], free: 0 };
  #lives: Deadline;
  #next: Deadline;
  #beating: Promise<void> | null = null;
  #askedAt = 0;
  #withdraws: { readonly runId: string | null } | null = null;

  constructor(at: { readonly store: Store; readonly clock: Clock }, options: HoldingOptions) {
    this.#store = at.store;
    this.#clock = at.clock;
    this.#options = options;
    this.#lives = deadlineIn(at.clock, -1);
    this.#next = this.#lives;
  }

  get holder(): string {
    return this.#options.holder;
  }

  /** Aborts when something that was held is another's. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** ms by the store's clock, as of the last sign of life. */
  get storeNow(): number {
    return this.#beat.now;
  }

  /** When the last sign of life was given that was answered, by our monotonic clock, ms. */
  get askedAt(): number {
    return this.#askedAt;
  }

  /** What people have paused, as of the last sign of life. */
  get pauses(): Beat["pauses"] {
    return this.#beat.pauses;
  }

  /** Whether all shards are held: nobody else decides or writes. */
  get isWhole(): boolean {
    return this.#usable().length === shardCount;
  }

  /** Whether other workers are alive. */
  get hasCompany(): boolean {
    return this.#beat.workers.length > 1;
  }

  /**
   * Whether what is held can still be ours, by our own two clocks: as long ago as we were last heard of, our
   * time is not over. The last look before a byte leaves us asks this.
   */
  get isAlive(): boolean {
    return !this.lost.aborted && !this.#lives.isOver();
  }

  /** Rights that something may be begun under. */
  rights(): Rights {
    return { holder: this.holder, shards: this.#usable() };
  }

  /** The shards of {@link rights}. */
  shards(): readonly number[] {
    return this.#usable().map(({ shard }) => shard);
  }

  /**
   * Rights that what is under way may end under: those of the shards that are held, also where they are to
   * be given.
   */
  held(): Rights {
    return { holder: this.holder, shards: this.#all() };
  }

  /** Of rights that were held earlier, those that are held without a break since. */
  still(earlier: Rights): Rights {
    const shards = earlier.shards.filter(({ shard, fence }) => this.#fences.get(shard) === fence);
    return { holder: this.holder, shards: shards.filter(({ shard }) => !this.#leaving.has(shard)) };
  }

  /** Does something that rests on shards: none of them is given before it has ended. */
  async use<T>(work: (rights: Rights) => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await work(this.rights());
    } finally {
      await end();
    }
  }

  /** Like {@link use}, for what ends elsewhere. */
  begin(): () => Promise<void> {
    const shards: ReadonlySet<number> = new Set(this.shards());
    this.#uses.add(shards);
    return async () => {
      this.#uses.delete(shards);
      if (this.#leaving.size > 0) await this.#giveIdle();
    };
  }

  /** Gives a sign of life when it is time for one, and takes or gives what the share asks for. */
  async keepUp(): Promise<void> {
    if (this.#next.isOver()) await this.beat();
  }

  /** Gives a sign of life now. */
  beat(): Promise<void> {
    this.#beating ??= this.#sign().finally(() => {
      this.#beating = null;
    });
    return this.#beating;
  }

  /**
   * Takes back for a run what was decided and not sent, and whose link has changed since: now for what is
   * held, and from now on for each shard that is taken.
   */
  async withdraw(runId: string | null): Promise<void> {
    this.#withdraws = { runId };
    await this.#store.withdrawStored(this.rights(), runId);
  }

  /** Leaves everything. What was under way has ended. */
  async leave(): Promise<void> {
    await this.#beating?.catch(() => undefined);
    this.#fences.clear();
    await this.#store.leave(this.holder);
  }

  #usable(): readonly ShardRight[] {
    return this.#all().filter(({ shard }) => !this.#leaving.has(shard));
  }

  #all(): readonly ShardRight[] {
    return [...this.#fences]
      .map(([shard, fence]) => ({ shard, fence }))
      .toSorted((a, b) => a.shard - b.shard);
  }

  async #sign(): Promise<void> {
    const store = this.#store;
    const clock = this.#clock;
    const sign: WorkerSign = { holder: this.holder, isAlone: this.#options.isAlone, ttlMs: leaseMs };
    // Counted from before we are heard of, so that our end is never later than the store's.
    const lives = deadlineIn(clock, leaseMs);
    const askedAt = clock.monotonic();
    const beat = await store.beat(sign);
    const gone = this.#all().find(
      ({ shard, fence }) => !beat.shards.some((right) => right.shard === shard && right.fence === fence),
    );
    if (gone !== undefined) {
      this.#lost.abort(new LeaseLost(shardName(gone.shard)));
      return;
    }
    this.#beat = beat;
    this.#askedAt = askedAt;
    this.#lives = lives;
    this.#options.onBeat?.();
    // What the store says is ours and we know nothing of was given or taken without an answer.
    const strange = beat.shards.filter(({ shard }) => !this.#fences.has(shard));
    if (strange.length > 0) await store.giveShards({ holder: this.holder, shards: strange });
    await this.#adjust(sign);
    const isMoving = this.#leaving.size > 0 || this.#fences.size < shareOf(beat.workers, this.holder);
    this.#next = deadlineIn(clock, isMoving ? moveMs : beatMs);
  }

  async #adjust(sign: WorkerSign): Promise<void> {
    const share = shareOf(this.#beat.workers, this.holder);
    const usable = this.shards();
    for (const shard of usable.slice(share)) this.#leaving.add(shard);
    for (const shard of [...this.#leaving].slice(0, Math.max(share - usable.length, 0)))
      this.#leaving.delete(shard);
    await this.#giveIdle();
    if (this.#fences.size < share && this.#beat.free > 0) await this.#take(sign, share - this.#fences.size);
  }

  /**
   * Takes shards over. What their last holder left on its way is in doubt before anything else is done with
   * them.
   */
  async #take(sign: WorkerSign, count: number): Promise<void> {
    const store = this.#store;
    const taken = await store.takeShards(sign, count);
    if (taken.length === 0) return;
    const rights: Rights = { holder: this.holder, shards: taken };
    if (taken.some(({ hasSending }) => hasSending)) await store.abandonSending(rights);
    if (this.#withdraws !== null) await store.withdrawStored(rights, this.#withdraws.runId);
    for (const { shard, fence } of taken) this.#fences.set(shard, fence);
  }

  /** Gives the shards that are to be given and that nothing rests on. */
  async #giveIdle(): Promise<void> {
    const isIdle = (shard: number): boolean => ![...this.#uses].some((use) => use.has(shard));
    const shards = this.#all().filter(({ shard }) => this.#leaving.has(shard) && isIdle(shard));
    for (const { shard } of shards) {
      this.#fences.delete(shard);
      this.#leaving.delete(shard);
    }
    if (shards.length > 0) await this.#store.giveShards({ holder: this.holder, shards });
  }
}

/** Whether a link's shard is among some rights. */
export function covers(rights: Rights, link: LinkId): boolean {
  const shard = shardOf(link);
  return rights.shards.some((right) => right.shard === shard);
}
