import type { ConnectionId, EntityName, ExternalId, FailureRecord, LinkId } from "@crossfoot/kernel";
import type { Rights } from "./lease-port.ts";
import type { LostValue } from "./shown.ts";

/** A value that lost, of which its own system is still to be told by a note on the record. */
export interface DueTelling {
  readonly lost: LostValue;
  /** Times that it was tried. */
  readonly attempts: number;
}

/** What became of a note about a value that lost. */
export interface Telling {
  /** Entry of the lost value in the journal. */
  readonly entry: string;
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  /** Record that the note is on; null when there is none any more. */
  readonly id: ExternalId | null;
  /** `due` again after `dueInMs`. */
  readonly state: "due" | "told" | "refused";
  readonly attempts: number;
  readonly dueInMs: number;
  readonly failure: FailureRecord | null;
}

/** Notes about values that lost, from the journal's own entries: none is forgotten. */
export interface TellingStore {
  /** Values of links in these shards that did lose and whose telling is due, the oldest first. */
  dueTellings(query: {
    readonly connection: ConnectionId;
    readonly entity: EntityName;
    readonly shards: readonly number[];
    readonly limit: number;
  }): Promise<readonly DueTelling[]>;
  commitTellings(tellings: readonly Telling[], runId: string | null, rights: Rights): Promise<void>;
}
