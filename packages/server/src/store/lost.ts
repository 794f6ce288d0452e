import type { Json, LinkId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import { lockLinks } from "./link-locks.ts";
import { markLinks } from "./observations.ts";
import type { LostEntry, LostValue, RestoredValue, Store } from "./port.ts";

/** What the entry of a lost value says. */
export type LostBody = LostEntry & { readonly key?: string | null };

/** A lost value as a store finds it in its journal. */
export interface LostRow {
  readonly shard: number;
  readonly seq: string | number;
  readonly at: string;
  readonly entity: string;
  readonly link_id: string;
  readonly body: LostBody;
  /** Kind of the entry that tells the end of the write in its place. */
  readonly ended: string | null;
  readonly is_open: boolean;
  readonly restored_at: string | null;
  readonly restored_by: string | null;
  /** What became of the note about it; null when none was tried. */
  readonly telling: "due" | "told" | "refused" | null;
  readonly told_at: string | null;
}

/**
 * Entries of the journal that tell of a value that lost, with the end of the write that takes its place. A
 * write that was withdrawn and decided again told of its losers each time: what ended first after the
 * telling counts.
 */
export const lost: string =
  "select d.shard, d.seq, d.at, d.entity, d.link_id, d.body, e.kind as ended, exists (select from " +
  "intent i where i.key = d.body ->> 'key' and i.state in ('stored', 'sending', 'in_doubt', " +
  "'parked')) as is_open, r.at as restored_at, r.body ->> 'by' as restored_by, t.state as telling, " +
  "t.told_at, coalesce(t.attempts, 0) as attempts from journal d left join telling t on t.shard = " +
  "d.shard and t.seq = d.seq left join lateral (select n.kind from journal n where n.link_id = " +
  "d.link_id and n.seq > d.seq and n.kind in ('intent_settled', 'intent_refused', " +
  "'intent_withdrawn', 'intent_taken_back') and " +
  "n.body ->> 'key' = d.body ->> 'key' order by n.seq limit 1) e on true left join lateral (select " +
  "n.at, n.body from journal n where n.link_id = d.link_id and n.kind = 'value_restored' and n.body " +
  "->> 'entry' = d.shard || '/' || d.seq order by n.seq desc limit 1) r on true where d.kind = " +
  "'discarded'";

/** Of these, the values that did lose: another stands in their place, or their target keeps less. */
export const hasLost: string = "(d.body ->> 'reason' = 'lossy_target' or e.kind = 'intent_settled')";

function outcomeOf({ body, ended, is_open: isOpen }: LostRow): LostValue["outcome"] {
  // What a target made of a value was told when its write had settled.
  if (body.reason === "lossy_target" || ended === "intent_settled") return "overwritten";
  return ended === null && isOpen ? "pending" : "spared";
}

/** A lost value as people see it. */
export function lostOf(row: LostRow): LostValue {
  const { key = null, tell = false, ...discard } = row.body;
  const { restored_at: at, restored_by: by } = row;
  return {
    ...discard,
    key,
    entry: `${row.shard}/${row.seq}`,
    at: new Date(row.at).toISOString(),
    link: row.link_id as LinkId,
    entity: row.entity,
    outcome: outcomeOf(row),
    note: tell
      ? { state: row.telling ?? "due", at: row.told_at === null ? null : new Date(row.told_at).toISOString() }
      : null,
    restored: at === null || by === null ? null : { at: new Date(at).toISOString(), by },
  };
}

/** The journal's entry of a lost value that is brought back. */
export const restoredNote = ({ link, field, value, by, entry }: RestoredValue, entity: string): Note => ({
  kind: "value_restored",
  entity,
  link,
  body: { field, value: value as Json, by, entry },
});

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

/** Values that lost, from the journal, and their way back. */
export function lostStore({ database, journal }: Deps): Pick<Store, "lostValues" | "restoreValue"> {
  return {
    async restoreValue(restored, runId) {
      const { link, field, value, by } = restored;
      await database.transaction(async (tx) => {
        await lockLinks(tx, [link]);
        const [row] = await tx.query<{ entity: string }>(
          "insert into conflict (link_id, entity, field, reason, held, state, resolution, " +
            "decided_by) select l.id, l.entity, $2, 'restored', '{}'::jsonb, 'decided', $3::jsonb, $4 " +
            "from link l where l.id = $1 on conflict (link_id, field) do update set state = 'decided', " +
            "resolution = excluded.resolution, decided_by = excluded.decided_by, closed_at = null " +
            "returning entity",
          [link, field, JSON.stringify({ value }), by],
        );
        if (row === undefined) return;
        await markLinks(tx, [link], "decided by a person");
        await journal.write(tx, [restoredNote(restored, row.entity)], runId);
      });
    },
    async lostValues({ link, limit }) {
      const rows =
        link === null
          ? await database.query<LostRow>(`${lost} order by d.at desc, d.shard, d.seq desc limit $1`, [limit])
          : await database.query<LostRow>(`${lost} and d.link_id = $2 order by d.seq desc limit $1`, [
              limit,
              link,
            ]);
      return rows.map(lostOf);
    },
  };
}
