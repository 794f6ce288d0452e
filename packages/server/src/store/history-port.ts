import type { JsonMap, ObservationKind } from "@crossfoot/kernel";
import type { RecordKey, StoredObservation } from "./facts.ts";

/** Entities whose former states are kept: those that a statement adds up as of a day. */
export const keptEntities: readonly string[] = ["orders", "invoices"];

/** How long a former state is kept unless somebody says otherwise, ms: a year and some weeks. */
export const keepHistoryMsUsual: number = 400 * 86_400_000;

/** What a record showed before something else took its place. Instants: ms since 1970, the store's clock. */
export interface FormerState {
  readonly kind: ObservationKind;
  /** The mapped native roots. */
  readonly native: JsonMap;
  /** Stamps of the system, by its own clock; null where it gave none. */
  readonly modifiedAt: number | null;
  readonly ownStamp: number | null;
  readonly madeAt: number | null;
  /** When it was seen first. */
  readonly since: number;
  /** The last instant at which a reading found it so. */
  readonly heldUntil: number;
  /** When something else was seen. */
  readonly until: number;
}

/** What a record shows, and all that is kept of what it showed before. */
export interface RecordHistory {
  readonly now: StoredObservation;
  /** Since when it shows that. */
  readonly since: number;
  /** Until when readings found it not there, before it was seen first; null where not all was read. */
  readonly absentUntil: number | null;
  /** The oldest first. */
  readonly before: readonly FormerState[];
}

/** What records showed before. Kept for {@link keptEntities} only; what is too old is gone. */
export interface HistoryStore {
  /** Histories of records that were seen, as of one moment. */
  historyOf(keys: readonly RecordKey[]): Promise<readonly RecordHistory[]>;
}
