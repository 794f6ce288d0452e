import type { Database } from "../ports.ts";
import type { Backlog, DueRecords, OpenWrites } from "./port.ts";

/**
 * Work that is stored and not done. A record that is due counts for the connection that showed the newest of
 * it; one whose writes are stored already counts as those.
 */
export async function loadBacklog(database: Database): Promise<Backlog> {
  const writes = await database.query<OpenWrites & { [column: string]: unknown }>(
    "select entity, target, count(*)::int as count from intent where state in ('stored', 'sending', " +
      "'in_doubt') group by entity, target order by entity, target",
  );
  const due = await database.query<DueRecords & { [column: string]: unknown }>(
    "select entity, source, count(*)::int as count from (select w.entity, (select o.connection from " +
      "observation o where o.link_id = w.link_id order by o.read_end desc, o.connection limit 1) as " +
      "source from work w where not exists (select from intent i where i.link_id = w.link_id and " +
      "i.state in ('stored', 'sending', 'in_doubt')) union all select entity, connection from " +
      "observation where link_id is null and kind in ('present', 'archived') and resolution is null) d " +
      "where source is not null group by entity, source order by entity, source",
  );
  return { writes, due };
}
