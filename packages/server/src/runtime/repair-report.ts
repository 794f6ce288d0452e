import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";

/** The rule by which values of a person are taken away, see {@link RepairAsked.rule}. */
export const erasureRule = "erasure";
/** The rule of values that a person gives, whatever stands there, see {@link RepairAsked.rule}. */
export const givenRule = "given";

/** One value of a record that is to be put right. */
export interface RepairAsked {
  /** The rule that found it, such as `format-mix`; `given` for a value that a person gives. */
  readonly rule: string;
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
  /** Canonical place: a field such as `email`, or a part of one such as `billingAddress.country`. */
  readonly path: string;
  /** What stood there when it was looked at; "" for nothing. Null: whatever stands there. */
  readonly was: string | null;
  /** What is to stand there; "" for nothing. Null: what the other systems have in that place. */
  readonly to: string | null;
}

/** Which values are to be put right, and on whose word. */
export interface RepairRequest {
  /** In words, for those who read the plan. */
  readonly of: string;
  readonly by: string;
  readonly asked: readonly RepairAsked[];
}

/** A value that the plan of a repair leaves as it is. */
export interface RepairLeft {
  /** Null for a record without a link. */
  readonly link: LinkId | null;
  readonly entity: EntityName;
  readonly label: string;
  readonly target: ConnectionId;
  readonly id: ExternalId;
  readonly rule: string;
  /** Its canonical place. */
  readonly field: string;
  /** `changed` it shows something else since it was looked at · `refused` a person's · `done` it is right. */
  readonly why: "changed" | "refused" | "done";
  /** In words. */
  readonly reason: string;
}

/** What makes a plan one that puts values right. */
export interface RepairPart {
  readonly of: string;
  readonly by: string;
  /** Values that were asked for. */
  readonly asked: number;
  /** Values that its writes put right, by rule, connection, entity and place. */
  readonly values: readonly {
    readonly rule: string;
    readonly target: ConnectionId;
    readonly entity: EntityName;
    readonly path: string;
    readonly count: number;
  }[];
  readonly left: readonly RepairLeft[];
}
