import { quotaMoment } from "./quota-clock.ts";
import { tidyQuota } from "./quota-learn.ts";
import { blockLifeMs } from "./quota-reserve.ts";
import { roomFrom, roomOf } from "./quota-room.ts";
import type { Charge, Lane, QuotaRules, QuotaState } from "./quota.ts";

/** Work that is to be done on one connection, and what it may spend. */
export interface ForecastInput {
  /** The store's clock, ms since 1970. */
  readonly now: number;
  /** Calls that the work takes. */
  readonly calls: number;
  /** The lane they are made in. */
  readonly lane: Lane;
  readonly rules: QuotaRules;
  /** What was charged and learned so far. */
  readonly state: QuotaState;
  /** Duration of a call when none was measured yet, ms. */
  readonly callMs: number;
  /** Calls at one time. */
  readonly concurrency: number;
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

/**
 * When calls that are due now will have been made: the broker's own rules, followed forward from what is
 * charged already, with nobody else calling. A system that takes longer, or other lanes at work, make it
 * later. Pure.
 */
export function forecastCalls(input: ForecastInput): Forecast {
  const { lane, calls } = input;
  const moment = quotaMoment(input.state, input.rules, { now: input.now, witness: null });
  const { rules, now } = moment;
  const callMs = Math.max(moment.state.callMs ?? input.callMs, 0.01) / Math.max(1, input.concurrency);
  // No longer than a block lives: else the calls of a step would seem to lie closer together than they do.
  const sizeMax = Math.max(1, Math.floor(blockLifeMs(rules.limits) / callMs));
  let state: QuotaState = { ...moment.state, waits: [], owed: {} };
  let at = now;
  let left = calls;
  const waited = new Map<string, number>();
  for (let step = 0; left > 0 && step < stepsMax; step += 1) {
    const room = roomOf(state, rules, { lane, now: at });
    const size = Math.floor(Math.min(left, room.calls, room.boundBy === null ? left : sizeMax));
    if (size < 1) {
      const from = roomFrom(state, rules, { lane, now: at, calls: 1 });
      const boundBy = room.boundBy ?? "pause";
      if (from === null) return { at: null, boundBy };
      waited.set(boundBy, (waited.get(boundBy) ?? 0) + from - at);
      at = from;
      continue;
    }
    const until = at + size * callMs;
    const charge: Charge = { id: `${step}`, worker: "", lane, calls: size, from: at, until, isOpen: false };
    state = tidyQuota({ ...state, charges: [...state.charges, charge] }, rules, at);
    at = until;
    left -= size;
  }
  const speed = (calls - left) / Math.max(at - now, 1);
  const ended = left > 0 ? at + left / speed : at;
  const most = [...waited].toSorted((a, b) => b[1] - a[1])[0]?.[0] ?? null;
  return { at: Math.round(ended - moment.state.shift), boundBy: most };
}
