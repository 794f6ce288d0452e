import type { Database } from "../ports.ts";
import type { Note } from "./chain.ts";
import type { JournalWriter } from "./journal.ts";
import type { PauseOf, PauseRow, PauseStore } from "./port.ts";

/** What the journal tells of a pause that begins or ends. */
export function pauseNote(kind: "paused" | "resumed", what: PauseOf, by: string): Note {
  const entity = what.kind === "entity" ? what.name : null;
  return { kind, entity, link: null, body: { kind: what.kind, name: what.name, by } };
}

/** Pauses in SQL. */
export function pauseStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): PauseStore {
  const { database, journal } = deps;
  return {
    async listPauses() {
      return database.query<PauseRow & { [column: string]: unknown }>(
        'select kind, name, paused_by as "by", paused_at as since from pause order by kind, name',
      );
    },
    async pause(what, by) {
      return database.transaction(async (tx) => {
        const rows = await tx.query(
          "insert into pause (kind, name, paused_by) values ($1, $2, $3) on conflict do nothing returning " +
            "name",
          [what.kind, what.name, by],
        );
        if (rows.length > 0) await journal.write(tx, [pauseNote("paused", what, by)], null);
        return rows.length > 0;
      });
    },
    async resume(what, by) {
      return database.transaction(async (tx) => {
        const rows = await tx.query("delete from pause where kind = $1 and name = $2 returning name", [
          what.kind,
          what.name,
        ]);
        if (rows.length > 0) await journal.write(tx, [pauseNote("resumed", what, by)], null);
        return rows.length > 0;
      });
    },
  };
}
