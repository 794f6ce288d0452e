import type { Fault } from "./faults.ts";

/** What becomes of one call to a system. */
export interface Fate {
  /** The connection is refused at once: nothing was sent (N1). */
  readonly isRefused: boolean;
  /** The request is lost before the system sees it (N2). */
  readonly isLost: boolean;
  /** The system does its work and the answer is lost (N3). */
  readonly isAnswerLost: boolean;
  /** The request is held on its way for so long, ms (N4). */
  readonly holdMs: number;
  /** The answer comes byte by byte and is whole only after so long, ms (N5). */
  readonly answerHoldMs: number;
  /** A page of a listing fails, or is given out again (N6). */
  readonly page: "failed" | "repeated" | null;
  /** The answer is no answer of the system: a page of a proxy (N7). `after` says whether it did its work. */
  readonly garbage: "before" | "after" | null;
  /**
   * The system refuses: too many calls (Q1), the record is busy (Q4) or said to have moved (R7), or the
   * request is bad and repeated in the answer, headers and all (R13).
   */
  readonly refusal: {
    readonly code: "throttled" | "busy" | "moved" | "bad_request";
    readonly retryAfterMs: number | null;
  } | null;
  /** Every n-th row of a batch is refused, the others are carried out (R3). */
  readonly refusedRows: number | null;
  /** A state change is answered well and does nothing (N0). */
  readonly isSwallowed: boolean;
  /** Only so many rows of a batch are carried out before the line breaks (X3). */
  readonly rows: number | null;
  /** The worker dies before the call leaves (X1), or while it is under way (X4). */
  readonly kill: "before" | "under_way" | null;
  /** The worker freezes when the call has left, for so long, ms (X5, C4). */
  readonly pauseMs: number;
}

const calm: Fate = {
  isRefused: false,
  isLost: false,
  isAnswerLost: false,
  holdMs: 0,
  answerHoldMs: 0,
  page: null,
  garbage: null,
  refusal: null,
  isSwallowed: false,
  rows: null,
  refusedRows: null,
  kill: null,
  pauseMs: 0,
};

const numberIn = (fault: Fault, name: string): number => {
  const value = fault.params[name];
  return typeof value === "number" ? value : 0;
};

function throttled(fault: Fault): Partial<Fate> {
  const { retryAfterMs } = fault.params;
  const hint = typeof retryAfterMs === "number" ? retryAfterMs : null;
  return { refusal: { code: "throttled", retryAfterMs: hint } };
}

const effects: { readonly [name: string]: (fault: Fault) => Partial<Fate> } = {
  N0: () => ({ isSwallowed: true }),
  N1: () => ({ isRefused: true }),
  N2: () => ({ isLost: true }),
  N3: () => ({ isAnswerLost: true }),
  N4: (fault) => ({ holdMs: numberIn(fault, "ms") }),
  N5: (fault) => ({ answerHoldMs: numberIn(fault, "ms") }),
  N6: (fault) => ({ page: fault.params["kind"] === "repeated" ? "repeated" : "failed" }),
  N7: (fault) => ({ garbage: fault.params["after"] === true ? "after" : "before" }),
  Q1: throttled,
  Q4: () => ({ refusal: { code: "busy", retryAfterMs: null } }),
  R3: (fault) => ({ refusedRows: numberIn(fault, "every") }),
  R7: () => ({ refusal: { code: "moved", retryAfterMs: null } }),
  R13: () => ({ refusal: { code: "bad_request", retryAfterMs: null } }),
  X1: () => ({ kill: "before" }),
  X3: (fault) => ({ rows: numberIn(fault, "rows"), kill: "under_way" }),
  X4: () => ({ kill: "under_way" }),
  X5: (fault) => ({ pauseMs: numberIn(fault, "ms") }),
  C4: (fault) => ({ pauseMs: numberIn(fault, "ms") }),
};

/** The fate that the faults of a moment make of a call. */
export function fateOf(faults: readonly Fault[]): Fate {
  return Object.assign({}, calm, ...faults.map((fault) => effects[fault.name]?.(fault))) as Fate;
}
