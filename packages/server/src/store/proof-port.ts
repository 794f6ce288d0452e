import type { EntityName, LinkId } from "@crossfoot/kernel";
import type { TreeNode } from "@crossfoot/model";

/** A link whose leaf may have changed, with the marks that say so. */
export interface DueProof {
  readonly link: LinkId;
  readonly marks: readonly number[];
}

/**
 * What a link shows on both sides, as hashes of the canonical values of the fields that both show. Equal
 * hashes mean that every compared field is equal.
 */
export interface ProofLeaf {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly crm: string;
  readonly erp: string;
  /** Fields compared, and how many of them are equal. */
  readonly compared: number;
  readonly equal: number;
}

/** What became of a due proof. */
export interface ProofEntry extends DueProof {
  /** Null for a link that has no record on one side. */
  readonly leaf: ProofLeaf | null;
  /** Links that its records name, on either side, each once; null when there is no such link any more. */
  readonly names: Names | null;
}

/** What the records of a link of some entity name. */
export interface Names {
  readonly entity: EntityName;
  readonly links: readonly LinkId[];
}

/** How many records of an entity name a record. */
interface ReferringCount {
  readonly entity: EntityName;
  readonly count: number;
}

/** How much of an entity is proven equal, by the store's clock. */
export interface ProofState {
  readonly entity: EntityName;
  /** Links with a record on both sides. */
  readonly records: number;
  readonly fields: number;
  /** Equal by what was read last, whenever that was. */
  readonly recordsEqual: number;
  readonly fieldsEqual: number;
  /** Equal, and both sides read within the time that was asked for. */
  readonly recordsProven: number;
  readonly fieldsProven: number;
  /**
   * Fields that wait for a record which the contract does not want, as decided last, and records that differ
   * in nothing else: they owe no proof, and have none.
   */
  readonly recordsApart: number;
  readonly fieldsApart: number;
  /** The record that owes a proof and has had none for the longest time; null when all have theirs. */
  readonly oldest: { readonly link: LinkId; readonly ageMs: number } | null;
}

/** By what the share that is proven is measured. */
export interface ProofMeasure {
  /** What was read longer ago than so many ms proves nothing. */
  readonly withinMs: number;
  /** Entities that the contract carries: what waits for a record of another waits for ever. */
  readonly carried: readonly EntityName[];
  /** Fields of the entity that both sides show. */
  readonly fields: readonly string[];
}

/** The hash trees over what both sides show, and what of them has to be made again. */
export interface ProofStore {
  /** Links that are due, those that have been so for the longest time first. */
  dueProofs(limit: number): Promise<readonly DueProof[]>;
  /**
   * Stores leaves and the path above each: one commit. An entry of which a mark is gone is left out: somebody
   * else has made it, maybe of an older state, and a later mark is still there if so. Answers how many were
   * stored.
   */
  commitProofs(entries: readonly ProofEntry[]): Promise<number>;
  /** Marks all links of an entity when its terms are not those under which its leaves were made. */
  proveUnder(entity: EntityName, terms: string): Promise<boolean>;
  /** Nodes of the tree whose paths have at most so many digits, by path. */
  proofNodes(entity: EntityName, depth: number): Promise<readonly TreeNode[]>;
  /** Leaves of an entity, by link. */
  proofLeaves(entity: EntityName, limit: number, after: LinkId | null): Promise<readonly ProofLeaf[]>;
  /**
   * How much of an entity is proven, and how much is apart by the contract. Where both sides were read whole
   * within the time that counts it costs what differs, not what there is.
   */
  proofState(entity: EntityName, measure: ProofMeasure): Promise<ProofState>;
  /** How many links have a record that names this one, by entity; as fresh as the leaves. */
  referringCounts(link: LinkId): Promise<readonly ReferringCount[]>;
  /** Links of an entity whose records name one of these, by link, each once. */
  referringTo(links: readonly LinkId[], entity: EntityName, limit: number): Promise<readonly LinkId[]>;
}
