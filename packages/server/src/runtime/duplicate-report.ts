import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { DuplicateState } from "../store/port.ts";

/** A record of a cluster. */
export interface DuplicateMember {
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  readonly label: string;
  /** Its link; null for one that has none yet. */
  readonly link: LinkId | null;
  /** Hash of what was compared: another one is another question. */
  readonly content: string;
}

/** What speaks for two records of a cluster to be one. */
export interface DuplicateEvidence {
  readonly records: readonly [string, string];
  readonly probability: number;
  /** In words, the strongest first, without values. */
  readonly says: readonly string[];
}

/** Records of one connection that may be one and the same. */
export interface DuplicateCluster {
  /** Name of the cluster: it follows from its records. */
  readonly id: string;
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  readonly state: DuplicateState;
  /** `link`: the matcher is sure; `review`: it asks. */
  readonly band: "link" | "review";
  /** That its records are one: of the least likely of its pairs. */
  readonly probability: number;
  /** The contract lets it be consolidated without a person's word. */
  readonly isAutomatic: boolean;
  readonly records: readonly DuplicateMember[];
  readonly evidence: readonly DuplicateEvidence[];
  /** Instants, ISO. It is to be looked at until `dueAt`. */
  readonly foundAt: string;
  readonly dueAt: string;
  readonly owner: string | null;
  /** When it was decided or no more found, and by whom; null while it is open. */
  readonly closedAt: string | null;
  readonly closedBy: string | null;
  /** The plan that consolidated it last, and the one that took that back. */
  readonly plan: string | null;
  readonly takenBackBy: string | null;
  /** The cluster of the same things in another system that was decided, and that this one follows. */
  readonly decidedBy: string | null;
}

/** How many clusters were found, closed and open, week by week. */
export interface DuplicateWeek {
  /** End of the week, ISO. */
  readonly until: string;
  readonly found: number;
  readonly closed: number;
  readonly open: number;
}

/** What a look for duplicates came to. */
export interface DuplicateReport {
  readonly at: string;
  readonly looked: readonly {
    readonly entity: EntityName;
    readonly connection: ConnectionId;
    readonly records: number;
  }[];
  /** Those that are open, the most likely first. */
  readonly clusters: readonly DuplicateCluster[];
  /** Names of those that were not open before this look. */
  readonly fresh: readonly string[];
  /** Open ones whose day is over. */
  readonly overdue: number;
  /** The last eight weeks, the oldest first. */
  readonly trend: readonly DuplicateWeek[];
  /** Connections that could not be read: what they show may be older. */
  readonly troubles: readonly { readonly connection: ConnectionId; readonly message: string }[];
}

/** What is to be reviewed, as last looked for. */
export interface ReviewReport {
  readonly at: string;
  /** Those that are open, the one that is due first before the others. */
  readonly clusters: readonly DuplicateCluster[];
  readonly overdue: number;
  /** The last eight weeks, the oldest first. */
  readonly trend: readonly DuplicateWeek[];
  /** By entity, the last look and the next one. */
  readonly looks: readonly {
    readonly entity: EntityName;
    /** Null before the first look. */
    readonly lookedAt: string | null;
    /** A worker looks by itself; else somebody calls `crossfoot duplicates`. */
    readonly isScheduled: boolean;
    /** Null where no look is scheduled, or the first one is due. */
    readonly nextAt: string | null;
    /** Records that were compared, and names of clusters that were first seen then. */
    readonly records: number;
    readonly fresh: readonly string[];
  }[];
}

/** A pair across both systems. */
export interface MatchedRecords {
  readonly entity: EntityName;
  readonly records: readonly [DuplicateMember, DuplicateMember];
  readonly band: "link" | "review";
  readonly probability: number;
  readonly says: readonly string[];
}

/** What a look for pairs across both systems came to. */
export interface MatchReport {
  readonly entity: EntityName;
  readonly pairs: readonly MatchedRecords[];
  /** Records without a counterpart that were compared, by connection. */
  readonly compared: { readonly [connection: string]: number };
  readonly troubles: DuplicateReport["troubles"];
}

/** A person's word about a cluster. */
export interface DuplicateAnswer {
  /**
   * Its records are records of their own; that is taken back; or it is looked at by somebody, until a day.
   */
  readonly word: "apart" | "reopen" | "assign";
  readonly owner?: string;
  /** ISO instant. */
  readonly dueAt?: string;
  readonly by: string;
}
