import type { ConnectionId, EntityName, Fields, LinkId, Problem } from "@crossfoot/kernel";
import type { PauseRow, PlanRow, RunRow } from "../store/port.ts";
import type { PlanDocument } from "./plan-document.ts";

/** What one connection shows of a record, as last read. */
export interface LinkedMember {
  readonly connection: ConnectionId;
  readonly id: string;
  /** What was seen of it; `not_seen` when nothing was. */
  readonly kind: string;
  readonly version: string | null;
  /** Its last change there, ISO text; null where the system does not tell. */
  readonly modifiedAt: string | null;
  /** Canonical fields; a reference holds the native id of what it names. */
  readonly fields: Fields;
  /** Values that the mapping refuses, by field. */
  readonly problems: { readonly [field: string]: Problem };
}

/** A record with all its sides. */
export interface LinkedRecord {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly state: string;
  readonly verdict: string | null;
  readonly members: readonly LinkedMember[];
}

/** Records of one entity that belong to an account. */
export interface RelatedRecords {
  readonly entity: EntityName;
  /** How many there are; `records` holds the first of them when there are more than are looked at. */
  readonly count: number;
  readonly records: readonly LinkedRecord[];
}

/** An account and all that names it, as stored. */
export interface Customer {
  /** The connection that the company's books are kept in. */
  readonly erp: ConnectionId | null;
  readonly account: LinkedRecord;
  /** By entity, those without a record left out. Shipments are those of the orders that were looked at. */
  readonly related: readonly RelatedRecords[];
}

/** A plan that was made here, and how far it is. */
export interface KeptPlan extends Omit<PlanRow, "id"> {
  readonly plan: PlanDocument;
}

/** What is shown from the store alone, a page at a time. */
export interface Looking {
  /** Records of an entity by their links, those after `after`; fewer than `limit` at the end alone. */
  linkedRecords(query: {
    readonly entity: EntityName;
    readonly limit: number;
    readonly after: LinkId | null;
  }): Promise<readonly LinkedRecord[]>;
  /** A record named `<connection>:<native id>`, or by its link. Null when nothing is known of it. */
  linkedRecord(record: {
    readonly entity: EntityName | null;
    readonly id: string;
  }): Promise<LinkedRecord | null>;
  /** An account with all that names it. Null when nothing is known of it, or it is no account. */
  customer(id: string): Promise<Customer | null>;
  /** Null when this store has not made a plan of that name. */
  keptPlan(id: string): Promise<KeptPlan | null>;
  /** The last runs, the newest first. */
  runs(limit: number): Promise<readonly RunRow[]>;
  pauses(): Promise<readonly PauseRow[]>;
}
