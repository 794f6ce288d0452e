import type { Json } from "@crossfoot/kernel";

/** An entry of the journal as a follower reads it. */
export interface ToldEntry {
  readonly shard: number;
  readonly seq: number;
  /** ISO instant, by the clock of whoever wrote it. */
  readonly at: string;
  readonly runId: string | null;
  readonly entity: string | null;
  readonly link: string | null;
  readonly kind: string;
  /** Null for an entry of a kind that was not asked for. */
  readonly body: Json;
}

/** What a follower of the journal asks for. */
export interface FollowRequest {
  /** How far each chain was read, by shard: all entries to that number. */
  readonly places: readonly number[];
  /** Kinds of which the body is wanted. */
  readonly kinds: readonly string[];
  /** Entries at most. */
  readonly limit: number;
}

/** What came after. */
interface Followed {
  /**
   * Oldest first; entries of one chain keep their order whatever their clocks said. Fewer than the limit:
   * there are no more.
   */
  readonly entries: readonly ToldEntry[];
  /**
   * Where the request began: its places, and the end of a chain where they lay beyond it, as after the
   * restore of a backup.
   */
  readonly from: readonly number[];
}

/**
 * The journal, followed. A chain's numbers are given under a lock that is held until they are committed, so
 * that nothing ever appears behind a place that was read.
 */
export interface EventStore {
  /** The newest entry of every chain, by shard; 0 where there is none. */
  journalPlaces(): Promise<readonly number[]>;
  followJournal(request: FollowRequest): Promise<Followed>;
}
