/** Right to act as the one worker of a name, with its fencing token. */
export interface Lease {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
}

/** Leases. They run out by the store's clock alone. */
export interface LeaseStore {
  acquireLease(name: string, holder: string, ttlMs: number): Promise<Lease | null>;
  renewLease(lease: Lease, ttlMs: number): Promise<boolean>;
  releaseLease(lease: Lease): Promise<void>;
}
