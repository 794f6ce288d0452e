import type { KeyRole } from "../port.ts";

/** A row of `person`. */
export interface PersonTable {
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly password_hash: string | null;
  readonly subject: string | null;
  readonly created_by: string;
  readonly created_at: number;
  readonly signed_in_at: number | null;
  readonly disabled_at: number | null;
}

/** A row of `person_link`. */
export interface PersonLinkTable {
  readonly hash: string;
  readonly person_id: string | null;
  readonly expires_at: number;
}

/** A row of `person_session`. */
export interface PersonSessionTable {
  readonly hash: string;
  readonly person_id: string;
  readonly idle_at: number;
  readonly over_at: number;
}

/** A row of `sign_in_try`. */
export interface SignInTryTable {
  readonly what: string;
  readonly tries: number;
  readonly last_at: number;
  readonly locked_until: number;
}
