import type { LinkState } from "@crossfoot/kernel";
import type { Queryable } from "../ports.ts";
import { markLinks } from "./observations.ts";
import type { DecisionRecord } from "./port.ts";

/** A link that lives again, with what that means. */
export interface RestoredLink {
  readonly link: DecisionRecord["link"];
  readonly drop: readonly string[];
  readonly back: readonly string[];
}

/** Links that live again by these decisions. */
export function restoredBy(records: readonly DecisionRecord[]): readonly RestoredLink[] {
  return records.flatMap(({ link, restore }) =>
    restore === undefined || restore === null ? [] : [{ link, drop: restore.drop, back: restore.back }],
  );
}

/** Links of which a person's word on a deletion has been carried out. */
export function answeredBy(records: readonly DecisionRecord[]): readonly string[] {
  const ended = records.filter(({ state }) => state === "ended").map(({ link }) => link);
  return [...new Set([...ended, ...restoredBy(records).map(({ link }) => link)])];
}

/**
 * Brings links back to life: the tombstone is lifted, what is gone leaves with its base, what is there
 * counts
 * as brought back by a person, and the link is decided again. When a record has to be made anew, the next
 * generation begins: its create is another one than that of the record that was deleted.
 */
export async function restoreLinks(tx: Queryable, records: readonly DecisionRecord[]): Promise<void> {
  const answered = answeredBy(records);
  await Promise.all([
    answered.length > 0 &&
      tx.query(
        "delete from word where about = 'deletion' and link_id in (select " +
          "jsonb_array_elements_text($1::jsonb))",
        [JSON.stringify(answered)],
      ),
    bringBack(tx, restoredBy(records)),
  ]);
}

/** Brings these links back to life. */
export async function bringBack(tx: Queryable, restored: readonly RestoredLink[]): Promise<void> {
  if (restored.length === 0) return;
  const rows = [JSON.stringify(restored)];
  const given = "jsonb_to_recordset($1::jsonb) as r(link text, drop jsonb, back jsonb)";
  const isDropped = "connection in (select jsonb_array_elements_text(r.drop))";
  const live: LinkState = "live";
  const single: LinkState = "single";
  await Promise.all([
    tx.query(`delete from tombstone t using ${given} where t.link_id = r.link`, rows),
    tx.query(
      `update link_member m set until_at = now() from ${given} where m.link_id = r.link and m.until_at is ` +
        "null " +
        `and m.${isDropped}`,
      rows,
    ),
    tx.query(
      `update observation o set link_id = null from ${given} where o.link_id = r.link and o.${isDropped}`,
      rows,
    ),
    tx.query(`delete from base b using ${given} where b.link_id = r.link and b.${isDropped}`, rows),
    tx.query(
      `update base b set kind = 'archived' from ${given} where b.link_id = r.link and b.connection in ` +
        "(select " +
        "jsonb_array_elements_text(r.back))",
      rows,
    ),
    // That its creation was undone holds no longer.
    tx.query(
      `update base b set undone = nullif(b.undone - '*', '{}'::jsonb) from ${given} where b.link_id = ` +
        "r.link and b.undone is not null",
      rows,
    ),
    tx.query(
      "update link l set generation = l.generation + case when jsonb_array_length(r.drop) > 0 then 1 else " +
        "0 " +
        "end, adopted = null, state = case when (select count(*) from link_member m where m.link_id = l.id " +
        "and " +
        `m.until_at is null and not m.is_alias) > 1 then '${live}' else '${single}' end from ${given} ` +
        "where " +
        "l.id = r.link",
      rows,
    ),
    markLinks(
      tx,
      restored.map(({ link }) => link),
      "restored",
    ),
  ]);
}
