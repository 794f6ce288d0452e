import type { Fields, Problem } from "./value.ts";

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Our name of one configured tenant with credentials, such as `crm`. */
export type ConnectionId = Branded<"ConnectionId">;
/** The id a system gave to one of its records. */
export type ExternalId = Branded<"ExternalId">;
/** Our id of a link. */
export type LinkId = Branded<"LinkId">;
/** A canonical entity, such as `accounts`. */
export type EntityName = string;

/** Brands a string as a connection id. The caller has read it from a configuration that was checked. */
export const connectionId = (text: string): ConnectionId => text as ConnectionId;
/** Brands a string as an external id, exactly as the system gave it. */
export const externalId = (text: string): ExternalId => text as ExternalId;
/** Brands a string as a link id. */
export const linkId = (text: string): LinkId => text as LinkId;

/** One native record: which connection, in which role, under which id. */
export interface Ref {
  readonly connection: ConnectionId;
  readonly entity: EntityName;
  readonly id: ExternalId;
}

/** What was seen of a record. Only `deleted` is a delete. */
export type ObservationKind =
  | "present"
  | "archived"
  | "deleted"
  | "merged"
  | "converted"
  | "not_permitted"
  | "not_seen"
  | "out_of_scope";

/** All kinds of an observation, in the order of INVARIANTS.md 1.3. */
export const observationKinds: readonly ObservationKind[] = [
  "present",
  "archived",
  "deleted",
  "merged",
  "converted",
  "not_permitted",
  "not_seen",
  "out_of_scope",
];

/** How an observation came to us. */
export type Via = "poll" | "sweep" | "probe" | "answer" | "hint";

/**
 * The newest accepted observation of one member, with its canonical values.
 * `version` is opaque and comparable for equality only.
 * `problems` names fields whose value was refused; such a record is parked alone.
 */
export interface View {
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  readonly kind: ObservationKind;
  readonly fields: Fields;
  readonly version: string | null;
  /** The system's own stamp in ms since 1970, or null. */
  readonly modifiedAt: number | null;
  readonly actor: string | null;
  readonly problems: { readonly [field: string]: Problem };
  /** The surviving record when `kind` is `merged` or `converted`. */
  readonly into: ExternalId | null;
}

/**
 * What decides whether an observation replaces the view; times are read on our own monotonic order of reads,
 * in ms.
 */
export interface Sighting {
  readonly version: string | null;
  /** Version as a number in the system's own order, where its versions can be ordered; else null. */
  readonly versionOrder: number | null;
  readonly readStart: number;
  readonly readEnd: number;
}

/**
 * INVARIANTS.md 1.4: an observation replaces the view when its version is later in the system's own order,
 * or, at equal or unordered versions, when it was read strictly after the view was.
 */
export function isNewer(observation: Sighting, view: Sighting): boolean {
  if (observation.versionOrder !== null && view.versionOrder !== null) {
    if (observation.versionOrder !== view.versionOrder) return observation.versionOrder > view.versionOrder;
  }
  return observation.readStart > view.readEnd;
}
