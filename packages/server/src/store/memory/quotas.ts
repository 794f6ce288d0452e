import type { QuotaStore } from "../port.ts";
import { jsonb } from "./json.ts";
import type { State } from "./state.ts";

/** Quotas, one document per connection. */
export function quotaPart(state: State): QuotaStore {
  const { quota } = state.tables;
  return {
    async loadQuota(connection) {
      const row = quota.get(connection);
      return { state: row?.state ?? null, rev: row?.rev ?? 0, now: state.now() };
    },
    async saveQuota(connection, change) {
      return state.commit((now) => {
        const row = quota.get(connection);
        if ((row?.rev ?? 0) !== change.rev) return false;
        const columns = { rev: change.rev + 1, state: jsonb(change.state), changed_at: now };
        if (row === undefined) quota.insert({ connection, ...columns });
        else quota.change(row, columns);
        return true;
      });
    },
  };
}
