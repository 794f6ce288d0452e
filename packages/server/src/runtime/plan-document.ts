import type {
  ConnectionId,
  EntityName,
  ExternalId,
  FieldReason,
  Fields,
  GuardStop,
  Json,
  LinkId,
  Value,
} from "@crossfoot/kernel";
import type { RepairPart } from "./repair-report.ts";

/** Version of the form of plan files. A file of a later form is refused. */
export const planFormat = 1;

/**
 * A view that a planned write rests on: what was seen of a record when the plan was made. An apply stops on a
 * record that shows something else.
 */
export interface PlanView {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
  readonly kind: string;
  /** The system's own version, or null where it has none. */
  readonly version: string | null;
  /** SHA-256 of the mapped native fields, in hex. */
  readonly content: string;
}

/** A write as a plan shows it. */
export interface PlanWrite {
  /** Place in the plan, from 1. An apply starts its writes in this order. */
  readonly number: number;
  /**
   * Records that are decided and written together, from 1: an apply ends one part before it begins the next.
   * Parts go by entity, parents before children.
   */
  readonly part: number;
  /** Which of the writes of its record to this target it is, from 0; later ones wait for earlier ones. */
  readonly step: number;
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly label: string;
  readonly target: ConnectionId;
  readonly kind: string;
  readonly id: ExternalId | null;
  readonly precondition: string | null;
  readonly fields: Fields;
  /** What the target shows of these fields now; a field that it does not show is missing. */
  readonly before: Fields;
  readonly transition: { readonly from: string; readonly to: string; readonly via: string } | null;
  readonly causes: Json;
  /**
   * Fields whose values only the other system can give, such as its number for a record that is created
   * there. Such a write has no values of its own, and may turn out not to be needed.
   */
  readonly answers: readonly string[];
  /** True for what completes a record of an earlier part: references to records of its own entity. */
  readonly follows: boolean;
  /** Why each field gets its value, and whose it is. */
  readonly why: {
    readonly [field: string]: { readonly reason: FieldReason; readonly winner: ConnectionId | "person" };
  };
  /** Views that it rests on, of all sides. */
  readonly rests: readonly PlanView[];
  /** Only in the plan of an undo: what the write leaves behind. */
  readonly undo?: { readonly marked: readonly string[]; readonly link: "ended" | "live" | null };
}

/** Something that the plan of an undo leaves as it is. */
export interface UndoLeft {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly label: string;
  readonly target: ConnectionId;
  /** Null for the record as a whole. */
  readonly field: string | null;
  /**
   * `changed` somebody changed it since · `refused` it cannot be taken back · `done` it is as it was before
   * already.
   */
  readonly why: "changed" | "refused" | "done";
  /** In words. */
  readonly reason: string;
}

/** What makes a plan the plan of an undo. */
interface UndoPart {
  /** What is undone, in words that a person recognises. */
  readonly of: string;
  readonly by: string;
  /** How many writes that settled it is about. */
  readonly writes: number;
  readonly left: readonly UndoLeft[];
}

/** A record that a plan consolidates into another of its connection, or takes out of it again. */
export interface ConsolidationMove {
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  readonly survivor: ExternalId;
  /** By the system's own merge, or by pointing to the survivor and archiving the loser. */
  readonly way: "merge" | "archive";
  /** The loser's link before, and the survivor's. */
  readonly from: LinkId;
  readonly into: LinkId;
  /** What referred to the loser, by the fields that did. */
  readonly children: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly id: ExternalId;
    readonly fields: readonly string[];
  }[];
  /** What the survivor's record showed of the fields that get other values, and what they get. */
  readonly was: Fields;
  readonly became: Fields;
  /**
   * What the loser showed of what may be written there: it gets that back where a merge takes it away, or
   * where its system deletes it and it is made again.
   */
  readonly lost: Fields;
  /** Fields that the loser showed with a value and that may not be written there. */
  readonly unwritable?: readonly string[];
  /**
   * Records of the loser on connections where the survivor has none: they become the survivor's, and its
   * values are carried to them. With what each showed of what may be written there.
   */
  readonly counterparts?: readonly {
    readonly connection: ConnectionId;
    readonly id: ExternalId;
    readonly shown: Fields;
  }[];
}

/** What makes a plan one that consolidates records, or takes a consolidation back. */
export interface ConsolidationPart {
  /** The clusters, by name; of one that is taken back, the plan that consolidated them. */
  readonly of: readonly string[];
  readonly by: string;
  readonly isBack: boolean;
  readonly moves: readonly ConsolidationMove[];
  readonly left: readonly UndoLeft[];
}

/** A plan: what would be written, and what would not and why. `id` is the hash of everything else. */
export interface PlanDocument {
  /** Form of the file, {@link planFormat}. */
  readonly format: number;
  readonly id: string;
  readonly madeAt: string;
  /** It is refused after this instant. */
  readonly expiresAt: string;
  /** Name of the store that made it, and alone can apply it. */
  readonly store: string;
  readonly contract: string;
  readonly mappings: { readonly [connection: string]: string };
  /** Tenants behind the connections, as far as they answered. */
  readonly tenants: { readonly [connection: string]: string };
  /** Entities it was made for. */
  readonly entities: readonly EntityName[];
  readonly writes: readonly PlanWrite[];
  /** Records that a planned document needs on a connection: created whatever their status. */
  readonly demanded: readonly { readonly link: LinkId; readonly target: ConnectionId }[];
  readonly conflicts: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly label: string;
    readonly field: string;
    readonly reason: string;
    /** What each side shows. */
    readonly values: { readonly [connection: string]: Value | undefined };
  }[];
  /** Values that somebody may have meant and that a write replaces; they are kept in the journal. */
  readonly losses: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly label: string;
    /** The field, or `field[key].part` for a part of a line. */
    readonly field: string;
    readonly connection: ConnectionId;
    readonly value: Value;
    readonly reason: string;
    readonly winner: ConnectionId | "person";
  }[];
  readonly parks: readonly {
    readonly link: LinkId | null;
    readonly entity: EntityName;
    readonly label: string;
    readonly reason: string;
    readonly detail: string;
    /** Fields that it is about; none when it is about the record. */
    readonly fields: readonly string[];
  }[];
  readonly candidates: readonly {
    readonly entity: EntityName;
    readonly connection: ConnectionId;
    readonly id: string;
    readonly links: readonly string[];
    /** What people call the records of these links. */
    readonly names: readonly string[];
  }[];
  readonly waits: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly label: string;
    readonly field: string;
    readonly target: ConnectionId;
    /** The record that it waits for. */
    readonly parent: string;
  }[];
  /** What it does and leaves, per entity and per field; the counts of the lists above. */
  readonly summary: readonly EntityPlan[];
  /** What its writes set off in the systems by themselves, as far as that is known. */
  readonly effects: readonly PlanEffect[];
  /** Outcome classes per entity. */
  readonly verdicts: { readonly [entity: string]: { readonly [verdict: string]: number } };
  /** Connections that could not be read: the plan was made without knowing what they show now. */
  readonly troubles: readonly {
    readonly connection: ConnectionId;
    readonly entity: EntityName | null;
    readonly code: string;
    readonly message: string;
  }[];
  /** What an apply of it costs, by connection. */
  readonly costs: { readonly [connection: string]: PlanCost };
  /** How long an apply takes when it begins at once; null when there is nothing to write. */
  readonly takes: PlanTime | null;
  readonly guardStops: readonly GuardStop[];
  /** What another contract would change, on a plan that was made under one; null on any other plan. */
  readonly whatIf: WhatIf | null;
  /** Only in the plan of an undo: what it takes back, and what it leaves as it is. */
  readonly undo?: UndoPart;
  /** Only in a plan that consolidates records, or takes that back. */
  readonly consolidation?: ConsolidationPart;
  /** Only in a plan that puts values right which an audit found wrong. */
  readonly repair?: RepairPart;
}

/** A term that two contracts hold differently. */
export interface TermsChange {
  readonly entity: EntityName;
  /** Null for a term of the whole entity. */
  readonly field: string | null;
  readonly term: string;
  readonly now: string;
  readonly after: string;
}

/** What one target of one record would get, under either contract; null: nothing. */
export interface WhatIfRow {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly label: string;
  readonly target: ConnectionId;
  /** A field, or in brackets a kind of write, or a change of status by its native name. */
  readonly what: string;
  readonly now: { readonly value: Value | null } | null;
  readonly after: { readonly value: Value | null } | null;
}

/** What would change if another contract took the place of the one in force. */
export interface WhatIf {
  /** Hash of the contract in force; the plan's own `contract` is the other one. */
  readonly contract: string;
  readonly terms: readonly TermsChange[];
  readonly rows: readonly WhatIfRow[];
  /** Differences that stand by the contract in force and that the other one would decide. */
  readonly standing: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly label: string;
    readonly field: string;
    readonly values: { readonly [connection: string]: Value };
  }[];
  /** Conflicts, parks and waits of today that there would not be. */
  readonly closed: readonly {
    readonly link: LinkId;
    readonly entity: EntityName;
    readonly label: string;
    readonly what: string;
  }[];
  /** Linked records for which nothing changes, by entity. */
  readonly same: { readonly [entity: string]: number };
  /** What deciding again does not show. */
  readonly notes: readonly string[];
}

/** Counts of one field of one entity in a plan. */
export interface FieldPlan {
  readonly field: string;
  /** Writes that carry it, by target. */
  readonly writes: { readonly [target: string]: number };
  /** Why they carry it. */
  readonly reasons: { readonly [reason in FieldReason]?: number };
  readonly conflicts: number;
  readonly parks: number;
  readonly waits: number;
  /** Values that are replaced and that somebody may have meant. */
  readonly losses: number;
}

/** Counts of one entity in a plan. */
export interface EntityPlan {
  readonly entity: EntityName;
  /** Writes by target and kind; two parties that are joined count as `merge`. */
  readonly writes: { readonly [target: string]: { readonly [kind: string]: number } };
  readonly conflicts: number;
  readonly parks: number;
  readonly waits: number;
  readonly candidates: number;
  readonly fields: readonly FieldPlan[];
}

/** Something that writes of a plan set off in a system by themselves. */
export interface PlanEffect {
  readonly entity: EntityName;
  readonly target: ConnectionId;
  /** Kind of write, and for a change of status whereto. */
  readonly on: string;
  /** What happens, in words. */
  readonly does: string;
  /** Who says so. */
  readonly by: "contract" | "webhooks";
  /** How often, at most. */
  readonly count: number;
}

/** What an apply costs on one connection, at least. */
export interface PlanCost {
  /** Calls that read: what is there, what the writes rest on, and what the system needs around a write. */
  readonly reads: number;
  readonly writes: number;
  /** Name of the limit that is waited for most, `pause`, or null when only the calls themselves take time. */
  readonly boundBy: string | null;
}

/** How long a whole apply takes, from its beginning. */
interface PlanTime {
  /** Null when nothing that was known would ever make room for all its calls. */
  readonly ms: number | null;
  /** The connection whose limit is waited for longest, or null when only the calls themselves take time. */
  readonly connection: ConnectionId | null;
  readonly boundBy: string | null;
}

/**
 * Why a planned write was not made: `moved` a record that it rests on is not what it was · `held` a record
 * that it refers to is not there yet · `refused` the target said no · `open` it was sent and is not known to
 * have landed, or has to be tried again · `left` not asked for, or behind a stop.
 */
export type UnmadeWhy = "moved" | "held" | "refused" | "open" | "left";

/** A planned write that was not made, and why. */
export interface UnmadeWrite {
  readonly number: number;
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly label: string;
  readonly target: ConnectionId;
  readonly kind: string;
  readonly why: UnmadeWhy;
  /** In words. */
  readonly reason: string;
  /** The record that moved, when one did. */
  readonly observation: { readonly connection: ConnectionId; readonly id: string } | null;
}

/** A record of the first few that did not come out as planned. */
export interface CanaryProblem {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly label: string;
  readonly problem: string;
}
