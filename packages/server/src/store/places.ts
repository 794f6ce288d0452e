/** What both stores make of members, merges and merges taken back: pure, so that they never differ. */
import { idsOf } from "@crossfoot/kernel";
import type { ConnectionId, ExternalId, Json, LinkId, Member } from "@crossfoot/kernel";
import type { Note } from "./chain.ts";
import { recordName } from "./port.ts";
import type {
  Adoption,
  CandidateDecision,
  IntentOutcome,
  MergeCommit,
  Placed,
  RecordKey,
  StoredObservation,
  UnmergeCommit,
} from "./port.ts";

const nameOf = ({ link, connection, id, isAlias }: Placed): string =>
  `${link}\n${connection}\n${id}\n${isAlias ? "alias" : "primary"}`;

/** True when both lists name the same members. */
export function areSamePlaces(one: readonly Placed[], other: readonly Placed[]): boolean {
  const names = new Set(one.map(nameOf));
  return names.size === other.length && other.every((placed) => names.has(nameOf(placed)));
}

/** The rows that members of a link are kept in. */
export function placesOf(link: LinkId, members: readonly Member[]): readonly Placed[] {
  return members.flatMap(({ connection, id, aliases }) => [
    { link, connection, id, isAlias: false },
    ...aliases.map((alias) => ({ link, connection, id: alias, isAlias: true })),
  ]);
}

/** Members with their aliases, from the rows that keep them. */
export function membersFrom(placed: readonly Placed[]): readonly Member[] {
  const aliases = Map.groupBy(
    placed.filter(({ isAlias }) => isAlias),
    ({ connection }) => connection,
  );
  return placed
    .filter(({ isAlias }) => !isAlias)
    .map(({ connection, id }) => ({
      connection,
      id,
      aliases: (aliases.get(connection) ?? []).map((alias) => alias.id),
    }));
}

/** What the journal says of writes that were taken back before they were sent. */
export function withdrawnNotes(
  rows: readonly {
    readonly key: string;
    readonly link_id: string;
    readonly entity: string;
    readonly target: string;
  }[],
): readonly Note[] {
  return rows
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, link_id, entity, target }) => ({
      kind: "intent_withdrawn",
      entity,
      link: link_id as LinkId,
      body: { key, target },
    }));
}

/**
 * How records name those that a merge which was taken back moved: ids as whole words, by connection. A chance
 * likeness costs one more decision.
 */
export function referencePatterns(
  unmerge: Pick<UnmergeCommit, "back" | "stay">,
): readonly { readonly connection: ConnectionId; readonly pattern: string }[] {
  return [...unmerge.back, ...unmerge.stay].flatMap((member) =>
    idsOf(member).map((id) => ({
      connection: member.connection,
      pattern: `(^|[^A-Za-z0-9])${id.replace(/[\\^$.*+?()[\]{}|-]/g, "\\$&")}([^A-Za-z0-9]|$)`,
    })),
  );
}

/** Key of a candidate that is no newcomer: its own system has it twice, and its counterparts are one. */
export const consolidation = "consolidate";

/** Stands between an id that was given away and the number of its life. */
export const goneMark = "~gone~";

/** Name of a record whose id its system gave away, the n-th time. */
export const goneName = (id: ExternalId, lives: number): ExternalId =>
  `${id}${goneMark}${lives + 1}` as ExternalId;

/** What such a name ends with, as a pattern. */
export const goneSuffix: string = `${goneMark}[0-9]+$`;
const ending = new RegExp(goneSuffix);

/** Whether an id is a name of ours for a record that is gone: nothing can refer to it. */
export const isGoneName = (id: string): boolean => ending.test(id);

/** Records that creates have made, with what was seen of them. */
export const madeRecords = (
  outcomes: readonly IntentOutcome[],
): readonly {
  readonly record: RecordKey;
  readonly link: LinkId;
  readonly seen: StoredObservation | null;
}[] =>
  outcomes
    .flatMap(({ intent, state, id, observation }) => {
      if (intent.kind !== "create" || state !== "settled" || id === null) return [];
      const record = { connection: intent.target, entity: intent.entity, id };
      return [{ record, link: intent.link, seen: observation }];
    })
    .toSorted(({ record: one }, { record: other }) => (recordName(one) < recordName(other) ? -1 : 1));

/** What the journal says of a sighting that contradicted what was known under its id. */
export function reuseNote(
  { seen }: { readonly seen: RecordKey },
  { link, gone }: { readonly link: LinkId; readonly gone: ExternalId | null },
): Note {
  const { connection, entity, id } = seen;
  const kind = gone === null ? "same_record" : "id_reused";
  return { kind, entity, link, body: { connection, id, ...(gone === null ? {} : { as: gone }) } };
}

/** Names of all records of some members. */
export function recordRows(entity: string, members: readonly Member[]): readonly RecordKey[] {
  return members.flatMap((member) =>
    idsOf(member).map((id) => ({ connection: member.connection, entity, id })),
  );
}

/** What the journal says of a merge. */
export function mergeNotes(merge: MergeCommit): readonly Note[] {
  const { entity, connection, loser, survivor, keep, retire, members, duplicates, bases } = merge;
  const body = { connection, loser, survivor, from: retire, into: keep, members, duplicates, bases };
  const plain = body as unknown as Json;
  return [
    { kind: "links_merged", entity, link: keep, body: plain },
    ...(retire === null ? [] : [{ kind: "link_retired", entity, link: retire, body: { into: keep } }]),
  ];
}

/** What the journal says of a merge that was taken back. */
export function unmergeNotes(unmerge: UnmergeCommit): readonly Note[] {
  const { entity, connection, loser, from, into, back, stay, bases } = unmerge;
  const body = { connection, loser, from, into, back, stay, bases } as unknown as Json;
  return [
    { kind: "links_unmerged", entity, link: into, body },
    ...(from === null || from === into
      ? []
      : [{ kind: "link_is_back", entity, link: from, body: { from: into } }]),
  ];
}

/** What the journal says of a person's word on a possible duplicate. */
export function candidateNote(decision: CandidateDecision): Note {
  const { record, state, alias, release, resolution, superseded, by } = decision;
  const { connection, entity, id } = record;
  const joined = resolution?.kind === "join" || resolution?.kind === "found" ? resolution.link : null;
  const body = { connection, id, state, by, ...(superseded === undefined ? {} : { superseded }) };
  return { kind: "candidate_decided", entity, link: alias ?? release ?? joined, body };
}

/** What the journal says of links that were taken over. */
export function adoptionNotes({ entity, aliases, terms }: Adoption): readonly Note[] {
  return [
    ...terms.map(({ link, terms: adopted }) => ({
      kind: "link_adopted",
      entity,
      link,
      body: { terms: adopted },
    })),
    ...aliases.map(({ link, connection, id }) => ({
      kind: "alias_adopted",
      entity,
      link,
      body: { connection, id },
    })),
  ];
}

/** Records that an adoption gives a link: nothing is left to ask about them. */
export function linkedIn({ entries }: Adoption): readonly RecordKey[] {
  return entries.flatMap(({ record, resolution }) => (resolution.kind === "candidate" ? [] : [record]));
}
