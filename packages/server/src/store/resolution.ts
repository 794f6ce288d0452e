import type { LinkId } from "@crossfoot/kernel";
import type { RecordKey } from "./facts.ts";

/** What resolve decided for a newcomer. */
export type Resolution =
  | { readonly kind: "join"; readonly link: LinkId; readonly keys: readonly string[] }
  | {
      readonly kind: "found";
      readonly link: LinkId;
      readonly generation: number;
      readonly keys: readonly string[];
    }
  | {
      readonly kind: "candidate";
      readonly links: readonly string[];
      readonly keys: readonly string[];
      /** True for one that waits for a person whatever its keys become. */
      readonly isHeld?: boolean;
    }
  | { readonly kind: "wait" };

/**
 * A newcomer's record, what became of it, and the content it was decided by; no content where none was
 * seen.
 */
export interface ResolvedEntry {
  readonly record: RecordKey;
  readonly resolution: Resolution;
  readonly contentHash?: string;
}
