import type { ConnectionId } from "@crossfoot/kernel";
import type { Database } from "../ports.ts";
import type { ConnectionRow, Store } from "./port.ts";

interface Row {
  readonly id: string;
  readonly system: string;
  readonly role: string;
  readonly tenant: string | null;
  readonly state: string;
  readonly reason: string | null;
}

/** Connections, and what is known of them. */
export function connectionStore(database: Database): Pick<Store, "saveConnection" | "listConnections"> {
  return {
    async saveConnection(row) {
      await database.query(
        "insert into connection (id, system, role, tenant, state, reason) values ($1, $2, $3, $4, " +
          "$5, $6) on conflict (id) do update set system = excluded.system, role = excluded.role, " +
          "tenant = excluded.tenant, state = excluded.state, reason = excluded.reason, changed_at = " +
          "now()",
        [row.id, row.system, row.role, row.tenant, row.state, row.reason],
      );
    },
    async listConnections() {
      const rows = await database.query<Row>(
        "select id, system, role, tenant, state, reason from connection order by id",
      );
      return rows.map((row): ConnectionRow => ({ ...row, id: row.id as ConnectionId }));
    },
  };
}
