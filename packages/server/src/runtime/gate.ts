import { ConnectorError, failureRecord } from "@crossfoot/connector-sdk";
import type { Connection, ToldLimits, WriteOutcome } from "@crossfoot/connector-sdk";
import { emptyQuota, trackQuota, unlimited } from "@crossfoot/kernel";
import type { ConnectionId, FailureRecord, Lane, QuotaView, Track } from "@crossfoot/kernel";
import type { Deadline } from "./deadline.ts";

/** Why calls wait, and until when as far as is known (our clock, ms; null: nobody knows). */
interface GateWait {
  readonly connection: ConnectionId;
  readonly until: number | null;
  /** Name of the limit, or `pause`. */
  readonly boundBy: string;
}

/** Under what calls are made. One of these for each piece of work: calls reserved for it are its own. */
export interface CallTerms {
  readonly lane: Lane;
  /** Ends the waiting. */
  readonly signal: AbortSignal | undefined;
  /** No write is made that may still be on its way when this is over; null sets no bound. */
  deadline: Deadline | null;
  readonly onWait: ((wait: GateWait) => void) | null;
  /** Calls made under these terms so far. */
  made: number;
}

/** What became of a call, for the gate: nothing was told when there was no answer. */
export interface CallEnd {
  readonly told: ToldLimits | null;
}

/** The right to make one call now. */
export interface Pass {
  /** Gives the place back; to be called once, when the call has ended or was given up. Never throws. */
  readonly end: (end: CallEnd) => void;
}

/**
 * The one door of a connection: every call to its system passes here, and waits for its turn under the
 * limits that all workers share. A wait is no attempt: nothing was sent.
 */
export interface Gate {
  /**
   * Waits for its turn. Rejects with a ConnectorError `throttled`, when nothing was sent and nothing will be:
   * `quota_used_up` when the turn would come hours later, with `retryAt`; `quota_wait` when it would come
   * too late for the deadline; `wait_ended` when the signal ended it.
   */
  admit(terms: CallTerms, call: { readonly isWrite: boolean }): Promise<Pass>;
  /**
   * Reserves up to so many calls for these terms alone, and waits until there is at least one. Answers how
   * many; infinity where no limit is known. Rejects as `admit` does.
   */
  hold(terms: CallTerms, calls: number): Promise<number>;
  /** Gives back what was reserved for these terms. */
  letGo(terms: CallTerms): void;
  /** Learns what other workers met, where calls need no reservation. To be called when work begins. */
  greet(): Promise<void>;
  /** Gives back what is reserved and was not used. To be called when work ends; does nothing in its midst. */
  rest(): Promise<void>;
  /** What is charged and known now, to be followed forward. Calls nobody. Rejects with a StoreError. */
  track(lane: Lane): Promise<Track>;
  /** What is charged, left and waited for now, all workers together. Rejects with a StoreError. */
  view(): Promise<QuotaView>;
}

/** Terms without a bound. */
export function openTerms(lane: Lane, signal?: AbortSignal): CallTerms {
  return { lane, signal, deadline: null, onWait: null, made: 0 };
}

const waitCodes: ReadonlySet<string> = new Set(["quota_used_up", "quota_wait", "wait_ended"]);

/** True when a call was not made since it had to wait: no attempt was made, and nothing is in doubt. */
export function isQuotaWait({ failure, code }: Pick<FailureRecord, "failure" | "code">): boolean {
  return failure === "throttled" && waitCodes.has(code);
}

/** What passes the gate, under which terms, and our clock. */
export interface GatedBy {
  readonly gate: Gate;
  readonly terms: CallTerms;
  readonly now: () => number;
}

/**
 * A connection whose system is reached without our HTTP: each of its methods is one call, and passes the
 * gate as such.
 */
export function gatedConnection(connection: Connection, by: GatedBy): Connection {
  const pass = async <T>(
    call: () => Promise<T>,
    toldOf: (value: T) => ToldLimits | null,
    isWrite = false,
  ): Promise<T> => {
    const { end } = await by.gate.admit(by.terms, { isWrite });
    try {
      const value = await call();
      end({ told: toldOf(value) });
      return value;
    } catch (error) {
      end({ told: toldBy(failureRecord(error), by.now()) });
      throw error;
    }
  };
  const { closedPeriods, foreseeRefusal } = connection;
  return {
    ...connection,
    describe: () => pass(() => connection.describe(), well),
    read: (request) => pass(() => connection.read(request), well),
    readByIds: (request) => pass(() => connection.readByIds(request), well),
    readIds: (request) => pass(() => connection.readIds(request), well),
    probe: (request) => pass(() => connection.probe(request), well),
    ...(connection.prepare === undefined
      ? {}
      : { prepare: (request) => pass(async () => (await connection.prepare?.(request)) ?? [], well, true) }),
    ...(closedPeriods === undefined ? {} : { closedPeriods: () => pass(closedPeriods, well) }),
    ...(foreseeRefusal === undefined
      ? {}
      : { foreseeRefusal: (write) => pass(() => foreseeRefusal(write), well) }),
    write: (writes) => {
      const toldOf = (outcomes: readonly WriteOutcome[]) => toldByOutcomes(outcomes, by.now());
      return pass(() => connection.write(writes), toldOf, true);
    },
  };
}

const well = (): ToldLimits => ({ limits: [], isThrottled: false, waitMs: null });

function toldBy({ failure, retryAt }: FailureRecord, now: number): ToldLimits | null {
  if (failure !== "throttled") return null;
  return { limits: [], isThrottled: true, waitMs: retryAt === null ? null : retryAt - now };
}

function toldByOutcomes(outcomes: readonly WriteOutcome[], now: number): ToldLimits | null {
  for (const outcome of outcomes) {
    const told = outcome.kind === "failed" ? toldBy(outcome.failure, now) : null;
    if (told !== null) return told;
  }
  return outcomes.some(({ kind }) => kind === "done") ? well() : null;
}

/** The failure of a call that was not made. */
export function waitFailure(
  code: "quota_used_up" | "quota_wait" | "wait_ended",
  message: string,
  retryAt: number | null,
): ConnectorError {
  return new ConnectorError({ failure: "throttled", code, message, retryAt });
}

const openTrack = {
  now: 0,
  rules: { limits: unlimited, daySpan: (_zone: string | null, at: number) => ({ from: at, until: at + 1 }) },
  state: emptyQuota,
  callMs: 0,
  concurrency: Number.POSITIVE_INFINITY,
};

/** A gate that lets everybody through: for systems that are part of this program, such as in a benchmark. */
export const openGate: Gate = {
  admit: () => Promise.resolve({ end: () => undefined }),
  hold: () => Promise.resolve(Number.POSITIVE_INFINITY),
  letGo: () => undefined,
  greet: () => Promise.resolve(),
  rest: () => Promise.resolve(),
  track: (lane) => Promise.resolve(trackQuota({ ...openTrack, lane })),
  view: () => Promise.resolve({ limits: [], pausedUntil: null, waits: [], callMs: null }),
};
