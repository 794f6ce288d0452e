/** What a caller is told of a problem, beside what its `detail` says. */
export interface ProblemKind {
  readonly status: number;
  readonly title: string;
}

/**
 * All problems that the API answers, by their stable code. A code is never given another meaning; its type is
 * `urn:crossfoot:problem:<code>` (RFC 9457).
 */
export const problemKinds = {
  body_malformed: { status: 400, title: "The body cannot be read" },
  cursor_invalid: { status: 400, title: "The cursor is none of this list" },
  idempotency_key_missing: { status: 400, title: "An Idempotency-Key is needed" },
  key_missing: { status: 401, title: "A key is needed" },
  key_refused: { status: 401, title: "The key is not good" },
  session_over: { status: 401, title: "The session is over" },
  role_refused: { status: 403, title: "The key's role may not do this" },
  scope_missing: { status: 403, title: "The key's scopes do not cover this" },
  csrf_refused: { status: 403, title: "The request was not made by a page of this server" },
  entity_hidden: { status: 403, title: "The key's role does not see this entity" },
  route_unknown: { status: 404, title: "There is nothing here" },
  record_unknown: { status: 404, title: "Nothing is known under that name" },
  plan_unknown: { status: 404, title: "There is no such plan" },
  conflict_unknown: { status: 404, title: "There is no such open conflict" },
  candidate_unknown: { status: 404, title: "There is no such open candidate" },
  cluster_unknown: { status: 404, title: "There is no such cluster" },
  pausable_unknown: { status: 404, title: "There is no such entity or connection" },
  person_unknown: { status: 404, title: "There is no such person" },
  webhook_unknown: { status: 404, title: "There is no such subscription" },
  delivery_unknown: { status: 404, title: "There is no such attempt" },
  method_unknown: { status: 405, title: "That method is not for this address" },
  still_running: { status: 409, title: "The same request is still at work" },
  not_in_erp: { status: 409, title: "The record has no counterpart in the ERP yet" },
  not_accepted: { status: 409, title: "The quote is not accepted in the CRM" },
  quote_closed: { status: 409, title: "No way leads from that quote to an order" },
  quote_superseded: {
    status: 409,
    title: "Another revision of the quote is newer or in the ERP, or it is there twice",
  },
  quote_bound: { status: 409, title: "The quote cannot be split by now" },
  order_bound: { status: 409, title: "The order is the ERP's to settle by now" },
  line_bound: { status: 409, title: "That part of the order cannot be changed any more" },
  order_moved: { status: 409, title: "The order changed since it was looked at" },
  held: { status: 409, title: "A person has to decide first" },
  candidate_taken: { status: 409, title: "The candidate cannot be settled like that" },
  cluster_consolidated: { status: 409, title: "Its records were made one already" },
  person_taken: { status: 409, title: "Somebody has that name" },
  person_own: { status: 409, title: "Nobody does that to themselves" },
  plan_refused: { status: 409, title: "The plan may not be applied as it is" },
  undo_refused: { status: 409, title: "There is nothing to take back like that" },
  store_held: { status: 409, title: "The store was restored and waits for a person" },
  observe_only: { status: 409, title: "The connection is only observed" },
  contract_unsigned: { status: 409, title: "The contract is not signed" },
  body_too_large: { status: 413, title: "The body is too large" },
  media_type: { status: 415, title: "The body is JSON, or there is none" },
  request_invalid: { status: 422, title: "The request is not as it should be" },
  idempotency_key_reused: { status: 422, title: "The Idempotency-Key was used for something else" },
  not_offered: { status: 422, title: "The ERP offers no such operation" },
  refused_by_erp: { status: 422, title: "The ERP said no" },
  question_invalid: { status: 422, title: "The question cannot be asked like that" },
  rate_limited: { status: 429, title: "Too many requests" },
  too_many_streams: { status: 429, title: "Too many open streams" },
  defect: { status: 500, title: "A defect of Crossfoot" },
  erp_away: { status: 503, title: "The ERP did not answer in time" },
  busy: { status: 503, title: "Another worker is at it" },
  store_away: { status: 503, title: "The store does not answer" },
} as const;

/** Stable code of a problem. */
export type ProblemCode = keyof typeof problemKinds;

/** All codes of problems, in the order of their statuses. */
export const problemCodes: readonly ProblemCode[] = Object.keys(problemKinds).filter(
  (code): code is ProblemCode => Object.hasOwn(problemKinds, code),
);

/** The `type` of a problem. */
export const problemType = (code: ProblemCode): string => `urn:crossfoot:problem:${code}`;

/** One fault of a request: where it is, and what is expected there. Never the value that was sent. */
export interface Fault {
  /** `body.lines.0.quantity`, `query.limit`, `params.id`. */
  readonly path: string;
  readonly message: string;
}

/** What the ERP said, where it refused something. */
export interface SystemWord {
  readonly code: string;
  readonly message: string;
  readonly field: string | null;
  readonly requestId: string | null;
}

/** A problem as it is answered, `application/problem+json`. */
export interface ProblemAnswer {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  /** What is wrong and what to do; names things, never values of customers' fields. */
  readonly detail: string;
  readonly requestId: string;
  readonly faults?: readonly Fault[];
  readonly system?: SystemWord;
}
