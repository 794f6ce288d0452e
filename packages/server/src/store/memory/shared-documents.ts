import type { ConnectionId } from "@crossfoot/kernel";
import type { SharedChange, SharedDocument, SharedStore } from "../port.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Documents that all workers share, per connection. */
export function sharedPart(state: State): SharedStore {
  const load = (table: TableName, connection: ConnectionId): Promise<SharedDocument> => {
    const row = state.tables[table].get(connection);
    return Promise.resolve({ state: row?.state ?? null, rev: row?.rev ?? 0, now: state.now() });
  };
  const save = async (table: TableName, connection: ConnectionId, change: SharedChange): Promise<boolean> =>
    state.commit((now) => {
      const rows = state.tables[table];
      const row = rows.get(connection);
      if ((row?.rev ?? 0) !== change.rev) return false;
      const columns = { rev: change.rev + 1, state: jsonb(change.state), changed_at: now };
      if (row === undefined) rows.insert({ connection, ...columns });
      else rows.change(row, columns);
      return true;
    });
  return {
    loadQuota: (connection) => load("quota", connection),
    saveQuota: (connection, change) => save("quota", connection, change),
    loadToken: (connection) => load("access_token", connection),
    saveToken: (connection, change) => save("access_token", connection, change),
  };
}

type TableName = "quota" | "access_token";
