import { problemKinds, problemType } from "@crossfoot/api";
import type { Fault, ProblemAnswer, ProblemCode, SystemWord } from "@crossfoot/api";

/** What a problem may say beside its code. */
export interface ProblemMore {
  readonly faults?: readonly Fault[];
  readonly system?: SystemWord;
  /** Headers that go with it, such as Retry-After. */
  readonly headers?: { readonly [name: string]: string };
}

/** Something that the caller is told as a problem. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly more: ProblemMore;

  constructor(code: ProblemCode, detail: string, more: ProblemMore = {}) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.more = more;
  }
}

/** The answer of a problem. */
export function problemAnswer({ code, message, more }: Problem, requestId: string): Response {
  const { status, title } = problemKinds[code];
  const { faults, system, headers = {} } = more;
  const body: ProblemAnswer = {
    type: problemType(code),
    title,
    status,
    code,
    detail: message,
    requestId,
    ...(faults === undefined ? {} : { faults }),
    ...(system === undefined ? {} : { system }),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...headers, "content-type": "application/problem+json" },
  });
}

/** Failures of ours that a caller can do something about, by the name of the error's class. */
const known: { readonly [name: string]: ProblemCode } = {
  PlanRefused: "plan_refused",
  UndoRefused: "undo_refused",
  ConsolidationRefused: "undo_refused",
  ObserveOnly: "observe_only",
  StoreHeld: "store_held",
  SealedElsewhere: "store_away",
  ContractUnsigned: "contract_unsigned",
  LeaseTaken: "busy",
  LeaseLost: "busy",
  ClusterUnknown: "cluster_unknown",
  RecordUnknown: "record_unknown",
};
const details: { readonly [code in ProblemCode]?: string } = {
  busy: "another worker has what this needs; try again in a moment",
  store_away: "the store cannot be used now; try again in a moment",
};
const retryAfterSeconds = 5;

/** Any error as a problem. Of what is no word for a caller, nothing is told. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error)) return new Problem("defect", "see the log under the request id");
  const code = error.name === "StoreError" ? storeCode(error) : known[error.name];
  if (code === undefined || code === "defect")
    return new Problem("defect", "this is a fault of ours; see the log under the request id");
  const headers = code === "busy" || code === "store_away" ? { "retry-after": `${retryAfterSeconds}` } : {};
  return new Problem(code, details[code] ?? error.message, { headers });
}

/** A statement that the store refuses is our own fault; anything else is the weather. */
function storeCode(error: Error): ProblemCode {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return ["22", "23", "42"].includes(code.slice(0, 2)) ? "defect" : "store_away";
}
