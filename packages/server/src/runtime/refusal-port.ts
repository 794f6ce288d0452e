import type { FailureRecord } from "@crossfoot/kernel";

/** Why there is no answer. */
export interface Refusal {
  readonly code: RefusalCode;
  /** Names things, never values of customers' fields; says what to do. */
  readonly message: string;
  /** What the ERP said, where it said something. */
  readonly failure: FailureRecord | null;
}

/**
 * - `record_unknown` nothing is known under that name
 * - `not_in_erp` the record has no counterpart in the ERP yet
 * - `not_offered` the ERP offers no such operation
 * - `not_accepted` the quote is not accepted in the CRM
 * - `quote_closed` no way leads from that quote to an order
 * - `quote_superseded` another revision of the quote is newer, or is in the ERP already, or it is there twice
 * - `quote_bound` the quote cannot be split any more: it is accepted or ordered as a whole, was edited since,
 *   or the contract or the CRM does not let it
 * - `order_bound` the order's state is the ERP's alone by now, or part of it is delivered or invoiced
 * - `line_bound` what is wanted of a line or a field is not the CRM's to change by now, or is done already
 * - `order_moved` the order is not the one any more that somebody looked at
 * - `held` a person has to decide first: a conflict, a park, a candidate, a held store, a pause
 * - `refused_by_erp` the ERP said no, in `failure`
 * - `erp_away` the ERP did not answer in time, and no earlier answer is known
 * - `invalid` the question itself: in `message`
 */
export type RefusalCode =
  | "record_unknown"
  | "not_in_erp"
  | "not_offered"
  | "not_accepted"
  | "quote_closed"
  | "quote_superseded"
  | "quote_bound"
  | "order_bound"
  | "line_bound"
  | "order_moved"
  | "held"
  | "refused_by_erp"
  | "erp_away"
  | "invalid";
