import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";

/** Who made a commit: a person in the system's own screens, we, or the system by itself. */
export type Actor =
  | { readonly kind: "person"; readonly name: string; readonly action: string }
  | { readonly kind: "us"; readonly call: number; readonly key: string; readonly reference: string }
  | { readonly kind: "automation"; readonly name: string };

/** Whether a record is there. */
export type Life = "live" | "archived" | "deleted";

/** A record as it stands after a commit. */
export interface Standing {
  readonly native: JsonMap;
  readonly life: Life;
  /** Grows by one with each commit that the system counts. */
  readonly version: number;
  /** The system's own stamp, ms since 1970 by its clock, at its granularity. */
  readonly stamp: number;
  /** The record it was merged into. */
  readonly into: string | null;
  /** Whom the system names as the last to write it, which may be wrong (fault R10). */
  readonly shownActor: string;
}

/**
 * One entry of the commit log `C_X` of a system (INVARIANTS.md 1.1): the truth that only the auditor sees.
 */
export interface Commit {
  readonly seq: number;
  readonly system: "crm" | "erp";
  /** True time, ms since the start. */
  readonly at: number;
  /** When lists and searches show it, true time. */
  readonly visibleAt: number;
  readonly entity: EntityName;
  readonly id: string;
  /** What the workload calls the record. */
  readonly tag: string;
  readonly op: "create" | "write" | "archive" | "unarchive" | "delete" | "restore" | "merge" | "unmerge";
  readonly actor: Actor;
  readonly before: Standing | null;
  readonly after: Standing;
}
