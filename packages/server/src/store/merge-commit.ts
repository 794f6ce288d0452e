import type { LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import {
  areDoubtful,
  basesOf,
  listTwice,
  place,
  placedIn,
  takeBackStored,
  wakeWaiting,
} from "./identity-rows.ts";
import type { Note } from "./chain.ts";
import { markLinks } from "./observations.ts";
import { areSamePlaces, mergeNotes, placesOf, recordRows } from "./places.ts";
import type { IdentityOutcome, MergeCommit } from "./port.ts";

/** Carries a merge over to our links, inside the caller's transaction; answers what the journal is to say. */
export async function carryMerge(
  tx: Queryable,
  merge: MergeCommit,
): Promise<{ readonly outcome: IdentityOutcome; readonly notes: readonly Note[] }> {
  const { entity, keep, retire, connection, loser } = merge;
  const links = retire === null ? [keep] : [keep, retire];
  if (await areDoubtful(tx, links)) return { outcome: "waits", notes: [] };
  if (!areSamePlaces(await placedIn(tx, links), merge.before)) return { outcome: "moved", notes: [] };
  const wanted = placesOf(keep, merge.members);
  const isNews = !areSamePlaces(wanted, merge.before);
  const withdrawn = isNews ? await takeBackStored(tx, links) : [];
  await remember(tx, merge);
  await place(tx, { entity, links }, wanted);
  await tx.query(
    "update observation set resolution = 'followed' where connection = $1 and entity = $2 and " +
      "external_id = $3",
    [connection, entity, loser],
  );
  await tx.query("update link set state = $2 where id = $1", [keep, merge.state]);
  if (retire !== null) await retireInto(tx, merge, retire);
  await listDuplicates(tx, merge);
  await wakeWaiting(tx, links);
  await markLinks(tx, [keep], "merged");
  return { outcome: "done", notes: isNews ? [...withdrawn, ...mergeNotes(merge)] : [] };
}

/** What the loser's link was, so that it can be again. Seen a second time, it is known already. */
async function remember(tx: Queryable, merge: MergeCommit): Promise<void> {
  const { entity, connection, loser, survivor, from, keep } = merge;
  const bases = from === null ? {} : await basesOf(tx, from.id);
  await tx.query(
    "insert into link_merge (entity, connection, loser, survivor, from_link, into_link, members, bases) " +
      "values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb) on conflict (entity, connection, loser) " +
      "where unmerged_at is null do update set survivor = excluded.survivor, into_link = excluded.into_link",
    [
      entity,
      connection,
      loser,
      survivor,
      from?.id ?? null,
      keep,
      JSON.stringify(from?.members ?? []),
      JSON.stringify(bases),
    ],
  );
}

/** Everything that belonged to the retired link belongs to the kept one from now on. */
async function retireInto(tx: Queryable, merge: MergeCommit, retire: LinkId): Promise<void> {
  const { keep } = merge;
  const ids = [retire, keep];
  const along = [...ids, JSON.stringify(merge.bases)];
  const isAlong = "connection in (select jsonb_array_elements_text($3::jsonb))";
  await tx.query(
    "insert into base (link_id, connection, images, kind, undone) select $2, connection, images, kind, " +
      `undone from base where link_id = $1 and ${isAlong} on conflict (link_id, connection) do update ` +
      "set images = excluded.images, kind = excluded.kind, undone = excluded.undone",
    along,
  );
  await tx.query(
    "insert into line_link (link_id, connection, field, native_id, key) select $2, connection, field, " +
      `native_id, key from line_link where link_id = $1 and ${isAlong} on conflict do nothing`,
    along,
  );
  await tx.query(
    "insert into tombstone (link_id, entity, connection, external_id, reason, made_at) select $2, entity, " +
      "connection, external_id, reason, made_at from tombstone where link_id = $1 and jsonb_array_length" +
      "($3::jsonb) > 0 on conflict do nothing",
    along,
  );
  await tx.query(
    "insert into match_key (entity, key, connection, link_id) select entity, key, connection, $2 from " +
      "match_key where link_id = $1 and connection <> $3 on conflict do nothing",
    [...ids, merge.connection],
  );
  await tx.query("update link set state = 'merged', merged_into = $2, verdict = null where id = $1", ids);
  await tx.query("delete from work where link_id = $1", [retire]);
  await tx.query("delete from wait where link_id = $1", [retire]);
  await tx.query("update wait set parent_link = $2 where parent_link = $1", ids);
  await tx.query(
    "update conflict set state = 'closed', closed_at = now() where link_id = $1 and state <> 'closed'",
    [retire],
  );
  await tx.query(
    "update park set state = 'closed', closed_at = now() where link_id = $1 and state = 'open'",
    [retire],
  );
  await renameIn(tx, retire, keep);
}

/** What people are asked about others, and names the retired link, names the kept one. */
async function renameIn(tx: Queryable, retire: LinkId, keep: LinkId): Promise<void> {
  const names = [JSON.stringify(retire), JSON.stringify(keep)];
  const rows = await tx.query<{ link_id: string }>(
    "update conflict set held = replace(held::text, $1, $2)::jsonb, resolution = replace(resolution::text, " +
      "$1, $2)::jsonb where state <> 'closed' and position($1 in held::text) > 0 returning link_id",
    names,
  );
  await markLinks(
    tx,
    rows.map((row) => row.link_id as LinkId),
    "parent moved",
  );
  await tx.query(
    "update candidate set links = replace(links::text, $1, $2)::jsonb where position($1 in links::text) > 0",
    names,
  );
}

/**
 * Records that are aliases of the link although their own system has them are listed for a person, unless
 * one has said already that they are to stay apart. The loser, and what is a member now, is no question any
 * more.
 */
async function listDuplicates(tx: Queryable, merge: MergeCommit): Promise<void> {
  const { entity, connection, loser, keep, members } = merge;
  const settled = [
    { connection, id: loser },
    ...members.map((own) => ({ connection: own.connection, id: own.id })),
  ];
  await tx.query(
    "update candidate c set state = 'closed' from jsonb_to_recordset($1::jsonb) as r(connection text, id " +
      "text) where c.connection = r.connection and c.entity = $2 and c.external_id = r.id and c.state = " +
      "'open'",
    [JSON.stringify(settled), entity],
  );
  const twice = recordRows(entity, merge.duplicates);
  await listTwice(
    tx,
    entity,
    twice.map((record) => ({ ...record, link: keep })),
  );
}
