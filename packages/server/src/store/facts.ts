import type {
  ConnectionId,
  EntityName,
  ExternalId,
  FailureRecord,
  JsonMap,
  ObservationKind,
  Via,
} from "@crossfoot/kernel";

/** An observation as it is stored: the mapped native roots, never canonical values. */
export interface StoredObservation {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
  readonly kind: ObservationKind;
  readonly native: JsonMap;
  readonly contentHash: string;
  readonly version: string | null;
  readonly versionOrder: number | null;
  /** ms since 1970 by the system's clock, or null. */
  readonly modifiedAt: number | null;
  /** When the system made the record, ms since 1970 by its clock; missing or null where it does not tell. */
  readonly madeAt?: number | null;
  readonly actor: string | null;
  /**
   * The stamp that the system gave to our own write, where the record shows one: `modifiedAt` and `actor` are
   * then those of the last edit that was not ours, and `modifiedAt` is null when nobody can tell them.
   */
  readonly ownStamp?: number | null;
  readonly into: ExternalId | null;
  readonly via: Via;
  /** Our order of reads, ms; see INVARIANTS.md 1.4. */
  readonly readStart: number;
  readonly readEnd: number;
  /**
   * How long after a record was seen by its id or in an answer this sighting may still show what was there
   * before, ms: the lag of the system and the age of the reading. Not stored; missing for an answer to our
   * own write, which is later than whatever we know.
   */
  readonly lagMs?: number;
  /**
   * For how long a view must have been known for this sighting to be later than it, ms: the lag of the system
   * and the age of the reading. Not stored; missing for an answer to our own write.
   */
  readonly ageMs?: number;
}

/** A record of one connection, by native id. */
export interface RecordKey {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
}

/** Key of a record in the map that {@link Store.linksOf} answers. */
export function recordName(record: RecordKey): string {
  return `${record.connection}/${record.entity}/${record.id}`;
}

/** A place of the journal in a few characters: `shard/number` or `shard/head`. */
export const breakName = ({ shard, seq }: { readonly shard: number; readonly seq: number | null }): string =>
  `${shard}/${seq ?? "head"}`;

/** Where a reading of one entity of one connection stands. */
export interface CursorState {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly mappingHash: string | null;
  readonly pageCursor: string | null;
  readonly pages: number;
  readonly reading: "backfill" | "incremental" | "sweep" | null;
  readonly readingSince: number | null;
  readonly newestSeen: number | null;
  readonly watermark: number | null;
  readonly backfilledAt: string | null;
  readonly readAt: string | null;
  /** When the last whole reading began that has ended, deletions looked for: all was read since. */
  readonly sweptAt: string | null;
  /** When the whole reading began that goes on, or was the last to end. */
  readonly sweepSince: string | null;
  /** When the reading began that goes on. */
  readonly beganAt: string | null;
  /** When the last reading began that has ended. */
  readonly readSince: string | null;
  readonly failure: FailureRecord | null;
}
