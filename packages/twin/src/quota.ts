/** A limit of calls per fixed window. */
export interface QuotaSettings {
  readonly requests: number;
  readonly windowMs: number;
}

/** The stored form of a quota. */
export interface QuotaState {
  windowStart: number;
  used: number;
}

/** What a call meets. */
export interface QuotaVerdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** End of the window, ms. */
  readonly resetAt: number;
}

/** Counts one call. A call that is refused is not counted. */
export function chargeQuota(state: QuotaState, settings: QuotaSettings, now: number): QuotaVerdict {
  const windowStart = now - (now % settings.windowMs);
  if (state.windowStart !== windowStart) {
    state.windowStart = windowStart;
    state.used = 0;
  }
  const allowed = state.used < settings.requests;
  if (allowed) state.used += 1;
  return {
    allowed,
    limit: settings.requests,
    remaining: settings.requests - state.used,
    resetAt: windowStart + settings.windowMs,
  };
}
