import type { DaySpan, QuotaRules, QuotaState } from "./quota.ts";

/** What a worker knows of the time: the state's clock when it last spoke, and how long ago that was, ms. */
export interface Witness {
  readonly at: number;
  readonly sinceMs: number;
}

/** A quota at an instant of its own clock. */
export interface QuotaMoment {
  readonly state: QuotaState;
  readonly rules: QuotaRules;
  readonly now: number;
}

/** Up to this, and this share of the time between, a difference of the clocks is delay and drift, ms. */
const stepMsFree = 1_000;
const driftFree = 0.01;

/**
 * The quota's own time: the store's clock without its steps. A clock that is set back does not keep calls
 * back for hours; one that is set forward does not make a window look over, as long as a worker is there
 * that has measured the time itself.
 */
export function quotaMoment(
  state: QuotaState,
  rules: QuotaRules,
  at: { readonly now: number; readonly witness: Witness | null },
): QuotaMoment {
  const told = at.now + state.shift;
  const { witness } = at;
  const measured = witness === null ? told : witness.at + witness.sinceMs;
  const free = stepMsFree + driftFree * (witness?.sinceMs ?? 0);
  const now = Math.max(state.at, told - measured > free ? measured : told);
  const shift = state.shift + now - told;
  const daySpan: DaySpan = (zone, instant) => {
    const { from, until } = rules.daySpan(zone, instant - shift);
    return { from: from + shift, until: until + shift };
  };
  return { state: { ...state, shift }, rules: { ...rules, daySpan }, now };
}
