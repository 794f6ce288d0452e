import type { LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { placesOf, recordRows, referencePatterns, unmergeNotes } from "../places.ts";
import type { IdentityOutcome, UnmergeCommit } from "../port.ts";
import { markLinks } from "./basics.ts";
import { areAsBefore, areDoubtful, place, takeBackStored, wakeWaiting } from "./identity-rows.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Carries a merge that was taken back over to our links; answers what the journal is to say. */
export function carryUnmerge(
  state: State,
  unmerge: UnmergeCommit,
  now: number,
): { readonly outcome: IdentityOutcome; readonly notes: readonly Note[] } {
  const { entity, connection, loser, from, into } = unmerge;
  const { observation, linkMerge } = state.tables;
  const links = from === null || from === into ? [into] : [into, from];
  if (areDoubtful(state, links)) return { outcome: "waits", notes: [] };
  if (!areAsBefore(state, links, unmerge.before)) return { outcome: "moved", notes: [] };
  const withdrawn = takeBackStored(state, links, now);
  const back = from === null ? [] : placesOf(from, unmerge.back);
  // A survivor that took over the loser's own link has none any more: it is a newcomer.
  const stay = from === into ? [] : placesOf(into, unmerge.stay);
  for (const left of unmerge.before) {
    if ([...back, ...stay].some((one) => one.connection === left.connection && one.id === left.id)) continue;
    const seen = observation.get(left.connection, entity, left.id);
    if (seen !== undefined) observation.change(seen, { link_id: null, resolution: null });
  }
  place(state, { entity, links, now }, [...back, ...stay]);
  restoreBases(state, unmerge);
  for (const row of linkMerge.by("open", entity, connection, loser))
    linkMerge.change(row, { unmerged_at: now });
  closeConsolidations(state, unmerge);
  if (unmerge.isGone !== true) {
    const own = observation.get(connection, entity, loser);
    if (own !== undefined) observation.change(own, { resolution: null });
    const consolidated = state.tables.consolidated.get(connection, entity, loser);
    if (consolidated !== undefined) state.tables.consolidated.remove(consolidated);
  }
  wakeWaiting(state, links, now);
  markLinks(state, [...links, ...referrers(state, unmerge)], { reason: "unmerged", now });
  return { outcome: "done", notes: [...withdrawn, ...unmergeNotes(unmerge)] };
}

/** States and bases of both links. A member that left takes its base and its lines along. */
function restoreBases(state: State, unmerge: UnmergeCommit): void {
  const { link, base, line } = state.tables;
  const { from, into, states, bases } = unmerge;
  if (from !== into) {
    const row = link.get(into);
    if (row !== undefined) link.change(row, { state: states.stay });
    const stays = ({ connection }: { readonly connection: string }): boolean =>
      unmerge.stay.some((one) => one.connection === connection);
    for (const each of base.by("link", into)) if (!stays(each)) base.remove(each);
    for (const each of line.by("link", into)) if (!stays(each)) line.remove(each);
  }
  if (from === null) return;
  const row = link.get(from);
  if (row !== undefined) link.change(row, { state: states.back, merged_into: null, verdict: null });
  for (const each of base.by("link", from)) base.remove(each);
  for (const [connection, { kind, images }] of Object.entries(bases))
    base.insert({ link_id: from, connection, kind, images: jsonb(images) as never, undone: null });
}

/** What was listed as a duplicate only because of this merge is a record of its own again. */
function closeConsolidations(state: State, unmerge: UnmergeCommit): void {
  for (const { connection, entity, id } of recordRows(unmerge.entity, unmerge.back)) {
    const row = state.tables.candidate.get(connection, entity, id);
    if (row?.state === "open") state.tables.candidate.change(row, { state: "closed" });
  }
}

/** Links whose records name one of those that moved. */
function referrers(state: State, unmerge: UnmergeCommit): readonly LinkId[] {
  const wanted = referencePatterns(unmerge).map(({ connection, pattern }) => {
    return { connection, pattern: new RegExp(pattern) };
  });
  return unmerge.referring.flatMap((entity) =>
    wanted.flatMap(({ connection, pattern }) =>
      state.tables.observation
        .by("place", connection, entity)
        .flatMap((row) =>
          row.link_id !== null && pattern.test(JSON.stringify(row.native)) ? [row.link_id as LinkId] : [],
        ),
    ),
  );
}
