import type { EntityName, Json, LinkId } from "@crossfoot/kernel";
import type { Lease } from "./lease-port.ts";

/** What the links of an entity were last decided under: its contract, and the mappings of both sides. */
export interface DecidedTerms {
  readonly entity: EntityName;
  readonly terms: Json;
}

/** Other terms for an entity; all that follows from them is one commit. */
export interface ChangedTerms extends DecidedTerms {
  /** The first terms ever change nothing: there is nothing yet that was decided under others. */
  readonly isFirst: boolean;
  /** Differences that stood under the old terms and that the other ones are to decide: their bases go. */
  readonly reopened: readonly { readonly link: LinkId; readonly fields: readonly string[] }[];
}

/** Under which terms things were decided. */
export interface TermsStore {
  listTerms(): Promise<readonly DecidedTerms[]>;
  /** Takes other terms for an entity: each of its links is to be decided again. */
  changeTerms(changed: ChangedTerms, runId: string | null, lease: Lease): Promise<void>;
}
