import {
  afreshUntil,
  budgetOf,
  callsOf,
  chargesSince,
  lanes,
  toldFrom,
  usable,
  windowSpan,
} from "./quota.ts";
import type { Charge, Lane, Learned, QuotaRules, QuotaState, TimeSpan } from "./quota.ts";

/** Limits longer than this keep the floors of idle lanes too: a first load must not eat the day. */
const longMs = 3_600_000;

/** One limit as it stands at an instant. */
interface Standing {
  readonly name: string;
  /** Calls in one window that are ours to use. */
  readonly budget: number;
  /** Calls that are left of it now. */
  readonly free: number;
  readonly charges: readonly Charge[];
  /** Floors are kept for lanes that want nothing now. */
  readonly isLong: boolean;
  /** Share of the window that is still to come: what is kept for idle lanes melts with it. */
  readonly rest: number;
}

/** What is kept for idle lanes is given free so often in a day: in steps, so that nobody waits for drops. */
const restSteps = 8;

const stepMsOf = (day: TimeSpan): number => (day.until - day.from) / restSteps;

/** Share of a day that is still to come, in whole steps. */
const restOf = (day: TimeSpan, now: number): number =>
  Math.ceil((day.until - now) / stepMsOf(day)) / restSteps;

/** What a lane may be given now, and the limit that says so; null when none does. */
export interface Room {
  readonly calls: number;
  readonly boundBy: string | null;
}

/** For whom, and when. */
export interface RoomAt {
  readonly lane: Lane;
  readonly now: number;
}

/**
 * Calls left of what was told, or infinity when it says nothing any more. Once the limit has started afresh
 * nobody knows what others have used of it meanwhile: one call is made, and its answer tells.
 */
function leftOf(
  state: QuotaState,
  told: Learned,
  at: { readonly rules: QuotaRules; readonly requests: number; readonly now: number },
): number {
  const { rules, requests, now } = at;
  if (told.left === null || now >= afreshUntil(told)) return Number.POSITIVE_INFINITY;
  const charged = callsOf(chargesSince(state, toldFrom(told, now)));
  if (now >= told.resetAt) return 1 - charged;
  const kept = Number.isFinite(requests) ? requests - usable(requests, rules.limits.reserve) : 0;
  return told.left - kept - charged;
}

function standings(state: QuotaState, rules: QuotaRules, now: number): readonly Standing[] {
  const { limits } = rules;
  const declared = limits.windows.map((limit): Standing => {
    const span = windowSpan(limit, rules, now);
    const charges = chargesSince(state, span.from);
    const budget = budgetOf(limit, state, { limits, now });
    const told = state.learned[limit.name];
    const requests = Math.min(limit.requests, told?.limit ?? Number.POSITIVE_INFINITY);
    // What was told counts until its window is over; afterwards the declared limit does.
    const isTold = told !== undefined && now < told.resetAt;
    const left = isTold ? leftOf(state, told, { rules, requests, now }) : Number.POSITIVE_INFINITY;
    return {
      name: limit.name,
      budget,
      free: Math.min(budget - callsOf(charges), left),
      charges,
      isLong: limit.windowMs === null || limit.windowMs > longMs,
      rest: limit.windowMs === null ? restOf(span, now) : 1,
    };
  });
  const names = new Set(limits.windows.map(({ name }) => name));
  const learned = Object.entries(state.learned).flatMap(([name, told]): readonly Standing[] => {
    if (names.has(name)) return [];
    const requests = told.limit ?? Number.POSITIVE_INFINITY;
    const free = leftOf(state, told, { rules, requests, now });
    if (!Number.isFinite(free)) return [];
    const budget = Number.isFinite(requests) ? usable(requests, limits.reserve) : Math.max(free, 0);
    const charges = chargesSince(state, toldFrom(told, now));
    return [{ name, budget, free, charges, isLong: told.resetAt - now > longMs, rest: 1 }];
  });
  return [...declared, ...learned];
}

/** True when any limit is known, so that calls have to be charged before they are made. */
export function isMetered(state: QuotaState, { limits }: QuotaRules): boolean {
  return limits.windows.length > 0 || Object.keys(state.learned).length > 0;
}

/** What a lane has coming to it in this window, whatever the others want. */
function dueTo(state: QuotaState, rules: QuotaRules, at: { standing: Standing; lane: Lane }): number {
  const { standing, lane } = at;
  const floor = Math.floor(standing.budget * rules.limits.floors[lane]);
  const used = callsOf(standing.charges.filter((charge) => charge.lane === lane));
  return Math.max(0, floor - used, Math.floor(state.owed[lane] ?? 0));
}

/** What is kept from a lane for another one. */
function keptFor(
  state: QuotaState,
  rules: QuotaRules,
  at: RoomAt & { readonly standing: Standing; readonly other: Lane },
): number {
  const { standing, lane, other, now } = at;
  const due = dueTo(state, rules, { standing, lane: other });
  const waits = state.waits.filter((wait) => wait.lane === other && wait.until > now);
  const wanted = waits.reduce((sum, { calls }) => sum + calls, 0);
  const isFirst = lanes.indexOf(other) < lanes.indexOf(lane);
  if (waits.length > 0) return isFirst ? Math.max(due, wanted) : Math.min(due, wanted);
  if (other !== "interactive" && !standing.isLong) return 0;
  return Math.min(due, Math.floor(standing.budget * rules.limits.floors[other] * standing.rest));
}

/**
 * What a lane may be given at an instant: what is left of every limit, less what is kept for the others
 * (their floors while they wait, all that a higher lane waits for, the floor of interactive calls always,
 * and every floor of a long limit). Its own floor is never kept from it.
 */
export function roomOf(state: QuotaState, rules: QuotaRules, at: RoomAt): Room {
  if (state.pause !== null && state.pause.until > at.now) return { calls: 0, boundBy: "pause" };
  let room: Room = { calls: Number.POSITIVE_INFINITY, boundBy: null };
  for (const standing of standings(state, rules, at.now)) {
    const others = lanes.filter((other) => other !== at.lane);
    const kept = others.reduce((sum, other) => sum + keptFor(state, rules, { ...at, standing, other }), 0);
    const own = Math.min(standing.free, dueTo(state, rules, { standing, lane: at.lane }));
    const calls = Math.max(0, standing.free - kept, own);
    if (calls < room.calls) room = { calls, boundBy: standing.name };
  }
  return room;
}

/** Largest number of instants looked at for the next room: more than a tidied state has. */
const instantsMax = 4_096;

/**
 * The earliest instant, as far as can be told now, at which a lane has room for `calls`; null when nothing
 * that is known will ever make room. Room only grows while nobody is given any, so it is searched by halves.
 */
export function roomFrom(
  state: QuotaState,
  rules: QuotaRules,
  at: RoomAt & { readonly calls: number },
): number | null {
  const hasRoom = (now: number): boolean => roomOf(state, rules, { lane: at.lane, now }).calls >= at.calls;
  if (hasRoom(at.now)) return at.now;
  const instants = changesAfter(state, rules, at.now);
  let low = 0;
  let high = instants.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (hasRoom(instants[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return instants[low] ?? null;
}

/** Instants after `now` at which something may become free, in their order. */
function changesAfter(state: QuotaState, rules: QuotaRules, now: number): readonly number[] {
  const instants = new Set<number>();
  if (state.pause !== null) instants.add(state.pause.until);
  for (const told of Object.values(state.learned)) {
    instants.add(told.resetAt);
    instants.add(afreshUntil(told));
  }
  for (const { until } of state.waits) instants.add(until);
  for (const limit of rules.limits.windows) {
    if (limit.windowMs === null) {
      const day = windowSpan(limit, rules, now);
      for (let step = 1; step <= restSteps; step += 1) instants.add(day.from + step * stepMsOf(day));
    } else for (const { until } of state.charges) instants.add(until + limit.windowMs + 1);
  }
  return [...instants]
    .filter((instant) => instant > now)
    .toSorted((a, b) => a - b)
    .slice(0, instantsMax);
}
