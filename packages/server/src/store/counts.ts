import type { EntityName } from "@crossfoot/kernel";

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
