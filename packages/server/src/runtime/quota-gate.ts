import { oweLanes, pickLane, trackQuota, viewQuota } from "@crossfoot/kernel";
import type {
  ConnectionId,
  Lane,
  LaneRefusal,
  Owed,
  QuotaAnswer,
  QuotaRules,
  QuotaView,
  Track,
  Witness,
} from "@crossfoot/kernel";
import type { Clock, Log, Sleep } from "../ports.ts";
import type { SharedStore } from "../store/port.ts";
import { waitFailure } from "./gate.ts";
import type { CallEnd, CallTerms, Gate, Pass } from "./gate.ts";
import { OwnBlocks } from "./quota-block.ts";
import type { Instant, Ticket } from "./quota-block.ts";
import { ToldBook } from "./quota-book.ts";
import { quotaOf, reserve } from "./quota-ledger.ts";
import { LaneQueue } from "./quota-queue.ts";
import type { Waiter } from "./quota-queue.ts";
import { Tempo } from "./quota-tempo.ts";

/** What a gate is made of. */
export interface GateOptions {
  readonly connection: ConnectionId;
  readonly rules: QuotaRules;
  /** Calls at one time of this worker. */
  readonly concurrency: number;
  /** Whether other workers may use the store at the same time. */
  readonly isShared: boolean;
  /** A call has ended or been given up after this time, ms. */
  readonly callMsMax: number;
  readonly store: Pick<SharedStore, "loadQuota" | "saveQuota">;
  readonly clock: Clock;
  readonly sleep: Sleep;
  readonly log: Log;
  /** Names this worker among all others, and each of its requests. */
  readonly uuid: () => string;
}

/** A turn that is further away than this is not waited for, ms: the work is postponed. */
const patienceMs = 300_000;
/** How long a lane whose work was postponed asks no more, ms. */
const shutMs = 30_000;
/** Calls without reservation: so often a worker looks for what others met, ms. */
const greetMs = 5_000;
/** A worker that has no seat, or whose store failed, asks again after this, ms. */
const askAgainMs = 500;
/** So long before seats lapse they are asked for again while calls are under way, ms. */
const renewMs = 1_000;
/** Who got something and still lacks something asks again after this, ms. */
const lookMs = 50;
/** Duration of a call for forecasts when none was measured yet, ms. */
const callMsDefault = 200;
/** Waits up to this are not worth telling anybody, ms. */
const quietMs = 1_000;

/** Why a pause of the gate's own was ended. Made once: each call ends one, and errors are dear to make. */
const isWoken = new DOMException("something has changed", "AbortError");

const free: Ticket = { end: () => undefined };

/** Makes the gate of one connection for one worker. */
export function createGate(options: GateOptions): Gate {
  return new QuotaGate(options);
}

/**
 * The waiting, blocks and seats of one worker. Everything happens in turns: whatever changes ends in `#turn`,
 * which admits whom it can, and asks the store or waits for time when it cannot.
 */
class QuotaGate implements Gate {
  readonly #options: GateOptions;
  readonly #worker: string;
  readonly #queue = new LaneQueue();
  readonly #blocks = new OwnBlocks();
  readonly #book: ToldBook;
  readonly #tempo: Tempo;
  #owed: Owed = {};
  #underWay = 0;
  #isFree: boolean;
  #greetedAt = Number.NEGATIVE_INFINITY;
  #witness: { readonly at: number; readonly askedAt: number } | null = null;
  #seats: { readonly count: number; readonly until: number } | null = null;
  #retryAt = Number.NEGATIVE_INFINITY;
  /** Not before this a lane asks again; monotonic. */
  readonly #askAt = new Map<Lane, number>();
  readonly #shut = new Map<Lane, { readonly until: number; readonly error: Error }>();
  #asking: Promise<void> | null = null;
  #alarm: AbortController | null = null;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#worker = options.uuid();
    this.#book = new ToldBook(options.rules.limits);
    this.#isFree = options.rules.limits.windows.length === 0;
    const { concurrency } = options.rules.limits;
    this.#tempo = new Tempo(Math.max(1, Math.min(options.concurrency, concurrency ?? Infinity)));
  }

  async admit(terms: CallTerms, { isWrite }: { readonly isWrite: boolean }): Promise<Pass> {
    const ticket = await this.#wait(terms, { kind: isWrite ? "write" : "read", calls: 1 }, (now) => {
      this.#underWay += 1;
      this.#book.spend();
      terms.made += 1;
      return this.#isFree ? free : this.#blocks.spend(terms, now);
    });
    const sentAt = this.#now();
    let isOver = false;
    return {
      end: (end) => {
        if (isOver) return;
        isOver = true;
        this.#underWay -= 1;
        ticket.end(this.#now().monotonic);
        this.#learn(end, sentAt);
        this.#turn();
      },
    };
  }

  hold(terms: CallTerms, calls: number): Promise<number> {
    return this.#wait(terms, { kind: "hold", calls }, (now) =>
      this.#isFree ? Number.POSITIVE_INFINITY : this.#blocks.hold(terms, calls, now),
    );
  }

  letGo(terms: CallTerms): void {
    this.#blocks.letGo(terms);
    this.#turn();
  }

  async greet(): Promise<void> {
    const { connection, rules, store } = this.#options;
    const { monotonic } = this.#now();
    if (!this.#isFree || monotonic - this.#greetedAt < greetMs) return;
    this.#greetedAt = monotonic;
    const { state, now } = await store.loadQuota(connection);
    if (state === null) return;
    const { limits, pausedUntil } = viewQuota(quotaOf(state), rules, now);
    this.#isFree = limits.length === 0;
    if (pausedUntil !== null) this.#tempo.pause(monotonic, pausedUntil - now);
  }

  async rest(): Promise<void> {
    await this.#asking;
    if (this.#underWay > 0 || this.#queue.all.length > 0) return;
    const { monotonic } = this.#now();
    const isIdle = this.#blocks.isEmpty && !this.#tempo.hasNews;
    if (isIdle && !this.#tempo.isWorthStoring(monotonic)) return;
    this.#startAsking({ isResting: true });
    await this.#asking;
  }

  async track(lane: Lane): Promise<Track> {
    const { connection, rules, store } = this.#options;
    const { state, now } = await store.loadQuota(connection);
    const known = quotaOf(state);
    const callMs = this.#tempo.callMs ?? known.callMs ?? callMsDefault;
    return trackQuota({
      ...{ now, lane, rules, callMs },
      state: { ...known, callMs },
      concurrency: this.#tempo.seats,
    });
  }

  async view(): Promise<QuotaView> {
    const { connection, rules, store } = this.#options;
    const { state, now } = await store.loadQuota(connection);
    return viewQuota(quotaOf(state), rules, now);
  }

  #now(): Instant {
    const { clock } = this.#options;
    return { wall: clock.now(), monotonic: clock.monotonic() };
  }

  /** Waits for a turn; `use` takes what it gives, at the instant for which it was found to be there. */
  #wait<T>(terms: CallTerms, what: Pick<Waiter, "kind" | "calls">, use: (now: Instant) => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const { signal } = terms;
    const leave = (): void => {
      if (this.#queue.remove(waiter)) reject(waitFailure("wait_ended", "the work was ended meanwhile", null));
    };
    const waiter: Waiter = {
      ...what,
      terms,
      admit: (now) => {
        signal?.removeEventListener("abort", leave);
        resolve(use(now));
      },
      refuse: (error) => {
        signal?.removeEventListener("abort", leave);
        reject(error);
      },
    };
    this.#queue.add(waiter);
    if (signal?.aborted === true) leave();
    else signal?.addEventListener("abort", leave, { once: true });
    this.#turn();
    return promise;
  }

  #learn({ told }: CallEnd, sentAt: Instant): void {
    const now = this.#now().monotonic;
    const { wall, monotonic } = sentAt;
    if (told === null) return;
    for (const limit of told.limits)
      this.#book.note(limit, { sentAt: monotonic, now, underWay: this.#underWay });
    if (told.limits.length > 0) this.#isFree = false;
    if (told.isThrottled) {
      this.#tempo.refuse({ sentAt: monotonic, now, waitMs: told.waitMs });
      const { connection, log } = this.#options;
      log.warn("throttled", { connection, waitMs: told.waitMs, afterMs: this.#now().wall - wall });
    } else this.#tempo.well({ sentAt: monotonic, now });
  }

  /** Admits whom it can, then sees to it that the others get on. */
  #turn(): void {
    this.#refuseLate();
    const now = this.#now();
    for (;;) {
      const ready = this.#queue.lanes.filter((lane) => this.#firstOf(lane, now) !== undefined);
      const lane = pickLane(ready, this.#owed);
      const waiter = lane === null ? undefined : this.#firstOf(lane, now);
      if (lane === null || waiter === undefined) break;
      this.#queue.remove(waiter);
      const waiting = this.#queue.lanes;
      this.#owed = oweLanes(this.#owed, this.#options.rules.limits.floors, { lane, count: 1, waiting });
      waiter.admit(now);
    }
    this.#alarm?.abort(isWoken);
    this.#alarm = null;
    const askAt = this.#asking === null ? this.#askFrom(now) : Number.POSITIVE_INFINITY;
    if (askAt <= now.monotonic) this.#startAsking({ isResting: false });
    else this.#sleepUntil(Math.min(askAt, this.#changesFrom(now)), now.monotonic);
  }

  /** The first of a lane whose turn it can be now. */
  #firstOf(lane: Lane, now: Instant): Waiter | undefined {
    if (this.#tempo.openFrom(now.monotonic) > now.monotonic || this.#isShut(now)) return undefined;
    const hasSeat = this.#underWay < this.#seatsNow(now);
    const hasCall = this.#isFree || this.#blocks.left(lane, now) > 0;
    return this.#queue.of(lane).find(({ kind, terms }) => {
      if (kind === "hold") return hasCall;
      return hasSeat && (hasCall || this.#blocks.heldFor(terms, now) > 0);
    });
  }

  /** The system has told us that nothing is left for now. */
  #isShut({ monotonic }: Instant): boolean {
    return this.#book.openFrom(monotonic) > monotonic;
  }

  #sharesSeats(): boolean {
    return this.#options.isShared && this.#options.rules.limits.concurrency !== null;
  }

  #seatsNow({ monotonic }: Instant): number {
    const own = this.#tempo.seats;
    if (!this.#sharesSeats()) return own;
    return this.#seats !== null && this.#seats.until > monotonic ? Math.min(own, this.#seats.count) : 0;
  }

  /** When the store is to be asked or told something; monotonic. */
  #askFrom(now: Instant): number {
    const openFrom = this.#tempo.openFrom(now.monotonic);
    const lacking = this.#lacking(now).map((lane) => Math.max(this.#askAt.get(lane) ?? 0, openFrom));
    const news = this.#tempo.hasNews ? 0 : Number.POSITIVE_INFINITY;
    return Math.max(this.#retryAt, Math.min(news, this.#renewFrom(), ...lacking));
  }

  /** Seats of calls under way must not be given to others because we said nothing for a while. */
  #renewFrom(): number {
    const isHeld = this.#sharesSeats() && this.#underWay > 0 && this.#seats !== null;
    return isHeld ? (this.#seats?.until ?? 0) - renewMs : Number.POSITIVE_INFINITY;
  }

  /** When something changes by time alone for those who wait; monotonic. */
  #changesFrom(now: Instant): number {
    if (this.#queue.all.length === 0) return Number.POSITIVE_INFINITY;
    const openFrom = this.#tempo.openFrom(now.monotonic);
    const late = this.#queue.all.map(({ kind, terms: { deadline } }) =>
      deadline === null || kind !== "write"
        ? Number.POSITIVE_INFINITY
        : now.monotonic + deadline.leftMs() - this.#options.callMsMax + 1,
    );
    return Math.min(openFrom > now.monotonic ? openFrom : Number.POSITIVE_INFINITY, ...late);
  }

  /** Lanes in which somebody waits for what only the store can give. */
  #lacking(now: Instant): readonly Lane[] {
    const hasSeats = this.#seatsNow(now) > 0;
    const isShut = this.#isShut(now);
    return this.#queue.lanes.filter((lane) => {
      const hasCalls = this.#isFree || this.#blocks.left(lane, now) > 0;
      // Calls that are kept for somebody do for its calls, but not for its wish that more be kept.
      const isHeld = this.#queue
        .of(lane)
        .every(({ kind, terms }) => kind !== "hold" && this.#blocks.heldFor(terms, now) > 0);
      return isShut || !hasSeats || !(hasCalls || isHeld);
    });
  }

  #sleepUntil(instant: number, now: number): void {
    if (!Number.isFinite(instant)) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    const wake = (isOver: boolean): void => {
      if (isOver && this.#alarm === alarm) this.#turn();
    };
    this.#options.sleep(Math.max(instant - now, 1), alarm.signal).then(wake, () => undefined);
  }

  /** Those whose time is over, and those whose turn is too far away, are told so. */
  #refuseLate(): void {
    const now = this.#now();
    const pausedMs = this.#tempo.openFrom(now.monotonic) - now.monotonic;
    for (const waiter of this.#queue.all) {
      const { kind, terms } = waiter;
      const { deadline, lane } = terms;
      const shut = this.#shut.get(lane);
      let error: Error | null = null;
      if (kind === "write" && deadline?.isOver(this.#options.callMsMax) === true) error = this.#late();
      else if (pausedMs > patienceMs) error = this.#postponed(lane, "pause", now.wall + pausedMs);
      else if (shut !== undefined && shut.until > now.monotonic) error = shut.error;
      if (error !== null && this.#queue.remove(waiter)) waiter.refuse(error);
    }
  }

  #late(): Error {
    return waitFailure("quota_wait", "no call was free before its time was over; nothing was sent", null);
  }

  #postponed(lane: Lane, boundBy: string, until: number | null): Error {
    const { connection, rules } = this.#options;
    const limit = rules.limits.windows.find(({ name }) => name === boundBy);
    const of = limit === undefined ? boundBy : `${boundBy}: ${limit.requests}`;
    const what = boundBy === "pause" ? "asked us to wait" : `takes no more calls of lane ${lane} now (${of})`;
    // To the minute, so that whatever meets it in one run is told in the same words.
    const when = until === null ? "further notice" : `${new Date(until).toISOString().slice(0, 16)}Z`;
    return waitFailure("quota_used_up", `${connection} ${what}; postponed until ${when}`, until);
  }

  #startAsking(how: { readonly isResting: boolean }): void {
    this.#asking = this.#ask(how).then(
      () => {
        this.#asking = null;
        this.#turn();
      },
      (error: unknown) => {
        this.#asking = null;
        this.#failed(error);
      },
    );
  }

  /** Nothing can be charged, so nothing can be called: whoever waits is told. */
  #failed(error: unknown): void {
    const { connection, log } = this.#options;
    const reason = error instanceof Error ? error.message : "unknown";
    log.warn("quota_not_stored", { connection, reason });
    this.#retryAt = this.#now().monotonic + askAgainMs;
    const failure = waitFailure("quota_wait", `no call could be charged (${reason}); nothing was sent`, null);
    for (const waiter of this.#queue.all) if (this.#queue.remove(waiter)) waiter.refuse(failure);
    this.#turn();
  }

  async #ask({ isResting }: { readonly isResting: boolean }): Promise<void> {
    const { connection, rules, store, uuid, callMsMax } = this.#options;
    const askedAt = this.#now();
    const now = askedAt.monotonic;
    const queued: { [lane in Lane]?: number } = {};
    const wanted: { [lane in Lane]?: number } = {};
    for (const lane of this.#isFree ? [] : this.#lacking(askedAt)) {
      const waiting = this.#queue.of(lane).reduce((sum, { calls }) => sum + calls, 0);
      queued[lane] = waiting;
      wanted[lane] = Math.max(waiting, this.#blocks.appetite(lane));
    }
    // What was reserved cannot be used where less is left than that.
    if (this.#isShut(askedAt)) this.#blocks.void();
    const closings = this.#blocks.closings(askedAt, isResting);
    const told = this.#book.report(now);
    const tempo = this.#tempo.report(now);
    const witness: Witness | null =
      this.#witness === null ? null : { at: this.#witness.at, sinceMs: now - this.#witness.askedAt };
    const seats = this.#sharesSeats() && !isResting ? this.#tempo.seats : 0;
    const answer = await reserve(
      { store, connection, rules },
      {
        worker: this.#worker,
        id: uuid(),
        wanted,
        queued,
        seats,
        underWay: this.#underWay,
        closings: closings.list,
        told: told.told,
        ...tempo.report,
        callMsMax,
        witness,
      },
    );
    for (const { sent } of [closings, told, tempo]) sent();
    this.#witness = { at: answer.at, askedAt: now };
    this.#take(answer, askedAt);
    // Who came while everything was given back was not refused anything: it asks at once.
    if (!isResting) this.#askLater(answer);
  }

  #take(answer: QuotaAnswer, askedAt: Instant): void {
    const now = this.#now().monotonic;
    this.#isFree = answer.isFree && !this.#book.hasNews;
    this.#blocks.take(answer.blocks, askedAt);
    if (answer.pauseMs > 0) this.#tempo.pause(askedAt.monotonic, answer.pauseMs);
    this.#seats =
      answer.seats === null ? null : { count: answer.seats, until: askedAt.monotonic + answer.seatsMs };
    for (const { lane } of answer.blocks) this.#askAt.delete(lane);
    for (const refusal of answer.refusals) this.#refused(refusal, now);
  }

  /** Who still lacks something asks again, but not at once. */
  #askLater({ seats }: QuotaAnswer): void {
    const now = this.#now();
    const askAt = now.monotonic + (seats === 0 ? askAgainMs : lookMs);
    for (const lane of this.#lacking(now)) this.#askAt.set(lane, Math.max(this.#askAt.get(lane) ?? 0, askAt));
  }

  /** A lane got nothing: it asks again later, or its work is postponed. */
  #refused({ lane, waitMs, roomMs, boundBy }: LaneRefusal, now: number): void {
    const until = roomMs === null ? null : this.#options.clock.now() + roomMs;
    if (roomMs === null || roomMs > patienceMs) {
      const error = this.#postponed(lane, boundBy, until);
      this.#shut.set(lane, { until: now + Math.min(roomMs ?? shutMs, shutMs), error });
      return;
    }
    this.#askAt.set(lane, now + waitMs);
    if (roomMs < quietMs) return;
    const tellers = new Set(this.#queue.of(lane).flatMap(({ terms }) => terms.onWait ?? []));
    for (const tell of tellers) tell({ connection: this.#options.connection, until, boundBy });
  }
}
