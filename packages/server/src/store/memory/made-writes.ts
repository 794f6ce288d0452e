import { madeWriteOf } from "../made-writes.ts";
import type { MadeQuery, MadeWrite, Store } from "../port.ts";
import { entryOf } from "./journal.ts";
import type { State } from "./state.ts";

/** Whether a write is among those asked for (see the SQL store). */
function isAsked(state: State, query: MadeQuery, made: MadeWrite): boolean {
  switch (query.by) {
    case "run":
      return made.runId === query.run || made.decidedIn === query.run;
    case "plan": {
      const isOf = (run: string | null): boolean =>
        run !== null && state.tables.run.get(run)?.command.split(" ")[1] === query.plan;
      return made.plan === query.plan || isOf(made.runId) || isOf(made.decidedIn);
    }
    case "write":
      return made.key === query.key;
    case "links":
      return (
        query.links.includes(made.link) &&
        (query.since === null || Date.parse(made.at) >= Date.parse(query.since))
      );
  }
}

/** Writes that settled, from the journal. */
export function madePart(state: State): Pick<Store, "madeWrites"> {
  const { journal } = state.tables;
  return {
    async madeWrites(query) {
      const from = query.after ?? { shard: -1, seq: 0 };
      const rows =
        query.by === "links" ? query.links.flatMap((link) => journal.by("link", link)) : journal.all();
      return rows
        .filter(
          ({ kind, shard, seq }) =>
            kind === "intent_settled" && (shard > from.shard || (shard === from.shard && seq > from.seq)),
        )
        .toSorted((a, b) => a.shard - b.shard || a.seq - b.seq)
        .map((row) => madeWriteOf(entryOf(row)))
        .filter((made) => isAsked(state, query, made))
        .slice(0, query.limit);
    },
  };
}
