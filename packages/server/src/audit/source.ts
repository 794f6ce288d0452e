import type { AuditColumn, AuditEntity, Fault } from "@crossfoot/matching";

/** One record of a list. */
export interface AuditRow {
  readonly cells: readonly string[];
  /** What links it to a record of the other side; null where nothing does, missing where nobody knows. */
  readonly link?: string | null;
  /** Faults that its reader met. */
  readonly faults?: readonly Fault[];
}

/** A list that was opened. Rows come once. */
export interface OpenList {
  /** Names of the columns; what a map tells of one stands in its place. */
  readonly names: readonly (string | AuditColumn)[];
  /** What the columns say; null: recognised by name and content. */
  readonly columns: readonly AuditColumn[] | null;
  /** True where each row says what links it. */
  readonly isLinked: boolean;
  readonly rows: AsyncIterable<AuditRow>;
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
