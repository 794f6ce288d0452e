import type { Database } from "../ports.ts";
import type { Store } from "./port.ts";
import { observationColumns, observationOf } from "./rows.ts";
import type { ObservationRow } from "./rows.ts";

/** Records without a link. */
export function newcomers(database: Database): Pick<Store, "retryWaiting" | "unlinkedOf" | "loadNewcomers"> {
  return {
    async retryWaiting(entity) {
      // A record that a person is to look at stays so, whatever it shows by now.
      await database.query(
        "update observation o set resolution = 'candidate' from candidate c where c.entity = $1 and " +
          "c.is_held and c.state = 'open' and o.connection = c.connection and o.entity = c.entity and " +
          "o.external_id = c.external_id and o.link_id is null and o.resolution is distinct from 'candidate'",
        [entity],
      );
      await database.query(
        "update observation set resolution = null where entity = $1 and link_id is null and " +
          "resolution = 'waiting' and kind in ('present', 'archived')",
        [entity],
      );
    },
    async unlinkedOf(entity, isGoneToo = false) {
      const rows = await database.query<ObservationRow>(
        `select ${observationColumns} from observation o where o.entity = $1 and o.link_id is ` +
          "null and (o.kind in ('present', 'archived') or $2 and o.kind in ('deleted', 'not_seen')) " +
          "order by o.connection, o.external_id limit 10000",
        [entity, isGoneToo],
      );
      return rows.map((row) => ({ ...observationOf(row), resolution: row.resolution }));
    },
    async loadNewcomers(entity, limit) {
      // One look at both: a record that is there was read, and may have come from a create that is on its
      // way, or was until a moment ago: then its link has it by now.
      const rows = await database.query<ObservationRow>(
        `select ${observationColumns} from observation o where o.entity = $1 and o.link_id is ` +
          "null and o.kind in ('present', 'archived') and o.resolution is null and not o.connection " +
          "in (select target from intent where entity = $1 and kind = 'create' and state in ('sending', " +
          "'in_doubt')) order by o.connection, o.external_id limit $2",
        [entity, limit],
      );
      return rows.map((row) => ({ ...observationOf(row), resolution: row.resolution }));
    },
  };
}
