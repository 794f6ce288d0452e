import { connectionId, externalId } from "@crossfoot/kernel";
import type { JsonMap, LinkId, Member } from "@crossfoot/kernel";
import { membersFrom } from "../places.ts";
import type { RecordKey } from "../facts.ts";
import { recordName } from "../port.ts";
import type { MergeCommit, Placed, UnmergeCommit } from "../port.ts";
import type { Known } from "./known.ts";

/** What a merge, or one that is taken back, is made of beside what is there. */
export interface MergeFacts {
  readonly which: number;
  readonly other: number;
  readonly side: number;
  readonly isAlone: boolean;
  readonly isStale: boolean;
  readonly isListed: boolean;
  readonly isGone: boolean;
}

const pick = <T>(list: readonly T[], index: number): T | undefined => list[index % Math.max(list.length, 1)];
const within = (known: Known, link: LinkId | null): readonly Placed[] =>
  known.placed.filter((placed) => placed.link === link);

/** One member for each side, the first of them; all others are its aliases. */
function consolidated(placed: readonly Placed[]): readonly Member[] {
  return [...Map.groupBy(placed, ({ connection }) => connection)].flatMap(([connection, [first, ...rest]]) =>
    first === undefined ? [] : [{ connection, id: first.id, aliases: rest.map(({ id }) => id) }],
  );
}

/** A merge of two links that are there, or of a record into another of its link. */
export function mergeOf(known: Known, facts: MergeFacts): MergeCommit | null {
  const links = [...known.links.keys()] as LinkId[];
  const keep = pick(links, facts.which);
  if (keep === undefined) return null;
  const others = links.filter((link) => link !== keep && known.links.get(link) === known.links.get(keep));
  const retire = facts.isAlone ? null : (pick(others, facts.other) ?? null);
  const before = [...within(known, keep), ...within(known, retire)];
  const lost = pick(before, facts.side);
  const survivor = before.find(({ connection, id }) => connection === lost?.connection && id !== lost.id);
  if (lost === undefined) return null;
  const entity = known.links.get(keep) ?? "";
  const id = retire ?? keep;
  const members = membersFrom(within(known, id));
  return {
    ...{ entity, connection: lost.connection, loser: lost.id, survivor: survivor?.id ?? lost.id },
    from: facts.isListed ? { id, entity, generation: 1, state: "live", members } : null,
    ...{ keep, retire, state: "live", before: facts.isStale ? before.slice(1) : before },
    members: consolidated(before),
    duplicates: facts.isListed ? members : [],
    bases: members.map(({ connection }) => connection),
  };
}

/** A merge that stands, taken back. */
export function unmergeOf(known: Known, facts: MergeFacts): UnmergeCommit | null {
  const merge = pick(known.merges, facts.which);
  const at = known.placed.find(
    ({ connection, id }) => connection === merge?.connection && id === merge.loser,
  );
  if (merge === undefined || at === undefined) return null;
  const from = merge.from_link as LinkId | null;
  const before = [...within(known, at.link), ...(from === at.link ? [] : within(known, from))];
  const isBack = ({ connection, id }: Placed): boolean =>
    merge.members.some((own) => own.connection === connection && (own.id === id || own.aliases.includes(id)));
  return {
    ...{ entity: merge.entity, connection: at.connection, loser: at.id, from, into: at.link },
    before: facts.isStale ? before.slice(1) : before,
    back: merge.members,
    stay: consolidated(before.filter((placed) => !isBack(placed))),
    states: { back: "live", stay: "single" },
    bases: merge.bases,
    referring: facts.isListed ? ["accounts", "contacts"] : [],
    isGone: facts.isGone,
  };
}

/** A person's answer about a record: nothing, a link let go, an alias, or an ended link brought back. */
export function answerOf(
  known: Known,
  facts: {
    readonly record: RecordKey;
    readonly which: number;
    readonly what: number;
    readonly state: string;
  },
): object {
  const { record, which, what, state } = facts;
  const ids = [...known.links].filter(([, kind]) => kind === record.entity).map(([id]) => id);
  const chosen = pick(ids, which) ?? null;
  const isFree = !known.members.has(recordName(record));
  const none = { resolution: null, alias: null, release: null, revive: null };
  const parts = [
    {},
    { release: chosen },
    { alias: isFree ? chosen : null },
    { revive: chosen === null || !isFree ? null : { link: chosen, back: [] } },
  ];
  return { record, state, ...none, by: "x", ...parts[what] };
}

/** Of a link that is not there: it is never as it was planned. */
const nowhere = { connection: connectionId("crm"), entity: "accounts", loser: externalId("r1"), bases: [] };
/** A merge of nothing. */
export const noMerge: JsonMap = {
  ...nowhere,
  before: [{}],
  survivor: externalId("r2"),
  from: null,
  keep: "l-9",
  retire: null,
  state: "live",
};
/** Nothing that could be un-merged. */
export const noUnmerge: JsonMap = {
  ...nowhere,
  before: [{}],
  from: null,
  into: "l-9",
  back: [],
  stay: [],
  referring: [],
};

/** Terms of links of one entity, and an alias for one of them: a record without a link. */
export function adoptionOf(
  known: Known,
  facts: {
    readonly links: readonly string[];
    readonly joins: readonly { readonly from: string; readonly into: string }[];
    readonly terms: string | null;
    readonly which: number;
  },
): JsonMap {
  const there = facts.links.filter((id) => known.links.has(id));
  const kind = known.links.get(there[0] ?? "") ?? "accounts";
  const own = there.filter((id) => known.links.get(id) === kind);
  const alias = { connection: connectionId("erp"), id: externalId("é3") };
  const isFree = !known.members.has(recordName({ ...alias, entity: kind }));
  const [first] = own;
  return {
    entity: kind,
    joins: facts.joins.filter(({ from }) => known.links.get(from) === kind),
    aliases: isFree && first !== undefined && facts.which < 3 ? [{ link: first, ...alias }] : [],
    terms: own.map((link) => ({ link, terms: facts.terms })),
  };
}
