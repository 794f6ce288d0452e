import type { JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";

/** A person's edit that we carried to the system (a repair): by which write of ours, of which plan. */
export interface Typed {
  readonly call: number;
  readonly key: string;
  readonly plan: string;
  /** Number of the write in its plan. */
  readonly number: number;
}

/**
 * Who made a commit: a person in the system's own screens or through us (`typed`), we, or the system by
 * itself.
 */
export type Actor =
  | { readonly kind: "person"; readonly name: string; readonly action: string; readonly typed?: Typed }
  | { readonly kind: "us"; readonly call: number; readonly key: string; readonly reference: string }
  | { readonly kind: "automation"; readonly name: string };

/** The write of ours that brought a commit, whoever's edit it is; null for what people and systems did. */
export function broughtBy(actor: Actor): { readonly call: number; readonly key: string } | null {
  if (actor.kind === "us") return actor;
  return actor.kind === "person" ? (actor.typed ?? null) : null;
}

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
