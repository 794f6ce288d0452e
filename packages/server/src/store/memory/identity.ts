import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import { candidateNote } from "../places.ts";
import type { IdentityStore, RecordKey, StandingMerge } from "../port.ts";
import { observationOf } from "../rows.ts";
import { markLinks } from "./basics.ts";
import type { ObservationTable } from "./columns.ts";
import { basesOf, linksWhole, place } from "./identity-rows.ts";
import { writeNotes } from "./journal.ts";
import { compareText } from "./json.ts";
import { checkLease } from "./leases.ts";
import { resolve } from "./links.ts";
import { carryMerge } from "./merge.ts";
import { bringBack } from "./restore-links.ts";
import type { State } from "./state.ts";
import { takingBack } from "./taking-back.ts";
import { carryUnmerge } from "./unmerge.ts";

/** The link of a record that came to another one with a merge of its counterpart (see the SQL store). */
function formerLink(state: State, record: RecordKey, at: string): StandingMerge["from"] {
  const { linkMerge, member } = state.tables;
  const { connection, entity, id } = record;
  const [row] = linkMerge
    .all()
    .filter(
      (each) =>
        each.entity === entity &&
        each.from_link !== null &&
        each.from_link !== at &&
        each.members.some((one) => one.connection === connection && one.id === id) &&
        !member
          .by("link", each.from_link)
          .some((one) => one.connection === connection && !one.is_alias && one.external_id !== id),
    )
    .toSorted(
      (a, b) =>
        b.merged_at - a.merged_at ||
        compareText(b.from_link ?? "", a.from_link ?? "") ||
        compareText(a.connection, b.connection) ||
        compareText(a.loser, b.loser),
    );
  if (row === undefined) return null;
  const members = row.members.filter((one) => one.connection === connection && one.id === id);
  return { link: row.from_link as LinkId, members, bases: row.bases };
}

function findMerge(state: State, record: RecordKey): StandingMerge | null {
  const { linkMerge, member } = state.tables;
  const { connection, entity, id } = record;
  const [row] = linkMerge.by("open", entity, connection, id);
  const [at] = member.by("record", entity, connection, id);
  if (row === undefined || at === undefined) return null;
  const [link] = linksWhole(state, [at.link_id as LinkId]);
  if (link === undefined) return null;
  const staying = member.by("link", link.id).flatMap((placed) => {
    const [other] = linkMerge.by("open", entity, placed.connection, placed.external_id);
    return other === undefined || other === row || other.into_link === row.from_link
      ? []
      : [{ connection: placed.connection as ConnectionId, id: placed.external_id as ExternalId }];
  });
  const from = row.from_link as LinkId | null;
  return {
    survivor: row.survivor as ExternalId,
    from:
      from === null
        ? formerLink(state, record, at.link_id)
        : { link: from, members: row.members, bases: row.bases },
    into: { link, bases: basesOf(state, link.id) },
    staying,
  };
}

function isMoved(state: State, row: ObservationTable): boolean {
  const { connection, entity, into_id, resolution } = row;
  if (into_id === null || resolution === "followed") return false;
  return resolution === null || state.tables.observation.get(connection, entity, into_id) !== undefined;
}

/** Whether a record of the entity was merged into another, or is back, and no link has followed it. */
export function hasMoved(state: State, entity: EntityName): boolean {
  const { observation } = state.tables;
  return (
    observation.by("returned", entity).length > 0 ||
    observation.by("moved", entity).some((row) => isMoved(state, row))
  );
}

type Page = { readonly entity: EntityName; readonly limit: number; readonly after: RecordKey | null };

/** Records that moved, or are back. */
function lists(
  state: State,
): Pick<IdentityStore, "loadMoved" | "loadReturned" | "settleMoved" | "loadLinks"> {
  const { observation } = state.tables;
  const load = (rows: readonly ObservationTable[], { entity, limit, after }: Page) =>
    rows
      .filter((row) => row.entity === entity)
      .toSorted(
        (a, b) => compareText(a.connection, b.connection) || compareText(a.external_id, b.external_id),
      )
      .filter(
        (row) =>
          after === null ||
          (compareText(row.connection, after.connection) || compareText(row.external_id, after.id)) > 0,
      )
      .slice(0, limit)
      .map(observationOf);
  return {
    async loadMoved(entity, limit, after) {
      return load(
        observation.by("moved", entity).filter((row) => isMoved(state, row)),
        { entity, limit, after },
      );
    },
    async loadReturned(entity, limit, after) {
      return load(observation.by("returned", entity), { entity, limit, after });
    },
    async settleMoved(records, resolution) {
      state.commit(() => {
        for (const { connection, entity, id } of records) {
          const row = observation.get(connection, entity, id);
          if (row !== undefined) observation.change(row, { resolution });
        }
      });
    },
    async loadLinks(links) {
      return linksWhole(state, links);
    },
  };
}

/** What persons said: of deletions, and of possible duplicates. */
function answers(state: State): Pick<IdentityStore, "saveWord" | "settleCandidate"> {
  return {
    async saveWord(link, { about, word: own, by }) {
      state.commit((now) => {
        const { word } = state.tables;
        const known = word.get(link, about);
        const columns = { word: own, said_by: by, said_at: now };
        if (known === undefined) word.insert({ link_id: link, about, ...columns });
        else word.change(known, columns);
        markLinks(state, [link], { reason: "told by a person", now });
        writeNotes(state, [{ kind: "word_given", entity: null, link, body: { about, word: own, by } }], null);
      });
    },
    async settleCandidate(decision) {
      const { record, state: at, resolution, alias, release, revive } = decision;
      const { connection, entity, id } = record;
      const { candidate, member, link, base } = state.tables;
      state.commit((now) => {
        const row = candidate.get(connection, entity, id);
        if (row !== undefined) candidate.change(row, { state: at, is_held: false });
        if (resolution !== null || alias !== null) {
          for (const own of member.by("record", entity, connection, id))
            if (own.is_alias) member.change(own, { until_at: now });
        }
        if (revive !== null) {
          bringBack(state, [{ link: revive.link, drop: [connection], back: revive.back }], now);
          // A record that was made again is archived no more: so are the others.
          const known = base.get(revive.link, connection);
          if (known !== undefined) base.change(known, { kind: "archived", undone: null });
          else base.insert({ link_id: revive.link, connection, images: {}, kind: "archived", undone: null });
        }
        if (resolution !== null) resolve(state, [{ record, resolution }], { runId: null, now });
        const placed = alias === null ? [] : [{ link: alias, connection, id, isAlias: true }];
        place(state, { entity, links: [], now }, placed);
        const own = release === null ? undefined : link.get(release);
        if (own !== undefined) link.change(own, { adopted: null });
        markLinks(state, release === null ? [] : [release], { reason: "told by a person", now });
        writeNotes(state, [candidateNote(decision)], null);
      });
    },
  };
}

/** Who is who, over time: merges of records, and merges that were taken back. */
export function identityPart(state: State): Omit<IdentityStore, "commitReuse"> {
  return {
    ...lists(state),
    async standingMerge(record) {
      return findMerge(state, record);
    },
    ...answers(state),
    ...takingBack(state),
    async commitMerge(merge, runId, lease) {
      return state.commit((now) => {
        checkLease(state, lease);
        const { outcome, notes } = carryMerge(state, merge, now);
        writeNotes(state, notes, runId);
        return outcome;
      });
    },
    async commitUnmerge(unmerge, runId, lease) {
      return state.commit((now) => {
        checkLease(state, lease);
        const { outcome, notes } = carryUnmerge(state, unmerge, now);
        writeNotes(state, notes, runId);
        return outcome;
      });
    },
  };
}
