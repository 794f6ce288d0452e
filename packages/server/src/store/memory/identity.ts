import type { ConnectionId, EntityName, ExternalId, LinkId } from "@crossfoot/kernel";
import type { IdentityStore, RecordKey, StandingMerge } from "../port.ts";
import { observationOf } from "../rows.ts";
import type { ObservationTable } from "./columns.ts";
import { basesOf, linksWhole } from "./identity-rows.ts";
import { writeNotes } from "./journal.ts";
import { compareText } from "./json.ts";
import { checkFence } from "./leases.ts";
import { carryMerge } from "./merge.ts";
import type { State } from "./state.ts";
import { carryUnmerge } from "./unmerge.ts";

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
    from: from === null ? null : { link: from, members: row.members, bases: row.bases },
    into: { link, bases: basesOf(state, link.id) },
    staying,
  };
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
  const isMoved = ({ connection, entity, into_id, resolution }: ObservationTable): boolean =>
    into_id !== null &&
    resolution !== "followed" &&
    (resolution === null || observation.get(connection, entity, into_id) !== undefined);
  return {
    async loadMoved(entity, limit, after) {
      return load(observation.by("moved", entity).filter(isMoved), { entity, limit, after });
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

/** Who is who, over time: merges of records, and merges that were taken back. */
export function identityPart(state: State): IdentityStore {
  return {
    ...lists(state),
    async standingMerge(record) {
      return findMerge(state, record);
    },
    async commitMerge(merge, runId, lease) {
      return state.commit((now) => {
        checkFence(state, lease);
        const { outcome, notes } = carryMerge(state, merge, now);
        writeNotes(state, notes, runId);
        return outcome;
      });
    },
    async commitUnmerge(unmerge, runId, lease) {
      return state.commit((now) => {
        checkFence(state, lease);
        const { outcome, notes } = carryUnmerge(state, unmerge, now);
        writeNotes(state, notes, runId);
        return outcome;
      });
    },
  };
}
