import type { Failure, FailureRecord } from "@crossfoot/kernel";

/**
 * The one error a connector throws: a failure by the recovery it needs, with a stable code. The message
 * names things, never values of customers' fields.
 */
export class ConnectorError extends Error {
  readonly failure: Failure;
  readonly code: string;
  readonly status: number | null;
  readonly retryAt: number | null;
  readonly requestId: string | null;
  readonly field: string | null;

  constructor(
    record: Partial<FailureRecord> & Pick<FailureRecord, "failure" | "code" | "message">,
    cause?: unknown,
  ) {
    super(record.message, cause === undefined ? undefined : { cause });
    this.name = "ConnectorError";
    this.failure = record.failure;
    this.code = record.code;
    this.status = record.status ?? null;
    this.retryAt = record.retryAt ?? null;
    this.requestId = record.requestId ?? null;
    this.field = record.field ?? null;
  }
}

/**
 * What is stored of an error: a ConnectorError's own record; anything else is our own `defect`. Never
 * throws.
 */
export function failureRecord(error: unknown): FailureRecord {
  if (error instanceof ConnectorError) {
    const { failure, code, message, status, retryAt, requestId, field } = error;
    return { failure, code, message, status, retryAt, requestId, field };
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : "an error that is no Error";
  return {
    failure: "defect",
    code: "defect",
    message,
    status: null,
    retryAt: null,
    requestId: null,
    field: null,
  };
}
