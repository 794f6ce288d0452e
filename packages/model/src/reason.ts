/** Why a difference is there. Closed list. `unknown` is the one that a statement must not have. */
export type DifferenceReason =
  | "in_flight"
  | "parked"
  | "conflict"
  /** The rules of both systems account for every cent of it (see {@link explainCents}). */
  | "explained_cent"
  | "lossy_target"
  /** Somebody undid a write, and nobody has edited either side since. */
  | "undone"
  | "kept_difference"
  /** The state of the document closes the field: what was edited since goes nowhere. */
  | "closed_by_state"
  | "waiting_for_parent"
  /** It refers to a record that the contract does not want on both sides. */
  | "parent_not_wanted"
  | "not_permitted"
  | "out_of_scope"
  | "deleted_elsewhere"
  /** Of a statement as of a day: it differed then, and does not now. */
  | "settled_since"
  | "unknown";

/** All reasons of a difference. */
export const differenceReasons: readonly DifferenceReason[] = [
  "in_flight",
  "parked",
  "conflict",
  "explained_cent",
  "lossy_target",
  "undone",
  "kept_difference",
  "closed_by_state",
  "waiting_for_parent",
  "parent_not_wanted",
  "not_permitted",
  "out_of_scope",
  "deleted_elsewhere",
  "settled_since",
  "unknown",
];

/** Why a record is on one side only; `not_wanted`: the contract does not want it on the other. */
export type MissingReason = DifferenceReason | "not_wanted" | "candidate";
