/**
 * Failures by the recovery they need:
 * - `transient`: try again later; `throttled`: try again when told; `stale`: observe and decide again
 * - `unauthorised`: stop the connection; `invalid`: park the record; `unsupported`: the system cannot do it
 * - `in_doubt`: the write may have landed, probe before anything else; `defect`: our own bug
 */
export type Failure =
  | "transient"
  | "throttled"
  | "stale"
  | "unauthorised"
  | "invalid"
  | "unsupported"
  | "in_doubt"
  | "defect";

/** All failures. */
export const failures: readonly Failure[] = [
  "transient",
  "throttled",
  "stale",
  "unauthorised",
  "invalid",
  "unsupported",
  "in_doubt",
  "defect",
];

/** What is stored of a failure. `message` names things, never values of customers' fields. */
export interface FailureRecord {
  readonly failure: Failure;
  /** Stable code, such as `duplicate_number`. */
  readonly code: string;
  readonly message: string;
  readonly status: number | null;
  /** Not before this instant (ms since 1970), when the system told. */
  readonly retryAt: number | null;
  readonly requestId: string | null;
  readonly field: string | null;
}
