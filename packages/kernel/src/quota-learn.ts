import { paceAt, shortestWindow, toldFrom, windowSpan } from "./quota.ts";
import type { Charge, Learned, QuotaRules, QuotaState } from "./quota.ts";

/**
 * What a worker met since it last spoke. Times are spans up to now, so that its clock and the store's are
 * never compared.
 */
export interface QuotaReport {
  readonly worker: string;
  /** Blocks that it is done with: calls made of each, and how long ago the last of them ended. */
  readonly closings: readonly { readonly id: string; readonly calls: number; readonly agoMs: number }[];
  readonly told: readonly ToldWindow[];
  /** The newest refusal, when there was one. */
  readonly refused: Refused | null;
  /** A call was answered well after the last refusal's pause. */
  readonly isWell: boolean;
  readonly callMs: number | null;
}

/** What one answer told about a limit. */
export interface ToldWindow {
  readonly name: string;
  readonly limit: number | null;
  readonly left: number | null;
  /** Until the limit starts afresh, ms; null when it was not told. */
  readonly resetMs: number | null;
  /** How long ago the call left that was answered so, ms. */
  readonly agoMs: number;
}

/** The system said that we are too fast. */
export interface Refused {
  /** How long ago the refused call left, ms. */
  readonly agoMs: number;
  /** Until when it told us to wait, from now, ms; null, or in the past, is no hint. */
  readonly waitMs: number | null;
}

/** Longest wait that a system's hint brings about, ms: a date in the wrong century must not stop the work. */
const hintMsMax = 86_400_000;
/** Longest time until a reset that is believed, ms: a month and a day. */
const resetMsMax = 32 * 86_400_000;
/** Until a limit may have started afresh whose length nobody told, ms: then one call is made, and tells. */
const resetMsDefault = 5_000;
/** First and longest pause after a refusal without a hint, ms. */
const pauseMsMin = 1_000;
const pauseMsMax = 300_000;
/** What is left of the pace after a refusal that told nothing, and the slowest pace. */
const paceCut = 0.7;
const paceMin = 0.1;
/** Weight of the newest duration in the typical one. */
const callMsWeight = 0.3;

/** The state with a worker's report in it. */
export function learn(
  state: QuotaState,
  rules: QuotaRules,
  at: { readonly report: QuotaReport; readonly now: number },
): QuotaState {
  const { report, now } = at;
  const closings = new Map(report.closings.map((closing) => [closing.id, closing]));
  const charges = state.charges.flatMap((charge) => {
    const closing = charge.worker === report.worker ? closings.get(charge.id) : undefined;
    if (closing === undefined) return [charge];
    if (closing.calls === 0) return [];
    const until = Math.max(charge.from, Math.min(charge.until, now - closing.agoMs));
    return [{ ...charge, calls: Math.min(charge.calls, closing.calls), until, isOpen: false }];
  });
  const { callMs } = report;
  const told = Object.fromEntries(
    report.told.flatMap((one) => Object.entries(learnWindow(state, rules, { told: one, now }))),
  );
  const known = state.callMs;
  return learnRefusal(
    {
      ...state,
      charges,
      learned: { ...state.learned, ...told },
      callMs: callMs === null || known === null ? (callMs ?? known) : known + callMsWeight * (callMs - known),
    },
    rules,
    at,
  );
}

function learnWindow(
  state: QuotaState,
  rules: QuotaRules,
  { told, now }: { readonly told: ToldWindow; readonly now: number },
): { readonly [name: string]: Learned } {
  const declared = rules.limits.windows.find(({ name }) => name === told.name);
  const length = declared === undefined ? resetMsDefault : windowSpan(declared, rules, now).until - now;
  // A limit that was reset since says nothing about what is left now.
  const isOver = told.resetMs !== null && told.resetMs <= 0;
  const resetAt = now + (isOver ? 0 : Math.min(told.resetMs ?? length, resetMsMax));
  const before = state.learned[told.name];
  const limit = told.limit ?? before?.limit ?? null;
  const left = isOver ? null : told.left;
  if (limit === null && left === null) return {};
  return { [told.name]: { limit, left, at: now - told.agoMs, resetAt } };
}

/**
 * A refusal pauses every lane and worker: as long as the system said, else for a second, twice as long each
 * time it comes again. Refusals of calls that left before the pause began belong to the same one.
 */
function learnRefusal(
  state: QuotaState,
  rules: QuotaRules,
  at: { readonly report: QuotaReport; readonly now: number },
): QuotaState {
  const { report, now } = at;
  const { refused } = report;
  const { pause } = state;
  if (refused === null)
    return report.isWell && pause !== null && pause.until <= now ? { ...state, pause: null } : state;
  const hint = refused.waitMs === null || refused.waitMs <= 0 ? null : Math.min(refused.waitMs, hintMsMax);
  if (pause !== null && now - refused.agoMs <= pause.since)
    return { ...state, pause: { ...pause, until: Math.max(pause.until, now + (hint ?? 0)) } };
  const strikes = (pause?.strikes ?? 0) + 1;
  const backoff = Math.min(pauseMsMin * 2 ** Math.min(strikes - 1, 20), pauseMsMax);
  const paused = { ...state, pause: { since: now, until: now + (hint ?? backoff), strikes } };
  const isTold = report.told.some(({ left }) => left !== null);
  if (isTold || shortestWindow(rules.limits) === null) return paused;
  const share = Math.max(paceMin, paceAt(state, rules.limits, now) * paceCut);
  return { ...paused, pace: { share, at: now } };
}

/** Charges of one lane are kept apart for this share of the shortest window they still matter to. */
const grains = 20;
const dayMs = 86_400_000;

/** The state without what no decision looks at any more, and neighbouring charges made one. */
export function tidyQuota(state: QuotaState, rules: QuotaRules, now: number): QuotaState {
  const { windows } = rules.limits;
  const learned = Object.fromEntries(
    Object.entries(state.learned).filter(([, { resetAt }]) => resetAt > now - dayMs),
  );
  const from = Math.min(
    now,
    ...windows.map((limit) => windowSpan(limit, rules, now).from),
    ...Object.values(learned).map((told) => toldFrom(told, now)),
  );
  const lengths = windows.map(({ windowMs }) => windowMs ?? dayMs).toSorted((a, b) => a - b);
  const grainOf = (until: number): number =>
    (lengths.find((length) => until > now - length) ?? now - from) / grains;
  const kept = state.charges.filter(({ until }) => until >= from);
  return {
    ...state,
    learned,
    charges: merged(
      kept.map((charge) => (charge.until > now ? charge : { ...charge, isOpen: false })),
      grainOf,
    ),
    waits: state.waits.filter(({ until }) => until > now),
    seats: state.seats.filter(({ until }) => until > now),
  };
}

/** Closed charges of one lane that lie close together as one: it never counts for less than they did. */
function merged(charges: readonly Charge[], grainOf: (until: number) => number): readonly Charge[] {
  const into: Charge[] = [];
  const closed = charges.filter(({ isOpen }) => !isOpen).toSorted((a, b) => a.from - b.from);
  for (const charge of closed) {
    const at = into.findLastIndex(({ lane }) => lane === charge.lane);
    const last = into[at];
    const until = Math.max(last?.until ?? 0, charge.until);
    if (last === undefined || until - last.from > grainOf(until)) into.push(charge);
    // What was made one has no name any more: a worker that closes a part of it late must not close it all.
    else into[at] = { ...last, id: "", worker: "", calls: last.calls + charge.calls, until };
  }
  return [...into, ...charges.filter(({ isOpen }) => isOpen)];
}
