import type { Json } from "@crossfoot/kernel";
import type { KeyRole } from "../port.ts";

/** A row of `api_key`. */
export interface KeyTable {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly scopes: Json;
  readonly secret_hash: string;
  readonly created_by: string;
  readonly created_at: number;
  readonly expires_at: number | null;
  readonly used_at: number | null;
  readonly revoked_at: number | null;
  readonly revoked_by: string | null;
  readonly replaced_by: string | null;
}

/** A row of `api_answer`. */
export interface KeptAnswerTable {
  readonly key_id: string;
  readonly name: string;
  readonly route: string;
  readonly digest: string;
  readonly holder: string;
  readonly until_at: number;
  readonly forget_at: number;
  readonly answer: Json;
}

/** A row of `erasure`. */
export interface ErasureTable {
  readonly id: string;
  readonly at: number;
  readonly erased_by: string;
  readonly proof: Json;
}

/** A row of `audit_event`. */
export interface AuditTable {
  readonly number: number;
  readonly at: number;
  readonly kind: string;
  readonly body: Json;
  readonly before_hash: string;
  readonly hash: string;
}
