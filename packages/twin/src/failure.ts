import type { JsonMap } from "./json.ts";

/** Why a body or an action was refused, before a system gives it its own code and status. */
export type RefusalReason =
  | "required"
  | "too-long"
  | "bad-value"
  | "read-only"
  | "unknown-field"
  | "unknown-reference"
  | "unknown-currency"
  | "null-byte"
  | "duplicate"
  | "state"
  | "in-use"
  | "locked"
  | "not-found"
  | "stale"
  | "forbidden";

/** What a refusal tells besides status and code. */
export interface FailureDetail {
  readonly message: string;
  /** Path of the field it is about, in the system's own form. */
  readonly field?: string | null;
  /** Further fields of the answer. */
  readonly extra?: JsonMap;
}

/** A refusal by one of the twins, as its API would answer it; `people` throw it. */
export class TwinError extends Error {
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly extra: JsonMap;

  constructor(status: number, code: string, detail: string | FailureDetail) {
    const { message, field = null, extra = {} } = typeof detail === "string" ? { message: detail } : detail;
    super(message);
    this.name = "TwinError";
    this.status = status;
    this.code = code;
    this.field = field;
    this.extra = extra;
  }

  /** The same refusal with further fields in its answer. */
  with(extra: JsonMap): TwinError {
    const { message, field } = this;
    return new TwinError(this.status, this.code, { message, field, extra });
  }
}

/** Thrown inside the pipeline when a fault cuts the connection; a caller of `fetch` sees `TypeError`. */
export class CutConnection extends Error {
  constructor() {
    super("connection cut by a fault");
    this.name = "CutConnection";
  }
}
