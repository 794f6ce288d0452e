import type { AdoptedTerms, ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "./facts.ts";
import type { Lease } from "./lease-port.ts";
import type { Resolution } from "./resolution.ts";

/** Pairs of a cross-reference table that become links, or are held for a person; all of it is one commit. */
export interface Adoption {
  readonly entity: EntityName;
  /** Records that get a link, or wait for a person. */
  readonly entries: readonly { readonly record: RecordKey; readonly resolution: Resolution }[];
  /** Links of one record each that are one thing. */
  readonly joins: readonly { readonly from: LinkId; readonly into: LinkId }[];
  /** Records that their own system has twice: aliases of a link, listed for a person. */
  readonly aliases: readonly {
    readonly link: LinkId;
    readonly connection: ConnectionId;
    readonly id: ExternalId;
  }[];
  /** What becomes of differences on each link; null: the contract decides them. */
  readonly terms: readonly { readonly link: LinkId; readonly terms: AdoptedTerms | null }[];
}

/** Links taken over from another integration. */
export interface AdoptStore {
  /** Links that a run joined by declared keys, those that it took over not among them. */
  joinedIn(runId: string, limit: number): Promise<readonly LinkId[]>;
  /** Records that are there and have no counterpart. */
  countAlone(
    entities: readonly EntityName[],
  ): Promise<
    readonly { readonly entity: EntityName; readonly connection: ConnectionId; readonly count: number }[]
  >;
  commitAdoption(adoption: Adoption, runId: string | null, lease: Lease): Promise<void>;
}
