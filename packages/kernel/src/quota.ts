/**
 * Quota of a connection (INVARIANTS.md I16): how many calls its system allows, how many were charged, and
 * what it told about itself. The state is one JSON document per connection that all workers share; every
 * instant in it is by the store's clock, so that no two clocks are compared.
 */

/** Who a call is for. The order is the order of precedence. */
export type Lane = "interactive" | "webhook" | "poll" | "backfill" | "sweep";

/** All lanes, first things first. */
export const lanes: readonly Lane[] = ["interactive", "webhook", "poll", "backfill", "sweep"];

/** A share of the calls for each lane, from 0 to 1. */
export type LaneShares = { readonly [lane in Lane]: number };

/**
 * What each lane gets whatever the others want: enough for a person not to wait for a sweep, and for a sweep
 * to end.
 */
export const defaultFloors: LaneShares = {
  interactive: 0.1,
  webhook: 0.1,
  poll: 0.1,
  backfill: 0.05,
  sweep: 0.05,
};

/** Share of every limit that is never used: room for calls of others, and for the wire's own delays. */
export const defaultReserve = 0.05;

/** One limit of a system. */
export interface CallLimit {
  /** Short name, such as `minute` or `day`: what an answer tells about this limit is kept under it. */
  readonly name: string;
  /** Calls allowed. */
  readonly requests: number;
  /** The limit holds in any span of this length, ms; null when it counts by days of `zone`. */
  readonly windowMs: number | null;
  /** IANA zone whose midnight starts a day; null means UTC. */
  readonly zone: string | null;
}

/** All limits of a connection and how they are shared out. */
export interface QuotaLimits {
  readonly windows: readonly CallLimit[];
  /** Calls at one time over all workers; null when the system names no such limit. */
  readonly concurrency: number | null;
  /** Share of every limit that is never used. */
  readonly reserve: number;
  readonly floors: LaneShares;
}

/** No limit at all. */
export const unlimited: QuotaLimits = {
  windows: [],
  concurrency: null,
  reserve: defaultReserve,
  floors: defaultFloors,
};

/** A span of time, ms since 1970; `until` is not part of it. */
export interface TimeSpan {
  readonly from: number;
  readonly until: number;
}

/** The day that clocks of a zone show at an instant. Pure; given by the caller, who knows the zones. */
export type DaySpan = (zone: string | null, at: number) => TimeSpan;

/** The rules a decision goes by. */
export interface QuotaRules {
  readonly limits: QuotaLimits;
  readonly daySpan: DaySpan;
}

/** Calls that were charged. While it is open its worker may still make some of them. */
export interface Charge {
  readonly id: string;
  readonly worker: string;
  readonly lane: Lane;
  readonly calls: number;
  readonly from: number;
  /** No call of it reaches the system later than this. */
  readonly until: number;
  readonly isOpen: boolean;
}

/** What a system told about one of its limits. */
export interface Learned {
  readonly limit: number | null;
  /** Calls left at `at`, other programs' calls taken off; null when it was not told. */
  readonly left: number | null;
  readonly at: number;
  /** When the limit starts afresh. */
  readonly resetAt: number;
}

/** The system said that we are too fast. */
export interface Pause {
  readonly since: number;
  readonly until: number;
  /** Refusals in a row, each after the pause of the one before. */
  readonly strikes: number;
}

/** Somebody waits for calls. It holds until `until`, so that a dead worker does not wait for ever. */
export interface LaneWait {
  readonly worker: string;
  readonly lane: Lane;
  readonly calls: number;
  readonly until: number;
}

/** Calls that a worker may have under way at one time, while it holds. */
export interface Seats {
  readonly worker: string;
  readonly seats: number;
  readonly wanted: number;
  /** Since when it has waited for more, or null. */
  readonly waitsSince: number | null;
  readonly until: number;
}

/** Everything known of a connection's quota. */
export interface QuotaState {
  /** When it was last changed. Time never goes back behind it. */
  readonly at: number;
  /** Added to the store's clock: what that clock stepped forward or back by. */
  readonly shift: number;
  readonly charges: readonly Charge[];
  readonly learned: { readonly [name: string]: Learned };
  readonly pause: Pause | null;
  /** Share of the shortest limit that is used: less after refusals that told nothing, growing again. */
  readonly pace: { readonly share: number; readonly at: number };
  readonly waits: readonly LaneWait[];
  /** Calls that a waiting lane has coming to it, for limits too small to be shared out. */
  readonly owed: { readonly [lane in Lane]?: number };
  readonly seats: readonly Seats[];
  /** Typical duration of a call, ms; null before the first. */
  readonly callMs: number | null;
}

/** Nothing was charged and nothing is known. */
export const emptyQuota: QuotaState = {
  at: 0,
  shift: 0,
  charges: [],
  learned: {},
  pause: null,
  pace: { share: 1, at: 0 },
  waits: [],
  owed: {},
  seats: [],
  callMs: null,
};

/** Share of the pace that comes back in each span without a refusal. */
const paceStep = 0.1;
/** Least span after which the pace grows, ms. */
const paceSpanMsMin = 10_000;

/** Calls of a limit that may be used: the reserve is taken off, at least one is left. */
export function usable(requests: number, reserve: number): number {
  return requests < 1 ? 0 : Math.max(1, Math.floor(requests - Math.ceil(requests * reserve)));
}

/** The shortest limit by length; limits by days have none. Null when there is none. */
export function shortestWindow({ windows }: QuotaLimits): CallLimit | null {
  const rolling = windows.filter(({ windowMs }) => windowMs !== null);
  return rolling.toSorted((a, b) => (a.windowMs ?? 0) - (b.windowMs ?? 0))[0] ?? null;
}

/** The share of the shortest limit in use now. */
export function paceAt({ pace }: QuotaState, limits: QuotaLimits, now: number): number {
  const span = Math.max(shortestWindow(limits)?.windowMs ?? 0, paceSpanMsMin);
  const steps = Math.floor(Math.max(0, now - pace.at) / span);
  return Math.min(1, pace.share + paceStep * steps);
}

/** Calls that a limit allows us in one window: a limit that was told lower than declared wins. */
export function budgetOf(
  limit: CallLimit,
  state: QuotaState,
  at: { limits: QuotaLimits; now: number },
): number {
  const told = state.learned[limit.name]?.limit ?? Number.POSITIVE_INFINITY;
  const whole = usable(Math.min(limit.requests, told), at.limits.reserve);
  if (shortestWindow(at.limits)?.name !== limit.name) return whole;
  return Math.max(Math.min(whole, 1), Math.floor(whole * paceAt(state, at.limits, at.now)));
}

/** The window of a limit that ends now, or the day that has begun. */
export function windowSpan(limit: CallLimit, { daySpan }: QuotaRules, now: number): TimeSpan {
  if (limit.windowMs !== null) return { from: now - limit.windowMs, until: now + limit.windowMs };
  return daySpan(limit.zone, now);
}

/** Charges that may have a call at `from` or later. */
export function chargesSince(state: QuotaState, from: number): readonly Charge[] {
  return state.charges.filter(({ until }) => until >= from);
}

/** Sum of the calls of charges. */
export function callsOf(charges: readonly Charge[]): number {
  return charges.reduce((sum, { calls }) => sum + calls, 0);
}

/** So long after a limit started afresh calls are made one by one at most, until an answer tells, ms. */
const afreshMsMax = 10_000;

/**
 * Until when calls are made one by one after a limit that nobody declared started afresh: as long as it was
 * told to last, ten seconds at most.
 */
export function afreshUntil({ at, resetAt }: Learned): number {
  return resetAt + Math.min(Math.max(resetAt - at, 0), afreshMsMax);
}

/** Since when calls count against what a system told of a limit. */
export function toldFrom(told: Learned, now: number): number {
  return now < told.resetAt ? told.at : told.resetAt;
}
