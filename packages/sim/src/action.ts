import type { Json, JsonMap } from "@crossfoot/kernel";
import type { EntityName } from "@crossfoot/model";
import type { DeskDeed } from "./system/erp-desk.ts";

/** What a person does in one of the systems, at an instant of true time: data. */
export interface Action {
  readonly id: string;
  /** ms since the start. */
  readonly at: number;
  readonly system: "crm" | "erp";
  /** Who does it. */
  readonly who: string;
  readonly entity: EntityName;
  /** Name of the record in the workload, the same on both sides. */
  readonly tag: string;
  readonly deed: Deed;
  /** The fault of INVARIANTS.md 3 that it is, if it is one. */
  readonly fault?: string;
}

/** The deed itself. Values are plain ones (see `system/dialect.ts`). */
type Deed =
  | {
      readonly kind: "create";
      readonly fields: JsonMap;
      /** Although there is one already (fault P6). */
      readonly isAgain?: boolean;
    }
  | {
      readonly kind: "edit";
      readonly fields: JsonMap;
      /** The transaction was opened so many ms before it commits; its stamp is of then (fault R5). */
      readonly openMs?: number;
      /** Without a new stamp and version (fault R6). */
      readonly isUnmarked?: boolean;
      /** In the screens of the integration's own user (fault P2). */
      readonly isOurUser?: boolean;
    }
  | { readonly kind: "delete" | "archive" | "unarchive" | "restore" }
  /** The record leaves what the mapping takes in, or comes back into it (fault P10). */
  | { readonly kind: "scope"; readonly isIn: boolean }
  | { readonly kind: "merge"; readonly into: string }
  | { readonly kind: "unmerge" }
  | { readonly kind: "line"; readonly change: LineChange }
  /** A document goes on to another state, if it is in one of those. */
  | { readonly kind: "step"; readonly from: readonly string[]; readonly to: string }
  | DeskDeed;

/** A change of one line of a document: the n-th as the record stands. */
export type LineChange =
  | { readonly kind: "add"; readonly line: JsonMap }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "set"; readonly at: number; readonly field: string; readonly value: Json };
