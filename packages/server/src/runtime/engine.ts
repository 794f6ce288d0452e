import type {
  AdoptedTerms,
  ConnectionId,
  DeletionWord,
  EntityName,
  EntityPolicy,
  ExternalId,
  Fields,
  FailureRecord,
  Json,
  LinkId,
  Verdict,
} from "@crossfoot/kernel";
import type { Delivery, Preparation, PrepareRequest } from "@crossfoot/connector-sdk";
import type { Contract, SealedStatement, Statement } from "@crossfoot/model";
import type { AnswerOutcome, NamedRecord } from "./answer-port.ts";
import type { AdoptReport, AdoptRow, BadRow, FieldSource } from "./adopt-report.ts";
import type {
  DuplicateAnswer,
  DuplicateCluster,
  DuplicateReport,
  MatchReport,
  ReviewReport,
} from "./duplicate-report.ts";
import type { EntityFields } from "./field-report.ts";
import type { Outlook } from "./outlook-report.ts";
import type { Moment } from "./moment-port.ts";
import type { WebhookStatus } from "./webhook-report.ts";
import type { Receipt } from "./receipt.ts";
import type { Looking } from "./looking-port.ts";
import type { AuditLog } from "./audit-log-port.ts";
import type { Privacy } from "./privacy-port.ts";
import type { RepairRequest } from "./repair-report.ts";
import type { StoredRecord } from "./stored-record.ts";
import type {
  AccessStore,
  CandidateRow,
  ConflictRow,
  ConnectionRow,
  CursorState,
  DeliveryOutcome,
  EntityCounts,
  EventStore,
  SealingState,
  SubscriptionRow,
  SubscriptionStore,
  ContractSigning,
  EpochRow,
  HeldShard,
  Intent,
  JournalEntry,
  JournalProof,
  LostValue,
  OpenPark,
  PauseOf,
  PauseRow,
  ProofState,
  RunRow,
  UndoneMark,
  WaitEntry,
} from "../store/port.ts";
import type { ContractState } from "./signing-report.ts";
import type { CutOff } from "./cut-off.ts";
import type { CanaryProblem, PlanDocument, UnmadeWrite } from "./plan-document.ts";

export type { Preparation, PrepareRequest } from "@crossfoot/connector-sdk";
export { lastOf, standsStill } from "./outlook-report.ts";
export type * from "./duplicate-report.ts";
export type { Receipt } from "./receipt.ts";
export { outcomeTitles, webhookRows } from "./webhook-report.ts";
export type { AuditProof } from "./audit-log-port.ts";
export type { ErasurePlan, PersonExport } from "./privacy-port.ts";
export type { ErasureProof } from "../store/port.ts";
export { givenRule } from "./repair-report.ts";
export type { RepairAsked } from "./repair-report.ts";
export type { StoredRecord } from "./stored-record.ts";
export type { ContractState } from "./signing-report.ts";
export type * from "./moment-port.ts";
export type { AvailabilityAnswer, CreditAnswer, OrderStatus, PriceAnswer } from "@crossfoot/connector-sdk";
export type { EntityFields, MappedField } from "./field-report.ts";
export { readCutOff, whyAhead } from "./cut-off.ts";
export type { Outlook } from "./outlook-report.ts";
export type { PlanDocument, PlanWrite, UnmadeWrite } from "./plan-document.ts";

/** What a statement is to be made of. */
interface StatementOptions {
  /** Only these entities; all that the contract enables when missing. */
  readonly only?: readonly EntityName[];
  /** Documents up to its day, as both systems showed them then. Missing: everything, as it is now. */
  readonly asOf?: CutOff;
}

/** What a run shall do. */
export interface RunOptions {
  /** Only these entities; all that the contract enables when missing. */
  readonly only?: readonly EntityName[];
  /** Read everything again and find deletions, whatever the cadence says. */
  readonly sweep?: boolean;
  /** A person says that a system which shows nothing of what is known has nothing of it left. */
  readonly trustsEmpty?: boolean;
  /** Read, link, decide and show everything, and send nothing: to run beside another integration. */
  readonly observe?: boolean;
  /** Longest time to wait for writes in doubt or to be retried, ms; default 30,000. */
  readonly waitMsMax?: number;
  /**
   * By entity, how long it must be since anybody read it for it to be read again, ms; missing means that it
   * is read whenever that was.
   */
  readonly restMs?: { readonly [entity: string]: number };
  /** One of many runs of a loop: what other workers are reading or deciding is left to them. */
  readonly isLoop?: boolean;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** What an idle worker found to do, and did. */
export interface Attended {
  readonly what: "hints" | "due";
  readonly summary: RunSummary;
}

/** Where duplicates are looked for. */
export interface DuplicateOptions extends Pick<RunOptions, "only" | "onProgress" | "signal"> {
  readonly connection?: ConnectionId;
  /** Only what is stored: no system is asked. */
  readonly isStoredOnly?: boolean;
}

/** Which records are to become one. */
export interface ConsolidateRequest {
  /** Name of a cluster; null takes all that the contract lets be consolidated without a word. */
  readonly cluster: string | null;
  /** The record that survives, as `<connection>:<id>`; null leaves it to the rules. */
  readonly survivor: string | null;
  /** By field, the record whose value stands. */
  readonly take: { readonly [field: string]: string };
  readonly by: string;
}

/** What is to be taken over, and how. */
export interface AdoptOptions extends Pick<RunOptions, "onProgress" | "signal" | "sweep"> {
  /** The table, line by line. Read once. */
  readonly rows?: AsyncIterable<AdoptRow | BadRow>;
  readonly field?: FieldSource;
  /**
   * What becomes of differences: a person decides each (`review`), they stand (`keep`), or the contract
   * decides. Missing: a person, and what was said of pairs that are linked already stays.
   */
  readonly onDifference?: AdoptedTerms | "contract";
  /** Only look: nothing is stored but what was read. */
  readonly isCheck?: boolean;
}

/** Something that happened, for a terminal or a live page. Never holds values of fields. */
export interface Progress {
  readonly phase: "read" | "resolve" | "decide" | "send" | "probe" | "wait" | "guard" | "trouble";
  readonly entity: EntityName | null;
  readonly connection: ConnectionId | null;
  /** Records or writes done in this phase and entity, so far. */
  readonly done: number;
  readonly total: number | null;
  readonly message: string;
}

/** Outcome counts of one entity in one run; the verdicts add up to `decided`. */
export interface EntitySummary {
  readonly entity: EntityName;
  readonly read: {
    readonly [connection: string]: {
      readonly added: number;
      readonly changed: number;
      readonly same: number;
      readonly unreadable: number;
    };
  };
  readonly decided: number;
  readonly verdicts: { readonly [verdict in Verdict]?: number };
  /** Writes by target and kind that settled. */
  readonly settled: { readonly [target: string]: { readonly [kind: string]: number } };
  /** Writes by target and kind that were decided and held back, since their target is only observed. */
  readonly observed: { readonly [target: string]: { readonly [kind: string]: number } };
  readonly refused: number;
  readonly postponed: number;
  readonly probed: number;
  readonly deleted: number;
}

/** What a run did, or why it did nothing. */
export interface RunSummary {
  readonly runId: string;
  readonly state: "done" | "differences" | "stopped" | "failed";
  readonly entities: readonly EntitySummary[];
  /** Connections that were not usable, with the reason. */
  readonly troubles: readonly {
    readonly connection: ConnectionId;
    readonly entity: EntityName | null;
    readonly failure: FailureRecord;
  }[];
  readonly guardStops: readonly {
    readonly entity: string;
    readonly kind: string;
    readonly count: number;
    readonly limit: string;
  }[];
  /** In words, when no write was made: nothing changed, all parked, a connection was away ... */
  readonly whyNothing: string | null;
  readonly calls: { readonly [connection: string]: number };
  readonly durationMs: number;
}

/** What a plan is to be made of. */
export interface PlanOptions extends RunOptions {
  /** Shows what would change if this contract took the place of the one in force, instead of what is due. */
  readonly other?: OtherContract;
}

/** A contract that is not in force. */
export interface OtherContract {
  readonly contract: Contract;
  readonly hash: string;
  readonly policies: readonly EntityPolicy[];
}

/** How a plan is to be applied. */
export interface ApplyOptions extends RunOptions {
  /** What to do about a record that moved: write nothing more, or leave that record out. Default `stop`. */
  readonly onDrift?: "stop" | "skip";
  /** At most so many records, the first of those that are left. */
  readonly limit?: number;
  /** So many records of each entity are written, read back and compared before the others. */
  readonly canary?: number;
  /** The plan whose harm beyond the guard is approved, by its hash, and who does so. */
  readonly approve?: { readonly plan: string; readonly by: string };
}

/** What an apply did. */
export interface ApplySummary extends RunSummary {
  readonly plan: string;
  /** Writes of the plan; what comes back from the other system is not among them. */
  readonly planned: number;
  /** How many of them are made, by this apply or by earlier ones. */
  readonly applied: number;
  /** How many of them this apply made. */
  readonly appliedNow: number;
  /** Planned writes that are not made, each with its reason. */
  readonly unmade: readonly UnmadeWrite[];
  /** Records of the first few that did not come out as planned. */
  readonly canary: readonly CanaryProblem[];
  /** When the plan was applied, where that was before this apply; null otherwise. */
  readonly appliedAt: string | null;
}

/** What became of a lost value that a person brought back. */
export interface RestoreSummary extends RunSummary {
  readonly restored: {
    readonly link: LinkId;
    readonly entry: string;
    readonly field: string;
    /** Connections that were to get it, and those that show it now. */
    readonly targets: readonly ConnectionId[];
    readonly reached: readonly ConnectionId[];
  };
}

/** What is to be undone, and on whose word. */
export type UndoRequest = { readonly by: string } &
  /** A consolidation goes by the name of its plan or of a cluster. */
  (
    | { readonly what: "run" | "plan" | "write" | "consolidation"; readonly id: string }
    /** All that was written of a record (`<connection>:<id>`, or a link) since an ISO instant. */
    | { readonly what: "record"; readonly id: string; readonly since: string }
  );

/** Why a record is as it is, from stored facts. */
export interface WhyReport {
  readonly link: LinkId | null;
  readonly entity: EntityName;
  readonly state: string;
  readonly verdict: string | null;
  readonly members: readonly {
    readonly connection: ConnectionId;
    readonly id: string;
    readonly kind: string;
    readonly version: string | null;
    readonly url: string | null;
    readonly fields: Fields;
    readonly base: Fields;
    readonly problems: Json;
  }[];
  readonly intents: readonly Intent[];
  readonly waits: readonly WaitEntry[];
  readonly parks: readonly OpenPark[];
  readonly conflicts: readonly ConflictRow[];
  /** What of it an undo put back and nobody has changed since; `*` for a record whose creation was undone. */
  readonly undone: readonly (UndoneMark & {
    readonly connection: ConnectionId;
    readonly field: string;
  })[];
  /** Values of this record that lost to another, the newest first. */
  readonly lost: readonly LostValue[];
  readonly journal: readonly JournalEntry[];
  /** The decision as it would be taken now, in words. */
  readonly now: readonly string[];
}

/** How everything stands. */
export interface StatusReport {
  readonly connections: readonly ConnectionRow[];
  /** Connections that are only observed: nothing is ever sent to them. */
  readonly observed: readonly ConnectionId[];
  /** What people have paused: nothing of it is read, decided or written. */
  readonly pauses: readonly PauseRow[];
  /** Shards of the links, and which worker holds each now. */
  readonly shards: readonly HeldShard[];
  readonly entities: readonly EntityCounts[];
  /** How much of each entity is proven equal; entities without a linked pair are left out. */
  readonly proofs: readonly ProofState[];
  readonly cursors: readonly CursorState[];
  readonly runs: readonly RunRow[];
  readonly webhooks: WebhookStatus;
  /** Whom events are told to. */
  readonly subscriptions: readonly Omit<SubscriptionRow, "places">[];
  /** Quota, backlog and when that will have been done, by connection. */
  readonly outlooks: readonly Outlook[];
  readonly epoch: EpochRow;
  /** How the store's values are encrypted at rest; null where they are stored as they are. */
  readonly sealing: SealingState | null;
}

/** One finding of a check. */
export interface CheckFinding {
  readonly severity: "error" | "warning" | "ok";
  readonly about: string;
  readonly message: string;
  /** Code of the failure of a connection that could not be reached. */
  readonly code?: string;
}

/** The runtime as commands see it. Each method rejects only with a defect, a StoreError or a LeaseLost. */
export interface Engine extends Looking {
  /**
   * Adds once what a connection rests on in its system, or only looks. Undefined when there is no such
   * connection; empty when its connector needs nothing.
   */
  prepare(connection: ConnectionId, request: PrepareRequest): Promise<readonly Preparation[] | undefined>;
  /** Reaches every connection, compares tenants, and checks mappings and contract against what is there. */
  check(): Promise<readonly CheckFinding[]>;
  /**
   * The fields that a system says it has, by entity. Undefined when there is no such connection; rejects with
   * a ConnectorError when it cannot be reached.
   */
  fields(connection: ConnectionId): Promise<readonly EntityFields[] | undefined>;
  run(options?: RunOptions): Promise<RunSummary>;
  /** Takes over a cross-reference table as links. Writes to no connected system. */
  adopt(options: AdoptOptions): Promise<AdoptReport>;
  plan(options?: PlanOptions): Promise<PlanDocument>;
  apply(plan: PlanDocument, options?: ApplyOptions): Promise<ApplySummary>;
  /**
   * Plans the inverse of what a run, a plan or one write did, or of all that was written of a record: an
   * ordinary plan, to be applied. Rejects with UndoRefused when there is nothing to take back.
   */
  undo(request: UndoRequest, options?: RunOptions): Promise<PlanDocument>;
  statement(options?: StatementOptions): Promise<Statement>;
  /** Makes a statement, seals it, and adds it to the chain of those that were handed out. */
  issueStatement(options?: StatementOptions): Promise<SealedStatement>;
  /** What the store says against a sealed statement: nothing when it has handed it out as it is. */
  checkStatement(sealed: SealedStatement): Promise<readonly string[]>;
  /**
   * `record` is `<connection>:<native id>` with an entity, or a link id. Null when nothing is known of it.
   */
  why(record: { readonly entity: EntityName | null; readonly id: string }): Promise<WhyReport | null>;
  status(): Promise<StatusReport>;
  /** How the contract stands: who signed it, who has to, and which were in force before. */
  contract(): Promise<ContractState>;
  /** Rejects with ContractUnsigned where the contract has to be signed first; else it takes effect. */
  enterContract(): Promise<void>;
  /** Somebody signs the contract of the project. False when they had signed it already. */
  signContract(signing: Omit<ContractSigning, "hash">, by: string): Promise<boolean>;
  /** Takes a signature back, of this contract unless `hash` names another. False when none stands. */
  revokeSignature(
    signing: Omit<ContractSigning, "hash"> & { readonly hash?: string },
    said: { readonly by: string; readonly why: string },
  ): Promise<boolean>;
  /** Which life of the store this is: another one after the restore of a backup. */
  epoch(): Promise<EpochRow>;
  /** A person says that the store was restored: nothing is sent until one confirms. */
  holdEpoch(by: string): Promise<EpochRow>;
  /** A person says that a held store is to go on. Null when it is not held. */
  confirmEpoch(by: string): Promise<EpochRow | null>;
  /** Whether the whole journal is as it was written. A store of which it is not is held. */
  verify(): Promise<JournalProof>;
  conflicts(): Promise<readonly ConflictRow[]>;
  /** Values that lost to another, the newest first; of one record (`<connection>:<id>`, a link) if named. */
  lost(query: { readonly record: string | null; readonly limit: number }): Promise<readonly LostValue[]>;
  /** Makes a value that lost win now: a person's word. Rejects with RestoreRefused when it cannot be. */
  restore(request: {
    /** `<connection>:<native id>`, or the id of a link. */
    readonly id: string;
    readonly field: string;
    /** Entry of {@link Engine.lost}; the newest lost value of the field when null. */
    readonly entry: string | null;
    readonly by: string;
  }): Promise<RestoreSummary>;
  candidates(): Promise<readonly CandidateRow[]>;
  deadLetters(): Promise<readonly OpenPark[]>;
  redrive(parkIds: readonly string[], by: string): Promise<number>;
  /** Pauses an entity or a connection, for all workers. False when it was paused already. */
  pause(what: PauseOf, by: string): Promise<boolean>;
  /** Lets it go on. False when it was not paused. */
  resume(what: PauseOf, by: string): Promise<boolean>;
  /** Settles a conflict by the value of one connection. False when there is no such open conflict. */
  decideConflict(
    link: LinkId,
    field: string,
    decision: { readonly take: ConnectionId; readonly by: string },
  ): Promise<boolean>;
  /** Keeps a person's answer to a deletion; the next run carries it out. */
  answerDeletion(
    record: NamedRecord,
    answer: { readonly word: DeletionWord; readonly by: string },
  ): Promise<AnswerOutcome>;
  /** Keeps that a record which is gone was merged into another of its system. */
  declareMerge(merge: {
    readonly entity: EntityName;
    readonly connection: ConnectionId;
    readonly loser: ExternalId;
    readonly survivor: ExternalId;
  }): Promise<AnswerOutcome>;
  /** Settles a possible duplicate: the same as `with`, or a record of its own when that is null. */
  decideCandidate(
    record: { readonly entity: EntityName; readonly connection: ConnectionId; readonly id: ExternalId },
    decision: { readonly with: string | null; readonly by: string },
  ): Promise<AnswerOutcome>;
  /** Takes back what was decided about a record, as long as nothing came of it: it is asked about again. */
  undecideCandidate(
    record: { readonly entity: EntityName; readonly connection: ConnectionId; readonly id: ExternalId },
    by: string,
  ): Promise<AnswerOutcome>;
  /** The records of an entity as a connection last showed them. Reads the store only. */
  records(entity: EntityName, connection: ConnectionId): AsyncIterable<StoredRecord>;
  /** Looks for records that one connection has twice. Writes to no connected system. */
  duplicates(options?: DuplicateOptions): Promise<DuplicateReport>;
  /**
   * Forgets what is kept longer than the project says, once an hour: plans, and answers of the HTTP API that
   * were kept for repeats. Does nothing in between.
   */
  forgetWhenDue(): Promise<void>;
  /** Looks for duplicates where the contract's cadence says that it is time; null when it does not. */
  lookWhenDue(): Promise<DuplicateReport | null>;
  /** What is to be reviewed, from the store alone. */
  reviews(): Promise<ReviewReport>;
  /** Every cluster that was ever found or told of, in whatever state. From the store alone. */
  clusters(): Promise<readonly DuplicateCluster[]>;
  /**
   * Keeps a person's word about a cluster of {@link Engine.duplicates}. Null when there is none; one that a
   * plan made one record is answered as it is, unless the word is `assign`.
   */
  answerDuplicate(id: string, answer: DuplicateAnswer): Promise<DuplicateCluster | null>;
  /** Plans how the records of a cluster become one. Rejects with ConsolidationRefused when they cannot. */
  consolidate(request: ConsolidateRequest, options?: RunOptions): Promise<PlanDocument>;
  /** Plans that values are put right which an audit found wrong: an ordinary plan, to be applied. */
  repair(request: RepairRequest, options?: RunOptions): Promise<PlanDocument>;
  /** Looks for pairs across both systems among records without a counterpart. Writes to neither. */
  matches(options?: DuplicateOptions): Promise<readonly MatchReport[]>;
  /** Reads one record again on every side and settles it now. */
  syncRecord(record: { readonly entity: EntityName; readonly id: string }): Promise<RunSummary>;
  /** What is asked and answered while somebody waits. */
  readonly moment: Moment;
  /** Proves a webhook delivery and stores its hints; does nothing else. */
  receive(connection: ConnectionId, delivery: Delivery): Promise<Receipt>;
  /** Counts a delivery that was refused before it was read. */
  refuseDelivery(connection: ConnectionId, outcome: DeliveryOutcome, reason: string): void;
  /** Reads hinted records and settles them; for the loop of a server. */
  followHints(): Promise<RunSummary | null>;
  /**
   * Looks once for anything to do although nobody reads, and does it: follows hints, or settles what another
   * worker read, what waited for its time, what a dead one left. Null when there is nothing; for the loop of
   * a worker.
   */
  attend(options?: Pick<RunOptions, "onProgress" | "signal">): Promise<Attended | null>;
  /** Persons: what is held of them, and how they are erased. */
  readonly privacy: Privacy;
  readonly auditLog: AuditLog;
  /** Keys of the HTTP API, answers to repeated requests, and the audit log. */
  access(): AccessStore;
  /** The journal, for who follows it. */
  events(): EventStore;
  /** Whom events are told to. */
  subscriptions(): SubscriptionStore;
  close(): Promise<void>;
}
