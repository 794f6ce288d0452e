import type { Json } from "@crossfoot/kernel";

/** A row of `contract_kept`. */
export interface KeptTable {
  readonly seq: number;
  readonly hash: string;
  readonly version: string | null;
  readonly terms: Json;
  readonly in_force: boolean;
  readonly kept_at: number;
}

/** A row of `contract_signature`. */
export interface SignatureTable {
  readonly hash: string;
  readonly name: string;
  readonly role: string;
  readonly department: string;
  readonly turn: number;
  readonly signed_by: string;
  readonly signed_at: number;
}

/** A row of `contract_revocation`. */
export interface RevocationTable {
  readonly hash: string;
  readonly name: string;
  readonly role: string;
  readonly department: string;
  readonly turn: number;
  readonly why: string;
  readonly revoked_by: string;
  readonly revoked_at: number;
}
