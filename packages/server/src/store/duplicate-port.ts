import type { ConnectionId, EntityName, ExternalId, Json, LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "./facts.ts";

/**
 * States of a cluster of likely duplicates: to be looked at, said to be records of their own, consolidated
 * into one, or no more found.
 */
export type DuplicateState = "open" | "apart" | "consolidated" | "gone";

/** A cluster of records that may be one and the same. */
export interface DuplicateRow {
  readonly id: string;
  readonly entity: EntityName;
  readonly state: DuplicateState;
  /** What was found and said of it, in the form of the runtime. */
  readonly body: Json;
}

/** A record that a plan consolidates into another of its connection. */
export interface ConsolidatedRow {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly loser: ExternalId;
  readonly survivor: ExternalId;
  readonly plan: string;
  /** What referred to the loser and what it was, in the form of the runtime. */
  readonly body: Json;
}

/** What a person said of a cluster, for the journal. */
export interface DuplicateWord {
  readonly id: string;
  readonly word: string;
  readonly by: string;
  /** Clusters that follow this one. */
  readonly also?: readonly string[];
  /** The word that this one takes the place of. */
  readonly superseded?: string;
  /** Links of its records, each of which has an entry of its own. */
  readonly links?: readonly LinkId[];
}

/** The last whole look for duplicates of an entity. */
export interface DuplicateLook {
  readonly entity: EntityName;
  /** Instant of the store's clock; null while the first one is under way. */
  readonly lookedAt: string | null;
  /** What it came to, in the form of the runtime; null with `lookedAt`. */
  readonly body: Json;
}

/** Likely duplicates, and records that were consolidated. */
export interface DuplicateStore {
  listDuplicates(entity: EntityName): Promise<readonly DuplicateRow[]>;
  /** Stores clusters, each in the place of what was known under its id; the journal tells who said what. */
  saveDuplicates(rows: readonly DuplicateRow[], said: DuplicateWord | null): Promise<void>;
  /**
   * Takes the next look of an entity when the last one is older than `everyMs`, so that of several workers
   * one looks. One that was taken and never ended is free again after `patienceMs`. By the store's clock.
   */
  takeLook(
    entity: EntityName,
    at: { readonly everyMs: number; readonly patienceMs: number },
  ): Promise<boolean>;
  /** A whole look has ended, whoever made it. */
  endLook(entity: EntityName, body: Json): Promise<void>;
  /** The last look of each entity, by its name. */
  listLooks(): Promise<readonly DuplicateLook[]>;
  /**
   * Stores that these are consolidated from now on: a reading that shows one archived or deleted shows it as
   * merged into its survivor.
   */
  saveConsolidated(rows: readonly ConsolidatedRow[]): Promise<void>;
  /** Of these records, those that are consolidated, by connection and loser. */
  consolidatedOf(records: readonly RecordKey[]): Promise<readonly ConsolidatedRow[]>;
  /** Of a plan, by connection and loser. */
  consolidatedBy(plan: string): Promise<readonly ConsolidatedRow[]>;
  /** Forgets that these were consolidated: they are what their systems show. */
  forgetConsolidated(records: readonly RecordKey[]): Promise<void>;
}
