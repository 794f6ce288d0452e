import type { Snapshot } from "../memory/memory-store.ts";
import type { Intent, Lease, Placed, Rights } from "../port.ts";

/** What a call may refer to: what the stores hold at the time. */
export interface Known {
  readonly leases: readonly Lease[];
  /** What was taken of the shards, after each time. */
  readonly rights: readonly Rights[];
  readonly intents: readonly Intent[];
  readonly parks: readonly string[];
  /** Entries of the journal that tell of lost values. */
  readonly lost: readonly string[];
  readonly marked: ReadonlyMap<string, number>;
  /** Entities by link. */
  readonly links: ReadonlyMap<string, string>;
  readonly placed: readonly Placed[];
  /** Merges that stand. */
  readonly merges: Snapshot["link_merge"];
  /** Ends of the readings that the views are of, by record. */
  readonly readEnds: ReadonlyMap<string, number>;
  /** Names of the records that belong to a link. */
  readonly members: ReadonlySet<string>;
}
