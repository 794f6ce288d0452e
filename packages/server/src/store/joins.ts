import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { lockLinks } from "./link-locks.ts";
import { markFound, markLinks } from "./observations.ts";

/** What the journal says of a write that was taken back since its record was found. */
export function takenBackNote(row: {
  readonly key: string;
  readonly link_id: string;
  readonly entity: string;
  readonly target: string;
}): Note {
  const { key, link_id, entity, target } = row;
  return {
    kind: "intent_taken_back",
    entity,
    link: link_id as LinkId,
    body: { key, target, code: "record_found" },
  };
}

/**
 * Creates that were stored and not sent are taken back once their record turned out to be there, with the
 * steps that follow them: somebody else made it while the worker was away. Without that:
 * 1. A create is stored; its worker dies before it is sent.
 * 2. A person makes the record on the target, and it is read and joined to the link.
 * 3. The stored create is sent, and the record is there twice.
 */
export async function takeBackCreates(
  tx: Queryable,
  places: readonly { readonly link: LinkId; readonly connection: ConnectionId }[],
): Promise<readonly Note[]> {
  if (places.length === 0) return [];
  const rows = await tx.query<{ key: string; link_id: string; entity: string; target: string }>(
    "delete from intent i using jsonb_to_recordset($1::jsonb) as r(link text, connection text) " +
      "where i.link_id = r.link and i.target = r.connection and i.state = 'stored' and exists " +
      "(select from intent c where c.link_id = i.link_id and c.target = i.target and c.kind = " +
      "'create' and c.state = 'stored') returning i.key, i.link_id, i.entity, i.target",
    [JSON.stringify(places)],
  );
  return rows.toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(takenBackNote);
}

/** Links of which a create may have landed. */
export async function doubtedLinks(tx: Queryable, links: readonly LinkId[]): Promise<ReadonlySet<string>> {
  if (links.length === 0) return new Set();
  const rows = await tx.query<{ link_id: string }>(
    "select distinct link_id from intent where kind = 'create' and state in ('sending', 'in_doubt') and " +
      "link_id in (select jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(links)],
  );
  return new Set(rows.map((row) => row.link_id));
}

/** Of pairs that are one thing, those that have to wait, since a create of one of the two may have landed. */
export function waitingPairs<Pair extends { readonly from: LinkId; readonly into: LinkId }>(
  pairs: readonly Pair[],
  doubted: ReadonlySet<string>,
): readonly Pair[] {
  return pairs.filter(({ from, into }) => doubted.has(from) || doubted.has(into));
}

/** Whether one is over, a create of either may have landed, or both have a record on one side. */
async function isUnjoinable(
  tx: Queryable,
  pair: { readonly from: LinkId; readonly into: LinkId },
): Promise<boolean> {
  if ((await doubtedLinks(tx, [pair.from, pair.into])).size > 0) return true;
  const rows = await tx.query(
    "select 1 from link where id in ($1, $2) and state in ('ended', 'merged') union all select 1 from " +
      "link_member a join link_member b on b.connection = a.connection where a.link_id = $1 " +
      "and b.link_id = $2 and a.until_at is null and b.until_at is null and not a.is_alias and not " +
      "b.is_alias limit 1",
    [pair.from, pair.into],
  );
  return rows.length > 0;
}

/**
 * Either link may still have the keys, lines and base of a record that it had before a merge or its end: what
 * the other one has in their place stands.
 */
async function dropLeftBehind(tx: Queryable, pair: readonly [LinkId, LinkId]): Promise<void> {
  const isSame = "k.link_id = $1 and o.link_id = $2 and o.connection = k.connection";
  await tx.query(`delete from match_key k using match_key o where ${isSame} and o.key = k.key`, pair);
  await tx.query(
    `delete from line_link k using line_link o where ${isSame} and o.field = k.field and o.native_id = ` +
      "k.native_id",
    pair,
  );
  await tx.query(
    "delete from base b using base o where b.link_id in ($1, $2) and o.link_id in ($1, $2) and o.link_id " +
      "<> b.link_id and o.connection = b.connection and not exists (select from link_member m where " +
      "m.link_id = b.link_id and m.connection = b.connection and m.until_at is null and not m.is_alias)",
    pair,
  );
}

async function joinTwo(tx: Queryable, pair: { readonly from: LinkId; readonly into: LinkId }): Promise<void> {
  const { from, into } = pair;
  await dropLeftBehind(tx, [from, into]);
  for (const table of ["link_member", "observation", "match_key", "line_link", "base"]) {
    await tx.query(`update ${table} set link_id = $2 where link_id = $1`, [from, into]);
  }
  await tx.query("update link set state = 'merged', merged_into = $2 where id = $1", [from, into]);
  await tx.query("update link set state = 'live' where id = $1", [into]);
  await tx.query("delete from work where link_id = $1", [from]);
  await tx.query("delete from wait where link_id = $1", [from]);
  await tx.query("update wait set parent_link = $2 where parent_link = $1", [from, into]);
}

/** Locks creates of links that may be claimed: whoever is claiming one is waited for. */
export async function lockCreates(tx: Queryable, links: readonly LinkId[]): Promise<void> {
  if (links.length === 0) return;
  await tx.query(
    "select key from intent where link_id in (select jsonb_array_elements_text($1::jsonb)) and kind = " +
      "'create' and state in ('stored', 'sending', 'in_doubt') order by key for update",
    [JSON.stringify(links)],
  );
}

/**
 * Joins two links unless something speaks against it, and answers what the journal is to say of it. Their
 * rows are locked, so that nobody stores a decision about either of them meanwhile.
 */
async function joinPair(
  tx: Queryable,
  pair: { readonly from: LinkId; readonly into: LinkId },
): Promise<readonly Note[]> {
  if (await isUnjoinable(tx, pair)) return [];
  const ends = await tx.query<{ link: LinkId; connection: ConnectionId }>(
    "select case link_id when $1 then $2 else $1 end as link, connection from link_member " +
      "where link_id in ($1, $2) and until_at is null and not is_alias",
    [pair.from, pair.into],
  );
  const takenBack = await takeBackCreates(tx, ends);
  await joinTwo(tx, pair);
  await markLinks(tx, [pair.into], "joined");
  await wakeByParent(tx, [pair.into]);
  const body = { from: pair.from };
  return [...takenBack, { kind: "links_joined", entity: null, link: pair.into, body }];
}

/** Links that wait for one of the links of the JSON list `$1`. */
export const waitingForLinks =
  "select link_id from wait where parent_link in (select jsonb_array_elements_text($1::jsonb))";

/** Links that waited for one of these to have a record on the other side are to be looked at again. */
export async function wakeByParent(tx: Queryable, parents: readonly LinkId[]): Promise<void> {
  if (parents.length === 0) return;
  await markFound(tx, waitingForLinks, { given: parents, reason: "parent joined" });
}

/** Joins pairs of links one after the other; what the journal says of it comes last. */
export async function joinAll(
  tx: Queryable,
  pairs: readonly { readonly from: LinkId; readonly into: LinkId }[],
): Promise<readonly Note[]> {
  const ends = pairs.flatMap(({ from, into }) => [from, into]);
  await lockLinks(tx, ends);
  await lockCreates(tx, ends);
  const notes: Note[] = [];
  for (const pair of pairs) notes.push(...(await joinPair(tx, pair)));
  return notes;
}
