import { quotaMoment } from "./quota-clock.ts";
import type { Witness } from "./quota-clock.ts";
import { oweLanes } from "./quota-lane.ts";
import { learn, tidyQuota } from "./quota-learn.ts";
import type { QuotaReport } from "./quota-learn.ts";
import { isMetered, roomFrom, roomOf } from "./quota-room.ts";
import { seatWorker } from "./quota-seats.ts";
import { lanes, shortestWindow, usable } from "./quota.ts";
import type { CallLimit, Charge, Lane, LaneWait, QuotaLimits, QuotaRules, QuotaState } from "./quota.ts";

/** What a worker asks for, with what it met since it last asked. */
export interface QuotaRequest extends QuotaReport {
  /** Name of the blocks that this request may give; no other request has it. */
  readonly id: string;
  /** Calls wanted by lane, with some to spare for those that will follow. */
  readonly wanted: { readonly [lane in Lane]?: number };
  /** Calls that wait now, by lane; a lane that is not named waits no longer. */
  readonly queued: { readonly [lane in Lane]?: number };
  /** Calls at one time that are wanted; 0 gives all seats back. */
  readonly seats: number;
  readonly underWay: number;
  readonly witness: Witness | null;
  /** A call has ended or been given up after this time, ms. */
  readonly callMsMax: number;
}

/** Calls that a worker may make within `lifeMs` of asking. */
export interface Block {
  readonly id: string;
  readonly lane: Lane;
  readonly calls: number;
  readonly lifeMs: number;
}

/** A lane that got nothing. */
export interface LaneRefusal {
  readonly lane: Lane;
  /** Not worth asking again sooner, ms. */
  readonly waitMs: number;
  /** When there will be room as far as is known now, ms from now; null when nothing known makes room. */
  readonly roomMs: number | null;
  /** Name of the limit, or `pause`. */
  readonly boundBy: string;
}

/** The answer to a request. */
export interface QuotaAnswer {
  /** The quota's own time of the answer. */
  readonly at: number;
  readonly blocks: readonly Block[];
  readonly refusals: readonly LaneRefusal[];
  /** Calls at one time; null when no limit is shared. */
  readonly seats: number | null;
  readonly seatsMs: number;
  /** No limit is known: calls need no block. */
  readonly isFree: boolean;
  /** Until which no call may be made, ms from now; 0 when there is no pause. */
  readonly pauseMs: number;
}

/** Longest and shortest life of a block, ms; between them it is an eighth of the shortest window. */
const lifeMsMax = 10_000;
const lifeMsMin = 500;
const lifeShare = 8;
/** Largest block: a sixteenth of the smallest budget, so that two workers share fairly. */
const blockShare = 16;
const blockMin = 8;
const blockMax = 500;
/** How much longer than it was told to wait a worker that waits counts, ms. */
const waitGraceMs = 2_000;

/** How long a block may be spent, ms. */
export function blockLifeMs(limits: QuotaLimits): number {
  const window = shortestWindow(limits)?.windowMs ?? lifeMsMax * lifeShare;
  return Math.min(Math.max(window / lifeShare, lifeMsMin), lifeMsMax);
}

function blockSize(state: QuotaState, limits: QuotaLimits): number {
  const sizes = limits.windows.map((limit: CallLimit) => {
    const told = state.learned[limit.name]?.limit ?? Number.POSITIVE_INFINITY;
    return usable(Math.min(limit.requests, told), limits.reserve);
  });
  const told = Object.values(state.learned).map(({ limit }) => limit ?? Number.POSITIVE_INFINITY);
  const budget = Math.min(...sizes, ...told, blockMax * blockShare);
  return Math.max(1, Math.min(budget, blockMin), Math.floor(budget / blockShare));
}

/**
 * Reserves calls for one worker, lane by lane in their order. What is granted is charged before it is made:
 * the caller stores the state before it uses the answer (INVARIANTS.md I16). A block counts in every window
 * that it may reach into: from the asking to its last possible arrival, or to the end of its last call once
 * that is known. Hence in each window of each limit no more calls arrive than its budget, whoever reserves:
 * of all blocks that reach into a window, the last one was granted with all the others in sight.
 */
export function reserveCalls(
  known: QuotaState,
  given: QuotaRules,
  at: { readonly request: QuotaRequest; readonly now: number },
): { readonly state: QuotaState; readonly answer: QuotaAnswer } {
  const { request } = at;
  const moment = quotaMoment(known, given, { now: at.now, witness: request.witness });
  const { rules, now } = moment;
  const learned = tidyQuota(learn(moment.state, rules, { report: request, now }), rules, now);
  const waits = [
    ...learned.waits.filter(({ worker }) => worker !== request.worker),
    ...lanes.flatMap((lane) => waitOf(request, lane, now + waitGraceMs)),
  ];
  const lent = lendBlocks({ ...learned, at: now, waits }, rules, { request, now });
  const { rows, seats, seatsMs } = seatWorker(lent.state, rules.limits, { ...request, now });
  const pauseMs = Math.max(0, (lent.state.pause?.until ?? 0) - now);
  const { blocks, refusals, isFree } = lent;
  return {
    state: { ...lent.state, seats: rows },
    answer: { at: now, blocks, refusals, seats, seatsMs, isFree, pauseMs },
  };
}

/** Blocks for the lanes that want some, in their order, each in sight of those before. */
function lendBlocks(
  given: QuotaState,
  rules: QuotaRules,
  { request, now }: { readonly request: QuotaRequest; readonly now: number },
): Pick<QuotaAnswer, "blocks" | "refusals" | "isFree"> & { readonly state: QuotaState } {
  let state = given;
  const blocks: Block[] = [];
  const refusals: LaneRefusal[] = [];
  const isFree = !isMetered(state, rules);
  const lifeMs = blockLifeMs(rules.limits);
  for (const lane of lanes) {
    const wanted = request.wanted[lane] ?? 0;
    if (wanted <= 0) continue;
    const room = roomOf(state, rules, { lane, now });
    const calls = Math.floor(Math.min(wanted, room.calls, blockSize(state, rules.limits)));
    if (calls < 1) {
      const refusal = refusalOf(state, rules, { lane, now, boundBy: room.boundBy ?? "pause" });
      refusals.push(refusal);
      state = waiting(state, request, { lane, until: now + refusal.waitMs + waitGraceMs });
      continue;
    }
    const block: Block = { id: `${request.id}/${lane}`, lane, calls, lifeMs };
    blocks.push(block);
    if (!isFree) state = charged(state, rules, { block, request, now });
  }
  return { state, blocks, refusals, isFree };
}

function waitOf({ worker, queued }: QuotaRequest, lane: Lane, until: number): readonly LaneWait[] {
  const calls = queued[lane] ?? 0;
  return calls > 0 ? [{ worker, lane, calls, until }] : [];
}

function waiting(
  state: QuotaState,
  request: QuotaRequest,
  { lane, until }: { readonly lane: Lane; readonly until: number },
): QuotaState {
  return { ...state, waits: [...withoutWait(state, request.worker, lane), ...waitOf(request, lane, until)] };
}

const withoutWait = ({ waits }: QuotaState, worker: string, lane: Lane): readonly LaneWait[] =>
  waits.filter((wait) => wait.worker !== worker || wait.lane !== lane);

function charged(
  state: QuotaState,
  { limits }: QuotaRules,
  at: { readonly block: Block; readonly request: QuotaRequest; readonly now: number },
): QuotaState {
  const { block, request, now } = at;
  const { id, lane, calls, lifeMs } = block;
  const { worker } = request;
  const until = now + lifeMs + request.callMsMax;
  const charge: Charge = { id, worker, lane, calls, from: now, until, isOpen: true };
  // What waits for more goes on to wait, so that a lower lane does not slip in between.
  const more = (request.queued[lane] ?? 0) - calls;
  const rest = more > 0 ? [{ worker, lane, calls: more, until: now + waitGraceMs }] : [];
  const waits = [...withoutWait(state, worker, lane), ...rest];
  const waiting = [...new Set(waits.map((wait) => wait.lane))];
  const owed = oweLanes(state.owed, limits.floors, { lane, count: calls, waiting });
  return { ...state, charges: [...state.charges, charge], waits, owed };
}

/**
 * When to ask again: when there will be room, but while others hold blocks or wait before us not later than
 * a block lives, since they may give theirs back.
 */
function refusalOf(
  state: QuotaState,
  rules: QuotaRules,
  at: { readonly lane: Lane; readonly now: number; readonly boundBy: string },
): LaneRefusal {
  const { lane, now, boundBy } = at;
  const from = roomFrom(state, rules, { lane, now, calls: 1 });
  const roomMs = from === null ? null : Math.max(1, from - now);
  const isUncertain =
    state.charges.some(({ isOpen }) => isOpen) || state.waits.some((wait) => wait.lane !== lane);
  const lookMs = blockLifeMs(rules.limits);
  const waitMs =
    roomMs === null ? lookMs : isUncertain && boundBy !== "pause" ? Math.min(roomMs, lookMs) : roomMs;
  return { lane, waitMs, roomMs, boundBy };
}
