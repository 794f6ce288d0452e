import { canonicalBytes } from "@crossfoot/kernel";
import type { Json } from "@crossfoot/kernel";
import type { KeyRole, PersonStore } from "./person-port.ts";

/** A key as it is made. Of its secret part only the hash is kept. */
export interface KeyDraft {
  /** Its public part, by which it is shown and found. */
  readonly id: string;
  readonly name: string;
  readonly role: KeyRole;
  readonly scopes: readonly string[];
  /** SHA-256 of the secret part, in hex. */
  readonly secretHash: string;
  readonly by: string;
  /** ms from now until it expires, by the store's clock; null when it does not. */
  readonly expiresInMs: number | null;
}

/** A key as the store has it; instants are ISO text by the store's clock. */
export interface KeyRow extends Omit<KeyDraft, "expiresInMs"> {
  readonly createdAt: string;
  readonly expiresAt: string | null;
  /** When it was last used, to the minute. */
  readonly usedAt: string | null;
  readonly revokedAt: string | null;
  readonly revokedBy: string | null;
  /** The key that takes its place, after a rotation. */
  readonly replacedBy: string | null;
  /** Whether it may be used now, by the store's clock. */
  readonly isLive: boolean;
}

/** A request that carried an idempotency key. */
export interface AnswerName {
  readonly key: string;
  /** What the caller called the request. */
  readonly name: string;
  /** What was asked: the operation, and what stands in its path. */
  readonly route: string;
}

/** The wish to work on such a request. */
export interface AnswerClaim extends AnswerName {
  /** SHA-256 of what was asked, in hex. */
  readonly digest: string;
  /** Who works on it; the same holder may claim again, to keep others out for longer. */
  readonly holder: string;
  /** How long nobody else may work on it, ms: whoever dies meanwhile has lost it then. */
  readonly holdMs: number;
  /** How long its answer is kept, ms. */
  readonly keepMs: number;
}

/**
 * What came of a claim: `mine` it is to be worked on; `running` somebody is at it, for so many ms at most;
 * `answered` with what was answered; `other` the name was used for something else.
 */
export type ClaimedAnswer =
  | { readonly kind: "mine" }
  | { readonly kind: "running"; readonly forMs: number }
  | { readonly kind: "answered"; readonly answer: Json }
  | { readonly kind: "other" };

/** Something for the audit log. Never holds a secret or a value of a customer's field. */
export interface AuditDraft {
  /** ISO instant. */
  readonly at: string;
  readonly kind: string;
  readonly body: Json;
}

/** An entry of the audit log. */
export interface AuditRow extends AuditDraft {
  /** Its place, from 1 on. */
  readonly number: number;
  readonly beforeHash: string;
  /** Over the hash before and everything the entry says. */
  readonly hash: string;
}

/** The bytes that an entry's hash covers: the hash before it and everything the entry says. */
export function auditBytes(before: string, entry: AuditDraft & { readonly number: number }): string {
  const { number, at, kind, body } = entry;
  return `${before}\n${canonicalBytes({ number, at, kind, body })}`;
}

/** Keys of the HTTP API, people, answers to repeated requests, and the audit log. */
export interface AccessStore extends PersonStore {
  /** False when there is a key of that id. The journal tells it. */
  saveKey(draft: KeyDraft): Promise<boolean>;
  findKey(id: string): Promise<KeyRow | null>;
  /** All keys, the oldest first. */
  listKeys(): Promise<readonly KeyRow[]>;
  /** Ends a key at once. False when there is none, or when it was ended before. The journal tells it. */
  revokeKey(id: string, by: string): Promise<boolean>;
  /**
   * Another key takes the place of one that is live; the old one goes on for so many ms at most. False when
   * it is not live, or when the draft's id is taken. One commit; the journal tells it.
   */
  rotateKey(id: string, draft: KeyDraft, overlapMs: number): Promise<boolean>;
  /** Notes that a key is used, unless that was noted less than so many ms ago. */
  noteKeyUse(id: string, everyMs: number): Promise<void>;
  /** Claims a request; see {@link ClaimedAnswer}. */
  claimAnswer(claim: AnswerClaim): Promise<ClaimedAnswer>;
  /** Keeps the answer of a request that this holder works on; null forgets the request. */
  endAnswer(name: AnswerName & { readonly holder: string }, answer: Json | null): Promise<void>;
  /** Forgets answers whose time is over; answers how many. */
  forgetAnswers(): Promise<number>;
  /** Adds entries behind the newest one; one commit. */
  appendAudit(drafts: readonly AuditDraft[]): Promise<void>;
  /** Entries after that number, the oldest first. */
  listAudit(after: number, limit: number): Promise<readonly AuditRow[]>;
}
