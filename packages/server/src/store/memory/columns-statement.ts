import type { JsonMap } from "@crossfoot/kernel";
import type { StoredObservation } from "../port.ts";

/** A row of `observation_was`. */
export interface FormerTable {
  readonly connection: string;
  readonly entity: string;
  readonly external_id: string;
  readonly kind: StoredObservation["kind"];
  readonly native: JsonMap;
  readonly modified_at: number | null;
  readonly own_stamp: number | null;
  readonly made_at: number | null;
  readonly shown_since: number;
  readonly held_until: number;
  readonly until_at: number;
}

/** A row of `proof`. */
export interface ProofTable {
  readonly link_id: string;
  readonly entity: string;
  readonly bucket: string;
  readonly crm_hash: string;
  readonly erp_hash: string;
  readonly compared: number;
  readonly equal: number;
  readonly differs_since: number | null;
}

/** A row of `proof_node`. */
interface ProofNodeTable {
  readonly entity: string;
  readonly path: string;
  readonly crm_hash: string;
  readonly erp_hash: string;
}

/** A row of `proof_terms`. */
export interface ProofTermsTable {
  readonly entity: string;
  readonly terms: string;
  readonly records: number;
  readonly records_equal: number;
  readonly fields: number;
  readonly fields_equal: number;
}

/** A row of `record_reference`. */
interface RecordReferenceTable {
  readonly link_id: string;
  readonly entity: string;
  readonly names_link: string;
}

/** A row of `proof_due`. */
interface ProofDueTable {
  readonly nr: number;
  readonly link_id: string;
}

/** The rows of the hash trees by table, and of what records name. */
export interface ProofRows {
  readonly proof: ProofTable;
  readonly proof_node: ProofNodeTable;
  readonly proof_terms: ProofTermsTable;
  readonly proof_due: ProofDueTable;
  readonly record_reference: RecordReferenceTable;
}
