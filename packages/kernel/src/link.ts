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

/**
 * What a merge seen on one side does to our links. The survivor's link takes the loser as an alias; when the
 * loser had a link of its own, its other members are now duplicates of the survivor's counterpart and wait
 * for a person; no record is created or deleted by us because of it (INVARIANTS.md I28).
 */
export function planMerge(merge: {
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  readonly survivor: ExternalId;
  readonly loserLink: Link | null;
  readonly survivorLink: Link | null;
}): {
  readonly keep: LinkId | null;
  readonly retire: LinkId | null;
  readonly member: Member;
  /** Members of the retired link on other connections: likely duplicates there. */
  readonly duplicates: readonly Member[];
} {
  const { connection, loser, survivor, loserLink, survivorLink } = merge;
  const keep = survivorLink ?? loserLink;
  const retire =
    survivorLink !== null && loserLink !== null && survivorLink.id !== loserLink.id ? loserLink : null;
  const known = keep?.members.find((member) => member.connection === connection);
  const older = retire?.members.find((member) => member.connection === connection);
  const ids = [known, older].flatMap((each) => (each === undefined ? [] : [...each.aliases, each.id]));
  const aliases = [...new Set([...ids, loser])];
  return {
    keep: keep?.id ?? null,
    retire: retire?.id ?? null,
    member: { connection, id: survivor, aliases: aliases.filter((id) => id !== survivor) },
    duplicates: (retire?.members ?? []).filter((member) => member.connection !== connection),
  };
}
