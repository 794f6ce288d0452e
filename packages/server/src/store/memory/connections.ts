import type { ConnectionId } from "@crossfoot/kernel";
import type { ConnectionRow, Store } from "../port.ts";
import { inOrder } from "./basics.ts";
import type { State } from "./state.ts";

/** Connections, and what is known of them. */
export function connectionPart(state: State): Pick<Store, "saveConnection" | "listConnections"> {
  const { connection } = state.tables;
  return {
    async saveConnection(row) {
      state.commit((now) => {
        const known = connection.get(row.id);
        const { id, system, role, tenant, state: condition, reason } = row;
        const columns = { id, system, role, tenant, state: condition, reason, changed_at: now };
        if (known === undefined) connection.insert(columns);
        else connection.change(known, columns);
      });
    },
    async listConnections() {
      const rows = inOrder(connection.all(), ({ id }) => [id]);
      return rows.map(({ id, system, role, tenant, state: condition, reason }): ConnectionRow => ({
        id: id as ConnectionId,
        system,
        role,
        tenant,
        state: condition,
        reason,
      }));
    },
  };
}
