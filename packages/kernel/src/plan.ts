import type { AdoptedTerms } from "./adopted.ts";
import type { Conflict, Discard } from "./conflict.ts";
import type { LinkState } from "./lifecycle.ts";
import type { CustomRule, FieldReason } from "./merge.ts";
import type { EntityPolicy, SideAbilities } from "./policy.ts";
import type { ConnectionId, EntityName, ExternalId, LinkId, ObservationKind, View } from "./record.ts";
import type { Fields, Problem, Value } from "./value.ts";
import type { DeletionWord } from "./words.ts";

/** One member of a link as decided on: its newest view, and what it showed when all last agreed. */
export interface MemberState {
  readonly view: View;
  /** Canonical images by field that count as unchanged. A field that is missing has never been agreed. */
  readonly base: { readonly [field: string]: readonly Value[] };
  /** Kind of the view when the base last moved; null before the first agreement. */
  readonly baseKind: ObservationKind | null;
}

/** Everything a decision rests on. Plain readonly facts, so that it can be stored, replayed and shrunk. */
export interface DecideInput {
  readonly link: {
    readonly id: LinkId;
    readonly generation: number;
    readonly state: LinkState;
    /** Set on a link that was taken over from another integration. */
    readonly adopted?: AdoptedTerms | null;
    /** It ended because the creation of one of its records was undone, not because anything was deleted. */
    readonly isTakenBack?: boolean;
  };
  readonly policy: EntityPolicy;
  readonly sides: { readonly [connection: string]: SideAbilities };
  readonly members: { readonly [connection: string]: MemberState };
  /**
   * Connections of which every record of this entity has been read once: only there may a record be missing.
   */
  readonly readyTargets: readonly ConnectionId[];
  /** Connections on which a waiting child needs this record. */
  readonly demandedOn: readonly ConnectionId[];
  /** Connections with an open intent for this link. */
  readonly inFlight: readonly ConnectionId[];
  readonly hasTombstone: boolean;
  /** What persons said of this link. */
  readonly words?: { readonly deletion?: DeletionWord };
  /** Connections on which a record that was deleted may live on under another id. */
  readonly heirs?: readonly ConnectionId[];
  /** Connections on which each referenced link has a member. */
  readonly reach: { readonly [link: string]: readonly ConnectionId[] };
  /** A person's decisions by field. */
  readonly resolutions: Fields;
  readonly customRules: { readonly [name: string]: CustomRule };
}

/** Kinds of a planned write. */
export type PlannedKind = "create" | "update" | "archive" | "unarchive" | "transition";

/**
 * A write in canonical form. `precondition` is the target's version that was seen; null on a create, and on
 * what follows another write of the plan to the same target: the version that the earlier one left.
 */
export interface PlannedWrite {
  readonly target: ConnectionId;
  readonly kind: PlannedKind;
  readonly id: ExternalId | null;
  readonly precondition: string | null;
  readonly fields: Fields;
  readonly transition: { readonly from: string; readonly to: string; readonly via: string } | null;
  /** The foreign commits or persons' actions that this write serves (INVARIANTS.md I07). */
  readonly causes: readonly Cause[];
}

/** Why a write is made: whose commit it carries on, or, when it puts something back, the target's own. */
export interface Cause {
  readonly connection: ConnectionId | "person";
  readonly version: string | null;
  readonly fields: readonly string[];
}

/** Why a target gets a value: whose it is, and what decided. */
export interface WhyValue {
  readonly target: ConnectionId;
  readonly field: string;
  readonly winner: ConnectionId | "person";
  readonly reason: FieldReason;
}

/** Why a record or a field is set aside. Closed list. */
export type ParkReason =
  | "value_refused"
  | "no_transition"
  | "deleted_elsewhere"
  | "edited_while_deleted"
  | "write_refused"
  | "retries_exhausted"
  | "unreadable"
  | "not_unique"
  | "doubt_unprovable"
  | "id_reused"
  | "returned"
  | "may_be_merged"
  | "rule_failed"
  /** It is dated in a period that is closed. */
  | "period_closed";

/** All reasons of a park. */
export const parkReasons: readonly ParkReason[] = [
  "value_refused",
  "no_transition",
  "deleted_elsewhere",
  "edited_while_deleted",
  "write_refused",
  "retries_exhausted",
  "unreadable",
  "not_unique",
  "doubt_unprovable",
  "id_reused",
  "returned",
  "may_be_merged",
  "rule_failed",
  "period_closed",
];

/** Set aside for a person, with evidence that names fields and problems, never values. */
export interface Park {
  readonly reason: ParkReason;
  readonly connection: ConnectionId | null;
  readonly problems: { readonly [field: string]: Problem };
}

/**
 * Waits for a parent to have a member on `target`. A blocking wait holds the write back; another only the
 * field.
 */
export interface Wait {
  readonly field: string;
  readonly target: ConnectionId;
  readonly parent:
    | { readonly link: LinkId }
    | { readonly entity: EntityName; readonly connection: string; readonly id: string };
  readonly isBlocking: boolean;
}

/** The one outcome class of a decision; the counts of a run add up over them. */
export type Verdict =
  | "agreed"
  | "writes"
  | "waiting"
  | "conflict"
  | "parked"
  | "not_wanted"
  | "in_flight"
  | "dormant"
  | "ended";

/** All outcome classes. */
export const verdicts: readonly Verdict[] = [
  "agreed",
  "writes",
  "waiting",
  "conflict",
  "parked",
  "not_wanted",
  "in_flight",
  "dormant",
  "ended",
];

/** From now on all agree that the record is of this kind on that connection. */
export interface KindMove {
  readonly connection: ConnectionId;
  readonly kind: ObservationKind;
}

/**
 * What living again means: members of `drop` are gone for good and may be made anew, under the next
 * generation; those of `back` count as brought back by a person.
 */
export interface Restore {
  readonly drop: readonly ConnectionId[];
  readonly back: readonly ConnectionId[];
}

/** The decision for one link, as data. Equal input gives byte-equal output. */
export interface Plan {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly generation: number;
  readonly verdict: Verdict;
  readonly writes: readonly PlannedWrite[];
  /** Why each field of a write gets its value. */
  readonly reasons: readonly WhyValue[];
  /** Fields whose base moves to the present view on that connection, because both sides agree already. */
  readonly baseMoves: readonly { readonly connection: ConnectionId; readonly fields: readonly string[] }[];
  readonly kindMoves: readonly KindMove[];
  readonly discards: readonly Discard[];
  readonly conflicts: readonly Conflict[];
  readonly parks: readonly Park[];
  readonly waits: readonly Wait[];
  /** An accepted delete leaves a tombstone. */
  readonly tombstone: { readonly connection: ConnectionId; readonly id: ExternalId } | null;
  /** A link that ended, or whose record was deleted, lives again. */
  readonly restore: Restore | null;
}
