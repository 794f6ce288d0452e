import type { AuditRuleId } from "./rules.ts";

/** One fault of one record. */
export interface AuditFinding {
  readonly rule: AuditRuleId;
  /** The system it is in, such as `crm`. */
  readonly side: string;
  readonly entity: string;
  /** The record's own id; its row where it has none. */
  readonly id: string;
  /** Its row among the records of its list, from 1. */
  readonly row: number;
  /** The column or field; "" for the record as a whole. */
  readonly field: string;
  /** What stands there; "" for nothing. */
  readonly value: string;
  /** What is wrong with it, in words and without the value. */
  readonly says: string;
  /** The other record that it is about, when there is one. */
  readonly other: { readonly side: string; readonly id: string; readonly value: string } | null;
  /** The value that ought to stand there, only where it is certain. */
  readonly repair: string | null;
}
