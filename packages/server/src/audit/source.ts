import type { AuditColumn, AuditEntity } from "@crossfoot/matching";

/** A list that was opened. Rows come once. */
export interface OpenList {
  readonly names: readonly string[];
  /** What the columns say; null: recognised by name and content. */
  readonly columns: readonly AuditColumn[] | null;
  readonly rows: AsyncIterable<readonly string[]>;
}

/** A list that is to be audited. */
export interface AuditSource {
  /** The system, such as `crm`. */
  readonly side: string;
  readonly entity: AuditEntity;
  /** Where it comes from, for people: a file or a connection. */
  readonly from: string;
  readonly open: () => Promise<OpenList>;
}
