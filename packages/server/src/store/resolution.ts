import type { LinkId } from "@crossfoot/kernel";

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
