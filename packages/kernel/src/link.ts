import { transitionLink } from "./lifecycle.ts";
import type { LinkState } from "./lifecycle.ts";
import type { ConnectionId, EntityName, ExternalId, LinkId } from "./record.ts";

/** A member of a link: the record of one connection, with the ids it was known by before. */
export interface Member {
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  /** Losers of a merge; they resolve to the link and receive no field writes. */
  readonly aliases: readonly ExternalId[];
}

/** Stored fact that records in several connections are the same thing. */
export interface Link {
  readonly id: LinkId;
  readonly entity: EntityName;
  readonly generation: number;
  readonly state: LinkState;
  readonly members: readonly Member[];
}

/**
 * Mark of an accepted delete: it blocks every create for its link until a person restores it (INVARIANTS.md
 * I05).
 */
export interface Tombstone {
  readonly link: LinkId;
  readonly entity: EntityName;
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  readonly reason: "deleted" | "archived_by_us";
}

/** True when a tombstone forbids a create for the link. */
export function blocksCreate(tombstones: readonly Tombstone[], link: LinkId): boolean {
  return tombstones.some((tombstone) => tombstone.link === link);
}

/** All ids of a member. */
export const idsOf = (member: Member): readonly ExternalId[] => [...member.aliases, member.id];

/** A link that gains or loses counterparts is live or single; one that ended or is dormant stays so. */
export function stateWith(state: LinkState, members: number): LinkState {
  return transitionLink(state, members > 1 ? "join" : "lose_member") ?? state;
}
