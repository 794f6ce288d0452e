import type { Database } from "../ports.ts";
import { entryOf } from "./journal.ts";
import type { JournalRow } from "./journal.ts";
import { allShards } from "./port.ts";
import type { EventStore } from "./port.ts";

/** The journal, followed by SQL. */
export function eventStore(database: Database): EventStore {
  const journalPlaces = async (): Promise<readonly number[]> => {
    const sql = "select shard, seq from journal_head";
    const heads = await database.query<{ shard: number; seq: string }>(sql);
    const byShard = new Map(heads.map(({ shard, seq }) => [shard, Number(seq)]));
    return allShards.map((shard) => byShard.get(shard) ?? 0);
  };
  return {
    journalPlaces,
    async followJournal({ places, kinds, limit }) {
      const heads = await journalPlaces();
      const from = startOf(places, heads);
      const open = allShards
        .map((shard) => ({ shard, after: from[shard] ?? 0, head: heads[shard] ?? 0 }))
        .filter(({ after, head }) => after < head);
      if (open.length === 0) return { entries: [], from };
      // A later entry of a chain counts as no older than the one before it: its chain is never read past it.
      const rows = await database.query<JournalRow & { [column: string]: unknown }>(
        "select shard, seq, at, run_id, entity, link_id, kind, body from (select j.*, max(j.at) over " +
          "(partition by j.shard order by j.seq) as told_at from jsonb_to_recordset($1::jsonb) as " +
          'r(shard int, "after" bigint, head bigint) cross join lateral (select shard, seq, at, run_id, ' +
          "entity, link_id, kind, case when kind in (select jsonb_array_elements_text($2::jsonb)) " +
          "then body else 'null'::jsonb end as body from journal where shard = r.shard and seq > " +
          'r."after" and seq <= r.head order by seq limit $3) j) t order by told_at, shard, seq limit $3',
        [JSON.stringify(open), JSON.stringify(kinds), limit],
      );
      return { entries: rows.map(entryOf), from };
    },
  };
}

/** Where reading begins: no chain is read from beyond its end. */
export const startOf = (places: readonly number[], heads: readonly number[]): readonly number[] =>
  allShards.map((shard) => Math.min(places[shard] ?? 0, heads[shard] ?? 0));
