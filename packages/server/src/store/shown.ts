import type {
  Conflict,
  ConnectionId,
  Discard,
  EntityName,
  ExternalId,
  FailureRecord,
  Json,
  LinkId,
  ParkReason,
  Problem,
  Value,
} from "@crossfoot/kernel";

/** One entry of the journal. */
export interface JournalEntry {
  readonly shard: number;
  readonly seq: number;
  readonly at: string;
  readonly runId: string | null;
  readonly entity: string | null;
  readonly link: string | null;
  readonly kind: string;
  readonly body: Json;
}

/** A run as shown to people. */
export interface RunRow {
  readonly id: string;
  readonly command: string;
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly summary: Json;
}

/** A conflict as shown to people. */
export interface ConflictRow extends Conflict {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly state: string;
  readonly openedAt: string;
}

/** A possible duplicate as shown to people. */
export interface CandidateRow {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
  readonly links: readonly string[];
  readonly keys: readonly string[];
  readonly openedAt: string;
}

/** One configured connection as the store knows it. */
export interface ConnectionRow {
  readonly id: ConnectionId;
  readonly system: string;
  readonly role: string;
  readonly tenant: string | null;
  readonly state: string;
  readonly reason: string | null;
}

/** A value that loses, as it is stored with the decision. */
export interface LostEntry extends Discard {
  /** Its own system is told by a note on the record, once the value did lose. */
  readonly tell?: boolean;
}

/** A value that lost, as the journal tells it, and what became of it. */
export interface LostValue extends Discard {
  /** Place of its entry in the journal, `<shard>/<seq>`. */
  readonly entry: string;
  /** When it was decided that it loses. */
  readonly at: string;
  readonly link: LinkId;
  readonly entity: EntityName;
  /** Key of the write that takes its place; null where no write does. */
  readonly key: string | null;
  /**
   * `overwritten`: the write was made; `pending`: it is stored, on its way or in doubt; `spared`: it was
   * never made, the value still stands.
   */
  readonly outcome: "overwritten" | "pending" | "spared";
  /** The note about it on the record in its own system; null where the contract wants none. */
  readonly note: { readonly state: "due" | "told" | "refused"; readonly at: string | null } | null;
  /** The person's word that brought it back; null when nobody did. */
  readonly restored: { readonly at: string; readonly by: string } | null;
}

/** A lost value that a person brings back. */
export interface RestoredValue {
  readonly link: LinkId;
  readonly field: string;
  /** The value that is to stand in the whole field. */
  readonly value: Value;
  readonly by: string;
  /** The lost value's entry in the journal. */
  readonly entry: string;
}

/** Which lost values are asked for. */
export interface LostQuery {
  readonly link: LinkId | null;
  readonly limit: number;
}

/** Set aside for a person. */
export interface ParkEntry {
  readonly reason: ParkReason;
  readonly connection: ConnectionId | null;
  readonly externalId: ExternalId | null;
  readonly intentKey: string | null;
  readonly problems: { readonly [field: string]: Problem };
  readonly failure: FailureRecord | null;
}

/** A parent that a link waits for. */
export interface WaitEntry {
  readonly field: string;
  readonly target: ConnectionId;
  readonly parentLink: LinkId | null;
  readonly parentEntity: EntityName | null;
  readonly parentConnection: string | null;
  readonly parentId: string | null;
  readonly isBlocking: boolean;
}

/** An open park, dead letters included. */
export interface OpenPark extends ParkEntry {
  readonly parkId: string;
  readonly link: LinkId | null;
  readonly entity: EntityName;
  readonly openedAt: string;
  readonly attempts: number;
}
