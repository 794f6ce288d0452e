import { idsOf, stateWith } from "./link.ts";
import type { Link, Member } from "./link.ts";
import type { LinkState } from "./lifecycle.ts";
import type { ConnectionId, ExternalId, LinkId } from "./record.ts";

/** A merge that one side has carried out: `loser` is gone there, what it was is `survivor` now. */
export interface LinkMerge {
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  readonly survivor: ExternalId;
  readonly loserLink: Link | null;
  readonly survivorLink: Link | null;
}

/** What a merge does to our links. */
export interface MergePlan {
  readonly keep: LinkId | null;
  readonly retire: LinkId | null;
  /** State of the kept link from now on. */
  readonly state: LinkState;
  /** Members of the kept link from now on, those of the retired one included. */
  readonly members: readonly Member[];
  /** Records that become aliases although their own system has them: likely duplicates there. */
  readonly duplicates: readonly Member[];
  /** Connections whose base in the retired link is the kept link's from now on. */
  readonly bases: readonly ConnectionId[];
}

/**
 * What a merge seen on one side does to our links. The survivor's link takes the loser as an alias; when the
 * loser had a link of its own, its other members take the places that are free there, and are aliases where
 * one is taken: duplicates, which wait for a person. No record is created or deleted by us because of it
 * (INVARIANTS.md I28). A loser that is an alias itself moves alone: its link is another record's.
 *
 * The retired link's bases go along only where the survivor had no counterpart at all: then they are the last
 * that all of its members agreed on, and how the survivor differs from the loser is what the merge changed.
 */
export function planMerge(merge: LinkMerge): MergePlan {
  const { connection, loser, survivor, loserLink, survivorLink } = merge;
  const kept = survivorLink ?? loserLink;
  const isOwn =
    loserLink?.members.some((each) => each.connection === connection && each.id === loser) ?? false;
  const isApart = survivorLink !== null && loserLink !== null && survivorLink.id !== loserLink.id;
  const retired = isApart && isOwn ? loserLink : null;
  const known = kept?.members ?? [];
  const older = retired?.members ?? [];
  const others = older.filter((each) => each.connection !== connection);
  const isTaken = (each: Member): boolean => known.some((one) => one.connection === each.connection);
  const taken = others.filter(isTaken);
  const standing = known
    .filter((each) => each.connection !== connection)
    .map((each) =>
      withAliases(each, taken.filter((one) => one.connection === each.connection).flatMap(idsOf)),
    );
  const own = memberAfter(merge, [...known, ...older]);
  const members = [own, ...standing, ...others.filter((each) => !isTaken(each))];
  const hasCounterpart = known.some((each) => each.connection !== connection);
  return {
    keep: kept?.id ?? null,
    retire: retired?.id ?? null,
    state: stateWith(kept?.state ?? "single", members.length),
    members,
    duplicates: own.id === survivor ? taken : [...taken, { connection, id: survivor, aliases: [] }],
    bases: hasCounterpart ? [] : older.map((each) => each.connection),
  };
}

/** The member on the side of the merge: the survivor, unless it is a duplicate of another record there. */
function memberAfter(merge: LinkMerge, before: readonly Member[]): Member {
  const { connection, loser, survivor } = merge;
  const own = before.filter((each) => each.connection === connection);
  const id = own.find((each) => each.id !== loser)?.id ?? survivor;
  const ids = [...new Set([...own.flatMap(idsOf), loser, survivor])];
  return { connection, id, aliases: ids.filter((one) => one !== id) };
}

function withAliases(member: Member, ids: readonly ExternalId[]): Member {
  return { ...member, aliases: [...new Set([...member.aliases, ...ids])].filter((id) => id !== member.id) };
}

/**
 * Follows merges to the record that survives them all. Null when they lead in a circle, which no system can
 * mean.
 */
export function survivorOf(
  loser: ExternalId,
  intoOf: (id: ExternalId) => ExternalId | null,
): ExternalId | null {
  const seen = new Set<ExternalId>([loser]);
  let id = intoOf(loser);
  while (id !== null && !seen.has(id)) {
    seen.add(id);
    const next = intoOf(id);
    if (next === null) return id;
    id = next;
  }
  return null;
}
