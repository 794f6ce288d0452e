import type { ConnectionId, EntityName } from "@crossfoot/kernel";

/**
 * States of an epoch: `confirmed` is everyday life; `held` when the store turned out to be older than what
 * was known of it: nothing is sent until a person confirms; `recovering` from then on until everything was
 * read again.
 */
export type EpochState = "held" | "recovering" | "confirmed";

/** Which life of the store this is: another one after each restore of a backup. */
export interface EpochRow {
  /** 1 for a store that was never restored. */
  readonly number: number;
  readonly state: EpochState;
  /** Server, database and timeline on which the epoch runs; null where nobody noted it. */
  readonly homeMark: string | null;
  /** Why it was held, in words; null when it never was. */
  readonly reason: string | null;
  readonly noticedAt: string | null;
  readonly confirmedAt: string | null;
  readonly confirmedBy: string | null;
  readonly recoveredAt: string | null;
  /** ms since it was confirmed, by the store's clock; null when it never was. */
  readonly confirmedForMs: number | null;
  /** What was read as a whole since then. */
  readonly swept: readonly Swept[];
}

/** An entity of a connection that was read as a whole. */
interface Swept {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
}

/** The newest entry of one chain of the journal. */
export interface JournalHead {
  readonly shard: number;
  readonly seq: number;
  readonly hash: string;
}

/** Whether the journal is as it was written: each entry's hash follows from the one before it. */
export interface JournalProof {
  /** Entries that were looked at. */
  readonly entries: number;
  /** Where something was changed, lost or put in between. */
  readonly broken: readonly JournalBreak[];
  /** Such places that a person accepted when confirming an epoch. */
  readonly accepted: readonly JournalBreak[];
}

/** A place at which the journal is not as it was written. */
export interface JournalBreak {
  readonly shard: number;
  /** Number of the entry that does not follow from the one before it; null for the head of the chain. */
  readonly seq: number | null;
  /** Digest of what stands there, by which an accepted place is known again. */
  readonly mark: string;
}

/** How often the store began another life, and what is known of the one before. */
export interface EpochStore {
  loadEpoch(): Promise<EpochRow>;
  /** Nothing is sent any more until a person confirms. Does nothing when it is held already. */
  holdEpoch(reason: string): Promise<void>;
  /** Notes on which home the epoch runs. */
  markHome(mark: string): Promise<void>;
  /**
   * Begins the next epoch, one commit: its number is above the store's own and above `above`; every write
   * that was not known to be over is in doubt from now on; leases are void, and plans of before are. Places
   * at which the journal is `broken` are accepted: the chains go on from what stands.
   */
  confirmEpoch(confirmed: {
    readonly broken: readonly JournalBreak[];
    readonly above: number;
    readonly by: string;
    readonly homeMark: string | null;
  }): Promise<EpochRow>;
  noteSwept(swept: readonly Swept[]): Promise<void>;
  /** The recovery of that epoch is over. False when it was already, or when it is another epoch. */
  endRecovery(number: number): Promise<boolean>;
  /** The newest entries of all chains. */
  journalHeads(): Promise<readonly JournalHead[]>;
  /** Those of these entries that the journal has, with this very hash. */
  knownEntries(entries: readonly JournalHead[]): Promise<readonly JournalHead[]>;
  /** Where the database runs: server, database, timeline. Null where it cannot tell. */
  homeMark(): Promise<string | null>;
}
