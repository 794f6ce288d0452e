import type { ConnectionId, LinkId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import { listTwice, place } from "./identity-rows.ts";
import type { JournalWriter } from "./journal.ts";
import { joinAll } from "./joins.ts";
import { checkLease } from "./leases.ts";
import { lockLinks } from "./link-locks.ts";
import { resolveEntries } from "./links.ts";
import { markLinks } from "./observations.ts";
import { adoptionNotes, linkedIn } from "./places.ts";
import type { AdoptStore } from "./port.ts";

/** Links taken over from another integration. */
export function adoptStore(deps: {
  readonly database: Database;
  readonly journal: JournalWriter;
}): AdoptStore {
  const { database, journal } = deps;
  return {
    async joinedIn(runId, limit) {
      const rows = await database.query<{ link_id: string }>(
        "select distinct j.link_id from journal j where j.run_id = $1 and j.kind in ('link_joined', " +
          "'links_joined') and not exists (select from journal a where a.run_id = $1 and a.link_id = " +
          "j.link_id " +
          "and a.kind = 'link_adopted') order by j.link_id limit $2",
        [runId, limit],
      );
      return rows.map((row) => row.link_id as LinkId);
    },
    async countAlone(entities) {
      const rows = await database.query<{ entity: string; connection: string; count: number }>(
        "select o.entity, o.connection, count(*)::int as count from observation o where o.entity in " +
          "(select " +
          "jsonb_array_elements_text($1::jsonb)) and o.kind in ('present', 'archived') and (o.link_id is " +
          "null " +
          "or not exists (select from link_member m where m.link_id = o.link_id and m.until_at is null " +
          "and " +
          "m.connection <> o.connection)) group by o.entity, o.connection order by o.entity, o.connection",
        [JSON.stringify(entities)],
      );
      return rows.map((row) => ({ ...row, connection: row.connection as ConnectionId }));
    },
    async commitAdoption(adoption, runId, lease) {
      const { entity, entries, joins, aliases, terms } = adoption;
      await database.transaction(async (tx) => {
        await checkLease(tx, lease, "for update");
        await lockLinks(tx, [
          ...entries.flatMap(({ resolution }) => (resolution.kind === "join" ? [resolution.link] : [])),
          ...joins.flatMap(({ from, into }) => [from, into]),
          ...aliases.map(({ link }) => link),
          ...terms.map(({ link }) => link),
        ]);
        const resolved = entries.length === 0 ? [] : await resolveEntries(tx, entries);
        await tx.query(
          "update candidate c set state = 'closed' from jsonb_to_recordset($1::jsonb) as r(connection " +
            "text, " +
            "id text) where c.connection = r.connection and c.entity = $2 and c.external_id = r.id and " +
            "c.state = 'open'",
          [JSON.stringify(linkedIn(adoption)), entity],
        );
        const joined = await joinAll(tx, joins);
        const placed = aliases.map((alias) => ({ ...alias, isAlias: true }));
        await place(tx, { entity, links: [] }, placed);
        await listTwice(tx, entity, placed);
        await tx.query(
          "update link l set adopted = r.terms from jsonb_to_recordset($1::jsonb) as r(link text, terms " +
            "text) where l.id = r.link",
          [JSON.stringify(terms)],
        );
        await markLinks(
          tx,
          terms.map(({ link }) => link),
          "adopted",
        );
        await journal.write(tx, [...resolved, ...joined, ...adoptionNotes(adoption)], runId);
      });
    },
  };
}
