import { goneSuffix } from "./places.ts";
import type { Queryable } from "../ports.ts";
import { markFound, markLinks } from "./observations.ts";
import { matchingName } from "./port.ts";
import type { DecisionRecord } from "./port.ts";

/** What links wait for, as decided now. */
export async function replaceWaits(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const rows = records.flatMap(({ link, waits }) =>
    waits.map((wait) => ({
      link_id: link,
      field: wait.field,
      target: wait.target,
      parent_link: wait.parentLink,
      parent_entity: wait.parentEntity,
      parent_connection: wait.parentConnection,
      parent_id: wait.parentId,
      is_blocking: wait.isBlocking,
    })),
  );
  const names =
    "link_id, field, target, parent_link, parent_entity, parent_connection, parent_id, is_blocking";
  await Promise.all([
    tx.query("delete from wait where link_id in (select jsonb_array_elements_text($1::jsonb))", [
      JSON.stringify(records.map(({ link }) => link)),
    ]),
    rows.length > 0 &&
      tx.query(
        `insert into wait (${names}) select ${names} from jsonb_to_recordset($1::jsonb) as r(link_id ` +
          "text, field text, target text, parent_link text, parent_entity text, parent_connection text, " +
          "parent_id text, is_blocking boolean)",
        [JSON.stringify(rows)],
      ),
  ]);
}

/**
 * A parent that somebody cannot go on without is decided again, since the demand may allow what was not
 * wanted.
 */
export async function markDemanded(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const parents = records.flatMap(({ waits }) =>
    waits.flatMap((wait) => (wait.isBlocking && wait.parentLink !== null ? [wait.parentLink] : [])),
  );
  await markLinks(tx, parents, "demanded");
}

/**
 * Keeps the links of these entities from being made while somebody stores that he waits for one of their
 * records:
 * 1. A decides a child whose parent's record has no link yet
 * 2. B links that record, and wakes who waits for it: nobody does
 * 3. A stores that the child waits: nobody would ever wake it
 * A holds the lease of B's matching, so B's commit is before A's look (see {@link wakeOverdue}) or after
 * A's commit.
 */
export async function holdMatching(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const awaited = records.flatMap(({ waits }) =>
    waits.flatMap(({ parentEntity }) => (parentEntity === null ? [] : [matchingName(parentEntity)])),
  );
  if (awaited.length === 0) return;
  const names = JSON.stringify([...new Set(awaited)]);
  const hold = (): Promise<unknown[]> =>
    tx.query(
      "select name from lease where name in (select jsonb_array_elements_text($1::jsonb)) order by name " +
        "for key share",
      [names],
    );
  if ((await hold()).length === new Set(awaited).size) return;
  await tx.query(
    "insert into lease (name, holder, fence, expires_at) select name, '', 0, to_timestamp(0) from " +
      "jsonb_array_elements_text($1::jsonb) name on conflict do nothing",
    [names],
  );
  await hold();
}

/**
 * Marks again what waits for a parent that is there by now:
 * 1. A decides a child whose parent has no member on the target
 * 2. B stores that the parent's create has settled, and wakes who waits for it: nobody does
 * 3. A stores that the child waits, looks again, and finds the parent there
 * The parent's link is locked before either of them looks, so that one sees what the other stored.
 */
export async function wakeOverdue(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const waiting = records.filter(({ waits }) => waits.length > 0).map(({ link }) => link);
  if (waiting.length === 0) return;
  await markFound(
    tx,
    "select w.link_id from wait w where w.link_id in (select jsonb_array_elements_text($1::jsonb)) " +
      "and (exists (select from link_member m where m.link_id = w.parent_link and m.connection = " +
      `w.target and m.external_id !~ '${goneSuffix}' ` +
      "and m.until_at is null) or exists (select from link_member m where m.entity = w.parent_entity and " +
      "m.connection = w.parent_connection and m.external_id = w.parent_id and m.until_at is null))",
    { given: waiting, reason: "parent is there" },
  );
}
