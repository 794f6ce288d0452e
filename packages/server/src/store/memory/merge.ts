import type { LinkId } from "@crossfoot/kernel";
import type { Note } from "../chain.ts";
import { areSamePlaces, mergeNotes, placesOf, recordRows } from "../places.ts";
import type { IdentityOutcome, MergeCommit } from "../port.ts";
import { markLinks } from "./basics.ts";
import {
  areAsBefore,
  areDoubtful,
  basesOf,
  listTwice,
  place,
  takeBackStored,
  wakeWaiting,
} from "./identity-rows.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Carries a merge over to our links; answers what the journal is to say. */
export function carryMerge(
  state: State,
  merge: MergeCommit,
  now: number,
): { readonly outcome: IdentityOutcome; readonly notes: readonly Note[] } {
  const { entity, keep, retire, connection, loser } = merge;
  const { link, observation } = state.tables;
  const links = retire === null ? [keep] : [keep, retire];
  if (areDoubtful(state, links)) return { outcome: "waits", notes: [] };
  if (!areAsBefore(state, links, merge.before)) return { outcome: "moved", notes: [] };
  const wanted = placesOf(keep, merge.members);
  const isNews = !areSamePlaces(wanted, merge.before);
  const withdrawn = isNews ? takeBackStored(state, links, now) : [];
  remember(state, merge, now);
  place(state, { entity, links, now }, wanted);
  const seen = observation.get(connection, entity, loser);
  if (seen !== undefined) observation.change(seen, { resolution: "followed" });
  const kept = link.get(keep);
  if (kept !== undefined) link.change(kept, { state: merge.state });
  if (retire !== null) retireInto(state, merge, { retire, now });
  listDuplicates(state, merge, now);
  wakeWaiting(state, links, now);
  markLinks(state, [keep], { reason: "merged", now });
  return { outcome: "done", notes: isNews ? [...withdrawn, ...mergeNotes(merge)] : [] };
}

/** What the loser's link was, so that it can be again. Seen a second time, it is known already. */
function remember(state: State, merge: MergeCommit, now: number): void {
  const { linkMerge } = state.tables;
  const { entity, connection, loser, survivor, from, keep: into_link } = merge;
  const [known] = linkMerge.by("open", entity, connection, loser);
  if (known !== undefined) {
    linkMerge.change(known, { survivor, into_link });
    return;
  }
  linkMerge.insert({
    nr: state.nextNr(),
    entity,
    connection,
    loser,
    survivor,
    from_link: from?.id ?? null,
    into_link,
    members: jsonb(from?.members ?? []),
    bases: jsonb(from === null ? {} : basesOf(state, from.id)),
    merged_at: now,
    unmerged_at: null,
  });
}

/** Everything that belonged to the retired link belongs to the kept one from now on. */
function retireInto(
  state: State,
  merge: MergeCommit,
  at: { readonly retire: LinkId; readonly now: number },
): void {
  const { tables } = state;
  const { keep } = merge;
  const { retire, now } = at;
  const isAlong = ({ connection }: { readonly connection: string }): boolean =>
    merge.bases.some((one) => one === connection);
  for (const row of tables.base.by("link", retire).filter(isAlong)) {
    const known = tables.base.get(keep, row.connection);
    if (known === undefined) tables.base.insert({ ...row, link_id: keep });
    else tables.base.change(known, { images: row.images, kind: row.kind, undone: row.undone });
  }
  for (const row of tables.line.by("link", retire).filter(isAlong)) {
    const known = tables.line.get(keep, row.connection, row.field, row.native_id);
    if (known === undefined) tables.line.insert({ ...row, link_id: keep });
  }
  for (const row of merge.bases.length === 0 ? [] : tables.tombstone.by("link", retire)) {
    const known = tables.tombstone.get(keep, row.connection, row.external_id);
    if (known === undefined) tables.tombstone.insert({ ...row, link_id: keep });
  }
  for (const row of tables.matchKey.by("link", retire)) {
    const known = tables.matchKey.get(keep, row.connection, row.key);
    if (known === undefined && row.connection !== merge.connection)
      tables.matchKey.insert({ ...row, link_id: keep });
  }
  const gone = tables.link.get(retire);
  if (gone !== undefined) tables.link.change(gone, { state: "merged", merged_into: keep, verdict: null });
  const due = tables.work.get(retire);
  if (due !== undefined) tables.work.remove(due);
  for (const row of tables.wait.by("link", retire)) tables.wait.remove(row);
  for (const row of tables.wait.by("parent", retire)) tables.wait.change(row, { parent_link: keep });
  for (const row of tables.conflict.by("link", retire))
    if (row.state !== "closed") tables.conflict.change(row, { state: "closed", closed_at: now });
  for (const row of tables.park.by("openOfLink", retire))
    tables.park.change(row, { state: "closed", closed_at: now });
  renameIn(state, { retire, keep, now });
}

/** What people are asked about others, and names the retired link, names the kept one. */
function renameIn(
  state: State,
  at: { readonly retire: LinkId; readonly keep: LinkId; readonly now: number },
): void {
  const { conflict, candidate } = state.tables;
  const name = JSON.stringify(at.retire);
  const renamed = <T>(value: T): T => {
    const text = JSON.stringify(value);
    return text.includes(name)
      ? jsonb(JSON.parse(text.replaceAll(name, JSON.stringify(at.keep))) as T)
      : value;
  };
  const named = conflict
    .all()
    .filter((row) => row.state !== "closed" && JSON.stringify(row.held).includes(name));
  for (const row of named)
    conflict.change(row, { held: renamed(row.held), resolution: renamed(row.resolution) });
  const links = named.map((row) => row.link_id as LinkId);
  markLinks(state, links, { reason: "parent moved", now: at.now });
  for (const row of candidate.all()) {
    const links = renamed(row.links);
    if (links !== row.links) candidate.change(row, { links });
  }
}

/** Lists for a person what its own system has twice; the loser and what is a member are no question. */
function listDuplicates(state: State, merge: MergeCommit, now: number): void {
  const { candidate } = state.tables;
  const { entity, connection, loser, keep, members } = merge;
  for (const settled of [{ connection, id: loser }, ...members]) {
    const row = candidate.get(settled.connection, entity, settled.id);
    if (row?.state === "open") candidate.change(row, { state: "closed" });
  }
  const twice = recordRows(entity, merge.duplicates).map((record) => ({ ...record, link: keep }));
  listTwice(state, { entity, now }, twice);
}
