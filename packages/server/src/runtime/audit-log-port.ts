import type { AuditRow } from "../store/port.ts";

/** Whether the audit log is as it was written. */
export interface AuditProof {
  readonly entries: number;
  /** Numbers of entries that do not follow from the one before. */
  readonly broken: readonly number[];
  /** The newest entry, by which somebody outside knows later that none was cut off; null without one. */
  readonly head: { readonly number: number; readonly hash: string } | null;
  /** Whether the log still has the entry that was named, with this very hash; null when none was. */
  readonly hasKnown: boolean | null;
}

/** The audit log, to be proved and handed on. */
export interface AuditLog {
  /** `known` is an earlier head, which has to be there still. */
  verify(known: AuditProof["head"]): Promise<AuditProof>;
  /** Entries after that number, the oldest first. */
  entries(after: number): AsyncIterable<AuditRow>;
}
