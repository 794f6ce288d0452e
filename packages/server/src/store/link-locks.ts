import type { LinkId } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import type { ResolvedEntry } from "./port.ts";

/**
 * Locks the rows of links, in the order of their ids. Every transaction locks in one order, so that no two
 * wait for one another: leases, observations, links, work, intents, everything else, ends of the journal's
 * chains. Who touches work or intents of a link has its row.
 */
export async function lockLinks(tx: Queryable, links: readonly LinkId[]): Promise<void> {
  if (links.length === 0) return;
  await tx.query(
    "select id from link where id in (select jsonb_array_elements_text($1::jsonb)) order by id for no " +
      "key " +
      "update",
    [JSON.stringify([...new Set(links)])],
  );
}

const recordsOf = (entries: readonly ResolvedEntry[]): string =>
  JSON.stringify(entries.map(({ record: { connection, entity, id } }) => ({ connection, entity, id })));
const given = "jsonb_to_recordset($1::jsonb) as r(connection text, entity text, id text)";

/**
 * Gives records that are members of a link, and do not say so, that link. Answers the links:
 * 1. a create is settled without its record, which could not be read back: the member is made
 * 2. at the same time the record is read for the first time, and nobody knows it as a member yet
 */
export async function findStrays(
  tx: Queryable,
  entries: readonly ResolvedEntry[],
): Promise<readonly LinkId[]> {
  const rows = await tx.query<{ link_id: string }>(
    `update observation o set link_id = m.link_id, resolution = null from ${given} join link_member m on ` +
      "m.connection = r.connection and m.entity = r.entity and m.external_id = r.id and m.until_at is " +
      "null " +
      "where o.connection = r.connection and o.entity = r.entity and o.external_id = r.id and o.link_id " +
      "is " +
      "null returning m.link_id",
    [recordsOf(entries)],
  );
  return rows.map((row) => row.link_id as LinkId);
}

/**
 * Locks newcomers, and answers those that still are some, with the content that was looked at:
 * 1. the resolver loads a record, and makes a link for it
 * 2. meanwhile the create that it came from is settled, and its link has it; or it is read again, changed
 * 3. the resolver's answer is about something that is not so any more
 */
export async function stillNewcomers(
  tx: Queryable,
  entries: readonly ResolvedEntry[],
): Promise<readonly ResolvedEntry[]> {
  const rows = await tx.query<{
    connection: string;
    entity: string;
    external_id: string;
    content_hash: string;
  }>(
    `select o.connection, o.entity, o.external_id, o.content_hash from ${given} join observation o on ` +
      "o.connection = r.connection and o.entity = r.entity and o.external_id = r.id where o.link_id is " +
      "null " +
      "order by o.connection, o.entity, o.external_id for update of o",
    [recordsOf(entries)],
  );
  const nameOf = (row: { connection: string; entity: string; id: string }): string =>
    `${row.connection}\n${row.entity}\n${row.id}`;
  const seen = new Map(rows.map((row) => [nameOf({ ...row, id: row.external_id }), row.content_hash]));
  return entries.filter(({ record, contentHash }) => {
    const now = seen.get(nameOf(record));
    return now !== undefined && (contentHash === undefined || now === contentHash);
  });
}

/**
 * Leaves out newcomers whose link ended, has a record on their side by now, or may have one on its way:
 * 1. the resolver finds that a person's record belongs to a link without a record on that side
 * 2. the link's own create is claimed, and sent
 * 3. joined now, the link would have two; the record waits until it is known what became of the create
 * A create that is stored and not sent is taken back by the caller. The links are locked already.
 */
export async function joinable(
  tx: Queryable,
  entries: readonly ResolvedEntry[],
): Promise<readonly ResolvedEntry[]> {
  const joins = entries.flatMap(({ record: { connection }, resolution }) =>
    resolution.kind === "join" ? [{ link: resolution.link, connection }] : [],
  );
  if (joins.length === 0) return entries;
  const asked = [JSON.stringify(joins)];
  const places = "jsonb_to_recordset($1::jsonb) as r(link text, connection text)";
  // Whoever is claiming one of these creates is waited for.
  await tx.query(
    `select i.key from ${places} join intent i on i.link_id = r.link and i.target = r.connection where ` +
      "i.kind = 'create' and i.state in ('stored', 'sending', 'in_doubt') order by i.key for update of i",
    asked,
  );
  const taken = await tx.query<{ link: string; connection: string }>(
    `select r.link, r.connection from ${places} where exists (select from link l where l.id = r.link and ` +
      "l.state in ('ended', 'merged')) or exists (select from link_member m where m.link_id = r.link and " +
      "m.connection = r.connection and m.until_at is null and not m.is_alias) or exists (select from " +
      "intent " +
      "i where i.link_id = r.link and i.target = r.connection and i.kind = 'create' and i.state in " +
      "('sending', 'in_doubt'))",
    asked,
  );
  const names = new Set(taken.map(({ link, connection }) => `${link}\n${connection}`));
  return entries.filter(
    ({ record, resolution }) =>
      resolution.kind !== "join" || !names.has(`${resolution.link}\n${record.connection}`),
  );
}
