import type { Database } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import { checkFence } from "./leases.ts";
import { hasLost, lost, lostOf } from "./lost.ts";
import type { LostRow } from "./lost.ts";
import { isDue } from "./rows.ts";
import type { Telling, TellingStore } from "./port.ts";

/** Place of an entry in the journal. */
export function placeOfEntry(entry: string): { readonly shard: number; readonly seq: number } {
  const [shard = 0, seq = 0] = entry.split("/").map(Number);
  return { shard, seq };
}

/** What the journal says of notes that came to an end. */
export function tellingNotes(tellings: readonly Telling[]): readonly Note[] {
  return tellings
    .filter(({ state }) => state !== "due")
    .map(({ state, entry, link, entity, connection, id, failure }) => ({
      kind: state === "told" ? "loser_told" : "loser_untold",
      entity,
      link,
      body: { entry, connection, id, code: failure?.code ?? null },
    }));
}

interface Deps {
  readonly database: Database;
  readonly journal: JournalWriter;
}

/** Notes about values that lost. */
export function tellingStore({ database, journal }: Deps): TellingStore {
  return {
    async dueTellings({ connection, entity, shards, limit }) {
      const rows = await database.query<LostRow & { readonly attempts: number }>(
        `select * from (${lost} and d.body ? 'tell' and d.entity = $1 and d.body ->> 'connection' = $2 and ` +
          "d.shard in (select s::int from jsonb_array_elements_text($4::jsonb) s) and " +
          `(t.state is null or (t.state = 'due' and ${isDue("t")})) and ${hasLost}) due ` +
          "order by at, shard, seq limit $3",
        [entity, connection, limit, JSON.stringify(shards)],
      );
      return rows.map((row) => ({ lost: lostOf(row), attempts: row.attempts }));
    },
    async commitTellings(tellings, runId, rights) {
      if (tellings.length === 0) return;
      const rows = tellings.map(({ entry, state, attempts, dueInMs, failure }) => {
        return { ...placeOfEntry(entry), state, attempts, due_in_ms: dueInMs, failure };
      });
      await database.transaction(async (tx) => {
        await checkFence(
          tx,
          rights,
          tellings.map(({ link }) => link),
        );
        await tx.query(
          "insert into telling (shard, seq, state, attempts, due_at, due_set_at, told_at, failure) select " +
            "shard, seq, state, attempts, now() + due_in_ms * interval '1 millisecond', now(), case when " +
            "state = 'told' then now() end, failure from jsonb_to_recordset($1::jsonb) as r(shard int, seq " +
            "bigint, state text, attempts int, due_in_ms double precision, failure jsonb) on conflict " +
            "(shard, seq) do update set state = excluded.state, attempts = excluded.attempts, due_at = " +
            "excluded.due_at, due_set_at = excluded.due_set_at, told_at = excluded.told_at, failure = " +
            "excluded.failure",
          [JSON.stringify(rows)],
        );
        await journal.write(tx, tellingNotes(tellings), runId);
      });
    },
  };
}
