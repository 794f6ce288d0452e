import type { ExternalId, LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { goneMark, goneName, madeRecords, reuseNote } from "../places.ts";
import type { IdentityStore, IntentOutcome, RecordKey } from "../port.ts";
import { markLinks } from "./basics.ts";
import type { ObservationTable } from "./columns.ts";
import { forgetFormer, renameFormer } from "./history.ts";
import { writeNotes } from "./journal.ts";
import { store } from "./observations.ts";
import type { State } from "./state.ts";

/** Whose a sighting is that contradicts what is known under its id (see the SQL store). */
export function reusePart(state: State): Pick<IdentityStore, "commitReuse"> {
  const { observation } = state.tables;
  return {
    async commitReuse(reuse, runId) {
      return state.commit((now) => {
        const { seen, is, knownEnd } = reuse;
        const { connection, entity, id } = seen;
        const row = observation.get(connection, entity, id);
        if (row === undefined || row.read_end !== knownEnd) return "moved";
        const link = row.link_id as LinkId | null;
        const gone = is === "same" || link === null ? null : setAside(state, reuse, { row, link, now });
        store(state, seen, now);
        const taken = observation.get(connection, entity, id);
        if (is === "another" && taken !== undefined) {
          const fresh = { made_at: seen.madeAt ?? null, shown_since: now, absent_until: null };
          observation.change(taken, { link_id: null, resolution: null, ...fresh });
          forgetFormer(state, seen);
        }
        if (link === null) return "done";
        markLinks(state, [link], { reason: "its id was given away", now });
        writeNotes(state, [reuseNote(reuse, { link, gone })], runId);
        return "done";
      });
    },
  };
}

/** Records that we made and that got the id of one that is gone (see the SQL store). */
export function freeGivenIds(state: State, outcomes: readonly IntentOutcome[], now: number): readonly Note[] {
  const { observation } = state.tables;
  return madeRecords(outcomes).flatMap(({ record, link: own, seen }): readonly Note[] => {
    const row = observation.get(record.connection, record.entity, record.id);
    if (row === undefined || row.link_id === null || row.link_id === own) return [];
    const madeAt = seen?.madeAt ?? null;
    const isOther = madeAt !== null && row.made_at !== null && Number(row.made_at) !== madeAt;
    if (row.kind !== "deleted" && !isOther) return [];
    const link = row.link_id as LinkId;
    const gone = setAside(state, { seen: record }, { row, link, now });
    observation.remove(row);
    markLinks(state, [link], { reason: "its id was given away", now });
    return [reuseNote({ seen: record }, { link, gone })];
  });
}

/** The record that had the id goes on under a name of ours, as deleted. */
function setAside(
  state: State,
  { seen }: { readonly seen: RecordKey },
  { row, link, now }: { readonly row: ObservationTable; readonly link: LinkId; readonly now: number },
): ExternalId {
  const { observation, member } = state.tables;
  const { connection, entity, id } = seen;
  const lives = observation
    .by("place", connection, entity)
    .filter(({ external_id }) => external_id.startsWith(`${id}${goneMark}`)).length;
  const gone = goneName(id, lives);
  const left = { kind: "deleted", into_id: null, resolution: null, seen_at: now } as const;
  const shown_since = row.kind === "deleted" ? row.shown_since : now;
  observation.insert({ ...row, ...left, external_id: gone, shown_since });
  for (const own of member.by("record", entity, connection, id)) {
    member.change(own, { until_at: now });
    const { is_alias } = own;
    const since = { since_at: now, until_at: null };
    member.insert({
      nr: state.nextNr(),
      link_id: link,
      connection,
      entity,
      external_id: gone,
      is_alias,
      ...since,
    });
  }
  rename(state, seen, gone);
  renameFormer(state, seen, { row, name: gone, now });
  return gone;
}

/** What is still open about the record that had the id names it by its other name. */
function rename(state: State, { connection, entity, id }: RecordKey, gone: ExternalId): void {
  const { intent, candidate, park, linkMerge } = state.tables;
  const isIt = (row: { readonly connection: string | null; readonly entity: string }): boolean =>
    row.connection === connection && row.entity === entity;
  for (const row of intent.all()) {
    const isOpen = row.target === connection && row.entity === entity && row.state !== "settled";
    if (isOpen && row.external_id === id) intent.change(row, { external_id: gone });
  }
  const open = candidate.get(connection, entity, id);
  if (open !== undefined) candidate.change(open, { external_id: gone });
  for (const row of park.all())
    if (isIt(row) && row.external_id === id) park.change(row, { external_id: gone });
  for (const row of linkMerge.all()) {
    if (!isIt(row) || row.unmerged_at !== null) continue;
    const loser = row.loser === id ? gone : row.loser;
    const survivor = row.survivor === id ? gone : row.survivor;
    if (loser !== row.loser || survivor !== row.survivor) linkMerge.change(row, { loser, survivor });
  }
}
