import type { ConnectionId, EntityName } from "@crossfoot/kernel";

/** Counts per entity, for `status` and the statement. */
export interface EntityCounts {
  readonly entity: EntityName;
  readonly single: number;
  readonly live: number;
  readonly dormant: number;
  readonly ended: number;
  readonly work: number;
  readonly openIntents: number;
  readonly parks: number;
  readonly conflicts: number;
  readonly candidates: number;
  readonly waits: number;
}

/** Writes that are stored and not known to have landed. */
export interface OpenWrites {
  readonly entity: EntityName;
  readonly target: ConnectionId;
  readonly count: number;
}

/** Records that are due to be decided or matched, by the connection that showed the newest of each. */
export interface DueRecords {
  readonly entity: EntityName;
  readonly source: ConnectionId;
  readonly count: number;
}

/** Work that is stored and not done, in the order of its names. */
export interface Backlog {
  readonly writes: readonly OpenWrites[];
  /** Without the records whose writes are stored. */
  readonly due: readonly DueRecords[];
}
