import type { AmongHolders, KeyHolder } from "./sole-port.ts";
import type {
  AdoptedTerms,
  Conflict,
  ConnectionId,
  DeletionWord,
  EntityName,
  ExternalId,
  FailureRecord,
  Fields,
  IntentState,
  Json,
  JsonMap,
  LinkId,
  LinkState,
  ObservationKind,
  Restore,
  Verdict,
} from "@crossfoot/kernel";
import type { Backlog, EntityCounts } from "./counts.ts";
import type { DueStore } from "./due-port.ts";
import type { CursorState, RecordKey, StoredObservation } from "./facts.ts";
import type { AccessStore } from "./access-port.ts";
import type { AdoptStore } from "./adopt-port.ts";
import type { ContractStore } from "./contract-port.ts";
import type { DuplicateStore } from "./duplicate-port.ts";
import type { EventStore } from "./event-port.ts";
import type { EpochStore, JournalProof } from "./epoch-port.ts";
import type { HistoryStore } from "./history-port.ts";
import type { IdentityStore } from "./identity-port.ts";
import type { Lease, LeaseStore, Rights } from "./lease-port.ts";
import type { IntentKind, MadeQuery, MadeWrite, UndoOf, UndoneMark } from "./made.ts";
import type { PauseStore } from "./pause-port.ts";
import type { WebhookStore } from "./webhook-port.ts";
import type { PlanStore } from "./plan-port.ts";
import type { PrivacyStore } from "./privacy-port.ts";
import type { ProofStore } from "./proof-port.ts";
import type { SharedStore } from "./shared-port.ts";
import type { StatementStore } from "./statement-port.ts";
import type { SubscriptionStore } from "./subscription-port.ts";
import type { TellingStore } from "./telling-port.ts";
import type { TermsStore } from "./terms-port.ts";
import type { ResolvedEntry } from "./resolution.ts";
import type {
  CandidateRow,
  ConflictRow,
  ConnectionRow,
  JournalEntry,
  LostEntry,
  LostQuery,
  LostValue,
  OpenPark,
  ParkEntry,
  RestoredValue,
  RunRow,
  WaitEntry,
} from "./shown.ts";

export type { Backlog, DueRecords, EntityCounts, OpenWrites } from "./counts.ts";
export { breakName, recordName } from "./facts.ts";
export type { CursorState, RecordKey, StoredObservation } from "./facts.ts";
export * from "./access-port.ts";
export type * from "./person-port.ts";
export type * from "./adopt-port.ts";
export type * from "./duplicate-port.ts";
export type * from "./epoch-port.ts";
export type * from "./event-port.ts";
export * from "./history-port.ts";
export type * from "./identity-port.ts";
export { causesIn, isBeside, isOpenIntent, isRepair } from "./made.ts";
export type { MadeQuery, MadeWrite, UndoneMark } from "./made.ts";
export type { DueStore, DueWork, Look, OpenTarget, Readiness } from "./due-port.ts";
export * from "./lease-port.ts";
export type { ResolvedEntry, Resolution } from "./resolution.ts";
export type { DueTelling, Telling, TellingStore } from "./telling-port.ts";
export type { ChangedTerms, DecidedTerms, TermsStore } from "./terms-port.ts";
export type { PlanMark, PlanRow, PlanState, PlanStore } from "./plan-port.ts";
export type { ContractSignature, ContractSigning, ContractStore, KeptContract } from "./contract-port.ts";
export type { PauseOf, PauseRow, PauseStore } from "./pause-port.ts";
export * from "./webhook-port.ts";
export * from "./subscription-port.ts";
export type { AmongHolders, KeyHolder, SoleClaim } from "./sole-port.ts";
export * from "./privacy-port.ts";
export type * from "./proof-port.ts";
export type * from "./statement-port.ts";
export type { SharedChange, SharedDocument, SharedStore } from "./shared-port.ts";
export type {
  CandidateRow,
  ConflictRow,
  ConnectionRow,
  JournalEntry,
  LostEntry,
  LostValue,
  OpenPark,
  ParkEntry,
  RestoredValue,
  RunRow,
  WaitEntry,
} from "./shown.ts";

/** Counts of one checkpoint. */
export interface ObserveCounts {
  readonly added: number;
  readonly changed: number;
  readonly same: number;
  /** Stamp of the oldest record that has to be listed again, since it came too soon; null when none has. */
  readonly heldAt: number | null;
  /**
   * Sightings that cannot be of the record that is known under their id, or whose system began to count
   * again. Nothing of them is stored until {@link IdentityStore.commitReuse} says whose they are; missing
   * when there are none.
   */
  readonly contradictions?: readonly StoredObservation[];
}

/** A row that could not be read, to be parked alone. */
export interface UnreadableEntry {
  readonly id: ExternalId | null;
  readonly failure: FailureRecord;
}

/** A record without a link, with its match keys once they were computed. */
export interface Newcomer extends StoredObservation {
  readonly resolution: "candidate" | "waiting" | "followed" | "returned" | null;
}

/** A member of a link with its newest view and its base. */
export interface MemberBundle {
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  readonly observation: StoredObservation | null;
  readonly images: { readonly [field: string]: JsonMap };
  readonly baseKind: ObservationKind | null;
  /**
   * Fields that an undo put back here, while nothing has moved their base since; `*` for a record whose
   * creation was undone.
   */
  readonly undone: { readonly [field: string]: UndoneMark };
}

/** Everything stored that a decision about one link needs. */
export interface LinkBundle {
  readonly id: LinkId;
  readonly entity: EntityName;
  readonly generation: number;
  readonly state: LinkState;
  readonly verdict: Verdict | null;
  readonly members: readonly MemberBundle[];
  readonly openTargets: readonly ConnectionId[];
  readonly hasTombstone: boolean;
  /** What persons said of the link, by what it is about. */
  readonly words: { readonly deletion?: DeletionWord };
  /** Set on a link that was taken over from another integration. */
  readonly adopted: AdoptedTerms | null;
  /** Links that cannot go on before this one has a member on `target`. */
  readonly demands: readonly { readonly target: ConnectionId; readonly entity: EntityName }[];
  /** Decisions of persons by field. */
  readonly resolutions: Fields;
  /** By field, the connection whose value a person took. */
  readonly resolutionSides: { readonly [field: string]: ConnectionId };
  readonly openConflicts: readonly string[];
  readonly lines: readonly LineLink[];
  /**
   * Content hashes of writes that the target refused and nobody has redriven, and keys of creates of which
   * nobody knows whether they landed: these are not repeated with any content.
   */
  readonly refused: readonly string[];
  /** Mark of the work row this bundle was loaded under; null when it was loaded without work. */
  readonly marked: number | null;
}

/** Native id of a line on one side, by our key. */
export interface LineLink {
  readonly connection: ConnectionId;
  readonly field: string;
  readonly nativeId: string;
  readonly key: string;
}

/** A write stored before it is sent. */
export interface Intent {
  readonly key: string;
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly generation: number;
  readonly target: ConnectionId;
  readonly kind: IntentKind;
  readonly state: IntentState;
  readonly step: number;
  readonly id: ExternalId | null;
  readonly reference: string;
  readonly precondition: string | null;
  readonly contentHash: string;
  readonly fields: Fields;
  readonly transition: { readonly from: string; readonly to: string; readonly via: string } | null;
  readonly causes: Json;
  /** Per source connection, the image of each field written, as it was when the write was decided. */
  readonly sourceImages: { readonly [connection: string]: { readonly [field: string]: JsonMap } };
  /**
   * Fields that other writes of the same decision carry too, and the name of that group; null when there
   * are none.
   */
  readonly shared: readonly string[];
  readonly group: string | null;
  /** The write of a plan that it is; null when no plan asked for it. */
  readonly plan: { readonly id: string; readonly number: number } | null;
  /**
   * What the target showed of each field written when the write was decided: what it held before, since the
   * write is made on that version only.
   */
  readonly before: { readonly [field: string]: JsonMap };
  /** The run that decided it. */
  readonly runId: string | null;
  /** What it takes back, when it is a write of an undo; else null. */
  readonly undo: UndoOf | null;
  readonly attempts: number;
  readonly fence: number;
  /**
   * Until when the request may have left us, ms since 1970 by the store's clock; null when never claimed.
   */
  readonly sendDeadline: number | null;
  /** When an attempt whose outcome is unknown was given up, by the store's clock; null when none was. */
  readonly abandonedAt: number | null;
  readonly failure: FailureRecord | null;
}

/** A write in doubt, and for how long nothing of it can have left us. */
export interface DoubtfulIntent extends Intent {
  /**
   * ms by the store's clock since the later of its send deadline and the end of its attempt; below zero
   * while the request may still leave us. Only this is compared with a horizon (INVARIANTS.md 1.11).
   */
  readonly quietForMs: number;
  /** Its link was there before the store was restored: what was made of it since then is forgotten. */
  readonly isForgotten: boolean;
}

/** What one decision leaves in the store; all of a batch is one commit. */
export interface DecisionRecord extends AmongHolders {
  readonly link: LinkId;
  readonly entity: EntityName;
  /** Mark of the work that the decision was made of; null when there was none. */
  readonly marked: number | null;
  /** The link is decided again all the same. */
  readonly staysDue?: boolean;
  readonly verdict: Verdict;
  readonly state: LinkState | null;
  readonly intents: readonly Intent[];
  readonly baseMoves: readonly BaseMove[];
  readonly discards: readonly LostEntry[];
  /** Conflicts as they stand now; those in `knownConflicts` were open already. */
  readonly conflicts: readonly Conflict[];
  readonly knownConflicts: readonly string[];
  readonly closedConflicts: readonly string[];
  readonly parks: readonly ParkEntry[];
  readonly waits: readonly WaitEntry[];
  readonly tombstone: { readonly connection: ConnectionId; readonly id: ExternalId } | null;
  /** Set when the link lives again. */
  readonly restore?: Restore | null;
  readonly lines: readonly LineLink[];
}

/** New images of fields on one side. Fields that are not named keep theirs. */
export interface BaseMove {
  readonly connection: ConnectionId;
  readonly images: { readonly [field: string]: JsonMap };
  /** Kind of the record when all agreed; null leaves what is known. */
  readonly kind: ObservationKind | null;
  /**
   * Marks of an undo by field, `*` for the record; null takes a mark away. A field whose base moves loses
   * its mark unless it is named here.
   */
  readonly undone?: { readonly [field: string]: UndoneMark | null };
}

/** What became of an intent; all of a batch is one commit. */
export interface IntentOutcome {
  readonly intent: Intent;
  readonly state: IntentState;
  readonly id: ExternalId | null;
  readonly failure: FailureRecord | null;
  /** Not before so many ms from now by the store's clock, for `stored` and `in_doubt`; null leaves it. */
  readonly dueInMs: number | null;
  /** The attempt was given up with its outcome unknown: the store stamps when. */
  readonly isAbandoned: boolean;
  readonly observation: StoredObservation | null;
  readonly baseMoves: readonly BaseMove[];
  /**
   * Images of shared fields as the target shows them now; the base takes them once the whole group has
   * settled.
   */
  readonly landedImages: { readonly [field: string]: JsonMap } | null;
  /** What the target shows of each field written, as read back; null when it was not read. */
  readonly after: { readonly [field: string]: JsonMap } | null;
  /** Values that the target does not keep as they were sent. */
  readonly losses: readonly LostEntry[];
  readonly lines: readonly LineLink[];
  readonly park: ParkEntry | null;
  /** Whether the link has to be decided again. */
  readonly isToDecide: boolean;
  /**
   * What an undo makes of the link: `ended`, with a tombstone, since the record it had made is taken back;
   * `live`, since that was undone in turn; null leaves it.
   */
  readonly linkState: "ended" | "live" | null;
}

/** Observations, unreadable rows and the cursor that covers them: one commit (INVARIANTS.md 1.10). */
export interface Checkpoint {
  readonly observations: readonly StoredObservation[];
  readonly unreadable: readonly (UnreadableEntry & {
    readonly connection: ConnectionId;
    readonly entity: EntityName;
  })[];
  readonly cursor: CursorState | null;
  readonly runId: string | null;
  /** Under which the entity is read; records that were asked for by name need none. */
  readonly lease?: Lease;
}

/** One member of a link. */
export interface MemberRow extends RecordKey {
  readonly link: LinkId;
  readonly isAlias: boolean;
}

/** What a claim of intents needs. Only intents whose links have no earlier open step are taken. */
interface ClaimRequest {
  readonly rights: Rights;
  readonly target: ConnectionId;
  readonly entity: EntityName;
  readonly limit: number;
  /** Only these intents; null takes any. */
  readonly keys: readonly string[] | null;
  /** How long from now the request may leave us, ms. The store stamps the instant by its own clock. */
  readonly sendWithinMs: number;
}

/** What an entity has left open. Its cost does not grow with the number of links. */
export type OpenCounts = Omit<EntityCounts, "single" | "live" | "dormant" | "ended" | "work">;

/**
 * The store as the runtime sees it. It keeps facts and leases and decides nothing. Every method that
 * changes something is one commit. Rejects with a StoreError.
 */
export interface Store
  extends
    AccessStore,
    LeaseStore,
    DueStore,
    PlanStore,
    TermsStore,
    DuplicateStore,
    TellingStore,
    IdentityStore,
    AdoptStore,
    SharedStore,
    EpochStore,
    EventStore,
    PauseStore,
    WebhookStore,
    SubscriptionStore,
    ProofStore,
    PrivacyStore,
    StatementStore,
    HistoryStore,
    ContractStore {
  migrate(): Promise<number>;
  close(): Promise<void>;

  saveConnection(row: ConnectionRow): Promise<void>;
  listConnections(): Promise<readonly ConnectionRow[]>;
  loadCursor(connection: ConnectionId, entity: EntityName): Promise<CursorState>;
  listCursors(): Promise<readonly CursorState[]>;
  checkpoint(checkpoint: Checkpoint): Promise<ObserveCounts>;
  /** Ids of the records that we know and that nothing proved to be gone, for a sweep. */
  knownIds(connection: ConnectionId, entity: EntityName): Promise<readonly ExternalId[]>;
  /** The latest end of a reading that was stored, in our order of reads; 0 when there is none. */
  newestRead(): Promise<number>;
  observationsOf(keys: readonly RecordKey[]): Promise<readonly StoredObservation[]>;
  /** What is stored of these is not what was seen: the next reading counts as another, whatever it shows. */
  distrust(keys: readonly RecordKey[]): Promise<void>;

  /** Newcomers that waited for a parent's link may be looked at again. */
  retryWaiting(entity: EntityName): Promise<void>;
  /** Where a create may have landed without our knowing its id, newcomers wait: one of them may be it. */
  loadNewcomers(entity: EntityName, limit: number): Promise<readonly Newcomer[]>;
  holdersOf(entity: EntityName, keys: readonly string[]): Promise<readonly KeyHolder[]>;
  linksOf(records: readonly RecordKey[]): Promise<ReadonlyMap<string, LinkId>>;
  /** Members under the link that was asked for, also where it lives on in another one. */
  membersOf(links: readonly LinkId[]): Promise<readonly MemberRow[]>;
  /** Which of these links have a record of their own that has left the scope. */
  dormantAmong(links: readonly LinkId[]): Promise<ReadonlySet<LinkId>>;
  linesOf(records: readonly RecordKey[]): Promise<readonly (LineLink & { readonly link: LinkId })[]>;
  /**
   * Stores what became of newcomers. One is left out when it got a link meanwhile, or when a record for the
   * link it would join may be on its way to the same side. Answers how many were stored.
   */
  commitResolutions(entries: readonly ResolvedEntry[], runId: string | null, lease: Lease): Promise<number>;
  /**
   * Gives links the keys that their records have now, and joins those that turn out to be one thing. Both
   * are one commit: with the keys alone nobody would look again whether there is something to join. A pair
   * one of whose creates may have landed has to wait: its `from` keeps the keys it had, and is answered.
   */
  replaceKeys(
    entity: EntityName,
    entries: readonly {
      readonly link: LinkId;
      readonly connection: ConnectionId;
      readonly keys: readonly string[];
    }[],
    joins: {
      readonly pairs: readonly { readonly from: LinkId; readonly into: LinkId }[];
      readonly runId: string | null;
      readonly lease: Lease;
    },
  ): Promise<readonly LinkId[]>;
  /**
   * Joins two links that turned out to be one thing: the members of `from` move to `into`, both in the
   * journal.
   */
  joinLinks(
    entries: readonly { readonly from: LinkId; readonly into: LinkId }[],
    runId: string | null,
    lease: Lease,
  ): Promise<void>;

  loadBundles(links: readonly LinkId[]): Promise<readonly LinkBundle[]>;
  markWork(links: readonly LinkId[], reason: string): Promise<void>;
  /**
   * Stores decisions. One about a link that was marked since it was loaded rests on what is not so any
   * more: it is left out, and the link stays to be decided. Answers the links of those that were stored.
   */
  commitDecisions(
    records: readonly DecisionRecord[],
    runId: string | null,
    rights: Rights,
  ): Promise<readonly LinkId[]>;

  claimIntents(request: ClaimRequest): Promise<readonly Intent[]>;
  doubtfulIntents(request: Omit<ClaimRequest, "keys" | "sendWithinMs">): Promise<readonly DoubtfulIntent[]>;
  /**
   * Takes back writes that are proved not to have left us and whose link has changed since: they are
   * decided again from what is there now. Answers how many.
   */
  withdrawStored(rights: Rights, runId: string | null): Promise<number>;
  /** Marks the links of all writes that were not sent, so that they are taken back and decided again. */
  markStored(): Promise<void>;
  /** Intents of these shards that an earlier holder left in `sending`: they are in doubt from now on. */
  abandonSending(rights: Rights): Promise<number>;
  /** An answer about a doubt that was settled or sent again meanwhile is left out, but for what was seen. */
  commitOutcomes(outcomes: readonly IntentOutcome[], runId: string | null, rights: Rights): Promise<void>;

  /** A run of a worker that is gone counts as abandoned from now on. */
  startRun(id: string, command: string, holder: string): Promise<void>;
  endRun(id: string, state: string, summary: Json): Promise<void>;
  listRuns(limit: number): Promise<readonly RunRow[]>;

  counts(): Promise<readonly EntityCounts[]>;
  openCounts(): Promise<readonly OpenCounts[]>;
  backlog(): Promise<Backlog>;
  listConflicts(state: string): Promise<readonly ConflictRow[]>;
  decideConflict(
    link: LinkId,
    field: string,
    decision: { readonly value: Json; readonly take: ConnectionId; readonly by: string },
  ): Promise<boolean>;
  /**
   * A person's word that a value which lost is to stand: kept like the decision of a conflict, with the
   * entry of the journal that it answers.
   */
  restoreValue(restored: RestoredValue, runId: string | null): Promise<void>;
  listCandidates(): Promise<readonly CandidateRow[]>;
  listParks(): Promise<readonly OpenPark[]>;
  redrive(parkIds: readonly string[], by: string): Promise<number>;
  intentsOf(links: readonly LinkId[]): Promise<readonly Intent[]>;
  waitsOf(link: LinkId): Promise<readonly WaitEntry[]>;
  journalOf(link: LinkId, limit: number): Promise<readonly JournalEntry[]>;
  /** Writes that settled, the oldest first, from the journal: for undo. */
  madeWrites(query: MadeQuery): Promise<readonly MadeWrite[]>;
  /** Stores writes that no decision made, such as those of an undo; one commit, with their entries. */
  storeIntents(intents: readonly Intent[], runId: string | null, rights: Rights): Promise<void>;
  /** Values that lost, the newest first. */
  lostValues(query: LostQuery): Promise<readonly LostValue[]>;
  /** Whether entries follow from one another: all, or only the `newest` ones of each chain. */
  verifyJournal(newest?: number): Promise<JournalProof>;
  linksOfEntity(entity: EntityName, limit: number, after: LinkId | null): Promise<readonly LinkId[]>;
  unlinkedOf(entity: EntityName, isGoneToo?: boolean): Promise<readonly Newcomer[]>;
  linkGuardCounts(
    sinceMs: number,
  ): Promise<readonly { readonly entity: string; readonly kind: string; readonly count: number }[]>;
}
