import type { ConnectionId, EntityName, ExternalId, Link, LinkId } from "@crossfoot/kernel";
import type { StoredObservation } from "../store/port.ts";
import type { AdoptFindingKind } from "./adopt-report.ts";

/** One record of a pair, as far as judging needs it. */
export interface PairSide {
  readonly connection: ConnectionId;
  readonly id: ExternalId;
  /** Newest view, of the survivor where the record was merged; null when its system has none. */
  readonly seen: StoredObservation | null;
  /** True when the table names a record that was merged into this one. */
  readonly isMerged: boolean;
  readonly link: Link | null;
  /** Declared keys by the names of their fields, for those that are complete. */
  readonly keys: ReadonlyMap<string, string>;
}

/** A pair of a cross-reference table with everything known of both. */
export interface Pair {
  readonly entity: EntityName;
  readonly line: number;
  readonly sides: readonly [PairSide, PairSide];
}

/** What is to be done with a pair. */
export type PairVerdict =
  /** Both are linked to one another already. */
  | { readonly kind: "known"; readonly link: LinkId }
  /** Neither has a link. */
  | { readonly kind: "link" }
  /** One has a link, with room for the other. */
  | { readonly kind: "join"; readonly link: LinkId; readonly joining: PairSide }
  /** Each has a link of its own. */
  | { readonly kind: "unite"; readonly from: LinkId; readonly into: LinkId }
  /** The link of one has another record of the other's side: that is there twice. */
  | { readonly kind: "alias"; readonly link: LinkId; readonly alias: PairSide }
  /** The same, of a record that has a link of its own. */
  | { readonly kind: "fold"; readonly into: Link; readonly alias: PairSide; readonly from: Link }
  /** One cannot be linked: the other waits for a person, so that nothing is made for it. */
  | { readonly kind: "hold"; readonly holding: PairSide }
  | { readonly kind: "reject" };

/** What a pair's judgement says, with everything worth telling of it. */
export interface Judged {
  readonly verdict: PairVerdict;
  readonly found: readonly { readonly kind: AdoptFindingKind; readonly about: readonly PairSide[] }[];
}

/** Why a record cannot be linked, or null. */
function flawOf({ seen }: PairSide): AdoptFindingKind | null {
  if (seen === null) return "unknown_id";
  switch (seen.kind) {
    case "present":
    case "archived":
      return null;
    case "deleted":
      return "gone";
    case "merged":
    case "converted":
      return "merged";
    default:
      return "out_of_scope";
  }
}

/**
 * Judges one pair: what the table says is believed, as far as both records are there. Keys that contradict
 * are told, and do not stop it: a table is needed just where the keys say nothing. Pure; never throws.
 */
export function judgePair({ sides: [one, other] }: Pair): Judged {
  const flaws = [one, other].flatMap((side) => {
    const kind = flawOf(side);
    return kind === null ? [] : [{ kind, about: [side] }];
  });
  const sound = [one, other].filter((side) => flawOf(side) === null);
  const [left] = sound;
  if (sound.length < 2) {
    const isAlone = left !== undefined && (left.link === null || left.link.members.length === 1);
    return { verdict: isAlone ? { kind: "hold", holding: left } : { kind: "reject" }, found: flaws };
  }
  const placed = placePair(one, other);
  const isLinked = placed.verdict.kind !== "reject" && placed.verdict.kind !== "known";
  return {
    verdict: placed.verdict,
    found: [...placed.found, ...(isLinked ? notesOf(one, other) : [])],
  };
}

/** Where two sound records go, by the links they have. */
function placePair(one: PairSide, other: PairSide): Judged {
  if (one.link === null && other.link === null) return { verdict: { kind: "link" }, found: [] };
  if (one.link !== null && one.link.id === other.link?.id) {
    const isAlias = [one, other].some((side) => memberAt(side.link, side)?.id !== side.id);
    const found = isAlias ? [{ kind: "shared" as const, about: [one, other] }] : [];
    return { verdict: { kind: "known", link: one.link.id }, found };
  }
  if (one.link !== null && other.link !== null) return unite([one, one.link], [other, other.link]);
  const [holder, joining] = one.link === null ? [other, one] : [one, other];
  const link = holder.link as Link;
  return memberAt(link, joining) === undefined
    ? { verdict: { kind: "join", link: link.id, joining }, found: [] }
    : shared(one, other, { kind: "alias", link: link.id, alias: joining });
}

/** Two records that have links of their own. */
function unite([one, own]: readonly [PairSide, Link], [other, theirs]: readonly [PairSide, Link]): Judged {
  const isOneTaken = memberAt(theirs, one) !== undefined;
  const isOtherTaken = memberAt(own, other) !== undefined;
  if (!isOneTaken && !isOtherTaken)
    return { verdict: { kind: "unite", from: theirs.id, into: own.id }, found: [] };
  if (isOneTaken && own.members.length === 1)
    return shared(one, other, { kind: "fold", into: theirs, alias: one, from: own });
  if (isOtherTaken && theirs.members.length === 1)
    return shared(one, other, { kind: "fold", into: own, alias: other, from: theirs });
  return { verdict: { kind: "reject" }, found: [{ kind: "linked_elsewhere", about: [one, other] }] };
}

const shared = (one: PairSide, other: PairSide, verdict: PairVerdict): Judged => {
  return { verdict, found: [{ kind: "shared", about: [one, other] }] };
};

const memberAt = (link: Link | null, { connection }: PairSide) =>
  link?.members.find((member) => member.connection === connection);

/** What is worth telling of two records that are linked by the table. */
function notesOf(one: PairSide, other: PairSide): Judged["found"] {
  const both = [one, other];
  const merged = both
    .filter(({ isMerged }) => isMerged)
    .map((side) => ({ kind: "merged", about: [side] }) as const);
  const archived = both
    .filter(({ seen }) => seen?.kind === "archived")
    .map((side) => ({ kind: "archived", about: [side] }) as const);
  const compared = [...one.keys].filter(([name]) => other.keys.has(name));
  const isContradicted = compared.length > 0 && compared.every(([name, key]) => other.keys.get(name) !== key);
  return [
    ...merged,
    ...archived,
    ...(isContradicted ? [{ kind: "keys_contradict", about: both } as const] : []),
  ];
}
