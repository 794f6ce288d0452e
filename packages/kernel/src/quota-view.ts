import { quotaMoment } from "./quota-clock.ts";
import { roomFrom } from "./quota-room.ts";
import { budgetOf, callsOf, chargesSince, lanes, windowSpan } from "./quota.ts";
import type { Lane, QuotaRules, QuotaState } from "./quota.ts";

/** One limit as people see it. */
export interface LimitView {
  readonly name: string;
  /** Calls that the system allows: as declared, or as it told, whichever is lower; null when unknown. */
  readonly limit: number | null;
  /** Calls of it that are ours to use; null when unknown. */
  readonly budget: number | null;
  /** Calls charged in the window, all workers together. */
  readonly charged: number;
  /** Calls left as the system told last; null when it did not, or its window is over. */
  readonly left: number | null;
  /** Length of the window, ms; null when it counts by days or is unknown. */
  readonly windowMs: number | null;
  /** Store's clock at which it starts afresh: the end of the day, or as told; null when it rolls on. */
  readonly resetAt: number | null;
}

/** A connection's quota as people see it. Instants are by the store's clock. */
export interface QuotaView {
  readonly limits: readonly LimitView[];
  /** Nobody calls before this instant: the system said that we are too fast; null when there is none. */
  readonly pausedUntil: number | null;
  /** Lanes that wait, and when they will have room as far as is known; null when nothing known makes it. */
  readonly waits: readonly { readonly lane: Lane; readonly calls: number; readonly roomAt: number | null }[];
  readonly callMs: number | null;
}

/** What is charged, left and waited for now. Pure. */
export function viewQuota(known: QuotaState, given: QuotaRules, storeNow: number): QuotaView {
  const { state, rules, now } = quotaMoment(known, given, { now: storeNow, witness: null });
  const { limits } = rules;
  const stored = (instant: number): number => instant - state.shift;
  const names = [...new Set([...limits.windows.map(({ name }) => name), ...Object.keys(state.learned)])];
  const waiting = state.waits.filter(({ until }) => until > now);
  return {
    limits: names.map((name): LimitView => {
      const limit = limits.windows.find((one) => one.name === name);
      const told = state.learned[name];
      const span = limit === undefined ? null : windowSpan(limit, rules, now);
      const allowed = Math.min(limit?.requests ?? Infinity, told?.limit ?? Infinity);
      const isTold = told !== undefined && now < told.resetAt;
      const isDay = limit !== undefined && limit.windowMs === null;
      return {
        name,
        limit: Number.isFinite(allowed) ? allowed : null,
        budget: limit === undefined ? null : budgetOf(limit, state, { limits, now }),
        charged: callsOf(chargesSince(state, span?.from ?? told?.at ?? now)),
        left: isTold ? told.left : null,
        windowMs: limit?.windowMs ?? null,
        resetAt: isTold ? stored(told.resetAt) : isDay && span !== null ? stored(span.until) : null,
      };
    }),
    pausedUntil: state.pause !== null && state.pause.until > now ? stored(state.pause.until) : null,
    waits: lanes.flatMap((lane) => {
      const calls = waiting.filter((one) => one.lane === lane).reduce((sum, one) => sum + one.calls, 0);
      if (calls === 0) return [];
      const from = roomFrom(state, rules, { lane, now, calls: 1 });
      return [{ lane, calls, roomAt: from === null ? null : stored(from) }];
    }),
    callMs: state.callMs,
  };
}
