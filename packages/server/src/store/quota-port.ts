import type { ConnectionId, Json } from "@crossfoot/kernel";

/** The quota of a connection as it is stored. */
interface QuotaRow {
  /** The kernel's QuotaState; null while nothing was stored. */
  readonly state: Json | null;
  /** Counts the changes; 0 while nothing was stored. */
  readonly rev: number;
  /** The store's own clock when it was read, ms since 1970. */
  readonly now: number;
}

/**
 * Quotas, one document per connection that all workers share. A worker reads it, decides, and stores it
 * under the revision it read: no lock is held meanwhile, so that a worker that freezes stops nobody.
 */
export interface QuotaStore {
  loadQuota(connection: ConnectionId): Promise<QuotaRow>;
  /** False, and nothing is stored, when another worker was first. */
  saveQuota(
    connection: ConnectionId,
    change: { readonly rev: number; readonly state: Json },
  ): Promise<boolean>;
}
