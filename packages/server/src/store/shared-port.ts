import type { ConnectionId, Json } from "@crossfoot/kernel";

/** A document as it is stored. */
export interface SharedDocument {
  /** Null while nothing was stored. */
  readonly state: Json | null;
  /** Counts the changes; 0 while nothing was stored. */
  readonly rev: number;
  /** The store's own clock when it was read, ms since 1970. */
  readonly now: number;
}

/** Another state of a document, and the revision that it was made from. */
export interface SharedChange {
  readonly rev: number;
  readonly state: Json;
}

/**
 * Documents of a connection that all workers share: its quota (the kernel's QuotaState) and its access token.
 * A worker reads one, decides, and stores it under the revision it read: no lock is held meanwhile, so that a
 * worker that freezes stops nobody.
 */
export interface SharedStore {
  loadQuota(connection: ConnectionId): Promise<SharedDocument>;
  /** False, and nothing is stored, when another worker was first. */
  saveQuota(connection: ConnectionId, change: SharedChange): Promise<boolean>;
  /** The token is sealed by who takes it: the store never sees it. */
  loadToken(connection: ConnectionId): Promise<SharedDocument>;
  /** False, and nothing is stored, when another worker was first. */
  saveToken(connection: ConnectionId, change: SharedChange): Promise<boolean>;
}
