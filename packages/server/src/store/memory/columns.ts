/**
 * Rows of the memory store: the columns of the SQL tables, by their names. Instants are milliseconds since
 * 1970 here. `nr` counts rows where the SQL table has no primary key.
 */
import type { SubscriptionRows } from "./columns-subscriptions.ts";
import type { AuditTable, ErasureTable, KeptAnswerTable, KeyTable } from "./columns-access.ts";
import type { PersonLinkTable, PersonSessionTable, PersonTable, SignInTryTable } from "./columns-persons.ts";
import type {
  AdoptedTerms,
  Bases,
  Conflict,
  DeletionWord,
  FailureRecord,
  Json,
  JsonMap,
  LinkState,
  Member,
  Value,
  Verdict,
} from "@crossfoot/kernel";
import type { PlanWriteRow } from "../plans.ts";
import type {
  EpochState,
  BaseMove,
  CursorState,
  DuplicateState,
  OpenPark,
  PlanState,
  StoredObservation,
  Telling,
  UndoneMark,
} from "../port.ts";
import type { IntentRow, ObservationRow } from "../rows.ts";
import type { KeptTable, RevocationTable, SignatureTable } from "./columns-contract.ts";
import type { FormerTable, ProofRows } from "./columns-statement.ts";

/** A row of `connection`. */
interface ConnectionTable {
  readonly id: string;
  readonly system: string;
  readonly role: string;
  readonly tenant: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly changed_at: number;
}

/** A row of `link`. */
export interface LinkTable {
  readonly id: string;
  readonly entity: string;
  readonly generation: number;
  readonly state: LinkState;
  readonly merged_into: string | null;
  readonly verdict: Verdict | null;
  readonly created_at: number;
  readonly adopted: AdoptedTerms | null;
  readonly epoch: number;
}

/** A row of `link_member`. */
export interface MemberTable {
  readonly nr: number;
  readonly link_id: string;
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly is_alias: boolean;
  readonly since_at: number;
  readonly until_at: number | null;
}

/** A row of `match_key`. */
interface MatchKeyTable {
  readonly entity: string;
  readonly key: string;
  readonly connection: string;
  readonly link_id: string;
}

/** A row of `line_link`. */
interface LineTable {
  readonly link_id: string;
  readonly connection: string;
  readonly field: string;
  readonly native_id: string;
  readonly key: string;
}

/** A row of `observation`. */
export interface ObservationTable extends ObservationRow {
  readonly seen_at: number;
  readonly shown_since: number;
  readonly absent_until: number | null;
}

/** A row of `link_merge`. */
interface LinkMergeTable {
  readonly nr: number;
  readonly entity: string;
  readonly connection: string;
  readonly loser: string;
  readonly survivor: string;
  readonly from_link: string | null;
  readonly into_link: string;
  readonly members: readonly Member[];
  readonly bases: Bases;
  readonly merged_at: number;
  readonly unmerged_at: number | null;
}

/** A row of `base`. */
interface BaseTable {
  readonly link_id: string;
  readonly connection: string;
  readonly images: { readonly [field: string]: JsonMap };
  readonly kind: StoredObservation["kind"];
  readonly undone: { readonly [field: string]: UndoneMark } | null;
}

/** A row of `work`. */
interface WorkTable {
  readonly link_id: string;
  readonly entity: string;
  readonly reason: string;
  readonly marked: number;
  readonly shard: number;
}

/** A row of `intent`. */
export interface IntentTable extends IntentRow {
  readonly landed_images: BaseMove["images"] | null;
  readonly shard: number;
  readonly due_at: number;
  readonly due_set_at: number;
  readonly claimed_at: number | null;
  readonly send_deadline: number | null;
  readonly abandoned_at: number | null;
  readonly run_id: string | null;
  readonly stored_at: number;
  readonly settled_at: number | null;
}

/** A row of `conflict`. */
interface ConflictTable {
  readonly link_id: string;
  readonly entity: string;
  readonly field: string;
  readonly reason: Conflict["reason"];
  readonly held: Conflict["values"];
  readonly state: string;
  readonly resolution: { readonly value: Value; readonly take?: string } | null;
  readonly decided_by: string | null;
  readonly opened_at: number;
  readonly closed_at: number | null;
}

/** A row of `candidate`. */
interface CandidateTable {
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly links: readonly string[];
  readonly keys: readonly string[];
  readonly state: string;
  readonly opened_at: number;
  readonly is_held: boolean;
}

/** A row of `park`. */
export interface ParkTable {
  readonly id: string;
  readonly link_id: string | null;
  readonly entity: string;
  readonly connection: string | null;
  readonly external_id: string | null;
  readonly intent_key: string | null;
  readonly reason: OpenPark["reason"];
  readonly problems: OpenPark["problems"];
  readonly failure: FailureRecord | null;
  readonly state: string;
  readonly opened_at: number;
  readonly closed_at: number | null;
}

/** A row of `wait`. */
export interface WaitTable {
  readonly nr: number;
  readonly link_id: string;
  readonly field: string;
  readonly target: string;
  readonly parent_link: string | null;
  readonly parent_entity: string | null;
  readonly parent_connection: string | null;
  readonly parent_id: string | null;
  readonly is_blocking: boolean;
  readonly since_at: number;
}

/** A row of `tombstone`. */
interface TombstoneTable {
  readonly link_id: string;
  readonly entity: string;
  readonly connection: string;
  readonly external_id: string;
  readonly reason: string;
  readonly made_at: number;
}

/** A row of `word`. */
interface WordTable {
  readonly link_id: string;
  readonly about: string;
  readonly word: DeletionWord;
  readonly said_by: string;
  readonly said_at: number;
}

/** A row of `telling`. */
interface TellingTable {
  readonly shard: number;
  readonly seq: number;
  readonly state: Telling["state"];
  readonly attempts: number;
  readonly due_at: number;
  readonly due_set_at: number;
  readonly told_at: number | null;
  readonly failure: FailureRecord | null;
}

/** A row of `cursor`. */
export interface CursorTable {
  readonly connection: string;
  readonly entity: string;
  readonly mapping_hash: string | null;
  readonly page_cursor: string | null;
  readonly pages: number;
  readonly reading: CursorState["reading"];
  readonly reading_since: number | null;
  readonly newest_seen: number | null;
  readonly watermark: number | null;
  readonly backfilled_at: number | null;
  readonly read_at: number | null;
  readonly swept_at: number | null;
  readonly sweep_since: number | null;
  readonly began_at: number | null;
  readonly read_since: number | null;
  readonly failure: FailureRecord | null;
}

/** A row of `run`. */
interface RunTable {
  readonly id: string;
  readonly command: string;
  readonly state: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly summary: Json;
  readonly holder: string | null;
}

/** A row of `plan`. */
export interface PlanTable {
  readonly id: string;
  readonly made_at: number;
  readonly body: Json;
  readonly state: PlanState;
  readonly applied_at: number | null;
  readonly approved_by: string | null;
  readonly approved_at: number | null;
  readonly is_void: boolean;
}

/** A row of `plan_write`. */
interface PlanWriteTable extends PlanWriteRow {
  readonly marked_at: number;
}

/** A row of `decided_terms`. */
interface TermsTable {
  readonly entity: string;
  readonly terms: Json;
  readonly since_at: number;
}

/** A row of `store_identity`. */
interface IdentityTable {
  readonly is_one: boolean;
  readonly id: string;
  readonly made_at: number;
}

/** A row of `epoch`. */
export interface EpochTable {
  readonly is_one: boolean;
  readonly number: number;
  readonly state: EpochState;
  readonly home_mark: string | null;
  readonly reason: string | null;
  readonly noticed_at: number | null;
  readonly confirmed_at: number | null;
  readonly confirmed_by: string | null;
  readonly recovered_at: number | null;
}

/** A row of `epoch_sweep`. */
interface SweptTable {
  readonly connection: string;
  readonly entity: string;
  readonly swept_at: number;
}

/** A row of `journal_break`. */
interface BreakTable {
  readonly shard: number;
  readonly seq: number;
  readonly mark: string;
  readonly accepted_at: number;
}

/** A row of `quota` or of `access_token`. */
interface SharedTable {
  readonly connection: string;
  readonly rev: number;
  readonly state: Json;
  readonly changed_at: number;
}

/** A row of `pause`. */
interface PauseTable {
  readonly kind: "entity" | "connection";
  readonly name: string;
  readonly paused_by: string;
  readonly paused_at: number;
}

/** A row of `lease`. */
export interface LeaseTable {
  readonly name: string;
  readonly holder: string;
  readonly fence: number;
  readonly expires_at: number;
  readonly taken_at: number | null;
}

/** A row of `worker`. */
interface WorkerTable {
  readonly holder: string;
  readonly is_alone: boolean;
  readonly started_at: number;
  readonly expires_at: number;
}

/** A row of `delivery`. */
interface DeliveryTable {
  readonly connection: string;
  readonly id: string;
  readonly received_at: number;
}

/** A row of `delivery_count`. */
interface DeliveryCountTable {
  readonly connection: string;
  readonly outcome: string;
  readonly secret: string;
  readonly count: number;
  readonly reason: string | null;
  readonly last_at: number;
}

/** A row of `hint`. */
interface HintTable {
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly received_at: number;
}

/** A row of `journal`. */
export interface JournalTable {
  readonly shard: number;
  readonly seq: number;
  readonly at: number;
  readonly run_id: string | null;
  readonly entity: string | null;
  readonly link_id: string | null;
  readonly kind: string;
  readonly body: Json;
  readonly before_hash: string;
  readonly hash: string;
}

/** A row of `journal_head`. */
interface HeadTable {
  readonly shard: number;
  readonly seq: number;
  readonly hash: string;
}

/** A row of `duplicate_look`. */
interface DuplicateLookTable {
  readonly entity: string;
  readonly looked_at: number | null;
  readonly taken_at: number | null;
  readonly body: Json;
}

/** A row of `duplicate`. */
interface DuplicateTable {
  readonly id: string;
  readonly entity: string;
  readonly state: DuplicateState;
  readonly body: Json;
}

/** A row of `consolidated`. */
interface ConsolidatedTable {
  readonly connection: string;
  readonly entity: string;
  readonly loser: string;
  readonly survivor: string;
  readonly plan: string;
  readonly body: Json;
}

/** A row of `statement`. */
interface StatementTable {
  readonly number: number;
  readonly made_at: number;
  readonly hash: string;
  readonly before_hash: string;
  readonly parts: Json;
}

/** The row of each table. */
export interface Rows extends SubscriptionRows, ProofRows {
  readonly connection: ConnectionTable;
  readonly link: LinkTable;
  readonly link_member: MemberTable;
  readonly link_merge: LinkMergeTable;
  readonly match_key: MatchKeyTable;
  readonly line_link: LineTable;
  readonly observation: ObservationTable;
  readonly observation_was: FormerTable;
  readonly base: BaseTable;
  readonly work: WorkTable;
  readonly intent: IntentTable;
  readonly conflict: ConflictTable;
  readonly candidate: CandidateTable;
  readonly park: ParkTable;
  readonly wait: WaitTable;
  readonly tombstone: TombstoneTable;
  readonly word: WordTable;
  readonly telling: TellingTable;
  readonly cursor: CursorTable;
  readonly run: RunTable;
  readonly plan: PlanTable;
  readonly plan_write: PlanWriteTable;
  readonly store_identity: IdentityTable;
  readonly epoch: EpochTable;
  readonly epoch_sweep: SweptTable;
  readonly journal_break: BreakTable;
  readonly quota: SharedTable;
  readonly access_token: SharedTable;
  readonly pause: PauseTable;
  readonly contract_kept: KeptTable;
  readonly contract_signature: SignatureTable;
  readonly contract_revocation: RevocationTable;
  readonly decided_terms: TermsTable;
  readonly duplicate: DuplicateTable;
  readonly duplicate_look: DuplicateLookTable;
  readonly consolidated: ConsolidatedTable;
  readonly lease: LeaseTable;
  readonly worker: WorkerTable;
  readonly delivery: DeliveryTable;
  readonly delivery_count: DeliveryCountTable;
  readonly hint: HintTable;
  readonly journal: JournalTable;
  readonly journal_head: HeadTable;
  readonly statement: StatementTable;
  readonly api_key: KeyTable;
  readonly api_answer: KeptAnswerTable;
  readonly audit_event: AuditTable;
  readonly person: PersonTable;
  readonly person_link: PersonLinkTable;
  readonly person_session: PersonSessionTable;
  readonly sign_in_try: SignInTryTable;
  readonly erasure: ErasureTable;
}
