/** What the thread of the embedded database and its parent say to each other. */
import type { Encoded } from "./codec.ts";
import type { RawResult } from "./session.ts";
import type { Refusal } from "./store-error.ts";

/** Settings of the thread. */
export interface EmbeddedStart {
  /** The store's folder; the cluster is a folder inside it. */
  readonly folder: string;
  /** Whether what opens it is soon done: see `EngineOptions`. */
  readonly isBrief: boolean;
}

/** A call, answered under its id. Calls are answered in the order in which they were posted. */
export type EmbeddedCall =
  | {
      readonly id: number;
      readonly kind: "run";
      readonly sql: string;
      readonly parameters: readonly Encoded[];
    }
  | { readonly id: number; readonly kind: "script"; readonly sql: string }
  | { readonly id: number; readonly kind: "keepUp" }
  | { readonly id: number; readonly kind: "close" };

/** An answer, or news of the thread as a whole. After `lost` the thread ends. */
export type EmbeddedAnswer =
  | { readonly kind: "ready" }
  | { readonly kind: "lost"; readonly reason: string }
  | { readonly kind: "ran"; readonly id: number; readonly result: RawResult; readonly isUpkeepDue: boolean }
  | {
      readonly kind: "scripted";
      readonly id: number;
      readonly isOpen: boolean;
      readonly isUpkeepDue: boolean;
    }
  | { readonly kind: "done"; readonly id: number }
  | { readonly kind: "refused"; readonly id: number; readonly refusal: Refusal };
