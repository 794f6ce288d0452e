import { idsOf, stateWith } from "./link.ts";
import type { Link, Member } from "./link.ts";
import { transitionLink } from "./lifecycle.ts";
import type { LinkState } from "./lifecycle.ts";
import type { ConnectionId, ExternalId, LinkId, ObservationKind } from "./record.ts";
import { canonicalBytes } from "./value.ts";
import type { Json } from "./value.ts";

/** Native images and kind of one member when all last agreed, by connection. */
export interface Bases {
  readonly [connection: string]: {
    readonly kind: ObservationKind;
    readonly images: { readonly [field: string]: Json };
  };
}

/** A merge that one side has taken back, and what is known of it. */
export interface Unmerge {
  readonly connection: ConnectionId;
  readonly loser: ExternalId;
  /** The loser's link with its members and bases as they were; null when it had none. */
  readonly from: { readonly link: LinkId; readonly members: readonly Member[]; readonly bases: Bases } | null;
  /** The link that the loser is an alias of now. */
  readonly into: { readonly link: Link; readonly bases: Bases };
  /** Records that lost another merge since, and are not back: they stay where that merge brought them. */
  readonly staying: readonly { readonly connection: ConnectionId; readonly id: ExternalId }[];
  /**
   * The loser's own record does not come back: its system deleted it. Its link comes back without it, and its
   * id goes on to mean the survivor.
   */
  readonly isGone?: boolean;
}

/** What a merge that was taken back does to our links. */
export interface UnmergePlan {
  /** Members of the loser's own link from now on; none when it had no link. */
  readonly back: readonly Member[];
  /** Members of the other link from now on. */
  readonly stay: readonly Member[];
  readonly states: { readonly back: LinkState; readonly stay: LinkState };
  readonly bases: Bases;
}

/**
 * Former members go back to their link, with the bases of that time, so that later edits of them count as
 * what they are. A member that took part in the other link meanwhile may show values that came from there by
 * our own hand: where its base moved since, nothing tells any more who changed what, and the field is decided
 * like that of two records that were never linked.
 */
export function planUnmerge(unmerge: Unmerge): UnmergePlan {
  const { connection, loser, from, into, isGone = false } = unmerge;
  const isLoser = (at: ConnectionId, id: ExternalId): boolean => at === connection && id === loser;
  const isStaying = (at: ConnectionId, id: ExternalId): boolean =>
    (isGone && isLoser(at, id)) || unmerge.staying.some((one) => one.connection === at && one.id === id);
  const isHere = (at: ConnectionId, id: ExternalId): boolean =>
    into.link.members.some((one) => one.connection === at && idsOf(one).includes(id));
  const back = (from?.members ?? []).flatMap((member) =>
    only(member, (id) => isHere(member.connection, id) && !isStaying(member.connection, id)),
  );
  const isBack = (at: ConnectionId, id: ExternalId): boolean =>
    (!isGone && isLoser(at, id)) || back.some((one) => one.connection === at && idsOf(one).includes(id));
  const stay = into.link.members.flatMap((member) => only(member, (id) => !isBack(member.connection, id)));
  const served = back.filter((member) =>
    into.link.members.some((one) => one.connection === member.connection && one.id === member.id),
  );
  return {
    back,
    stay,
    states: {
      back: stateWith(transitionLink("merged", "unmerge") ?? "live", back.length),
      stay: stateWith(into.link.state, stay.length),
    },
    bases: from === null ? {} : basesBack(from.bases, into.bases, { served, isGone, connection }),
  };
}

/** The member with those of its ids that fit; none when its own does not. */
function only(member: Member, fits: (id: ExternalId) => boolean): readonly Member[] {
  return fits(member.id) ? [{ ...member, aliases: member.aliases.filter(fits) }] : [];
}

/** Bases of the time of the merge, without what the other link has moved since on members it served. */
function basesBack(
  then: Bases,
  now: Bases,
  at: {
    readonly served: readonly Member[];
    readonly isGone: boolean;
    readonly connection: ConnectionId;
  },
): Bases {
  const { served, isGone, connection: own } = at;
  const fields = new Set(Object.values(then).flatMap(({ images }) => Object.keys(images)));
  const isMoved = (field: string): boolean =>
    served.some(({ connection }) => {
      const [before, after] = [then[connection]?.images[field], now[connection]?.images[field]];
      return before !== undefined && after !== undefined && canonicalBytes(before) !== canonicalBytes(after);
    });
  const isServed = (name: string): boolean => served.some(({ connection }) => connection === name);
  const kept = new Set([...fields].filter((field) => !isMoved(field)));
  return Object.fromEntries(
    Object.entries(then)
      // What is made in the place of a record that is gone has never agreed with anything.
      .filter(([connection]) => !isGone || connection !== own)
      .map(([connection, { kind, images }]) => [
        connection,
        {
          kind: isServed(connection) ? (now[connection]?.kind ?? kind) : kind,
          images: Object.fromEntries(Object.entries(images).filter(([field]) => kept.has(field))),
        },
      ]),
  );
}
