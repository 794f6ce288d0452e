import type {
  Bases,
  ConnectionId,
  DeletionWord,
  EntityName,
  ExternalId,
  Link,
  LinkId,
  LinkState,
  Member,
} from "@crossfoot/kernel";
import type { RecordKey, StoredObservation } from "./facts.ts";
import type { Lease } from "./lease-port.ts";
import type { Resolution } from "./resolution.ts";

/** One live member or alias of a link. */
export interface Placed {
  readonly link: LinkId;
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  readonly isAlias: boolean;
}

/** A merge as it is carried over to our links; all of it is one commit (INVARIANTS.md I28). */
export interface MergeCommit {
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  readonly survivor: ExternalId;
  /** Link of which the loser was the member, to go back to when the merge is taken back. */
  readonly from: Link | null;
  readonly keep: LinkId;
  readonly retire: LinkId | null;
  readonly state: LinkState;
  /** Members of both links as they were when this was planned: others meanwhile, and nothing is changed. */
  readonly before: readonly Placed[];
  /** Members of the kept link from now on. */
  readonly members: readonly Member[];
  readonly duplicates: readonly Member[];
  readonly bases: readonly ConnectionId[];
}

/** A merge that stands, with what its loser's link was. */
export interface StandingMerge {
  readonly survivor: ExternalId;
  readonly from: { readonly link: LinkId; readonly members: readonly Member[]; readonly bases: Bases } | null;
  /** The link that the loser is an alias of now. */
  readonly into: { readonly link: Link; readonly bases: Bases };
  /** Losers of other merges into the same link, which stay there. */
  readonly staying: readonly { readonly connection: ConnectionId; readonly id: ExternalId }[];
}

/** A merge that was taken back, as it is carried over to our links; all of it is one commit. */
export interface UnmergeCommit {
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  readonly from: LinkId | null;
  readonly into: LinkId;
  readonly before: readonly Placed[];
  readonly back: readonly Member[];
  readonly stay: readonly Member[];
  readonly states: { readonly back: LinkState; readonly stay: LinkState };
  readonly bases: Bases;
  /**
   * The loser's own record is deleted and stays an alias of `into`; its link is back without it, and what is
   * stored of the consolidation stays until the record was made again.
   */
  readonly isGone?: boolean;
  /** Entities whose records may refer to these: those that name one of them are decided again. */
  readonly referring: readonly EntityName[];
}

/** What a person said of a possible duplicate; all of it is one commit. */
export interface CandidateDecision {
  readonly record: RecordKey;
  /** `linked`: it is the same as another; `apart`: it is a record of its own. */
  readonly state: "linked" | "apart";
  /** The link it gets, or null when it keeps what it has. */
  readonly resolution: Resolution | null;
  /** The link whose alias it is from now on, or null. */
  readonly alias: LinkId | null;
  /** Its own link, which waited for the answer; null when there is none. */
  readonly release: LinkId | null;
  /** A link that ended, to live again with this record; null when there is none. */
  readonly revive: { readonly link: LinkId; readonly back: readonly ConnectionId[] } | null;
  readonly by: string;
  /** What was said before and holds no more. */
  readonly superseded?: "apart" | "linked";
}

/** What became of a question whether a record is the same as another; `closed` without a person's word. */
export type CandidateState = "open" | "linked" | "apart" | "closed";

/**
 * What came of taking a decision back: `done`, and the record is asked about again; `unknown`: nobody decided
 * about it; `taken`: its link has other records; `busy`: a write of its link was sent.
 */
export type DecisionTakenBack = "done" | "unknown" | "taken" | "busy";

/**
 * `done`; `waits`: a write of one of the links may still land, and what it brings is not known yet; `moved`:
 * the links changed after this was planned, and it is planned again.
 */
export type IdentityOutcome = "done" | "waits" | "moved";

/** Whose a sighting is that contradicts what is known under its id; all of it is one commit. */
export interface ReuseCommit {
  readonly seen: StoredObservation;
  /** End of the reading of the view that it contradicts: another meanwhile, and nothing is changed. */
  readonly knownEnd: number;
  /**
   * `another`: the id was given to another record, and the one that had it is deleted. `same`: it is the same
   * record, and the sighting takes the place of the view.
   */
  readonly is: "another" | "same";
}

/** Who is who, over time. */
export interface IdentityStore {
  /**
   * Settles whose a sighting is. A record whose id was given away goes on under a name of ours, deleted, as
   * the member of its link; the newcomer has no link yet.
   */
  commitReuse(reuse: ReuseCommit, runId: string | null): Promise<"done" | "moved">;
  /** Records that their system merged or converted into another one, and that our links do not follow yet. */
  loadMoved(
    entity: EntityName,
    limit: number,
    after: RecordKey | null,
  ): Promise<readonly StoredObservation[]>;
  /** Records that were gone and show again. */
  loadReturned(
    entity: EntityName,
    limit: number,
    after: RecordKey | null,
  ): Promise<readonly StoredObservation[]>;
  /** Says that a record was looked at: it waits for something else, is followed, or has nothing open. */
  settleMoved(records: readonly RecordKey[], resolution: "waiting" | "followed" | null): Promise<void>;
  /** Links with all of their members and aliases. Those that live on in another one have none. */
  loadLinks(links: readonly LinkId[]): Promise<readonly Link[]>;
  commitMerge(merge: MergeCommit, runId: string | null, lease: Lease): Promise<IdentityOutcome>;
  /** The merge that stands of a record, or null when it did not lose one. */
  standingMerge(record: RecordKey): Promise<StandingMerge | null>;
  /** Keeps what a person said of a link until it is carried out; the link is decided again. */
  saveWord(
    link: LinkId,
    said: { readonly about: "deletion"; readonly word: DeletionWord; readonly by: string },
  ): Promise<void>;
  settleCandidate(decision: CandidateDecision): Promise<void>;
  /** What was decided about a record; null where nothing was ever asked. */
  candidateStateOf(record: RecordKey): Promise<CandidateState | null>;
  /**
   * Takes back what a person decided about a record: it leaves the link that it has alone, which ends, or
   * whose alias it is, and is asked about again; one that was an alias when it was asked about is one again.
   * Writes that were stored and not sent are taken back.
   */
  reopenCandidate(record: RecordKey, by: string): Promise<DecisionTakenBack>;
  commitUnmerge(unmerge: UnmergeCommit, runId: string | null, lease: Lease): Promise<IdentityOutcome>;
}
