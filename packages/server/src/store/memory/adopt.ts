import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import { adoptionNotes, linkedIn } from "../places.ts";
import type { AdoptStore } from "../port.ts";
import { markLinks } from "./basics.ts";
import { listTwice, place } from "./identity-rows.ts";
import { writeNotes } from "./journal.ts";
import { compareText } from "./json.ts";
import { checkLease } from "./leases.ts";
import { joinAll, resolve } from "./links.ts";
import type { State } from "./state.ts";

/** Links taken over from another integration. */
export function adoptPart(state: State): AdoptStore {
  const { journal, observation, member } = state.tables;
  return {
    async joinedIn(runId, limit) {
      const rows = journal.all().filter((row) => row.run_id === runId && row.link_id !== null);
      const linksOf = (...kinds: readonly string[]): ReadonlySet<string> =>
        new Set(rows.filter(({ kind }) => kinds.includes(kind)).map((row) => row.link_id ?? ""));
      const adopted = linksOf("link_adopted");
      const joined = [...linksOf("link_joined", "links_joined")].filter((link) => !adopted.has(link));
      return joined.toSorted(compareText).slice(0, limit) as LinkId[];
    },
    async countAlone(entities) {
      const counts = new Map<string, { entity: string; connection: ConnectionId; count: number }>();
      for (const row of observation.all()) {
        const isThere = row.kind === "present" || row.kind === "archived";
        const others = row.link_id === null ? [] : member.by("link", row.link_id);
        const isAlone = !others.some(({ connection }) => connection !== row.connection);
        if (!entities.includes(row.entity) || !isThere || !isAlone) continue;
        const name = `${row.entity}\n${row.connection}`;
        const connection = row.connection as ConnectionId;
        const known = counts.get(name) ?? { entity: row.entity, connection, count: 0 };
        counts.set(name, { ...known, count: known.count + 1 });
      }
      return [...counts].toSorted(([a], [b]) => compareText(a, b)).map(([, count]) => count);
    },
    async commitAdoption(adoption, runId, lease) {
      const { entity, entries, joins, aliases, terms } = adoption;
      state.commit((now) => {
        checkLease(state, lease);
        if (entries.length > 0) resolve(state, entries, { runId, now });
        for (const { connection, id } of linkedIn(adoption)) {
          const row = state.tables.candidate.get(connection, entity, id);
          if (row?.state === "open") state.tables.candidate.change(row, { state: "closed" });
        }
        joinAll(state, joins, { runId, now });
        const placed = aliases.map((alias) => ({ ...alias, isAlias: true }));
        place(state, { entity, links: [], now }, placed);
        listTwice(state, { entity, now }, placed);
        for (const { link, terms: adopted } of terms) {
          const row = state.tables.link.get(link);
          if (row !== undefined) state.tables.link.change(row, { adopted });
        }
        const marked = terms.map(({ link }) => link);
        markLinks(state, marked, { reason: "adopted", now });
        writeNotes(state, adoptionNotes(adoption), runId);
      });
    },
  };
}
