import { quotaMoment } from "./quota-clock.ts";
import { tidyQuota } from "./quota-learn.ts";
import { blockLifeMs } from "./quota-reserve.ts";
import { roomFrom, roomOf } from "./quota-room.ts";
import type { Charge, Lane, QuotaRules, QuotaState } from "./quota.ts";

/** What a connection's quota is followed forward from. */
export interface TrackStart {
  /** The store's clock, ms since 1970. */
  readonly now: number;
  /** The lane that calls are made in. */
  readonly lane: Lane;
  readonly rules: QuotaRules;
  /** What was charged and learned so far. */
  readonly state: QuotaState;
  /** Duration of a call when none was measured yet, ms. */
  readonly callMs: number;
  /** Calls at one time at most. */
  readonly concurrency: number;
}

/** A connection's quota as it will be, followed forward from an instant with nobody else calling. */
export interface Track extends TrackStart {
  /** The quota's own time at the start. */
  readonly origin: number;
  /** When the last call that was followed will have ended, ms from the start; null when it never will. */
  readonly endMs: number | null;
  /** How long each limit was waited for, ms; `pause` for what the system asked for. */
  readonly waited: { readonly [name: string]: number };
}

/** Calls that begin at an instant of a track. */
export interface TrackCalls {
  /** ms from the start; what was followed before has ended by then. */
  readonly fromMs: number;
  readonly calls: number;
  /** Calls at one time on average, where the work allows fewer than the connection does. */
  readonly concurrency: number;
}

/** Work that is to be done on one connection, and what it may spend. */
export interface ForecastInput extends TrackStart {
  /** Calls that the work takes. */
  readonly calls: number;
}

/** When work will be done. */
export interface Forecast {
  /** ms since 1970; null when no room will ever come, as far as is known. */
  readonly at: number | null;
  /** Name of the limit that is waited for most, `pause`, or null when only the calls themselves take time. */
  readonly boundBy: string | null;
}

/** Steps that are followed one by one; the rest goes on at the speed found so far. */
const stepsMax = 5_000;

/** Begins to follow a quota forward. Pure. */
export function trackQuota(start: TrackStart): Track {
  const moment = quotaMoment(start.state, start.rules, { now: start.now, witness: null });
  const callMs = Math.max(moment.state.callMs ?? start.callMs, 0.01);
  const state = { ...moment.state, waits: [], owed: {} };
  return { ...start, callMs, rules: moment.rules, origin: moment.now, state, endMs: 0, waited: {} };
}

/**
 * Follows calls under the broker's own rules: each waits for its turn, and is charged. A system that takes
 * longer, or other lanes at work, make it later. Pure.
 */
export function followCalls(track: Track, { fromMs, calls, concurrency }: TrackCalls): Track {
  const { rules, lane, origin } = track;
  if (track.endMs === null || calls === 0) return track;
  const callMs = track.callMs / Math.max(1, Math.min(concurrency, track.concurrency));
  // No longer than a block lives: else the calls of a step would seem to lie closer together than they do.
  const sizeMax = Math.max(1, Math.floor(blockLifeMs(rules.limits) / callMs));
  const begin = origin + Math.max(fromMs, track.endMs);
  const waited = new Map(Object.entries(track.waited));
  let { state } = track;
  let at = begin;
  let left = calls;
  for (let step = 0; left > 0 && step < stepsMax; step += 1) {
    const room = roomOf(state, rules, { lane, now: at });
    const size = Math.floor(Math.min(left, room.calls, room.boundBy === null ? left : sizeMax));
    if (size < 1) {
      const from = roomFrom(state, rules, { lane, now: at, calls: 1 });
      const boundBy = room.boundBy ?? "pause";
      if (from === null) return { ...track, state, endMs: null, waited: { [boundBy]: Infinity } };
      // Of several that are used up the one that is free again last is waited for.
      const last = roomOf(state, rules, { lane, now: from - 1 }).boundBy ?? "pause";
      waited.set(last, (waited.get(last) ?? 0) + from - at);
      at = from;
      continue;
    }
    const until = at + size * callMs;
    const id = `${at} ${step}`;
    const charge: Charge = { id, worker: "", lane, calls: size, from: at, until, isOpen: false };
    state = tidyQuota({ ...state, charges: [...state.charges, charge] }, rules, at);
    at = until;
    left -= size;
  }
  const speed = (calls - left) / Math.max(at - begin, 1);
  const ended = left > 0 ? at + left / speed : at;
  return { ...track, state, endMs: ended - origin, waited: Object.fromEntries(waited) };
}

/** What was waited for longest, or null when only the calls themselves took time. */
export function longestWait({ waited }: Pick<Track, "waited">): string | null {
  return Object.entries(waited).toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}

/** When calls that are due now will have been made, with nobody else calling. Pure. */
export function forecastCalls(input: ForecastInput): Forecast {
  const { calls, concurrency } = input;
  const track = followCalls(trackQuota(input), { fromMs: 0, calls, concurrency });
  const { endMs } = track;
  return { at: endMs === null ? null : Math.round(input.now + endMs), boundBy: longestWait(track) };
}
