import type { ConnectionId } from "./record.ts";
import type { Value } from "./value.ts";

/** Why a field waits for a person. Closed list. */
export type ConflictReason =
  | "both_changed"
  | "stamps_too_close"
  | "first_link_differs"
  | "removed_and_changed"
  | "custom_rule_asks"
  | "master_unchanged"
  /** A value that lost is brought back: decided by a person before it could wait. */
  | "restored";

/** All reasons of a conflict. */
export const conflictReasons: readonly ConflictReason[] = [
  "both_changed",
  "stamps_too_close",
  "first_link_differs",
  "removed_and_changed",
  "custom_rule_asks",
  "master_unchanged",
  "restored",
];

/** A field that policy does not decide, with what each side shows. A collection is in conflict as a whole. */
export interface Conflict {
  readonly field: string;
  readonly reason: ConflictReason;
  readonly values: { readonly [connection: string]: Value | undefined };
}

/** Why a value lost. Closed list. */
export type DiscardReason =
  | "master_wins"
  | "newest_wins"
  | "not_a_writer"
  | "first_link_master"
  | "custom_rule"
  | "person_decided"
  | "lossy_target"
  /** Edited while the state of the document closes the field: it stands there, and goes nowhere. */
  | "closed_by_state";

/** All reasons of a discard. */
export const discardReasons: readonly DiscardReason[] = [
  "master_wins",
  "newest_wins",
  "not_a_writer",
  "first_link_master",
  "custom_rule",
  "person_decided",
  "lossy_target",
  "closed_by_state",
];

/** A value that lost; kept in the journal before anything is overwritten, so that its author can be told. */
export interface Discard {
  /**
   * The field, or `field[key].part` for a part of a line. A line that was taken away is its field's value
   * alone.
   */
  readonly field: string;
  readonly connection: ConnectionId;
  readonly value: Value;
  readonly actor: string | null;
  readonly reason: DiscardReason;
  readonly winner: ConnectionId | "person";
  /**
   * For `lossy_target`, what the winner made of the value; the value itself still stands where it came from.
   */
  readonly kept?: Value;
}

/**
 * Whether a write takes the place of the value, so that without the write nothing is lost. A value in a field
 * that a state closes stands where it was made.
 */
export const isReplaced = ({ reason }: Pick<Discard, "reason">): boolean => reason !== "closed_by_state";
