import type { LostBody } from "../lost.ts";
import type { TellingStore } from "../port.ts";
import { placeOfEntry, tellingNotes } from "../tellings.ts";
import { isDue } from "./basics.ts";
import { writeNotes } from "./journal.ts";
import { checkFence } from "./leases.ts";
import { lostValueOf } from "./lost.ts";
import type { State } from "./state.ts";

/** Notes about values that lost (see the SQL store). */
export function tellingPart(state: State): TellingStore {
  const { journal, telling } = state.tables;
  return {
    async dueTellings({ connection, entity, shards, limit }) {
      const now = state.now();
      return journal
        .by("toTell")
        .filter((row) => row.entity === entity && (row.body as unknown as LostBody).connection === connection)
        .filter(({ shard, seq }) => {
          if (!shards.includes(shard)) return false;
          const known = telling.get(String(shard), String(seq));
          return known === undefined || (known.state === "due" && isDue(known, now));
        })
        .toSorted((a, b) => a.at - b.at || a.shard - b.shard || a.seq - b.seq)
        .map((row) => ({
          lost: lostValueOf(state, row),
          attempts: telling.get(String(row.shard), String(row.seq))?.attempts ?? 0,
        }))
        .filter(({ lost }) => lost.outcome === "overwritten")
        .slice(0, limit);
    },
    async commitTellings(tellings, runId, rights) {
      if (tellings.length === 0) return;
      state.commit((now) => {
        checkFence(
          state,
          rights,
          tellings.map(({ link }) => link),
        );
        for (const { entry, state: became, attempts, dueInMs, failure } of tellings) {
          const { shard, seq } = placeOfEntry(entry);
          const told_at = became === "told" ? now : null;
          const change = { attempts, due_at: now + dueInMs, due_set_at: now, told_at, failure };
          const known = telling.get(String(shard), String(seq));
          if (known === undefined) telling.insert({ shard, seq, state: became, ...change });
          else telling.change(known, { state: became, ...change });
        }
        writeNotes(state, tellingNotes(tellings), runId);
      });
    },
  };
}
