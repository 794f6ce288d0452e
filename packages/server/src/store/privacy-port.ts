import { canonicalBytes } from "@crossfoot/kernel";
import type { Json, JsonMap, LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "./facts.ts";

/** What stands in place of a text that was erased. */
export const erasedText = "[erased]";

/** Whether a value is what an erasure left of one, in whole or in part: it is written nowhere. */
export const isErased = (value: Json | undefined): boolean =>
  value !== undefined && canonicalBytes(value).includes(`"${erasedText}"`);

/** Whether something of the person is under way or waits for somebody, so that nothing is erased yet. */
export const isUnderWay = (table: string, row: JsonMap): boolean =>
  (table === "intent" && ["stored", "sending", "in_doubt"].some((state) => state === row["state"])) ||
  (table === "conflict" && row["state"] === "open");

/** A row that tells of a person. */
export interface HeldRow {
  readonly table: string;
  /** Its columns by name. */
  readonly row: JsonMap;
  /** It is about the person; else a row about something else in which their values stand. */
  readonly isOwn: boolean;
}

/** Whose rows are meant, and by which texts they are found elsewhere. */
export interface PersonSought {
  /** None for a record that has none; several where a restored backup knows one person twice. */
  readonly links: readonly LinkId[];
  /** Records of the person that no link names, or not any more. */
  readonly records: readonly RecordKey[];
  /** Texts that name this person alone: addresses, numbers, the whole name. */
  readonly identifiers: readonly string[];
}

/** What an erasure does to the store. */
export interface ErasureOrder extends PersonSought {
  readonly id: string;
  readonly by: string;
  /** ISO instant. */
  readonly at: string;
  /** All of the person's values; in rows about the person they go wherever they stand. */
  readonly values: readonly string[];
  /** What goes into the proof beside what was done here; no value of the person. */
  readonly facts: JsonMap;
}

/** Proof of an erasure; holds no value of the person. */
export interface ErasureProof {
  readonly id: string;
  readonly at: string;
  readonly by: string;
  readonly links: readonly LinkId[];
  /** Rows that were emptied or removed, by table. */
  readonly rows: { readonly [table: string]: number };
  /** Rows about other records that hold the same text, by table: they follow their own record. */
  readonly elsewhere: { readonly [table: string]: number };
  readonly facts: JsonMap;
  /** SHA-256 over all of the above in canonical form, in hex. */
  readonly hash: string;
}

/** How the values of a store are sealed. */
export interface SealingState {
  /** `sealing` while rows of before are still plain. */
  readonly state: "sealing" | "sealed";
  /** Name of the master key that new keys are wrapped under. */
  readonly master: string;
  /** How many keys there are: one per record and link of persons, and the store's own. */
  readonly keys: number;
  /** How many of them are still wrapped under another master key. */
  readonly others: number;
}

/** What the store knows of persons, and how it forgets them. */
export interface PrivacyStore {
  /** How values are encrypted at rest; null where they are stored as they are. */
  sealingState(): Promise<SealingState | null>;
  /**
   * Wraps all keys under another master key that is known; values stay as they are. Answers how many. Rejects
   * where nothing is sealed or the key is not known.
   */
  rewrapKeys(master: string): Promise<number>;
  /**
   * The records that a person has or had, with those of links that became one with theirs. One that they had
   * counts no more once it is another's, or nobody's: a merge that was taken back, an id that was reused.
   */
  recordsOfPerson(link: LinkId): Promise<readonly RecordKey[]>;
  /** Every row about a person, and every other row in which one of the identifiers stands. */
  heldOf(person: PersonSought): Promise<readonly HeldRow[]>;
  /**
   * Empties every row about a person and takes their values out of all others, in one commit: entries of the
   * journal keep their hashes, and the chain is verified by what the erasure left of them. Null, with nothing
   * changed, when a write of the person is under way or a person has yet to decide something about it.
   */
  erasePerson(order: ErasureOrder): Promise<ErasureProof | null>;
  /** Proofs of all erasures, the oldest first. */
  listErasures(): Promise<readonly ErasureProof[]>;
}
