/** Where an operation is, and what a call of it may carry. */
export interface OperationRoute {
  readonly method: string;
  /** Below `/api/v1`; what stands in braces is a parameter. */
  readonly path: string;
  /** It carries an Idempotency-Key, under which a repeat gets the same answer. */
  readonly isKeyed: boolean;
  /** It waits for as long as `Prefer: wait=` says. */
  readonly isTimed: boolean;
}
