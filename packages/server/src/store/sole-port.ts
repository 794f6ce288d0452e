import type { ConnectionId, LinkId, LinkState } from "@crossfoot/kernel";

/** A key that somebody holds. */
export interface KeyHolder {
  readonly key: string;
  readonly link: LinkId;
  readonly connection: ConnectionId;
  /** Connections that the link already has a member on. */
  readonly members: readonly ConnectionId[];
  /** Connections on which a create of the link is to be sent, is on its way, or may have landed. */
  readonly coming: readonly ConnectionId[];
  readonly state: LinkState;
}

/**
 * Of the links that hold a key for a connection, one alone is to have a record on a target. The claim is the
 * create's own intent: nothing else is kept, and nothing is left behind when the create is refused or taken
 * back.
 */
export interface SoleClaim {
  readonly key: string;
  readonly connection: ConnectionId;
  /** Holders that are known, and may have a record of their own beside this one. */
  readonly judged: readonly LinkId[];
}

/** What a decision about a link is to others that hold a key with it. */
export interface AmongHolders {
  /** A create of the decision is stored while every claim holds; else the link is decided again. */
  readonly sole?: readonly SoleClaim[];
  /** Links that are decided again, since this one may not hold them back any more. */
  readonly wakes?: readonly LinkId[];
}
