import type { JsonMap, LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import { areDoubtful, place, placedIn, takeBackStored, wakeWaiting } from "./identity-rows.ts";
import type { Note } from "./chain.ts";
import { markLinks } from "./observations.ts";
import { areSamePlaces, placesOf, recordRows, referencePatterns, unmergeNotes } from "./places.ts";
import type { IdentityOutcome, UnmergeCommit } from "./port.ts";
import { keyTable } from "./sealed/key-table.ts";
import type { Vault } from "./sealed/vault.ts";

/** Carries a merge that was taken back over to our links, inside the caller's transaction. */
export async function carryUnmerge(
  tx: Queryable,
  unmerge: UnmergeCommit,
  vault: Vault | null,
): Promise<{ readonly outcome: IdentityOutcome; readonly notes: readonly Note[] }> {
  const { entity, connection, loser, from, into } = unmerge;
  const links = from === null || from === into ? [into] : [into, from];
  if (await areDoubtful(tx, links)) return { outcome: "waits", notes: [] };
  if (!areSamePlaces(await placedIn(tx, links), unmerge.before)) return { outcome: "moved", notes: [] };
  const withdrawn = await takeBackStored(tx, links);
  const back = from === null ? [] : placesOf(from, unmerge.back);
  // A survivor that took over the loser's own link has none any more: it is a newcomer.
  const stay = from === into ? [] : placesOf(into, unmerge.stay);
  const leaving = unmerge.before.filter(
    ({ connection: at, id }) => ![...back, ...stay].some((one) => one.connection === at && one.id === id),
  );
  await tx.query(
    "update observation o set link_id = null, resolution = null from jsonb_to_recordset($1::jsonb) as " +
      "r(connection text, id text) where o.connection = r.connection and o.entity = $2 and o.external_id " +
      "= r.id",
    [JSON.stringify(leaving), entity],
  );
  await place(tx, { entity, links }, [...back, ...stay]);
  await restoreBases(tx, unmerge);
  await tx.query(
    "update link_merge set unmerged_at = now() where entity = $1 and connection = $2 and loser = $3 and " +
      "unmerged_at is null",
    [entity, connection, loser],
  );
  await closeConsolidations(tx, unmerge);
  if (unmerge.isGone !== true) {
    const record = [connection, entity, loser];
    const isIt = "where connection = $1 and entity = $2 and";
    await tx.query(`update observation set resolution = null ${isIt} external_id = $3`, record);
    await tx.query(`delete from consolidated ${isIt} loser = $3`, record);
  }
  await wakeWaiting(tx, links);
  await markLinks(tx, [...links, ...(await referrers(tx, unmerge, vault))], "unmerged");
  return { outcome: "done", notes: [...withdrawn, ...unmergeNotes(unmerge)] };
}

/** States and bases of both links. A member that left takes its base and its lines along. */
async function restoreBases(tx: Queryable, unmerge: UnmergeCommit): Promise<void> {
  const { from, into, states, bases } = unmerge;
  if (from !== into) {
    await tx.query("update link set state = $2 where id = $1", [into, states.stay]);
    const left = [into, JSON.stringify(unmerge.stay.map(({ connection }) => connection))];
    const isLeft = "link_id = $1 and connection not in (select jsonb_array_elements_text($2::jsonb))";
    await tx.query(`delete from base where ${isLeft}`, left);
    await tx.query(`delete from line_link where ${isLeft}`, left);
  }
  if (from === null) return;
  await tx.query("update link set state = $2, merged_into = null, verdict = null where id = $1", [
    from,
    states.back,
  ]);
  await tx.query("delete from base where link_id = $1", [from]);
  const rows = Object.entries(bases).map(([connection, base]) => ({ connection, ...base }));
  await tx.query(
    "insert into base (link_id, connection, images, kind) select $1, connection, images, kind from " +
      "jsonb_to_recordset($2::jsonb) as r(connection text, images jsonb, kind text)",
    [from, JSON.stringify(rows)],
  );
}

/** What was listed as a duplicate only because of this merge is a record of its own again. */
async function closeConsolidations(tx: Queryable, unmerge: UnmergeCommit): Promise<void> {
  await tx.query(
    "update candidate c set state = 'closed' from jsonb_to_recordset($1::jsonb) as r(connection text, " +
      "entity " +
      "text, id text) where c.connection = r.connection and c.entity = r.entity and c.external_id = r.id " +
      "and " +
      "c.state = 'open'",
    [JSON.stringify(recordRows(unmerge.entity, unmerge.back))],
  );
}

/**
 * Links whose records name one of those that moved: what a reference means changed without the record
 * changing. Ids stand as whole words in what a record says; a chance likeness costs one more decision.
 */
async function referrers(
  tx: Queryable,
  unmerge: UnmergeCommit,
  vault: Vault | null,
): Promise<readonly LinkId[]> {
  if (unmerge.referring.length === 0) return [];
  const rows = await tx.query<{ link_id: string }>(
    "select distinct o.link_id from observation o join jsonb_to_recordset($1::jsonb) as r(connection text, " +
      "pattern text) on r.connection = o.connection where o.link_id is not null and o.entity in (select " +
      "jsonb_array_elements_text($2::jsonb)) and o.native::text ~ r.pattern",
    [JSON.stringify(referencePatterns(unmerge)), JSON.stringify(unmerge.referring)],
  );
  const sealed = vault === null ? [] : await sealedReferrers(tx, unmerge, vault);
  return [...new Set([...rows.map((row) => row.link_id as LinkId), ...sealed])];
}

interface Referring {
  readonly external_id: string;
  readonly link_id: string;
  readonly native: JsonMap;
  readonly [column: string]: unknown;
}

const referringMax = 1_000;

/** The same among records whose values are sealed: what SQL cannot read is opened here, page by page. */
async function sealedReferrers(
  tx: Queryable,
  unmerge: UnmergeCommit,
  vault: Vault,
): Promise<readonly LinkId[]> {
  const found: LinkId[] = [];
  const patterns = Map.groupBy(referencePatterns(unmerge), ({ connection }) => connection);
  for (const [connection, given] of patterns)
    for (const entity of unmerge.referring) {
      const forms = given.map(({ pattern }) => new RegExp(pattern));
      for (let after = "", isMore = true; isMore;) {
        const rows: readonly Referring[] = await tx.query<Referring>(
          "select external_id, link_id, native from observation where connection = $1 and entity = $2 and " +
            "external_id > $3 and link_id is not null order by external_id limit $4",
          [connection, entity, after, referringMax],
        );
        for (const { link_id: link, native } of await vault.open(rows, keyTable(tx)))
          if (forms.some((form) => form.test(JSON.stringify(native)))) found.push(link as LinkId);
        after = rows.at(-1)?.external_id ?? "";
        isMore = rows.length === referringMax;
      }
    }
  return found;
}
