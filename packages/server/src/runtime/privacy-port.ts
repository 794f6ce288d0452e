import type { ConnectionId, Fields, Json, LinkId } from "@crossfoot/kernel";
import type { ErasureProof, HeldRow, SealingState } from "../store/port.ts";
import type { PlanDocument } from "./plan-document.ts";

/** A person asked for something that cannot be done now. Nothing was changed. */
export class PersonRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PersonRefused";
  }
}

/** What one system shows of a person, read now. */
export interface PersonShown {
  readonly connection: ConnectionId;
  readonly id: string;
  /** Canonical fields; null where the system no longer shows the record. */
  readonly fields: Fields | null;
}

/** What a row about something else says of a person; what it says of others is left out. */
export interface PersonMention {
  readonly table: string;
  /** Name of the row, where it has one. */
  readonly id: string | null;
  /** The parts in which a number, an address or the whole name of the person, or their link, stands. */
  readonly parts: readonly Json[];
}

/** All that is held of a person, sealed. */
export interface PersonExport {
  readonly form: "crossfoot person 1";
  readonly madeAt: string;
  readonly madeBy: string;
  readonly link: LinkId | null;
  /** What both systems show now. */
  readonly shown: readonly PersonShown[];
  /** Rows of our own store about the person. */
  readonly held: readonly HeldRow[];
  readonly mentioned: readonly PersonMention[];
  /** SHA-256 over all of the above in canonical form, in hex. */
  readonly hash: string;
}

/** The plan of an erasure, and what stays whatever it writes. */
export interface ErasurePlan {
  /** Null when both systems show nothing of the person any more. */
  readonly plan: PlanDocument | null;
  /** Records that the law wants kept, such as invoices of the person's account. */
  readonly stays: readonly string[];
}

/** What is known of persons, and how they are erased. */
export interface Privacy {
  /** Tells the audit log. Rejects with PersonRefused when nobody, or more than one, is named so. */
  exportPerson(person: string, by: string): Promise<PersonExport>;
  /** Plans that both systems lose the person's values; writes nothing. Rejects with PersonRefused. */
  planErasure(person: string, by: string): Promise<ErasurePlan>;
  /**
   * Erases the person from our own store, once both systems show nothing of them any more. Rejects with
   * PersonRefused when they do, or while something of the person is under way.
   */
  erasePerson(person: string, asked: { readonly by: string; readonly why: string }): Promise<ErasureProof>;
  /** Texts that name this person alone, by which files are searched. Rejects with PersonRefused. */
  identifiersOf(person: string): Promise<readonly string[]>;
  /** Erases again whom a restored backup brought back. */
  eraseAgain(): Promise<readonly ErasureProof[]>;
  erasures(): Promise<readonly ErasureProof[]>;
  /**
   * Wraps the keys of the store under another master key that is known; tells the audit log. Answers how many
   * it wrapped and how all stand. Rejects with SealedElsewhere where the key is not known.
   */
  rekey(master: string, by: string): Promise<{ readonly wrapped: number; readonly state: SealingState }>;
}
