import { startOf } from "../events.ts";
import { allShards } from "../port.ts";
import type { EventStore } from "../port.ts";
import { inOrder } from "./basics.ts";
import { entryOf } from "./journal.ts";
import type { State } from "./state.ts";

/** The journal, followed (see the SQL store). */
export function eventPart(state: State): EventStore {
  const { journal, journalHead } = state.tables;
  const places = (): readonly number[] => allShards.map((shard) => journalHead.get(String(shard))?.seq ?? 0);
  return {
    journalPlaces: () => Promise.resolve(places()),
    async followJournal({ places: wanted, kinds, limit }) {
      const heads = places();
      const from = startOf(wanted, heads);
      const open = journal
        .all()
        .filter(({ shard, seq }) => seq > (from[shard] ?? 0) && seq <= (heads[shard] ?? 0));
      const toldAt = new Map<number, number>();
      const told = inOrder(open, ({ shard, seq }) => [shard, seq]).map((row) => {
        const at = Math.max(row.at, toldAt.get(row.shard) ?? row.at);
        toldAt.set(row.shard, at);
        return { row, at };
      });
      const first = inOrder(told, ({ row, at }) => [at, row.shard, row.seq]).slice(0, limit);
      const entries = first.map(({ row }) => entryOf(row));
      return {
        entries: entries.map((one) => (kinds.includes(one.kind) ? one : { ...one, body: null })),
        from,
      };
    },
  };
}
