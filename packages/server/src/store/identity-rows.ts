import type { Bases, ConnectionId, ExternalId, Link, LinkId, LinkState } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { Note } from "./chain.ts";
import { markLinks } from "./observations.ts";
import { consolidation, membersFrom, withdrawnNotes } from "./places.ts";
import type { Placed } from "./port.ts";

/**
 * Whether a record was merged into another, and no link followed it yet. One that waits is looked at again
 * once its survivor was read, and then each time.
 */
export const isMoved: string =
  "o.kind in ('merged', 'converted') and o.into_id is not null and o.resolution is distinct from " +
  "'followed' and (o.resolution is null or exists (select from observation s where s.connection = " +
  "o.connection and s.entity = o.entity and s.external_id = o.into_id))";

/** A live row of the members of a link. */
interface PlacedRow {
  readonly link_id: string;
  readonly connection: string;
  readonly external_id: string;
  readonly is_alias: boolean;
}

const placedOf = (row: PlacedRow): Placed => ({
  link: row.link_id as LinkId,
  connection: row.connection as ConnectionId,
  id: row.external_id as ExternalId,
  isAlias: row.is_alias,
});

/** All live members and aliases of links. */
export async function placedIn(tx: Queryable, links: readonly LinkId[]): Promise<readonly Placed[]> {
  const rows = await tx.query<PlacedRow>(
    "select link_id, connection, external_id, is_alias from link_member where until_at is null and " +
      "link_id in (select jsonb_array_elements_text($1::jsonb)) order by link_id, connection, is_alias, " +
      "external_id",
    [JSON.stringify(links)],
  );
  return rows.map(placedOf);
}

/** Links with all of their members. */
export async function linksWhole(tx: Queryable, links: readonly LinkId[]): Promise<readonly Link[]> {
  if (links.length === 0) return [];
  const rows = await tx.query<{ id: string; entity: string; generation: number; state: LinkState }>(
    "select id, entity, generation, state from link where id in (select " +
      "jsonb_array_elements_text($1::jsonb)) order by id",
    [JSON.stringify(links)],
  );
  const placed = await placedIn(tx, links);
  return rows.map(({ id, ...row }) => {
    const members = membersFrom(placed.filter(({ link }) => link === id));
    return { ...row, id: id as LinkId, members };
  });
}

/** Bases of a link by connection. */
export async function basesOf(tx: Queryable, link: LinkId): Promise<Bases> {
  const rows = await tx.query<{ connection: string } & Bases[string]>(
    "select connection, kind, images from base where link_id = $1 order by connection",
    [link],
  );
  return Object.fromEntries(rows.map(({ connection, kind, images }) => [connection, { kind, images }]));
}

/**
 * Locks links against everything that stores a write for them, and tells whether a write of one of them may
 * still land without our knowing what it brings. Only what is proved to be settled may move.
 */
export async function areDoubtful(tx: Queryable, links: readonly LinkId[]): Promise<boolean> {
  const ids = [JSON.stringify(links)];
  const given = "(select jsonb_array_elements_text($1::jsonb))";
  await tx.query(`select id from link where id in ${given} order by id for update`, ids);
  // Whoever is claiming a write of theirs is waited for.
  await tx.query(
    `select key from intent where link_id in ${given} and state in ('stored', 'sending', 'in_doubt') order ` +
      "by key for update",
    ids,
  );
  const rows = await tx.query(
    `select key from intent i where i.link_id in ${given} and (i.state in ('sending', 'in_doubt') or ` +
      "(i.kind = 'create' and i.state = 'parked' and exists (select from park p where p.intent_key = " +
      "i.key and p.state = 'open' and p.reason in ('doubt_unprovable', 'not_unique')))) limit 1",
    ids,
  );
  return rows.length > 0;
}

/**
 * Takes back what was decided for these links, and for others that name one of them, and was not sent: it is
 * decided again from how things stand now, never sent as it was.
 */
export async function takeBackStored(tx: Queryable, links: readonly LinkId[]): Promise<readonly Note[]> {
  const rows = await tx.query<{ key: string; link_id: string; entity: string; target: string }>(
    "delete from intent i where i.state = 'stored' and not exists (select from intent o where o.link_id " +
      "= i.link_id and o.target = i.target and o.state in ('sending', 'in_doubt')) and (i.link_id in " +
      "(select jsonb_array_elements_text($1::jsonb)) or exists (select from " +
      "jsonb_array_elements_text($1::jsonb) l where position('\"' || l || '\"' in i.fields::text) > 0)) " +
      "returning i.key, i.link_id, i.entity, i.target",
    [JSON.stringify(links)],
  );
  await markLinks(
    tx,
    rows.map((row) => row.link_id as LinkId),
    "decided again",
  );
  return withdrawnNotes(rows);
}

/** Everybody that waits for one of these links is decided again. */
export async function wakeWaiting(tx: Queryable, links: readonly LinkId[]): Promise<void> {
  const rows = await tx.query<{ link_id: string }>(
    "select distinct link_id from wait where parent_link in (select jsonb_array_elements_text($1::jsonb))",
    [JSON.stringify(links)],
  );
  await markLinks(
    tx,
    rows.map((row) => row.link_id as LinkId),
    "parent moved",
  );
}

/**
 * Makes these the live members of their links. Rows that stand already stay; a record that is placed
 * elsewhere leaves there, with its history.
 */
export async function place(
  tx: Queryable,
  at: { readonly entity: string; readonly links: readonly LinkId[] },
  wanted: readonly Placed[],
): Promise<void> {
  const rows = wanted.map(({ link, connection, id, isAlias }) => ({
    link_id: link,
    connection,
    external_id: id,
    is_alias: isAlias,
  }));
  const given = [JSON.stringify(rows), at.entity, JSON.stringify(at.links)];
  const columns = "(link_id text, connection text, external_id text, is_alias boolean)";
  await tx.query(
    "update link_member m set until_at = now() where m.until_at is null and (m.link_id in (select " +
      "jsonb_array_elements_text($3::jsonb)) or (m.entity = $2 and exists (select from " +
      `jsonb_to_recordset($1::jsonb) as r${columns} where r.connection = m.connection and ` +
      "r.external_id = m.external_id))) and not exists (select from jsonb_to_recordset($1::jsonb) as " +
      `r${columns} where r.link_id = m.link_id and r.connection = m.connection and r.external_id = ` +
      "m.external_id and r.is_alias = m.is_alias)",
    given,
  );
  await tx.query(
    "insert into link_member (link_id, connection, entity, external_id, is_alias) select r.link_id, " +
      `r.connection, $2, r.external_id, r.is_alias from jsonb_to_recordset($1::jsonb) as r${columns} ` +
      "where not exists (select from link_member m where m.until_at is null and m.entity = $2 and " +
      "m.connection = r.connection and m.external_id = r.external_id)",
    given.slice(0, 2),
  );
  await tx.query(
    "update observation o set link_id = r.link_id, resolution = case when o.resolution in ('candidate', " +
      `'waiting') then null else o.resolution end from jsonb_to_recordset($1::jsonb) as r${columns} ` +
      "where o.connection = r.connection and o.entity = $2 and o.external_id = r.external_id",
    given.slice(0, 2),
  );
}

/**
 * Lists records that their own system has twice, each beside the link whose alias it is, unless a person has
 * said already that they are to stay apart.
 */
export async function listTwice(
  tx: Queryable,
  entity: string,
  records: readonly Pick<Placed, "link" | "connection" | "id">[],
): Promise<void> {
  if (records.length === 0) return;
  const rows = records.map(({ link, connection, id }) => ({ connection, id, links: [link] }));
  await tx.query(
    "insert into candidate (connection, entity, external_id, links, keys) select r.connection, $2, r.id, " +
      "r.links, $3::jsonb from jsonb_to_recordset($1::jsonb) as r(connection text, id text, links jsonb) " +
      "join observation o on o.connection = r.connection and o.entity = $2 and o.external_id = r.id and " +
      "o.kind = 'present' on conflict (connection, entity, external_id) do update set links = " +
      "excluded.links, keys = excluded.keys, state = case when candidate.state = 'apart' then 'apart' else " +
      "'open' end",
    [JSON.stringify(rows), entity, JSON.stringify([consolidation])],
  );
}
